/*
 * target_ordered.c: target statistics of rows that learn from those before them in an order.
 *
 * Rows are kept by their places until all are there (GeSortedRows).  No two rows have one
 * place, so threads may keep the rows of a call in any order.
 */
#include "cpu/memory.h"
#include "cpu/target_sorted.h"

#define ROWS_PER_SLICE UINT32_C(8192)

static GeStatus
create(GeTarget *target, GeError *error)
{
	GeSortedRows *sorted = &target->sorted;
	uint64_t n = ge_sorted_n_rows(target);
	GeStatus status = ge_sorted_create(target, error);

	if (status != GE_OK)
		return status;
	sorted->any_null = true; /* or not: each row says it */
	sorted->ordinals = ge_alloc_array(n, sizeof *sorted->ordinals);
	sorted->visible = ge_alloc_array(n, sizeof *sorted->visible);
	return sorted->ordinals != NULL && sorted->visible != NULL
			   ? GE_OK
			   : ge_cpu_no_memory(error, n * 2 * sizeof *sorted->visible,
								  "the order of rows");
}

static void
free_rows(GeTarget *target)
{
	GeSortedRows *sorted = &target->sorted;
	uint64_t n = ge_sorted_n_rows(target);

	ge_free_zeroed(sorted->ordinals, n * sizeof *sorted->ordinals);
	ge_free_zeroed(sorted->visible, n * sizeof *sorted->visible);
	ge_sorted_free(target);
}

static void
keep_row(const GeTarget *target, const GeTargetRows *rows, uint32_t row, uint32_t id)
{
	const GeSortedRows *sorted = &target->sorted;
	uint32_t place = rows->places[row];
	GeCellRow kept;

	sorted->ids[place] = id;
	sorted->ordinals[place] = (uint32_t) rows->first_ordinal + row;
	sorted->visible[place] = rows->visible[row];
	if (target->counts_only)
		return;
	if (ge_target_is_null(rows, row))
	{
		sorted->ids[place] |= GE_NULL_BIT;
		return;
	}
	kept = ge_cell_row(target, rows, row);
	sorted->values[place] = kept.bits;
	if (sorted->weights != NULL)
		sorted->weights[place] = kept.weight;
}

/* Keep rows start..start+n-1, n <= GE_ROW_BLOCK. */
static GeStatus
keep_block(const GeTarget *target, const GeTargetRows *rows, uint32_t start, uint32_t n,
		   GeError *error)
{
	uint64_t cells[GE_ROW_BLOCK];
	GeStatus status = ge_target_cells(target, rows, start, n, cells, error);
	uint32_t i;

	for (i = 0; i < n && status == GE_OK; i++)
	{
		uint32_t place = rows->places[start + i], visible = rows->visible[start + i];

		if (place >= ge_sorted_n_rows(target) || visible > place)
			return ge_cpu_fail(error, GE_INTERNAL,
							   "place %u of %u rows, of which %u are visible", place,
							   ge_sorted_n_rows(target), visible);
		keep_row(target, rows, start + i, (uint32_t) cells[i]);
	}
	return status;
}

/* One call of target_add, shared by threads. */
typedef struct Keeping
{
	const GeTarget *target;
	const GeTargetRows *rows;
} Keeping;

static GeStatus
keep_slice(void *arg, uint64_t task, uint32_t worker, GeWork *work)
{
	const Keeping *keeping = arg;
	uint32_t start = (uint32_t) task * ROWS_PER_SLICE, end = start + ROWS_PER_SLICE, n;

	(void) worker;
	if (end > keeping->rows->n_rows)
		end = keeping->rows->n_rows;
	for (; start < end; start += n)
	{
		GeStatus status;

		n = end - start < GE_ROW_BLOCK ? end - start : GE_ROW_BLOCK;
		status = keep_block(keeping->target, keeping->rows, start, n, work->error);
		if (status == GE_OK)
			status = ge_work_step(work, 20 * n);
		if (status != GE_OK)
			return status;
	}
	return GE_OK;
}

static GeStatus
add(GeTarget *target, const GeTargetRows *rows, GeError *error)
{
	Keeping keeping = {target, rows};
	uint64_t n_slices = ((uint64_t) rows->n_rows + ROWS_PER_SLICE - 1) / ROWS_PER_SLICE;

	return ge_context_run(target->context, ge_threads_max(target->context->threads),
						  n_slices, keep_slice, &keeping, error);
}

const GeTargetWay ge_ordered_way = {
	.create = create,
	.free = free_rows,
	.add = add,
	.add_up = ge_sorted_add_up,
	.encode = ge_ordered_encode,
	.rows = ge_sorted_rows,
	.category = ge_sorted_category,
};
