/*
 * ranks.cuh: ranks asked on the device.
 */
#ifndef GE_CUDA_TARGET_RANKS_CUH
#define GE_CUDA_TARGET_RANKS_CUH

#include "target/ranks.h"

/* How many of the first `place` ranks of a level have a 0. */
static __device__ __forceinline__ uint32_t
zeros_before(const GeRanks &ranks, uint32_t level, uint32_t place)
{
	uint64_t at = (uint64_t) level * ranks.n_words + place / 32;

	return ranks.zeros[at] + __popc(~ranks.bits[at] & ((1u << place % 32) - 1));
}

/* The j-th smallest, from 0, of the ranks at places [begin, end). */
static __device__ __forceinline__ uint32_t
find_rank(const GeRanks &ranks, uint32_t begin, uint32_t end, uint32_t j)
{
	uint32_t rank = 0;

	for (uint32_t level = 0; level < ranks.n_levels; level++)
	{
		uint32_t low = zeros_before(ranks, level, begin);
		uint32_t high = zeros_before(ranks, level, end), zeros;

		rank *= 2;
		if (j < high - low)
		{
			begin = low;
			end = high;
			continue;
		}
		zeros = zeros_before(ranks, level, ranks.n);
		rank++;
		j -= high - low;
		begin += zeros - low;
		end += zeros - high;
	}
	return rank;
}

#endif /* GE_CUDA_TARGET_RANKS_CUH */
