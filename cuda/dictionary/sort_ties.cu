/*
 * sort_ties.cu: places found, and ties made the elements of the next round.
 *
 * CPU twin: src/cpu/dictionary_sort.c.  One thread per element of a sorted round.
 */
#include "dictionary/sort_kernels.h"

#define BLOCK 256

static uint32_t
blocks_for(uint64_t n)
{
	return (uint32_t) ((n - 1) / BLOCK + 1);
}

static __device__ __forceinline__ bool
ties_before(const uint64_t *packed, uint64_t i)
{
	return i > 0 && packed[i] == packed[i - 1];
}

static __device__ __forceinline__ bool
ties_after(const uint64_t *packed, uint64_t i, uint64_t n)
{
	return i + 1 < n && packed[i] == packed[i + 1];
}

static __global__ void
__launch_bounds__(BLOCK) count_up_kernel(uint32_t *ids, uint32_t first, uint64_t n)
{
	uint64_t i = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;

	if (i < n)
		ids[i] = first + (uint32_t) i;
}

cudaError_t
ge_cuda_sort_count_up_launch(uint32_t *ids, uint32_t first, uint64_t n,
							 cudaStream_t stream)
{
	count_up_kernel<<<blocks_for(n), BLOCK, 0, stream>>>(ids, first, n);
	return cudaGetLastError();
}

static __global__ void
__launch_bounds__(BLOCK)
	count_ties_kernel(const uint64_t *packed, uint64_t n, unsigned long long *n_tied)
{
	uint64_t i = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;
	int tied = __syncthreads_count(i < n &&
								   (ties_before(packed, i) || ties_after(packed, i, n)));

	if (threadIdx.x == 0 && tied > 0)
		atomicAdd(n_tied, (unsigned long long) tied);
}

cudaError_t
ge_cuda_sort_count_ties_launch(const uint64_t *packed, uint64_t n,
							   unsigned long long *n_tied, cudaStream_t stream)
{
	count_ties_kernel<<<blocks_for(n), BLOCK, 0, stream>>>(packed, n, n_tied);
	return cudaGetLastError();
}

static __global__ void
__launch_bounds__(BLOCK) place_kernel(const uint32_t *ids, const uint32_t *places,
									  uint64_t n, uint32_t *answer)
{
	uint64_t i = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;

	if (i < n)
		answer[places != NULL ? places[i] : i] = ids[i];
}

cudaError_t
ge_cuda_sort_place_launch(const uint32_t *ids, const uint32_t *places, uint64_t n,
						  uint32_t *answer, cudaStream_t stream)
{
	place_kernel<<<blocks_for(n), BLOCK, 0, stream>>>(ids, places, n, answer);
	return cudaGetLastError();
}

static __global__ void
__launch_bounds__(BLOCK)
	mark_kernel(const uint64_t *packed, uint64_t n, uint32_t *tied, uint32_t *head)
{
	uint64_t i = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;

	if (i >= n)
		return;
	head[i] = !ties_before(packed, i) && ties_after(packed, i, n);
	tied[i] = ties_before(packed, i) || ties_after(packed, i, n);
}

cudaError_t
ge_cuda_sort_mark_launch(const uint64_t *packed, uint64_t n, uint32_t *tied,
						 uint32_t *head, cudaStream_t stream)
{
	mark_kernel<<<blocks_for(n), BLOCK, 0, stream>>>(packed, n, tied, head);
	return cudaGetLastError();
}

static __global__ void
__launch_bounds__(BLOCK) next_kernel(GeSortNext next, uint64_t n)
{
	uint64_t i = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;
	uint32_t at, group, old_group;

	if (i >= n || next.tied[i] == (i > 0 ? next.tied[i - 1] : 0))
		return;
	at = next.tied[i] - 1;
	group = next.head[i] - 1;
	next.next_ids[at] = next.ids[i];
	next.next_places[at] = next.places != NULL ? next.places[i] : (uint32_t) i;
	next.next_groups[at] = group;
	if (next.head[i] == (i > 0 ? next.head[i - 1] : 0))
		return;
	old_group =
		next.window_bits < 64 ? (uint32_t) (next.packed[i] >> next.window_bits) : 0;
	next.next_heads[group] = at;
	next.next_skip[group] = next.skip[old_group] + next.positions;
}

cudaError_t
ge_cuda_sort_next_launch(const GeSortNext *next, uint64_t n, cudaStream_t stream)
{
	next_kernel<<<blocks_for(n), BLOCK, 0, stream>>>(*next, n);
	return cudaGetLastError();
}
