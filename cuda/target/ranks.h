/*
 * ranks.h: the j-th smallest of the ranks at any range of places.
 *
 * No CPU twin: src/cpu/rank_tree.h answers the same while ranks are counted in one by one.  A
 * wavelet matrix: level by level, from the highest bit on, ranks with a 0 go before those with
 * a 1, in their order.  A level keeps that bit of each rank, and how many zeros are before
 * every 32 of them; so a range goes on as a range in the next level.
 */
#ifndef GE_CUDA_TARGET_RANKS_H
#define GE_CUDA_TARGET_RANKS_H

#include "runtime/context.h"

#ifdef __cplusplus
extern "C"
{
#endif

	typedef struct GeRanks
	{
		uint32_t n;
		uint32_t n_levels;
		uint32_t n_words; /* of a level */
		uint32_t *bits;	  /* by level, then word */
		uint32_t *zeros;
	} GeRanks;

	/* From n > 0 ranks, a permutation of 0..n-1, which are used up. */
	GeStatus ge_cuda_ranks_build(GeContext *context, GeBuffer *numbers, uint32_t n,
								 GeBuffer *memory, GeRanks *ranks, GeError *error);

	cudaError_t ge_cuda_ranks_bits_launch(const GeRanks *ranks, uint32_t level,
										  const uint32_t *numbers, cudaStream_t stream);
	cudaError_t ge_cuda_ranks_move_launch(const GeRanks *ranks, uint32_t level,
										  const uint32_t *numbers, uint32_t *moved,
										  cudaStream_t stream);

#ifdef __cplusplus
}
#endif

#endif /* GE_CUDA_TARGET_RANKS_H */
