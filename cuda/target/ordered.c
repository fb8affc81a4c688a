/*
 * ordered.c: rows of an order kept until all are there, then sorted by category and encoded.
 *
 * CPU twin: src/cpu/target_ordered.c.  The cells of a target in an order are those of one
 * without folds: they give what does not depend on the order.
 */
#include "target/ordered.h"

#include <string.h>

#include "runtime/cub_ops.h"
#include "target/figures.h"
#include "target/partition.h"

/* Memory while rows are encoded. */
typedef struct GeOrderedRoom
{
	GeBuffer ids;
	GeBuffer links;
	GeBuffer targets;
	GeBuffer weights;
	GeBuffer starts;
	GeBuffer step_ids;
	GeBuffer sums[2];
	GeBuffer temp;
} GeOrderedRoom;

static void
free_room(GeContext *context, GeOrderedRoom *room)
{
	ge_cuda_buffer_free(context, &room->ids);
	ge_cuda_buffer_free(context, &room->links);
	ge_cuda_buffer_free(context, &room->targets);
	ge_cuda_buffer_free(context, &room->weights);
	ge_cuda_buffer_free(context, &room->starts);
	ge_cuda_buffer_free(context, &room->step_ids);
	ge_cuda_buffer_free(context, &room->sums[0]);
	ge_cuda_buffer_free(context, &room->sums[1]);
	ge_cuda_buffer_free(context, &room->temp);
}

static bool
is_weighted(const GeTarget *target)
{
	return target->view.layout.weights.at != 0;
}

uint64_t
ge_cuda_ordered_bytes(const GeTarget *target)
{
	/* ids, targets, links and places; sorted, twice during the sort; sums of steps */
	uint64_t row_bytes = 4 + 8 + 8 + 4 + (4 + 8) * 2 + 8 + (is_weighted(target) ? 16 : 0);
	uint64_t step_bytes = 2 * 8 * ge_cuda_step_words(&target->view.layout) + 4;

	return target->spec.folds.n_rows * (row_bytes + step_bytes / GE_STEP_ROWS + 1);
}

GeStatus
ge_cuda_ordered_reserve(GeTarget *target, GeError *error)
{
	GeContext *context = target->context;
	uint64_t n = target->spec.folds.n_rows;

	if (n > UINT32_MAX)
		return ge_cuda_fail(error, GE_UNSUPPORTED, "an order of more than %u rows",
							UINT32_MAX);
	/* zeros, for places that no row may have */
	GE_TRY(ge_cuda_buffer_reserve_zeroed(context, &target->kept_ids, n * sizeof(uint32_t),
										 error));
	GE_TRY(ge_cuda_buffer_reserve_zeroed(context, &target->kept_links,
										 n * sizeof(uint64_t), error));
	GE_TRY(ge_cuda_buffer_reserve_zeroed(context, &target->places, n * sizeof(uint32_t),
										 error));
	target->view.places = target->places.data;
	if (is_weighted(target))
		GE_TRY(ge_cuda_buffer_reserve(context, &target->collected_weights,
									  n * sizeof(double), error));
	return ge_cuda_buffer_reserve(context, &target->collected_targets,
								  n * sizeof(uint64_t), error);
}

GeStatus
ge_cuda_ordered_keep(GeTarget *target, const GeRowsView *rows, GeError *error)
{
	const GeKeptRows kept = {.ids = target->kept_ids.data,
							 .targets = target->collected_targets.data,
							 .weights = target->collected_weights.data,
							 .links = target->kept_links.data,
							 .places = target->places.data};

	GE_CUDA(ge_cuda_ordered_keep_launch(&target->view, rows, &kept,
										target->context->compute));
	return GE_OK;
}

/* The rows by category and place: their ids and links. */
static GeStatus
sort_rows(GeTarget *target, GeOrderedRoom *room, GeError *error)
{
	GeContext *context = target->context;
	uint32_t n = (uint32_t) target->spec.folds.n_rows;
	uint32_t bits = ge_cuda_bits_of(target->spec.n_categories);
	size_t temp_bytes = 0;

	GE_TRY(ge_cuda_buffer_reserve(context, &room->ids, n * sizeof(uint32_t), error));
	GE_TRY(ge_cuda_buffer_reserve(context, &room->links, n * sizeof(uint64_t), error));
	GE_CUDA(ge_cuda_sort_rows(NULL, &temp_bytes, target->kept_ids.data, room->ids.data,
							  target->kept_links.data, room->links.data, n, 0, (int) bits,
							  context->compute));
	GE_TRY(ge_cuda_buffer_reserve(context, &room->temp, temp_bytes, error));
	GE_CUDA(ge_cuda_sort_rows(room->temp.data, &temp_bytes, target->kept_ids.data,
							  room->ids.data, target->kept_links.data, room->links.data,
							  n, 0, (int) bits, context->compute));
	ge_cuda_buffer_free(context, &room->temp);
	ge_cuda_buffer_free(context, &target->kept_links);
	return GE_OK;
}

