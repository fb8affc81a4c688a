/*
 * kernels.h: the kernels of target encodings, as C sees them.
 *
 * Statistics of a (category, fold) are one cell: the number of its rows with a target and
 * their exact sum V, in units of 2^(32 low_bin), in one of four forms of 64-bit words.
 * With n rows and b bins every |x| is below 2^(32 b) units:
 *
 *   GE_CELL_HALF  n |x| < 2^31 for every x, in units of 1   | V * 2^32 + count |
 *   GE_CELL_ONE   b = 1, n < 2^31   | sum | count |
 *   GE_CELL_TWO   b = 2, n < 2^31   | V mod 2^64 | floor(V / 2^64) * 2^32 + count |
 *   GE_CELL_BINS  any               | count | A_0 | ... | A_b |   V = sum of A_j 2^(32 j)
 *
 * |V| < 2^31, 2^63 and 2^95 in the first three.  In the last A_b is there for what a carry
 * pass moves out of the top; a pass is due before 2^31 - 2 rows (exact_sum.h).
 *
 * Above cells (categories, folds, everything) a sum is a record of b + 2 words: count,
 * A_0..A_b, added word by word: a cell's own A_j come from V as digits there, so fewer
 * than 2^31 cells cannot overflow a word.
 *
 * Cells are dense, cell(id, fold) = id * k + fold, or those with rows alone: then `keys`
 * holds the sorted numbers id * k + fold that have one, and a cell is found by search.
 */
#ifndef GE_CUDA_TARGET_KERNELS_H
#define GE_CUDA_TARGET_KERNELS_H

#include <cuda_runtime_api.h>

#include "backend/backend.h"
#include "backend/finish.h"

#ifdef __cplusplus
extern "C"
{
#endif

	typedef enum GeCellForm
	{
		GE_CELL_HALF,
		GE_CELL_ONE,
		GE_CELL_TWO,
		GE_CELL_BINS
	} GeCellForm;

	typedef struct GeDeviceCell
	{
		GeCellForm form;
		int32_t low_bin;
		uint32_t n_bins;	/* b */
		uint32_t n_words;	/* of a cell */
		uint64_t largest;	/* GE_CELL_HALF: no |x| is larger */
		uint32_t sum_words; /* of a record above cells: b + 2 */
	} GeDeviceCell;

	/* Bits of GeTargetView.flags. */
#define GE_FLAG_OVERFLOW 1u /* an encoding is not finite */
#define GE_FLAG_BAD_ROW 2u	/* an id, a fold or a target is out of range */

	/* Rows on the device. */
	typedef struct GeRowsView
	{
		uint64_t first_ordinal;
		uint32_t first_fold; /* interleaved: first_ordinal mod k */
		uint32_t n_rows;
		uint32_t id_width; /* 1, 2, 4 */
		const void *ids;
		const uint32_t *folds;	 /* custom; else NULL */
		const uint64_t *targets; /* bits of int64 or double */
		const uint8_t *is_null;	 /* or NULL */
		const uint64_t *keys;	 /* id * k + fold itself, instead of ids and folds */
	} GeRowsView;

	typedef struct GeTargetView
	{
		GeDeviceCell layout;
		GeFolds folds;
		double folds_per_row; /* k / n, rounded */
		uint32_t k;			  /* cells of a category: folds, 1 without */
		uint32_t n_categories;
		bool is_integer;
		bool missing_is_category; /* this and the finish: known when finished */
		GeFinish finish;
		uint64_t n_cells;
		uint64_t *cells;
		const uint64_t *keys;	  /* of sparse cells; NULL: dense */
		uint64_t *null_rows;	  /* by id, or NULL */
		int64_t *category_sums;	  /* records by id */
		double *category_rounded; /* RN of them, for sparse cells */
		int64_t *fold_sums;		  /* records by fold, or NULL */
		int64_t *all_sum;		  /* one record */
		GePrior prior;
		const GePrior *fold_priors; /* by fold, or NULL: prior for all */
		double *encodings;			/* by cell */
		uint32_t *flags;
		uint32_t *hot_ids;	/* hot_slots ids, GE_NO_HOT where none; [hot_slots]: any? */
		uint32_t hot_slots; /* a power of two, or 0 */
	} GeTargetView;

#define GE_NO_HOT UINT32_C(0xffffffff)

	/* How many hot categories fit a block; 0: none. */
	uint32_t ge_cuda_target_hot_slots(const GeDeviceCell *layout, uint32_t k);
	/* Choose the categories of many rows: hot_ids. */
	cudaError_t ge_cuda_target_hot_launch(const GeTargetView *target,
										  const GeRowsView *rows, cudaStream_t stream);
	/* Add rows to cells; hot categories by blocks in shared memory first. */
	cudaError_t ge_cuda_target_add_launch(const GeTargetView *target,
										  const GeRowsView *rows, int n_processors,
										  cudaStream_t stream);
	/*
	 * Add n groups of rows to dense cells.  A group is 2 + n_words words: the number of its
	 * cell, its rows without a target, and a cell of the layout with the others.
	 */
	cudaError_t ge_cuda_target_groups_launch(const GeTargetView *target,
											 const uint64_t *groups, uint32_t n,
											 cudaStream_t stream);
	/* Count rows without a target by category. */
	cudaError_t ge_cuda_target_null_launch(const GeTargetView *target,
										   const GeRowsView *rows, cudaStream_t stream);
	/* A carry pass over all cells of GE_CELL_BINS. */
	cudaError_t ge_cuda_target_carry_launch(const GeTargetView *target,
											cudaStream_t stream);
	/* category_sums, fold_sums if not NULL, all_sum; they are zero before. */
	cudaError_t ge_cuda_target_totals_launch(const GeTargetView *target,
											 cudaStream_t stream);
	/* encodings of all cells, category_rounded if not NULL; full encodings are checked. */
	cudaError_t ge_cuda_target_encode_launch(const GeTargetView *target,
											 cudaStream_t stream);
	/* out[i]: the encoding of row i. */
	cudaError_t ge_cuda_target_rows_launch(const GeTargetView *target,
										   const GeRowsView *rows, double *out,
										   int n_processors, cudaStream_t stream);
	/* Full statistics of ids [first, first + count), and their encodings. */
	cudaError_t ge_cuda_target_statistics_launch(const GeTargetView *target,
												 uint32_t first, uint32_t count,
												 const GeTargetStatistics *statistics,
												 double *encodings, cudaStream_t stream);
	/*
	 * Sparse cells: append key and target of every row that has one, from position
	 * *n_collected on, which is moved.
	 */
	cudaError_t ge_cuda_target_collect_launch(const GeTargetView *target,
											  const GeRowsView *rows, uint64_t *keys,
											  uint64_t *targets,
											  unsigned long long *n_collected,
											  cudaStream_t stream);

#ifdef __cplusplus
}
#endif

#endif /* GE_CUDA_TARGET_KERNELS_H */
