/*
 * target_dense_encode.c: from cells to encodings, and from rows to those.
 *
 * The encodings of a cell overwrite its first words, or have an array of their own
 * (place_encodings).  Without folds nothing is overwritten: a row has the encodings of its
 * category.
 */
#include <math.h>
#include <string.h>

#include "cpu/cpu_backend.h"
#include "cpu/float_mode.h"
#include "cpu/target_dense.h"

/* Folds of a category between two looks at cancelled(). */
#define FOLDS_PER_STEP UINT32_C(16384)

/* Cells that one task encodes, about. */
#define CELLS_PER_TASK UINT64_C(16384)

static uint64_t
n_ids(const GeTarget *target)
{
	return (uint64_t) target->spec.n_categories + 1;
}

static bool
has_folds(const GeTarget *target)
{
	return target->spec.folds.split != GE_SPLIT_NONE;
}

/* The place of the encodings of a cell. */
static inline double *
encodings_of(const GeTarget *target, uint64_t cell)
{
	return target->dense.encodings + cell * target->dense.stride;
}

/* The plain means of folds first..end-1 of a category, in the place of their counts. */
static inline __attribute__((always_inline)) void
encode_means(const GeTarget *target, const GeCellLayout *layout, uint64_t *cells,
			 const uint64_t *category, uint32_t first, uint32_t end)
{
	uint32_t f;

	for (f = first; f < end; f++)
	{
		uint64_t *cell = cells + (uint64_t) f * layout->n_words;
		uint64_t others[GE_MAX_CELL_WORDS];
		double mean;

		memcpy(others, category, layout->n_words * sizeof *others);
		ge_cell_merge(layout, others, cell, true);
		mean = ge_plain_mean(target, layout, others, *ge_priors_of_fold(target, f));
		memcpy(cell, &mean, sizeof mean);
	}
}

/* A category, its cells and what is known of them. */
typedef struct GeCategory
{
	uint32_t id;
	uint64_t n_rows;
	uint64_t *cells;	 /* of its folds */
	const uint64_t *all; /* over all folds */
	GeCellTops tops;
} GeCategory;

static void
encode_folds(const GeTarget *target, const GeCategory *category, uint32_t first,
			 uint32_t end)
{
	uint32_t n_words = target->parts.n_words, f;

	for (f = first; f < end; f++)
	{
		uint64_t *cell = category->cells + (uint64_t) f * n_words;
		uint64_t others[GE_MAX_TARGET_WORDS];

		ge_cell_without(&target->layout, &target->parts, &category->tops, category->all,
						cell, others);
		ge_cell_encodings(
			target, others, category->n_rows, NULL, ge_priors_of_fold(target, f),
			encodings_of(target, (uint64_t) category->id * target->n_folds + f));
	}
}

/*
 * Encode the cells of an id that is no category: its rows have the prior of their fold.
 */
static void
encode_missing(const GeTarget *target, uint32_t id, uint32_t first, uint32_t end)
{
	uint32_t f;

	for (f = first; f < end; f++)
		ge_unseen_encodings(target, ge_priors_of_fold(target, f),
							encodings_of(target, (uint64_t) id * target->n_folds + f));
}

/* Encode the cells of a category that have been added up. */
static GeStatus
encode_cells(const GeTarget *target, const GeCategory *category, GeWork *work)
{
	const GeCellLayout packed = {GE_SUM_PACKED, 0, 1, 0, 1};
	uint64_t *cells = category->cells;
	uint32_t f, end;

	for (f = 0; f < target->n_folds; f = end)
	{
		end = target->n_folds - f < FOLDS_PER_STEP ? target->n_folds : f + FOLDS_PER_STEP;
		if (!ge_is_category(target, category->id))
			encode_missing(target, category->id, f, end);
		else if (!target->plain_mean)
			encode_folds(target, category, f, end);
		else if (target->layout.form == GE_SUM_PACKED)
			encode_means(target, &packed, cells, category->all, f, end);
		else
			encode_means(target, &target->layout, cells, category->all, f, end);
		if (ge_work_step(work, 12 * (uint64_t) (end - f) * target->n_finishes) != GE_OK)
			return GE_CANCELLED;
	}
	return GE_OK;
}

static GeStatus
encode_category(const GeTarget *target, uint32_t id, GeWork *work)
{
	uint32_t n_words = target->parts.n_words, f;
	GeCategory category = {.id = id,
						   .cells = target->dense.cells +
									(uint64_t) id * target->n_folds * n_words};
	double encodings[GE_MAX_FINISHES];

	if (has_folds(target))
	{
		uint64_t *all = target->dense.categories + (uint64_t) id * n_words;

		for (f = 0; f < target->n_folds; f++)
		{
			const uint64_t *cell = category.cells + (uint64_t) f * n_words;

			ge_cell_tops_add(&target->parts, &category.tops, cell);
			ge_cell_add_parts(&target->layout, &target->parts, all, cell);
		}
	}
	category.all = target->way->category(target, id, &category.n_rows);
	if (!ge_full_encodings(target, id, encodings))
		return ge_target_overflow(work->error, "the encoding of a category");
	if (has_folds(target))
		return encode_cells(target, &category, work);
	if (target->dense.encodings != NULL)
		memcpy(encodings_of(target, id), encodings, target->n_finishes * sizeof(double));
	return GE_OK;
}

static uint64_t
categories_per_task(const GeTarget *target)
{
	return 1 + CELLS_PER_TASK / target->n_folds;
}

