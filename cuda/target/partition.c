/*
 * partition.c: when rows are partitioned, and the memory for it.
 *
 * No CPU twin: another order of adding, the same sums.  The plan follows from the sizes
 * alone.  If its memory is not free, the rows are added in the ordinary way.
 */
#include <string.h>

#include "runtime/cub_ops.h"
#include "target/partition.h"

/* More cells than these for each row do not pay. */
#define CELLS_PER_ROW 2
/* Parts of a bucket read its rows again. */
#define MOST_PARTS 2
/* Rows that one block adds, and shared memory for them. */
#ifndef GE_PARTITION_CHUNK_ROWS
#define GE_PARTITION_CHUNK_ROWS (UINT32_C(1) << 19)
#endif
#ifndef GE_PARTITION_SHARED
#define GE_PARTITION_SHARED UINT32_MAX
#endif

/* False: rows like these are better added in the ordinary way. */
static bool
plan(const GeTarget *target, const GeRowsView *rows, uint32_t shared_bytes,
	 GePartition *partition)
{
	const GeTargetView *view = &target->view;
	uint32_t cell_bytes = ge_cuda_partition_cell_bytes(&view->layout);
	uint64_t fit, n_buckets, width;

	memset(partition, 0, sizeof *partition);
	if (cell_bytes == 0 || rows->n_rows < GE_PARTITION_LEAST_ROWS ||
		view->n_cells / CELLS_PER_ROW > rows->n_rows)
		return false;
	if (shared_bytes > GE_PARTITION_SHARED)
		shared_bytes = GE_PARTITION_SHARED;
	fit = shared_bytes / cell_bytes;
	n_buckets = view->n_cells <= fit					? 1
				: view->n_cells <= GE_PARTITION_BUCKETS ? view->n_cells
														: GE_PARTITION_BUCKETS;
	width = (view->n_cells + n_buckets - 1) / n_buckets;
	partition->n_buckets = (uint32_t) ((view->n_cells + width - 1) / width);
	partition->width = (uint32_t) width;
	partition->inverse_width = UINT32_MAX / partition->width;
	partition->n_parts = (uint32_t) ((width + fit - 1) / fit);
	partition->part_width =
		(uint32_t) ((width + partition->n_parts - 1) / partition->n_parts);
	partition->chunk_rows = GE_PARTITION_CHUNK_ROWS;
	partition->cell_bits = ge_cuda_bits_of(width - 1);
	if (view->layout.form == GE_CELL_HALF)
	{
		partition->target_bits = ge_cuda_bits_of(2 * view->layout.largest);
		if (partition->target_bits + partition->cell_bits > GE_PARTITION_LOCAL_BITS)
			return false;
	}
	return partition->n_parts <= MOST_PARTS &&
		   partition->cell_bits <= GE_PARTITION_LOCAL_BITS;
}

GeStatus
ge_cuda_partition_find_room(GeContext *context, uint32_t n_rows, bool moves,
							bool *has_room, GeError *error)
{
	uint64_t keys = n_rows * sizeof(uint32_t), available;
	uint64_t targets = moves ? n_rows * sizeof(uint64_t) : 0;

	*has_room = context->partition_keys[0].bytes >= keys &&
				context->partition_keys[1].bytes >= keys &&
				context->partition_targets.bytes >= targets;
	if (*has_room)
		return GE_OK;
	GE_TRY(ge_cuda_memory_available(context, &available, error));
	*has_room = available / 2 >= 2 * keys + targets;
	return GE_OK;
}

GeStatus
ge_cuda_partition_sort(GeContext *context, uint32_t n_rows, const uint64_t *targets,
					   int begin, int end, GeError *error)
{
	GeBuffer *keys = context->partition_keys, *sorted = &context->partition_targets;
	size_t temp_bytes = 0;

	GE_TRY(ge_cuda_buffer_reserve(context, &keys[1], n_rows * sizeof(uint32_t), error));
	if (targets != NULL)
		GE_TRY(ge_cuda_buffer_reserve(context, sorted, n_rows * sizeof(uint64_t), error));
	GE_CUDA(ge_cuda_sort_rows(NULL, &temp_bytes, keys[0].data, keys[1].data, targets,
							  targets != NULL ? sorted->data : NULL, n_rows, begin, end,
							  context->compute));
	GE_TRY(ge_cuda_buffer_reserve(context, &context->partition_temp, temp_bytes, error));
	GE_CUDA(ge_cuda_sort_rows(
		context->partition_temp.data, &temp_bytes, keys[0].data, keys[1].data, targets,
		targets != NULL ? sorted->data : NULL, n_rows, begin, end, context->compute));
	return GE_OK;
}

/* Sort keys, and targets with them unless keys hold them, by bucket. */
static GeStatus
sort_rows(GeContext *context, const GeRowsView *rows, GePartition *partition,
		  GeError *error)
{
	GE_TRY(ge_cuda_partition_sort(
		context, rows->n_rows, partition->target_bits == 0 ? rows->targets : NULL,
		GE_PARTITION_LOCAL_BITS, GE_PARTITION_LOCAL_BITS + 8, error));
	partition->keys = context->partition_keys[1].data;
	partition->targets = context->partition_targets.data;
	return GE_OK;
}

void
ge_cuda_partition_free(GeContext *context)
{
	ge_cuda_buffer_free(context, &context->partition_keys[0]);
	ge_cuda_buffer_free(context, &context->partition_keys[1]);
	ge_cuda_buffer_free(context, &context->partition_targets);
	ge_cuda_buffer_free(context, &context->partition_temp);
	ge_cuda_buffer_free(context, &context->partition_offsets);
}

GeStatus
ge_cuda_partition_add(GeTarget *target, const GeRowsView *rows, bool *added,
					  GeError *error)
{
	GeContext *context = target->context;
	GeBuffer *keys = context->partition_keys;
	GePartition partition;

	*added = false;
	if (!plan(target, rows, context->shared_bytes, &partition))
		return GE_OK;
	GE_TRY(ge_cuda_partition_find_room(context, rows->n_rows, partition.target_bits == 0,
									   added, error));
	if (!*added)
		return GE_OK;
	GE_TRY(ge_cuda_buffer_reserve(context, &keys[0], rows->n_rows * sizeof(uint32_t),
								  error));
	GE_TRY(ge_cuda_buffer_reserve(context, &context->partition_offsets,
								  (GE_PARTITION_BUCKETS + 1) * sizeof(uint32_t), error));
	GE_CUDA(ge_cuda_partition_keys_launch(&target->view, rows, &partition, keys[0].data,
										  context->compute));
	partition.keys = keys[0].data;
	partition.targets = rows->targets;
	if (partition.n_buckets > 1)
		GE_TRY(sort_rows(context, rows, &partition, error));
	GE_CUDA(ge_cuda_partition_offsets_launch(
		&partition, rows->n_rows, context->partition_offsets.data, context->compute));
	partition.offsets = context->partition_offsets.data;
	GE_CUDA(ge_cuda_partition_add_launch(&target->view, &partition, rows->n_rows,
										 context->compute));
	return GE_OK;
}
