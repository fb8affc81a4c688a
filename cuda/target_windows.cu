/*
 * target_windows.cu: rows brought together by windows of ids.
 *
 * No CPU twin: another order of adding, the same sums.  A block counts its rows by window
 * in shared memory, takes that much room of each window at once, and writes them.
 */
#include "target_windows_kernels.h"

#define BLOCK 512

static __device__ __forceinline__ uint32_t
window_of(const GeWindowSplit &split, uint64_t key)
{
	return (uint32_t) (key / split.k) / split.width;
}

static __device__ __forceinline__ void
clear_counts(uint32_t *counts, uint32_t n)
{
	for (uint32_t i = threadIdx.x; i < n; i += BLOCK)
		counts[i] = 0;
	__syncthreads();
}

static __global__ void
__launch_bounds__(BLOCK) count_kernel(GeWindowSplit split)
{
	extern __shared__ uint32_t counts[];
	uint32_t row = blockIdx.x * BLOCK + threadIdx.x;

	clear_counts(counts, split.n_windows);
	if (row < split.n_rows)
		atomicAdd(&counts[window_of(split, split.keys[row])], 1u);
	__syncthreads();
	for (uint32_t i = threadIdx.x; i < split.n_windows; i += BLOCK)
		if (counts[i] != 0)
			atomicAdd(&split.counts[i], counts[i]);
}

static __global__ void
__launch_bounds__(BLOCK) split_kernel(GeWindowSplit split)
{
	extern __shared__ uint32_t counts[]; /* rows, then where the first of them goes */
	uint32_t row = blockIdx.x * BLOCK + threadIdx.x, window = 0, at = 0;
	uint64_t key = 0;

	clear_counts(counts, split.n_windows);
	if (row < split.n_rows)
	{
		key = split.keys[row];
		window = window_of(split, key);
		at = atomicAdd(&counts[window], 1u);
	}
	__syncthreads();
	for (uint32_t i = threadIdx.x; i < split.n_windows; i += BLOCK)
		if (counts[i] != 0)
			counts[i] = atomicAdd(&split.counts[i], counts[i]);
	__syncthreads();
	if (row >= split.n_rows)
		return;
	at += counts[window];
	split.out_cells[at] = (uint32_t) (key - (uint64_t) window * split.width * split.k);
	split.out_targets[at] = split.targets[row];
}

static uint32_t
blocks_for(uint32_t n)
{
	return (n - 1) / BLOCK + 1;
}

cudaError_t
ge_windows_count_launch(const GeWindowSplit *split, cudaStream_t stream)
{
	count_kernel<<<blocks_for(split->n_rows), BLOCK, split->n_windows * sizeof(uint32_t),
				   stream>>>(*split);
	return cudaGetLastError();
}

cudaError_t
ge_windows_split_launch(const GeWindowSplit *split, cudaStream_t stream)
{
	split_kernel<<<blocks_for(split->n_rows), BLOCK, split->n_windows * sizeof(uint32_t),
				   stream>>>(*split);
	return cudaGetLastError();
}

static __global__ void
__launch_bounds__(BLOCK) widen_kernel(const uint32_t *cells, uint64_t *keys, uint32_t n)
{
	uint32_t i = blockIdx.x * BLOCK + threadIdx.x;

	if (i < n)
		keys[i] = cells[i];
}

cudaError_t
ge_windows_widen_launch(const uint32_t *cells, uint64_t *keys, uint32_t n,
						cudaStream_t stream)
{
	widen_kernel<<<blocks_for(n), BLOCK, 0, stream>>>(cells, keys, n);
	return cudaGetLastError();
}
