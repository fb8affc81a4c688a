/*
 * target_dense_add.c: rows into dense cells, by one thread or several.
 *
 * Integer sums do not depend on the order of adding, so threads may share the rows in any
 * way.  If all cells fit into the cache of a thread, each thread has private cells.  Else
 * the cells of a chunk of rows are found first, and then each thread adds to the cells
 * that it owns.  Ownership changes every 32 cells, because the most frequent categories
 * are often those that were seen first.
 */
#include <stdlib.h>

#include "cpu/target_dense.h"
#include "cpu/target_row.h"

#define ROWS_PER_SLICE UINT32_C(8192)
#define OWNED_CELLS_BITS 5

/* Rows to be added together, and the cells they go to. */
typedef struct GeRowBlock
{
	uint32_t n;
	uint32_t rows[GE_ROW_BLOCK];
	uint64_t cells[GE_ROW_BLOCK];
} GeRowBlock;

/* One call of target_add, shared by threads. */
typedef struct GeDenseJob
{
	GeTarget *target;
	const GeTargetRows *rows; /* at most GE_CHUNK_ROWS */
	uint32_t n_owners;
} GeDenseJob;

/* Rows without a target are few: ids are counted together by all threads. */
static void
count_null(const GeTarget *target, uint64_t cell)
{
	__atomic_fetch_add(&target->dense.nulls[cell / target->n_folds], 1, __ATOMIC_RELAXED);
}

static inline __attribute__((always_inline)) bool
add_block_as(const GeTarget *target, uint64_t *cells, const GeTargetRows *rows,
			 const GeRowBlock *block, GeSumForm form, GeTargetKind kind)
{
	const GeCellLayout *layout = &target->layout;
	uint32_t n_words = form == GE_SUM_PACKED ? 1 : layout->n_words, j;
	bool inside = true;

	for (j = 0; j < block->n; j++)
	{
		uint32_t row = block->rows[j];
		uint64_t *cell = cells + block->cells[j] * n_words;

		if (ge_target_is_null(rows, row))
			count_null(target, block->cells[j]);
		else if (kind == GE_TARGET_INT64)
			inside &= ge_cell_add_int64(layout, form, cell, rows->int_targets[row]);
		else
			inside &= ge_cell_add_double(layout, form, cell, rows->float_targets[row]);
	}
	return inside;
}

#define ADD_BLOCK(form)                                                                  \
	(target->spec.kind == GE_TARGET_INT64                                                \
		 ? add_block_as(target, cells, rows, block, form, GE_TARGET_INT64)               \
		 : add_block_as(target, cells, rows, block, form, GE_TARGET_FLOAT64))

/* Rows without a look at targets. */
static void
count_block(const GeTarget *target, uint64_t *cells, const GeRowBlock *block)
{
	uint32_t n_words = target->parts.n_words, j;

	for (j = 0; j < block->n; j++)
		cells[block->cells[j] * n_words]++;
}

/* Cells with parts, of a narrow column. */
static inline __attribute__((always_inline)) bool
add_narrow_block_as(const GeTarget *target, uint64_t *cells, const GeTargetRows *rows,
					const GeRowBlock *block, GeTargetKind kind)
{
	/* copies, which no store into a cell can change */
	const GeCellLayout layout = target->layout;
	const GeCellParts parts = target->parts;
	bool inside = true;

	for (uint32_t j = 0; j < block->n; j++)
	{
		uint32_t row = block->rows[j];
		GeCellRow cell_row = {.kind = kind};

		if (ge_target_is_null(rows, row))
		{
			count_null(target, block->cells[j]);
			continue;
		}
		if (kind == GE_TARGET_INT64)
			cell_row.bits = (uint64_t) rows->int_targets[row];
		else
			memcpy(&cell_row.bits, &rows->float_targets[row], sizeof cell_row.bits);
		inside &= ge_cell_add_narrow_row(
			&layout, &parts, cells + block->cells[j] * parts.n_words, cell_row);
	}
	return inside;
}

