/*
 * target_dense_encode.c: from cells to encodings, and from rows to those.
 *
 * The encoding of a cell overwrites the cell's first word: the bits of a double.  Without
 * folds nothing is overwritten: a row has the encoding of its category.
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

static inline void
write_encoding(uint64_t *cell, double encoding)
{
	memcpy(cell, &encoding, sizeof encoding);
}

/* The encodings of folds first..end-1 of a category, in the place of their counts. */
static inline __attribute__((always_inline)) void
encode_folds(const GeTarget *target, const GeCellLayout *layout, uint64_t *cells,
			 const uint64_t *category, uint32_t first, uint32_t end)
{
	const GeFinish finish = target->finish;
	uint32_t f;

	for (f = first; f < end; f++)
	{
		uint64_t *cell = cells + (uint64_t) f * layout->n_words;
		uint64_t others[GE_MAX_CELL_WORDS];

		memcpy(others, category, layout->n_words * sizeof *others);
		ge_cell_merge(layout, others, cell, true);
		write_encoding(cell, ge_finish(&finish, ge_cell_figures(layout, others),
									   ge_prior_of_fold(target, f)));
	}
}

/*
 * Encode the cells of an id that is no category: its rows have the prior of their fold.
 */
static void
encode_missing(const GeTarget *target, uint64_t *cells, uint32_t first, uint32_t end)
{
	uint32_t f;

	for (f = first; f < end; f++)
		write_encoding(cells + (uint64_t) f * target->layout.n_words,
					   ge_prior_of_fold(target, f).unseen);
}

/* Add the cells of a category up into `category`, then encode them. */
static GeStatus
encode_cells(const GeTarget *target, uint32_t id, uint64_t *cells, uint64_t *category,
			 GeWork *work)
{
	const GeCellLayout packed = {GE_SUM_PACKED, 0, 1, 0, 1};
	uint32_t n_words = target->layout.n_words, f, end;

	for (f = 0; f < target->n_folds; f++)
		ge_cell_merge(&target->layout, category, cells + (uint64_t) f * n_words, false);
	for (f = 0; f < target->n_folds; f = end)
	{
		end = target->n_folds - f < FOLDS_PER_STEP ? target->n_folds : f + FOLDS_PER_STEP;
		if (!ge_is_category(target, id))
			encode_missing(target, cells, f, end);
		else if (target->layout.form == GE_SUM_PACKED)
			encode_folds(target, &packed, cells, category, f, end);
		else
			encode_folds(target, &target->layout, cells, category, f, end);
		if (ge_work_step(work, 12 * (uint64_t) (end - f)) != GE_OK)
			return GE_CANCELLED;
	}
	return GE_OK;
}

static GeStatus
encode_category(const GeTarget *target, uint32_t id, GeWork *work)
{
	uint32_t n_words = target->layout.n_words;
	uint64_t *cells = target->dense.cells + (uint64_t) id * target->n_folds * n_words;
	uint64_t *category = cells;

	if (has_folds(target))
	{
		category = target->dense.categories + (uint64_t) id * n_words;
		if (encode_cells(target, id, cells, category, work) != GE_OK)
			return GE_CANCELLED;
	}
	if (ge_is_category(target, id) && !isfinite(ge_full_encoding(target, category)))
		return ge_target_overflow(work->error, "the encoding of a category");
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

GeStatus
ge_dense_encode(GeTarget *target, GeError *error)
{
	uint64_t bytes = n_ids(target) * target->layout.n_words * sizeof(uint64_t);
	uint64_t n_tasks = n_ids(target) / categories_per_task(target) + 1;

	if (has_folds(target))
	{
		target->dense.categories = ge_alloc_zeroed(bytes);
		if (target->dense.categories == NULL)
			return ge_cpu_no_memory(error, bytes, "the cells of categories");
	}
	return ge_context_run(target->context, ge_threads_max(target->context->threads),
						  n_tasks, encode_some, target, error);
}

/* One call of target_rows. */
typedef struct GeRowsJob
{
	const GeTarget *target;
	const GeTargetRows *rows;
	double *encodings;
} GeRowsJob;

/* The encodings of n rows from their cells.  False: one is beyond the range. */
static bool
look_up_block(const GeTarget *target, const uint64_t *cells, uint32_t n,
			  double *encodings)
{
	uint32_t n_words = target->layout.n_words, j;
	bool finite = true;

	for (j = 0; j < n; j++)
		__builtin_prefetch(target->dense.cells + cells[j] * n_words);
	for (j = 0; j < n; j++)
	{
		const uint64_t *cell = target->dense.cells + cells[j] * n_words;

		if (has_folds(target))
			memcpy(&encodings[j], cell, sizeof encodings[j]);
		else
			encodings[j] = ge_is_category(target, (uint32_t) cells[j])
							   ? ge_full_encoding(target, cell)
							   : target->prior.unseen;
		finite &= isfinite(encodings[j]) != 0;
	}
	return finite;
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
		if (!look_up_block(job->target, cells, n, job->encodings + start))
			return ge_target_overflow(work->error, "an out-of-fold encoding");
	}
	return ge_work_step(work, 10 * GE_ROWS_PER_LOOKUP);
}

GeStatus
ge_dense_rows(GeTarget *target, const GeTargetRows *rows, double *encodings,
			  GeError *error)
{
	GeRowsJob job = {target, rows, encodings};
	uint64_t n_tasks =
		((uint64_t) rows->n_rows + GE_ROWS_PER_LOOKUP - 1) / GE_ROWS_PER_LOOKUP;

	return ge_context_run(target->context, ge_threads_max(target->context->threads),
						  n_tasks, look_up_slice, &job, error);
}
