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
 * Other accumulators are further parts of GE_CELL_BINS, those that are asked for:
 *
 *   | count | sum of targets | sum of squares | sum of weights | least | greatest |
 *
 * each sum as A_0..A_b of its own bins, the greatest as its order key, the least as the
 * complement of its order key (order_key.h), so that zeros are a cell of no rows.
 *
 * Above cells (categories, folds, everything) there are records: count, A_0..A_b and the
 * further parts, added word by word: a cell's own A_j come from V as digits there, so fewer
 * than 2^31 cells cannot overflow a word.  Of least and greatest they keep the greatest
 * word, and behind all parts the second one, which serves if the fold of the first is left
 * out.
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

	/* A sum of squares or weights in a cell: words at..at + n_bins. */
	typedef struct GeSumPart
	{
		uint32_t at; /* 0: there is none */
		int32_t low_bin;
		uint32_t n_bins;
	} GeSumPart;

	typedef struct GeDeviceCell
	{
		GeCellForm form;
		int32_t low_bin;
		uint32_t n_bins;  /* b */
		uint32_t n_words; /* of a cell */
		uint64_t largest; /* GE_CELL_HALF: no |x| is larger */
		bool has_parts;	  /* not just a count and a sum */
		bool has_sum;	  /* else the words of the sum stay 0 */
		bool is_binary;	  /* the sum of targets is that of squares too */
		GeSumPart squares;
		GeSumPart weights;
		uint32_t sums_end; /* of a record: words before it are added up */
		uint32_t least_at; /* 0: not kept */
		uint32_t greatest_at;
		uint32_t least_next; /* the second ones, in records above cells */
		uint32_t greatest_next;
		uint32_t record_words; /* of a record above cells */
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
		const uint32_t *folds;	/* custom; else NULL */
		const uint32_t *places; /* in an order; else NULL */
		const uint32_t *visible;
		const uint64_t *targets; /* bits of int64 or double */
		const uint8_t *is_null;	 /* or NULL */
		const uint64_t *keys;	 /* id * k + fold itself, instead of ids and folds */
		const double *weights;	 /* or NULL */
	} GeRowsView;

	/* The finishes of a target. */
	typedef struct GeFinishView
	{
		uint32_t n;
		uint32_t n_by_cell; /* those whose encodings depend on the fold */
		uint32_t stride;	/* of encodings of a cell, at least n_by_cell */
		bool is_mean;		/* one alone, a mean with a given smooth */
		bool wants_spread;	/* figures that they need */
		bool wants_zeros;
		const GeFinish *finishes; /* n */
		const GePrior *priors;	  /* n, over all rows */
		const uint32_t *order;	  /* numbers of finishes: first those by cell */
		int64_t *scratch;		  /* records of threads; cells of few words need none */
		uint32_t n_scratch;
	} GeFinishView;

	typedef struct GeTargetView
	{
		GeDeviceCell layout;
		GeFolds folds;
		double folds_per_row; /* k / n, rounded */
		uint32_t k;			  /* cells of a category: folds, 1 without */
		uint32_t n_categories;
		bool is_integer;
		bool counts_only;		  /* rows without targets count as well */
		bool missing_is_category; /* known when finished */
		uint64_t n_cells;
		uint64_t *cells;
		const uint64_t *keys;		/* of sparse cells; NULL: dense */
		uint64_t *null_rows;		/* by id, or NULL */
		int64_t *category_sums;		/* records by id */
		int64_t *fold_sums;			/* records by fold, or NULL */
		int64_t *all_sum;			/* one record */
		const GePrior *fold_priors; /* n_finishes by fold, or NULL: priors for all */
		double *encodings; /* a stride by cell; in an order by finish, then sorted row */
		const uint32_t *places;		 /* in an order: by ordinal, the place; else NULL */
		const uint32_t *sorted_rows; /* and by place, the sorted row */
		double *full;				 /* by finish, then id: over all folds */
		GeFinishView finishing;
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
	/* The same for cells with parts: parts.cu. */
	cudaError_t ge_cuda_target_add_parts_launch(const GeTargetView *target,
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
	/* encodings of all cells, and full encodings, which are checked. */
	cudaError_t ge_cuda_target_finishes_launch(const GeTargetView *target,
											   cudaStream_t stream);
	/* Threads that need a record of scratch each; 0: none does. */
	uint32_t ge_cuda_target_scratch_threads(const GeDeviceCell *layout);
	/* out[f * n_rows + i]: the encoding of row i by finish f. */
	cudaError_t ge_cuda_target_rows_launch(const GeTargetView *target,
										   const GeRowsView *rows, double *out,
										   int n_processors, cudaStream_t stream);
	/* Statistics of ids [first, first + count); arrays that are NULL are left out. */
	cudaError_t ge_cuda_target_statistics_launch(const GeTargetView *target,
												 uint32_t first, uint32_t count,
												 const GeTargetStatistics *statistics,
												 cudaStream_t stream);
	/* Number of the cell, target and weight of every row, as they are kept. */
	typedef struct GeCollected
	{
		uint64_t *keys;
		uint64_t *targets;
		double *weights; /* or NULL */
		uint8_t *is_null;
	} GeCollected;

	cudaError_t ge_cuda_target_collect_launch(const GeTargetView *target,
											  const GeRowsView *rows,
											  const GeCollected *collected,
											  cudaStream_t stream);

#ifdef __cplusplus
}
#endif

#endif /* GE_CUDA_TARGET_KERNELS_H */
