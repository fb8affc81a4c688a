/*
 * target_dense.c: target statistics as one cell for every category and fold.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "float_mode.h"
#include "memory.h"
#include "target_dense.h"

/* Cells that one task encodes, about. */
#define CELLS_PER_TASK UINT64_C(16384)

static uint64_t
encodings_bytes(const GeTarget *target)
{
	return target->dense.n_cells * sizeof(double);
}

static const uint64_t *
first_cell(const GeTarget *target, uint64_t id)
{
	return target->dense.cells + id * target->n_folds * target->layout.n_words;
}

static GeStatus
create(GeTarget *target, GeError *error)
{
	GeDenseCells *dense = &target->dense;

	dense->n_cells = ((uint64_t) target->spec.n_categories + 1) * target->n_folds;
	dense->cells =
		ge_alloc_array(dense->n_cells, target->layout.n_words * sizeof(uint64_t));
	if (dense->cells == NULL)
		return ge_cpu_no_memory(error, ge_dense_cells_bytes(target),
								"the cells of a target");
	return GE_OK;
}

static void
free_private_cells(GeTarget *target)
{
	uint32_t i;

	for (i = 0; target->dense.private_cells != NULL && i < GE_MAX_THREADS; i++)
		ge_free_zeroed(target->dense.private_cells[i], ge_dense_cells_bytes(target));
	free(target->dense.private_cells);
	target->dense.private_cells = NULL;
}

static void
free_cells(GeTarget *target)
{
	GeDenseCells *dense = &target->dense;

	free_private_cells(target);
	ge_free_zeroed(dense->cells, ge_dense_cells_bytes(target));
	ge_free_zeroed(dense->encodings, encodings_bytes(target));
	ge_free_zeroed(dense->resolved, GE_CHUNK_ROWS * sizeof(uint64_t));
}

static void
merge_private_cells(GeTarget *target)
{
	uint32_t n_words = target->layout.n_words, i;
	uint64_t c;

	for (i = 0; target->dense.private_cells != NULL && i < GE_MAX_THREADS; i++)
		if (target->dense.private_cells[i] != NULL)
			for (c = 0; c < target->dense.n_cells; c++)
				ge_cell_merge(&target->layout, target->dense.cells + c * n_words,
							  target->dense.private_cells[i] + c * n_words, false);
	free_private_cells(target);
}

static GeStatus
add_up(GeTarget *target, uint64_t n_totals, uint64_t *totals, GeError *error)
{
	const GeCellLayout *layout = &target->layout;
	GeWork work = {&target->context->options, error, 0};
	uint64_t c, fold = 0;

	merge_private_cells(target);
	for (c = 0; c < target->dense.n_cells; c++)
	{
		ge_cell_merge(layout, totals + fold * layout->n_words,
					  target->dense.cells + c * layout->n_words, false);
		fold = fold + 1 == n_totals ? 0 : fold + 1;
		if (ge_work_step(&work, 2) != GE_OK)
			return GE_CANCELLED;
	}
	return GE_OK;
}

static void
add_up_category(const GeTarget *target, uint32_t id, uint64_t *cell)
{
	const uint64_t *cells = first_cell(target, id);
	uint32_t n_words = target->layout.n_words, f;

	for (f = 0; f < target->n_folds; f++)
		ge_cell_merge(&target->layout, cell, cells + (uint64_t) f * n_words, false);
}

/* The encodings of one category.  False: the one over all folds is beyond the range. */
static bool
encode_category(const GeTarget *target, uint32_t id)
{
	double *encodings = target->dense.encodings + (uint64_t) id * target->n_folds;
	const uint64_t *cells = first_cell(target, id);
	uint64_t category[GE_MAX_CELL_WORDS] = {0};
	uint32_t n_words = target->layout.n_words, f;

	if (!ge_is_category(target, id))
	{
		for (f = 0; f < target->n_folds; f++)
			encodings[f] = ge_prior_of_fold(target, f).mean;
		return true;
	}
	add_up_category(target, id, category);
	for (f = 0; f < target->n_folds; f++)
		encodings[f] =
			ge_fold_encoding(target, category, cells + (uint64_t) f * n_words, f);
	return isfinite(ge_full_encoding(target, category));
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
	uint64_t n = (uint64_t) target->spec.n_categories + 1;
	uint64_t id = task * categories_per_task(target);
	uint64_t end = id + categories_per_task(target);

	(void) worker;
	ge_float_mode_reset();
	for (; id < n && id < end; id++)
	{
		if (!encode_category(target, (uint32_t) id))
			return ge_target_overflow(work->error, "the encoding of a category");
		if (ge_work_step(work, 10 * (uint64_t) target->n_folds) != GE_OK)
			return GE_CANCELLED;
	}
	return GE_OK;
}

static GeStatus
encode(GeTarget *target, GeError *error)
{
	uint64_t n_categories = (uint64_t) target->spec.n_categories + 1;
	uint64_t n_tasks = n_categories / categories_per_task(target) + 1;

	target->dense.encodings = ge_alloc_zeroed(encodings_bytes(target));
	if (target->dense.encodings == NULL)
		return ge_cpu_no_memory(error, encodings_bytes(target), "encodings");
	if (target->n_target == 0)
		return GE_OK;
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

#define ROWS_PER_TASK UINT32_C(16384)

/* Task: the encodings of a slice of the rows. */
static GeStatus
look_up_slice(void *arg, uint64_t task, uint32_t worker, GeWork *work)
{
	GeRowsJob *job = arg;
	const double *encodings = job->target->dense.encodings;
	uint32_t start = (uint32_t) task * ROWS_PER_TASK, n_rows = job->rows->n_rows, n, j;
	uint32_t end = n_rows - start < ROWS_PER_TASK ? n_rows : start + ROWS_PER_TASK;
	uint64_t cells[GE_ROW_BLOCK];
	bool finite = true;

	(void) worker;
	for (; start < end; start += n)
	{
		GeStatus status;

		n = end - start < GE_ROW_BLOCK ? end - start : GE_ROW_BLOCK;
		status = ge_target_cells(job->target, job->rows, start, n, cells, work->error);
		if (status != GE_OK)
			return status;
		for (j = 0; j < n; j++)
			__builtin_prefetch(encodings + cells[j]);
		for (j = 0; j < n; j++)
		{
			job->encodings[start + j] = encodings[cells[j]];
			finite &= isfinite(encodings[cells[j]]) != 0;
		}
	}
	if (!finite)
		return ge_target_overflow(work->error, "an out-of-fold encoding");
	return ge_work_step(work, 10 * ROWS_PER_TASK);
}

static GeStatus
look_up_rows(GeTarget *target, const GeTargetRows *rows, double *encodings,
			 GeError *error)
{
	GeRowsJob job = {target, rows, encodings};
	uint64_t n_tasks = ((uint64_t) rows->n_rows + ROWS_PER_TASK - 1) / ROWS_PER_TASK;

	return ge_context_run(target->context, ge_threads_max(target->context->threads),
						  n_tasks, look_up_slice, &job, error);
}

const GeTargetWay ge_dense_way = {
	.create = create,
	.free = free_cells,
	.add = ge_dense_add,
	.add_up = add_up,
	.encode = encode,
	.rows = look_up_rows,
	.category = add_up_category,
};
