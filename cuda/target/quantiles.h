/*
 * quantiles.h: quantiles of rows that are kept, over all of them or without a fold.
 *
 * CPU twin: src/cpu/target_quantiles.h, which says how a target of all other folds is found.
 * Targets are kept as order keys.  All of them are one segment; by category there is a segment
 * for each id.
 */
#ifndef GE_CUDA_TARGET_QUANTILES_H
#define GE_CUDA_TARGET_QUANTILES_H

#include "target/target.h"

#ifdef __cplusplus
extern "C"
{
#endif

	typedef struct GeValueOrder
	{
		uint64_t *keys;	  /* of the targets, segment by segment, ascending */
		uint32_t *starts; /* where segments begin, and the end of the last */
		uint32_t *places; /* cell by cell: where its rows are in their segment; NULL: no
						   * cell is left out */
		uint32_t *cell_starts;
	} GeValueOrder;

	/* Which number of a row is sorted by. */
	typedef enum GeSortedNumber
	{
		GE_SORTED_ID,
		GE_SORTED_CELL, /* id * k + fold */
		GE_SORTED_FOLD
	} GeSortedNumber;

	/* Everything is added up: bring the targets into order.  Rows were collected. */
	GeStatus ge_cuda_quantiles_prepare(GeTarget *target, GeError *error);
	/* Those of all rows, by finish; or of all rows but those of a fold. */
	const double *ge_cuda_prior_quantiles(const GeTarget *target, const uint64_t *fold);
	/* Over the encodings of cells and categories that have any targets. */
	GeStatus ge_cuda_quantiles_write(GeTarget *target, GeError *error);
	/* Of all rows by ordinal: the ordinals in the order of their targets; and their keys, of
	 * those with a target. */
	const uint32_t *ge_cuda_quantiles_rows(const GeTarget *target);
	const uint64_t *ge_cuda_quantiles_keys(const GeTarget *target);
	void ge_cuda_quantiles_free(GeTarget *target);

	/* The order keys of all rows, the greatest number where there is no target; numbers[i] =
	 * i. */
	cudaError_t ge_cuda_quantiles_keys_launch(const GeTargetView *target,
											  const GeCollected *rows, uint32_t n,
											  uint64_t *keys, uint32_t *numbers,
											  cudaStream_t stream);
	/* What the n targets in an order are sorted by; order NULL: as `rows` has them. */
	cudaError_t ge_cuda_quantiles_numbers_launch(const GeTargetView *target,
												 const uint64_t *cells,
												 const uint32_t *rows,
												 const uint32_t *order, uint32_t n,
												 GeSortedNumber number, uint64_t *keys,
												 uint32_t *numbers, cudaStream_t stream);
	/* out[i] = keys[order[i]] */
	cudaError_t ge_cuda_quantiles_gather_launch(const uint64_t *keys,
												const uint32_t *order, uint32_t n,
												uint64_t *out, cudaStream_t stream);
	/* places[i] less the beginning of the segment of cell cells[i]. */
	cudaError_t ge_cuda_quantiles_places_launch(const GeTargetView *target,
												const uint64_t *cells,
												const uint32_t *starts, uint32_t n,
												uint32_t *places, cudaStream_t stream);
	/* counts[i + 1]: the targets of cell i, counts[0] = 0. */
	cudaError_t ge_cuda_quantiles_counts_launch(const GeDeviceCell *layout,
												const uint64_t *cells, uint64_t n,
												uint32_t *counts, cudaStream_t stream);
	/* Encodings of cells, and full ones. */
	cudaError_t ge_cuda_quantiles_write_launch(const GeTargetView *target,
											   const GeValueOrder *categories,
											   cudaStream_t stream);
	/* out[fold * stride], and behind the n_folds folds of all rows. */
	cudaError_t ge_cuda_quantiles_priors_launch(const GeValueOrder *all, uint64_t n_folds,
												uint32_t percent, uint32_t stride,
												double *out, cudaStream_t stream);

#ifdef __cplusplus
}
#endif

#endif /* GE_CUDA_TARGET_QUANTILES_H */
