/*
 * ordered.h: rows that learn from those before them in an order (GE_SPLIT_ORDERED).
 *
 * CPU twin: src/cpu/target_ordered.c.  A line is rows one after another, in segments.  Of every
 * GE_STEP_ROWS rows the exact sums up to their end are kept, from the beginning of the segment
 * that the last of them is in; so the sums before any row are those of a step and of the few
 * rows behind it.  All rows by their places are one line with one segment, which gives priors;
 * the rows sorted by category are another one, in which each category is a segment.
 */
#ifndef GE_CUDA_TARGET_ORDERED_H
#define GE_CUDA_TARGET_ORDERED_H

#include "target/target.h"

#ifdef __cplusplus
extern "C"
{
#endif

#define GE_STEP_ROWS 16
/* In ids of rows that are kept: the row has no target. */
#define GE_NULL_BIT (UINT32_C(1) << 31)

	typedef struct GeLine
	{
		uint32_t n_rows;
		bool is_whole; /* one segment; else each id has one */
		const uint32_t *ids;
		const uint64_t *targets;
		const double *weights; /* or NULL */
		uint32_t *step_ids;	   /* of each step: the segment of its last row */
		uint64_t *sums;		   /* and a record without second ones */
	} GeLine;

	typedef struct GeOrderedView
	{
		GeLine all;
		GeLine sorted;
		const uint64_t
			*links;		   /* of sorted rows: place, and 32 bits higher what it sees */
		uint32_t *starts;  /* by id, if it has rows: the first sorted one */
		double *encodings; /* by finish, then place */
	} GeOrderedView;

	/* Rows of an order, kept by their places, and their places by ordinal. */
	typedef struct GeKeptRows
	{
		uint32_t *ids;
		uint64_t *targets;
		double *weights;
		uint64_t *links;
		uint32_t *places;
	} GeKeptRows;

	/* Memory for all rows. */
	GeStatus ge_cuda_ordered_reserve(GeTarget *target, GeError *error);
	uint64_t ge_cuda_ordered_bytes(const GeTarget *target);
	/* Keep rows that are being added. */
	GeStatus ge_cuda_ordered_keep(GeTarget *target, const GeRowsView *rows,
								  GeError *error);
	/* Everything is added, and the finishes are known: the encodings of all rows. */
	GeStatus ge_cuda_ordered_encode(GeTarget *target, GeError *error);

	cudaError_t ge_cuda_ordered_keep_launch(const GeTargetView *target,
											const GeRowsView *rows,
											const GeKeptRows *kept, cudaStream_t stream);
	/* The targets, and weights, of sorted rows. */
	cudaError_t ge_cuda_ordered_gather_launch(const GeOrderedView *ordered,
											  uint64_t *targets, double *weights,
											  cudaStream_t stream);
	cudaError_t ge_cuda_ordered_starts_launch(const GeOrderedView *ordered,
											  cudaStream_t stream);
	/* The sums of each step of a line, to be added up along it. */
	cudaError_t ge_cuda_ordered_steps_launch(const GeTargetView *target,
											 const GeLine *line, cudaStream_t stream);
	cudaError_t ge_cuda_ordered_encode_launch(const GeTargetView *target,
											  const GeOrderedView *ordered,
											  cudaStream_t stream);
	/* out[f * n_rows + i]: the encoding of row i by finish f. */
	cudaError_t ge_cuda_ordered_rows_launch(const GeTargetView *target,
											const GeRowsView *rows, double *out,
											cudaStream_t stream);
	/* Threads that need a record of scratch each; 0: none does. */
	uint32_t ge_cuda_ordered_scratch_threads(const GeDeviceCell *layout);

	/* Words of the sums of a step. */
	static inline GE_HD uint32_t
	ge_cuda_step_words(const GeDeviceCell *layout)
	{
		return layout->has_parts ? layout->n_words : layout->sums_end;
	}

	static inline GE_HD uint32_t
	ge_cuda_n_steps(const GeLine *line)
	{
		return line->n_rows / GE_STEP_ROWS + (line->n_rows % GE_STEP_ROWS != 0);
	}

#ifdef __cplusplus
}
#endif

#endif /* GE_CUDA_TARGET_ORDERED_H */