static bool
add_narrow_block(const GeTarget *target, uint64_t *cells, const GeTargetRows *rows,
				 const GeRowBlock *block)
{
	return target->spec.kind == GE_TARGET_INT64
			   ? add_narrow_block_as(target, cells, rows, block, GE_TARGET_INT64)
			   : add_narrow_block_as(target, cells, rows, block, GE_TARGET_FLOAT64);
}

/* Cells with parts, or weighted sums. */
static bool
add_parts_of_block(const GeTarget *target, uint64_t *cells, const GeTargetRows *rows,
				   const GeRowBlock *block)
{
	uint32_t n_words = target->parts.n_words, j;
	bool inside = true;

	for (j = 0; j < block->n; j++)
	{
		uint32_t row = block->rows[j];

		if (ge_target_is_null(rows, row))
			count_null(target, block->cells[j]);
		else
			inside &= ge_cell_add_row(&target->layout, &target->parts,
									  cells + block->cells[j] * n_words,
									  ge_cell_row(target, rows, row));
	}
	return inside;
}

/* One loop for every form and kind.  False: a target lies outside the bins. */
static bool
add_block(const GeTarget *target, uint64_t *cells, const GeTargetRows *rows,
		  const GeRowBlock *block)
{
	if (!target->plain)
		return target->parts.narrow ? add_narrow_block(target, cells, rows, block)
									: add_parts_of_block(target, cells, rows, block);
	if (target->counts_only)
	{
		count_block(target, cells, block);
		return true;
	}
	switch (target->layout.form)
	{
		case GE_SUM_PACKED:
			return ADD_BLOCK(GE_SUM_PACKED);
		case GE_SUM_INT64:
			return ADD_BLOCK(GE_SUM_INT64);
		case GE_SUM_INT128:
			return ADD_BLOCK(GE_SUM_INT128);
		default:
			return ADD_BLOCK(GE_SUM_LIMBS);
	}
}

static uint32_t
smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* Add rows start..end-1 to cells. */
static GeStatus
add_rows(const GeTarget *target, uint64_t *cells, const GeTargetRows *rows,
		 uint32_t start, uint32_t end, GeWork *work)
{
	GeRowBlock block;
	GeStatus status;
	uint32_t j;

	for (; start < end; start += block.n)
	{
		block.n = smaller(end - start, GE_ROW_BLOCK);
		status = ge_target_cells(target, rows, start, block.n, block.cells, work->error);
		if (status != GE_OK)
			return status;
		for (j = 0; j < block.n; j++)
		{
			block.rows[j] = start + j;
			ge_prefetch_cell(&target->parts,
							 cells + block.cells[j] * target->parts.n_words);
		}
		if (!add_block(target, cells, rows, &block))
			return ge_target_out_of_bins(work->error);
		if (ge_work_step(work, 20 * block.n) != GE_OK)
			return GE_CANCELLED;
	}
	return GE_OK;
}

/* Task: a slice of the rows into the worker's private cells. */
static GeStatus
add_privately(void *arg, uint64_t task, uint32_t worker, GeWork *work)
{
	GeDenseJob *job = arg;
	GeTarget *target = job->target;
	uint32_t start = (uint32_t) task * ROWS_PER_SLICE;
	uint64_t **cells =
		worker == 0 ? &target->dense.cells : &target->dense.private_cells[worker - 1];

	if (*cells == NULL)
		*cells = ge_alloc_zeroed(ge_dense_cells_bytes(target));
	if (*cells == NULL)
		return ge_cpu_no_memory(work->error, ge_dense_cells_bytes(target),
								"the cells of a thread");
	return add_rows(target, *cells, job->rows, start,
					start + smaller(job->rows->n_rows - start, ROWS_PER_SLICE), work);
}

/* Task: find the cells of a slice of the rows. */
static GeStatus
resolve_slice(void *arg, uint64_t task, uint32_t worker, GeWork *work)
{
	GeDenseJob *job = arg;
	uint32_t start = (uint32_t) task * ROWS_PER_SLICE, n;
	uint32_t end = start + smaller(job->rows->n_rows - start, ROWS_PER_SLICE);
	GeStatus status;

	(void) worker;
	for (; start < end; start += n)
	{
		n = smaller(end - start, GE_ROW_BLOCK);
		status = ge_target_cells(job->target, job->rows, start, n,
								 job->target->dense.resolved + start, work->error);
		if (status != GE_OK)
			return status;
	}
	return GE_OK;
}

