/*
 * sparse.c: cells for the categories and folds that have rows alone.
 *
 * CPU twin: src/cpu/target_sorted.c.  The keys id * k + fold of the collected rows are
 * sorted and made distinct; each gets a cell, and the rows are added to those.
 */
#include <string.h>

#include "runtime/cub_ops.h"
#include "target/partition.h"

/* Rows that one kernel adds. */
#define ADD_ROWS (UINT64_C(1) << 24)

/* Memory while keys are sorted. */
typedef struct GeSortRoom
{
	GeBuffer keys[2];
	GeBuffer temp;
	GeBuffer n_unique;
} GeSortRoom;

/* The distinct keys, sorted, into target->keys. */
static GeStatus
sort_keys(GeTarget *target, GeSortRoom *room, uint64_t n, GeError *error)
{
	GeContext *context = target->context;
	uint64_t *keys[2], n_unique = 0;
	size_t sort_bytes = 0, unique_bytes = 0, bytes = n * sizeof(uint64_t);
	uint64_t n_keys = ((uint64_t) target->view.n_categories + 1) * target->view.k;
	int bits = n_keys > 1 ? (int) ge_cuda_bits_of(n_keys - 1) : 1;
	bool in_second = false;

	GE_TRY(ge_cuda_buffer_reserve(context, &room->keys[0], bytes, error));
	GE_TRY(ge_cuda_buffer_reserve(context, &room->keys[1], bytes, error));
	GE_TRY(ge_cuda_buffer_reserve(context, &room->n_unique, sizeof(uint64_t), error));
	keys[0] = room->keys[0].data;
	keys[1] = room->keys[1].data;
	GE_CUDA(cudaMemcpyAsync(keys[0], target->collected_keys.data, bytes,
							cudaMemcpyDeviceToDevice, context->compute));
	GE_CUDA(ge_cuda_sort_keys(NULL, &sort_bytes, keys, n, bits, &in_second,
							  context->compute));
	GE_CUDA(ge_cuda_unique_keys(NULL, &unique_bytes, keys[0], keys[1],
								room->n_unique.data, n, context->compute));
	GE_TRY(ge_cuda_buffer_reserve(context, &room->temp,
								  sort_bytes > unique_bytes ? sort_bytes : unique_bytes,
								  error));
	GE_CUDA(ge_cuda_sort_keys(room->temp.data, &sort_bytes, keys, n, bits, &in_second,
							  context->compute));
	GE_CUDA(ge_cuda_unique_keys(room->temp.data, &unique_bytes, keys[in_second],
								keys[!in_second], room->n_unique.data, n,
								context->compute));
	GE_TRY(ge_cuda_read_back(context, &n_unique, room->n_unique.data, sizeof n_unique,
							 error));
	target->keys = room->keys[!in_second];
	memset(&room->keys[!in_second], 0, sizeof(GeBuffer));
	target->view.n_cells = n_unique;
	return GE_OK;
}

static void
free_room(GeContext *context, GeSortRoom *room)
{
	ge_cuda_buffer_free(context, &room->keys[0]);
	ge_cuda_buffer_free(context, &room->keys[1]);
	ge_cuda_buffer_free(context, &room->temp);
	ge_cuda_buffer_free(context, &room->n_unique);
}

/* Add the n rows that were kept, by the number of their cell, id * k + fold. */
static GeStatus
add_collected(GeTarget *target, uint64_t n, GeError *error)
{
	const double *weights = target->collected_weights.data;
	GeRowsView rows;
	uint64_t first;

	memset(&rows, 0, sizeof rows);
	for (first = 0; first < n; first += rows.n_rows)
	{
		rows.n_rows = (uint32_t) (n - first < ADD_ROWS ? n - first : ADD_ROWS);
		rows.keys = (const uint64_t *) target->collected_keys.data + first;
		rows.targets = (const uint64_t *) target->collected_targets.data + first;
		rows.weights = weights != NULL ? weights + first : NULL;
		rows.is_null = (const uint8_t *) target->collected_nulls.data + first;
		GE_TRY(ge_cuda_target_carry_if_due(target, rows.n_rows, error));
		GE_TRY(ge_cuda_target_add_rows(target, &rows, error));
	}
	return GE_OK;
}

void
ge_cuda_target_free_collected(GeTarget *target)
{
	ge_cuda_buffer_free(target->context, &target->collected_keys);
	ge_cuda_buffer_free(target->context, &target->collected_targets);
	ge_cuda_buffer_free(target->context, &target->collected_weights);
	ge_cuda_buffer_free(target->context, &target->collected_nulls);
}

GeStatus
ge_cuda_target_build_sparse(GeTarget *target, GeError *error)
{
	GeContext *context = target->context;
	GeTargetView *view = &target->view;
	uint64_t n = target->n_added;
	GeStatus status = GE_OK;
	GeSortRoom room;

	memset(&room, 0, sizeof room);
	if (n > 0)
		status = sort_keys(target, &room, n, error);
	else
		status = ge_cuda_buffer_reserve(context, &target->keys, sizeof(uint64_t), error);
	free_room(context, &room);
	GE_TRY(status);
	view->keys = target->keys.data;
	GE_TRY(ge_cuda_buffer_reserve_zeroed(
		context, &target->cells, view->n_cells * view->layout.n_words * sizeof(uint64_t),
		error));
	view->cells = target->cells.data;
	GE_TRY(add_collected(target, n, error));
	if (!ge_cuda_wants_quantiles(target))
		ge_cuda_target_free_collected(target);
	return GE_OK;
}
