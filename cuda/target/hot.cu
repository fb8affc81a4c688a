/*
 * hot.cu: the categories that many rows have, from a sample.
 *
 * No CPU twin: which categories are hot changes the speed of adding alone, since sums
 * are exact in any order.  One block counts a sample of ids in a hash table in shared
 * memory, then places those with a count of at least LEAST in hot_ids, the most frequent
 * first, each at one of the two slots that hot_slot() allows.
 */
#include "target/fold.cuh"
#include "target/hot.cuh"

#define BLOCK 1024
#define SAMPLE 8192
#define ENTRIES 4096 /* of the hash table; what finds no place is not hot */
#define PROBES 16
#define LEAST 8

static __device__ void
count_id(uint32_t *ids, uint32_t *counts, uint32_t id)
{
	uint32_t at = id * 2654435761u >> 20;

	for (int i = 0; i < PROBES; i++, at = (at + 1) % ENTRIES)
	{
		uint32_t before = atomicCAS(&ids[at], GE_NO_HOT, id);

		if (before == GE_NO_HOT || before == id)
		{
			atomicAdd(&counts[at], 1u);
			return;
		}
	}
}

static __device__ void
place_id(const GeTargetView &target, uint32_t id)
{
	for (uint32_t choice = 0; choice < 2; choice++)
		if (atomicCAS(&target.hot_ids[hot_slot(target.hot_slots, id, choice)], GE_NO_HOT,
					  id) == GE_NO_HOT)
		{
			target.hot_ids[target.hot_slots] = 1;
			return;
		}
}

static __global__ void
__launch_bounds__(BLOCK) hot_kernel(GeTargetView target, GeRowsView rows)
{
	__shared__ uint32_t ids[ENTRIES], counts[ENTRIES];
	uint32_t n = rows.n_rows < SAMPLE ? rows.n_rows : SAMPLE;

	for (uint32_t i = threadIdx.x; i < ENTRIES; i += BLOCK)
	{
		ids[i] = GE_NO_HOT;
		counts[i] = 0;
	}
	for (uint32_t i = threadIdx.x; i <= target.hot_slots; i += BLOCK)
		target.hot_ids[i] = i < target.hot_slots ? GE_NO_HOT : 0;
	__syncthreads();
	for (uint32_t i = threadIdx.x; i < n; i += BLOCK)
	{
		/* a random row of the i-th of n stretches, so that no period is missed */
		uint32_t first = (uint32_t) ((uint64_t) rows.n_rows * i / n);
		uint32_t next = (uint32_t) ((uint64_t) rows.n_rows * (i + 1) / n);
		uint32_t id = load_id(rows, first + ge_fmix32(i) % (next - first));

		if (id <= target.n_categories)
			count_id(ids, counts, id);
	}
	__syncthreads();
	for (uint32_t least = SAMPLE / 2; least >= LEAST; least /= 2)
	{
		for (uint32_t i = threadIdx.x; i < ENTRIES; i += BLOCK)
			if (counts[i] >= least && counts[i] < 2 * least)
				place_id(target, ids[i]);
		__syncthreads();
	}
}

cudaError_t
ge_cuda_target_hot_launch(const GeTargetView *target, const GeRowsView *rows,
						  cudaStream_t stream)
{
	hot_kernel<<<1, BLOCK, 0, stream>>>(*target, *rows);
	return cudaGetLastError();
}
