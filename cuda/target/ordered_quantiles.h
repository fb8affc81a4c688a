/*
 * ordered_quantiles.h: quantiles of the rows before each row in an order.
 */
#ifndef GE_CUDA_TARGET_ORDERED_QUANTILES_H
#define GE_CUDA_TARGET_ORDERED_QUANTILES_H

#include "target/ordered.h"
#include "target/ranks.h"

#ifdef __cplusplus
extern "C"
{
#endif

	/* Ranks along both lines, and the order keys of targets by rank. */
	typedef struct GeOrderedRanks
	{
		GeRanks all;
		GeRanks sorted;
		const uint64_t *keys;
	} GeOrderedRanks;

	/* Over the encodings of rows that see any targets; both lines have their sums. */
	GeStatus ge_cuda_ordered_quantiles_write(GeTarget *target,
											 const GeOrderedView *ordered,
											 GeError *error);

	/* The ranks along both lines, from the ordinals in the order of their targets. */
	cudaError_t ge_cuda_ordered_ranks_launch(const GeTargetView *target,
											 const GeOrderedView *ordered,
											 const uint32_t *rows, uint32_t *by_place,
											 uint32_t *sorted, cudaStream_t stream);
	cudaError_t ge_cuda_ordered_quantiles_launch(const GeTargetView *target,
												 const GeOrderedView *ordered,
												 const GeOrderedRanks *ranks,
												 cudaStream_t stream);

#ifdef __cplusplus
}
#endif

#endif /* GE_CUDA_TARGET_ORDERED_QUANTILES_H */