/* Everything that is known of the sorted rows but sums. */
static GeStatus
gather_rows(GeTarget *target, GeOrderedRoom *room, GeOrderedView *ordered, GeError *error)
{
	GeContext *context = target->context;
	uint64_t n = ordered->all.n_rows;

	GE_TRY(ge_cuda_buffer_reserve(context, &room->targets, n * sizeof(uint64_t), error));
	if (is_weighted(target))
		GE_TRY(
			ge_cuda_buffer_reserve(context, &room->weights, n * sizeof(double), error));
	GE_TRY(ge_cuda_buffer_reserve(
		context, &room->starts,
		((uint64_t) target->spec.n_categories + 1) * sizeof(uint32_t), error));
	ordered->links = room->links.data;
	ordered->starts = room->starts.data;
	ordered->sorted.ids = room->ids.data;
	ordered->sorted.targets = room->targets.data;
	ordered->sorted.weights = room->weights.data;
	GE_CUDA(ge_cuda_ordered_gather_launch(ordered, room->targets.data, room->weights.data,
										  context->compute));
	GE_CUDA(ge_cuda_ordered_starts_launch(ordered, context->compute));
	return GE_OK;
}

/* Word by word: sums are added up, of least and greatest the greatest word is kept. */
static GeStatus
add_up_steps(GeTarget *target, GeOrderedRoom *room, const GeLine *line, GeError *error)
{
	GeContext *context = target->context;
	const GeDeviceCell *layout = &target->view.layout;
	uint32_t words = ge_cuda_step_words(layout), n = ge_cuda_n_steps(line), w;
	size_t temp_bytes = 0;

	for (w = 0; w < words; w++)
	{
		bool adds = w < layout->sums_end;

		GE_TRY(ge_cuda_poll(context, error));
		GE_CUDA(ge_cuda_running_words(NULL, &temp_bytes, line->step_ids, line->sums + w,
									  words, n, adds, context->compute));
		GE_TRY(ge_cuda_buffer_reserve(context, &room->temp, temp_bytes, error));
		GE_CUDA(ge_cuda_running_words(room->temp.data, &temp_bytes, line->step_ids,
									  line->sums + w, words, n, adds, context->compute));
	}
	return GE_OK;
}

static GeStatus
sum_line(GeTarget *target, GeOrderedRoom *room, GeLine *line, GeBuffer *sums,
		 GeError *error)
{
	GeContext *context = target->context;
	uint64_t n = ge_cuda_n_steps(line);

	GE_TRY(ge_cuda_buffer_reserve(
		context, sums, n * ge_cuda_step_words(&target->view.layout) * sizeof(uint64_t),
		error));
	GE_TRY(ge_cuda_buffer_reserve(context, &room->step_ids, n * sizeof(uint32_t), error));
	line->sums = sums->data;
	line->step_ids = room->step_ids.data;
	GE_CUDA(ge_cuda_ordered_steps_launch(&target->view, line, context->compute));
	return add_up_steps(target, room, line, error);
}

static GeStatus
reserve_scratch(GeTarget *target, GeError *error)
{
	GeTargetView *view = &target->view;
	uint64_t n = ge_cuda_ordered_scratch_threads(&view->layout);

	GE_TRY(ge_cuda_buffer_reserve(
		target->context, &target->scratch,
		n * ge_cuda_figures_words(&view->layout) * sizeof(int64_t), error));
	view->finishing.scratch = target->scratch.data;
	return GE_OK;
}

static GeStatus
encode(GeTarget *target, GeOrderedRoom *room, GeError *error)
{
	GeContext *context = target->context;
	uint32_t n = (uint32_t) target->spec.folds.n_rows;
	GeOrderedView ordered;

	memset(&ordered, 0, sizeof ordered);
	ordered.all.n_rows = ordered.sorted.n_rows = n;
	ordered.all.is_whole = true;
	ordered.all.ids = target->kept_ids.data;
	ordered.all.targets = target->collected_targets.data;
	ordered.all.weights = target->collected_weights.data;
	GE_TRY(sort_rows(target, room, error));
	GE_TRY(gather_rows(target, room, &ordered, error));
	GE_TRY(reserve_scratch(target, error));
	GE_TRY(sum_line(target, room, &ordered.all, &room->sums[0], error));
	GE_TRY(sum_line(target, room, &ordered.sorted, &room->sums[1], error));
	ge_cuda_buffer_free(context, &room->temp);
	GE_TRY(ge_cuda_buffer_reserve(context, &target->encodings,
								  n * (uint64_t) target->n_finishes * sizeof(double),
								  error));
	target->view.encodings = ordered.encodings = target->encodings.data;
	GE_CUDA(ge_cuda_ordered_encode_launch(&target->view, &ordered, context->compute));
	return GE_OK;
}

GeStatus
ge_cuda_ordered_encode(GeTarget *target, GeError *error)
{
	GeContext *context = target->context;
	GeStatus status = GE_OK;
	GeOrderedRoom room;

	memset(&room, 0, sizeof room);
	if (target->spec.folds.n_rows > 0)
		status = encode(target, &room, error);
	free_room(context, &room);
	ge_cuda_buffer_free(context, &target->scratch);
	ge_cuda_buffer_free(context, &target->kept_ids);
	ge_cuda_buffer_free(context, &target->kept_links);
	ge_cuda_buffer_free(context, &target->collected_targets);
	ge_cuda_buffer_free(context, &target->collected_weights);
	return status;
}