static uint32_t
owner_of_cell(uint64_t cell, uint32_t n_owners)
{
	uint32_t hash = (uint32_t) (cell >> OWNED_CELLS_BITS) * UINT32_C(0x9E3779B1);

	return (uint32_t) ((uint64_t) hash * n_owners >> 32);
}

/* Task: add those of the resolved rows whose cells this task owns. */
static GeStatus
add_owned(void *arg, uint64_t task, uint32_t worker, GeWork *work)
{
	GeDenseJob *job = arg;
	GeTarget *target = job->target;
	uint64_t *cells = target->dense.cells;
	uint32_t n = job->rows->n_rows, i = 0;
	GeRowBlock block;

	(void) worker;
	while (i < n)
	{
		block.n = 0;
		for (; i < n && block.n < GE_ROW_BLOCK; i++)
		{
			uint64_t cell = target->dense.resolved[i];

			/* always written, and kept by counting: no branch to mispredict */
			block.rows[block.n] = i;
			block.cells[block.n] = cell;
			block.n += owner_of_cell(cell, job->n_owners) == task;
		}
		for (uint32_t j = 0; j < block.n; j++)
			ge_prefetch_cell(&target->parts,
							 cells + block.cells[j] * target->parts.n_words);
		if (!add_block(target, cells, job->rows, &block))
			return ge_target_out_of_bins(work->error);
		if (ge_work_step(work, 20 * GE_ROW_BLOCK) != GE_OK)
			return GE_CANCELLED;
	}
	return GE_OK;
}

static GeStatus
run_slices(GeDenseJob *job, uint32_t n_threads, GeFallibleTask task, GeError *error)
{
	uint32_t n_slices = (job->rows->n_rows + ROWS_PER_SLICE - 1) / ROWS_PER_SLICE;

	return ge_context_run(job->target->context, n_threads, n_slices, task, job, error);
}

static GeStatus
add_by_owners(GeDenseJob *job, uint32_t n_threads, GeError *error)
{
	GeTarget *target = job->target;
	GeStatus status;

	if (target->dense.resolved == NULL)
		target->dense.resolved = ge_alloc_array(GE_CHUNK_ROWS, sizeof(uint64_t));
	if (target->dense.resolved == NULL)
		return ge_cpu_no_memory(error, GE_CHUNK_ROWS * sizeof(uint64_t), "cells of rows");
	job->n_owners = n_threads;
	status = run_slices(job, n_threads, resolve_slice, error);
	if (status != GE_OK)
		return status;
	return ge_context_run(target->context, n_threads, n_threads, add_owned, job, error);
}

/* What the rows need before threads share them. */
static GeStatus
prepare(GeTarget *target, const GeTargetRows *rows, GeError *error)
{
	GeStatus status = GE_OK;

	if (rows->target_is_null != NULL)
		status = ge_dense_reserve_nulls(target, error);
	return status == GE_OK ? ge_dense_make_room_for_rows(target, rows, error) : status;
}

GeStatus
ge_dense_add(GeTarget *target, const GeTargetRows *rows, GeError *error)
{
	GeDenseJob job = {target, rows, 1};
	uint32_t n_threads = ge_threads_max(target->context->threads);
	GeWork work = {&target->context->options, error, 0};
	GeStatus status = prepare(target, rows, error);

	if (status != GE_OK)
		return status;
	n_threads = smaller(n_threads, rows->n_rows / ROWS_PER_SLICE);
	if (n_threads <= 1)
		return add_rows(target, target->dense.cells, rows, 0, rows->n_rows, &work);
	if (ge_dense_cells_bytes(target) > GE_PRIVATE_BYTES)
		return add_by_owners(&job, n_threads, error);
	if (target->dense.private_cells == NULL)
		target->dense.private_cells = calloc(GE_MAX_THREADS, sizeof(uint64_t *));
	if (target->dense.private_cells == NULL)
		return ge_cpu_no_memory(error, GE_MAX_THREADS * sizeof(uint64_t *),
								"the cells of threads");
	return run_slices(&job, n_threads, add_privately, error);
}
