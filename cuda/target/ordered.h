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

#define GE_STEP_ROWS 8
/* In ids of rows: the row has no target. */
#define GE_NULL_BIT (UINT32_C(1) << 31)

	/* A row as it is kept, by ordinal. */
	typedef struct GeKeptRow
	{
		uint64_t target;
		uint32_t id; /* with GE_NULL_BIT: the row has no target */
		uint32_t visible;
	} GeKeptRow;

	typedef struct GeLine
	{
		uint32_t n_rows;
		bool is_whole; /* one segment; else each id has one */
		uint32_t *ids; /* with GE_NULL_BIT */
		uint64_t *targets;
		double *weights;	/* or NULL */
		uint32_t *step_ids; /* of each step: the segment of its last row */
		uint64_t *sums;		/* by word of a record without second ones, then step */
	} GeLine;

	typedef struct GeOrderedView
	{
		GeLine all;		 /* by place */
		GeLine sorted;	 /* by id, then place */
		uint64_t *links; /* of the line at hand: place, and 32 bits higher what it sees */
		uint32_t *sorted_places;
		uint32_t *starts;  /* by id, if it has rows: the first sorted one */
		double *means;	   /* of a mean alone: its prior, by how many rows are seen */
		double *encodings; /* by finish, then sorted row */
	} GeOrderedView;

	/* Memory for all rows. */
	GeStatus ge_cuda_ordered_reserve(GeTarget *target, GeError *error);
	uint64_t ge_cuda_ordered_bytes(const GeTarget *target);
	/* Keep rows that are being added. */
	GeStatus ge_cuda_ordered_keep(GeTarget *target, const GeRowsView *rows,
								  GeError *error);
	/* Everything is added, and the finishes are known: the encodings of all rows. */
	GeStatus ge_cuda_ordered_encode(GeTarget *target, GeError *error);

	/* Rows that are being added, by ordinal. */
	cudaError_t ge_cuda_ordered_keep_launch(const GeTargetView *target,
											const GeRowsView *rows, GeKeptRow *kept,
											double *weights, uint32_t *places,
											cudaStream_t stream);
	/* numbers[i] = i */
	cudaError_t ge_cuda_ordered_count_launch(uint32_t *numbers, uint32_t n,
											 cudaStream_t stream);
	/* The line of all rows, with links, from the rows that are kept. */
	cudaError_t ge_cuda_ordered_arrange_launch(const GeOrderedView *ordered,
											   const uint32_t *ordinals,
											   const GeKeptRow *kept,
											   const double *weights,
											   cudaStream_t stream);
	/* What sorted rows have beside their ids and links, and starts. */
	cudaError_t ge_cuda_ordered_gather_launch(const GeOrderedView *ordered,
											  cudaStream_t stream);
	/* The sums of each step of a line, to be added up along it. */
	cudaError_t ge_cuda_ordered_steps_launch(const GeTargetView *target,
											 const GeLine *line, cudaStream_t stream);
	/* The means of priors, if the one finish is a mean that kernels take alone. */
	bool ge_cuda_ordered_has_means(const GeTargetView *target);
	cudaError_t ge_cuda_ordered_means_launch(const GeTargetView *target,
											 const GeOrderedView *ordered,
											 cudaStream_t stream);
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
