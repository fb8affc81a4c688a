/*
 * grouped.c: when rows are added group by group, and the memory for it.
 *
 * No CPU twin: another order of adding, the same sums.
 */
#include "target/grouped.h"

#include <string.h>

#include "runtime/cub_ops.h"
#include "target/partition.h"

/* More cells than these for each row do not pay. */
#define CELLS_PER_ROW 4
/* Shared memory for the cells of a group, and how many there may be. */
#define GROUP_BYTES 16384
#define MOST_SHIFT 10
/* Bits that one pass of a sort takes. */
#define PASS_BITS 8

/* Groups as large as the fewest passes of a sort allow.  False: another way is better. */
static bool
plan(const GeTarget *target, const GeRowsView *rows, GeGrouping *grouping)
{
	const GeTargetView *view = &target->view;
	uint32_t cell_bytes = ge_cuda_grouped_cell_bytes(&view->layout);
	uint32_t bits = ge_cuda_bits_of(view->n_cells), most = MOST_SHIFT, passes;

	memset(grouping, 0, sizeof *grouping);
	if (cell_bytes == 0 || rows->n_rows < GE_GROUPED_LEAST_ROWS || bits > 31 ||
		view->n_cells / CELLS_PER_ROW > rows->n_rows)
		return false;
	while (most > 0 && cell_bytes << most > GROUP_BYTES)
		most--;
	passes = bits > most ? (bits - most + PASS_BITS - 1) / PASS_BITS : 0;
	grouping->shift = bits > passes * PASS_BITS ? bits - passes * PASS_BITS : 0;
	grouping->n_groups = (uint32_t) (view->n_cells >> grouping->shift) + 1;
	grouping->n_rows = rows->n_rows;
	return true;
}

/* The rows by group; as they are if there is one group. */
static GeStatus
sort_rows(GeTarget *target, const GeRowsView *rows, GeGrouping *grouping, GeError *error)
{
	GeContext *context = target->context;

	grouping->cells = context->partition_keys[0].data;
	grouping->targets = rows->targets;
	if (grouping->n_groups == 1)
		return GE_OK;
	GE_TRY(ge_cuda_partition_sort(context, rows->n_rows, rows->targets,
								  (int) grouping->shift,
								  (int) ge_cuda_bits_of(target->view.n_cells), error));
	grouping->cells = context->partition_keys[1].data;
	grouping->targets = context->partition_targets.data;
	return GE_OK;
}

/* Where groups begin, and the stretches of their rows. */
static GeStatus
find_chunks(GeContext *context, GeGrouping *grouping, GeError *error)
{
	uint64_t bytes = (2 * (uint64_t) grouping->n_groups + 1) * sizeof(uint32_t);
	size_t temp_bytes = 0;

	GE_TRY(ge_cuda_buffer_reserve(context, &context->partition_offsets, bytes, error));
	grouping->offsets = context->partition_offsets.data;
	grouping->chunk_ends = grouping->offsets + grouping->n_groups + 1;
	GE_CUDA(ge_cuda_grouped_offsets_launch(grouping, context->compute));
	GE_CUDA(ge_cuda_running_sum(NULL, &temp_bytes, grouping->chunk_ends,
								grouping->chunk_ends, grouping->n_groups,
								context->compute));
	GE_TRY(ge_cuda_buffer_reserve(context, &context->partition_temp, temp_bytes, error));
	GE_CUDA(ge_cuda_running_sum(context->partition_temp.data, &temp_bytes,
								grouping->chunk_ends, grouping->chunk_ends,
								grouping->n_groups, context->compute));
	return GE_OK;
}

GeStatus
ge_cuda_grouped_add(GeTarget *target, const GeRowsView *rows, bool *added, GeError *error)
{
	GeContext *context = target->context;
	GeGrouping grouping;

	*added = false;
	if (!plan(target, rows, &grouping))
		return GE_OK;
	GE_TRY(ge_cuda_partition_find_room(context, rows->n_rows, true, added, error));
	if (!*added)
		return GE_OK;
	GE_TRY(ge_cuda_buffer_reserve(context, &context->partition_keys[0],
								  rows->n_rows * sizeof(uint32_t), error));
	GE_CUDA(ge_cuda_grouped_cells_launch(
		&target->view, rows, context->partition_keys[0].data, context->compute));
	GE_TRY(sort_rows(target, rows, &grouping, error));
	GE_TRY(find_chunks(context, &grouping, error));
	GE_CUDA(ge_cuda_grouped_add_launch(&target->view, &grouping, context->compute));
	return GE_OK;
}