/* Task: encode some categories. */
static GeStatus
encode_some(void *arg, uint64_t task, uint32_t worker, GeWork *work)
{
	GeTarget *target = arg;
	uint64_t id = task * categories_per_task(target);
	uint64_t end = id + categories_per_task(target);

	(void) worker;
	ge_float_mode_reset();
	for (; id < n_ids(target) && id < end; id++)
	{
		GeStatus status = encode_category(target, (uint32_t) id, work);

		if (status != GE_OK)
			return status;
	}
	return GE_OK;
}

/* Where the encodings go: into the cells if they fit and nothing else needs those. */
static GeStatus
place_encodings(GeTarget *target, GeError *error)
{
	GeDenseCells *dense = &target->dense;

	if (target->plain_mean && !has_folds(target))
		return GE_OK;
	dense->stride = target->n_finishes;
	if (has_folds(target) && target->n_finishes <= target->parts.n_words)
	{
		dense->encodings = (double *) (void *) dense->cells;
		dense->stride = target->parts.n_words;
		return GE_OK;
	}
	dense->encodings = ge_alloc_zeroed(ge_dense_encodings_bytes(target));
	dense->owns_encodings = dense->encodings != NULL;
	return dense->owns_encodings
			   ? GE_OK
			   : ge_cpu_no_memory(error, ge_dense_encodings_bytes(target),
								  "the encodings of cells");
}

GeStatus
ge_dense_encode(GeTarget *target, GeError *error)
{
	uint64_t bytes = n_ids(target) * target->parts.n_words * sizeof(uint64_t);
	uint64_t n_tasks = n_ids(target) / categories_per_task(target) + 1;
	GeStatus status = place_encodings(target, error);

	if (status == GE_OK && has_folds(target))
	{
		target->dense.categories = ge_alloc_zeroed(bytes);
		if (target->dense.categories == NULL)
			status = ge_cpu_no_memory(error, bytes, "the cells of categories");
	}
	if (status != GE_OK)
		return status;
	return ge_context_run(target->context, ge_threads_max(target->context->threads),
						  n_tasks, encode_some, target, error);
}

/* One call of target_rows. */
typedef struct GeRowsJob
{
	const GeTarget *target;
	const GeTargetRows *rows;
	double *const
		*encodings; /* those of row i and finish f go to encodings[f][start + i] */
	uint32_t start;
} GeRowsJob;

/* The plain mean of a category, or of a row without one. */
static double
full_mean(const GeTarget *target, uint64_t id)
{
	const uint64_t *cell = target->dense.cells + id * target->parts.n_words;

	return ge_is_category(target, (uint32_t) id)
			   ? ge_plain_mean(target, &target->layout, cell, target->priors[0])
			   : target->priors[0].unseen;
}

/* The encodings of n rows from their cells, from `row` on.  False: one is out of range. */
static bool
look_up_block(const GeRowsJob *job, const uint64_t *cells, uint32_t n, uint32_t row)
{
	const GeTarget *target = job->target;
	const double *all = target->dense.encodings;
	uint64_t stride = target->dense.stride;
	bool in_range = true;
	uint32_t j, f;

	if (all == NULL)
	{
		for (j = 0; j < n; j++)
		{
			job->encodings[0][row + j] = full_mean(target, cells[j]);
			in_range &= !isinf(job->encodings[0][row + j]);
		}
		return in_range;
	}
	for (j = 0; j < n; j++)
	{
		__builtin_prefetch(encodings_of(target, cells[j]));
		__builtin_prefetch(encodings_of(target, cells[j]) + target->n_finishes - 1);
	}
	for (f = 0; f < target->n_finishes; f++)
	{
		double *encodings = job->encodings[f] + row;

		for (j = 0; j < n; j++)
		{
			encodings[j] = all[cells[j] * stride + f];
			in_range &= !isinf(encodings[j]);
		}
	}
	return in_range;
}

/* Task: the encodings of a slice of the rows. */
static GeStatus
look_up_slice(void *arg, uint64_t task, uint32_t worker, GeWork *work)
{
	GeRowsJob *job = arg;
	uint32_t start = (uint32_t) task * GE_ROWS_PER_LOOKUP, n_rows = job->rows->n_rows, n;
	uint32_t end =
		n_rows - start < GE_ROWS_PER_LOOKUP ? n_rows : start + GE_ROWS_PER_LOOKUP;
	uint64_t cells[GE_ROW_BLOCK];
	GeStatus status;

	(void) worker;
	ge_float_mode_reset();
	for (; start < end; start += n)
	{
		n = end - start < GE_ROW_BLOCK ? end - start : GE_ROW_BLOCK;
		status = ge_target_cells(job->target, job->rows, start, n, cells, work->error);
		if (status != GE_OK)
			return status;
		if (!look_up_block(job, cells, n, job->start + start))
			return ge_target_overflow(work->error, "an out-of-fold encoding");
	}
	return ge_work_step(work, 10 * (uint64_t) GE_ROWS_PER_LOOKUP);
}

GeStatus
ge_dense_rows(GeTarget *target, const GeTargetRows *rows, double *const *encodings,
			  uint32_t start, GeError *error)
{
	GeRowsJob job = {target, rows, encodings, start};
	uint64_t n_tasks =
		((uint64_t) rows->n_rows + GE_ROWS_PER_LOOKUP - 1) / GE_ROWS_PER_LOOKUP;

	return ge_context_run(target->context, ge_threads_max(target->context->threads),
						  n_tasks, look_up_slice, &job, error);
}
