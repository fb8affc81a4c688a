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
#include "target/ordered_quantiles.h"
#include "target/partition.h"

/* Memory while rows are encoded. */
typedef struct GeOrderedRoom
{
	GeBuffer ids; /* of all rows, by place */
	GeBuffer targets;
	GeBuffer weights;
	GeBuffer links;
	GeBuffer sorted_ids;
	GeBuffer sorted_targets;
	GeBuffer sorted_weights;
	GeBuffer sorted_links;
	GeBuffer sorted_places;
	GeBuffer starts;
	GeBuffer step_ids;
	GeBuffer sums[2];
	GeBuffer means;
	GeBuffer numbers[3];
	GeBuffer temp;
} GeOrderedRoom;

static void
free_room(GeContext *context, GeOrderedRoom *room)
{
	GeBuffer *buffers = (GeBuffer *) room;
	size_t i;

	for (i = 0; i < sizeof *room / sizeof *buffers; i++)
		ge_cuda_buffer_free(context, &buffers[i]);
}

static bool
is_weighted(const GeTarget *target)
{
	return target->view.layout.weights.at != 0;
}

uint64_t
ge_cuda_ordered_bytes(const GeTarget *target)
{
	/* where rows are; both lines, and one of them once more during the sort */
	uint64_t row_bytes = 8 + 20 + 24 + 12 + (is_weighted(target) ? 16 : 0);
	uint64_t step_bytes = 2 * 8 * ge_cuda_step_words(&target->view.layout) + 4;

	/* ranks and their levels */
	row_bytes += ge_cuda_wants_quantiles(target) ? 24 : 0;
	return target->spec.folds.n_rows * (row_bytes + step_bytes / GE_STEP_ROWS + 1);
}

GeStatus
ge_cuda_ordered_reserve(GeTarget *target, GeError *error)
{
	GeContext *context = target->context;
	uint64_t n = target->spec.folds.n_rows;

	if (is_weighted(target))
		GE_TRY(ge_cuda_buffer_reserve(context, &target->kept_weights, n * sizeof(double),
									  error));
	/* zeros, for ordinals that no row may have */
	GE_TRY(ge_cuda_buffer_reserve_zeroed(context, &target->kept_rows,
										 n * sizeof(GeKeptRow), error));
	GE_TRY(ge_cuda_buffer_reserve_zeroed(context, &target->places, n * sizeof(uint32_t),
										 error));
	target->view.places = target->places.data;
	return GE_OK;
}

GeStatus
ge_cuda_ordered_keep(GeTarget *target, const GeRowsView *rows, GeError *error)
{
	GE_CUDA(ge_cuda_ordered_keep_launch(&target->view, rows, target->kept_rows.data,
										target->kept_weights.data, target->places.data,
										target->context->compute));
	return GE_OK;
}

/* inverse[numbers[i]] = i, of a permutation of 0..n-1. */
static GeStatus
invert(GeContext *context, GeOrderedRoom *room, const uint32_t *numbers, uint32_t n,
	   GeBuffer *inverse, GeError *error)
{
	int bits = n > 1 ? (int) ge_cuda_bits_of(n - 1) : 1;
	size_t bytes = n * sizeof(uint32_t), temp_bytes = 0;

	GE_TRY(ge_cuda_buffer_reserve(context, inverse, bytes, error));
	GE_TRY(ge_cuda_buffer_reserve(context, &room->numbers[0], bytes, error));
	GE_TRY(ge_cuda_buffer_reserve(context, &room->numbers[1], bytes, error));
	GE_CUDA(ge_cuda_ordered_count_launch(room->numbers[0].data, n, context->compute));
	GE_CUDA(ge_cuda_sort_numbers(NULL, &temp_bytes, numbers, room->numbers[1].data,
								 room->numbers[0].data, inverse->data, n, bits,
								 context->compute));
	GE_TRY(ge_cuda_buffer_reserve(context, &room->temp, temp_bytes, error));
	GE_CUDA(ge_cuda_sort_numbers(room->temp.data, &temp_bytes, numbers,
								 room->numbers[1].data, room->numbers[0].data,
								 inverse->data, n, bits, context->compute));
	ge_cuda_buffer_free(context, &room->numbers[0]);
	ge_cuda_buffer_free(context, &room->numbers[1]);
	return ge_cuda_poll(context, error);
}

/* The line of all rows but its sums; what was kept is done with. */
static GeStatus
arrange_rows(GeTarget *target, GeOrderedRoom *room, GeOrderedView *ordered,
			 GeError *error)
{
	GeContext *context = target->context;
	uint64_t n = ordered->all.n_rows;

	GE_TRY(invert(context, room, target->places.data, (uint32_t) n, &room->numbers[2],
				  error));
	GE_TRY(ge_cuda_buffer_reserve(context, &room->ids, n * sizeof(uint32_t), error));
	GE_TRY(ge_cuda_buffer_reserve(context, &room->targets, n * sizeof(uint64_t), error));
	GE_TRY(ge_cuda_buffer_reserve(context, &room->links, n * sizeof(uint64_t), error));
	if (is_weighted(target))
		GE_TRY(
			ge_cuda_buffer_reserve(context, &room->weights, n * sizeof(double), error));
	ordered->all.is_whole = true;
	ordered->all.ids = room->ids.data;
	ordered->all.targets = room->targets.data;
	ordered->all.weights = room->weights.data;
	ordered->links = room->links.data;
	GE_CUDA(ge_cuda_ordered_arrange_launch(ordered, room->numbers[2].data,
										   target->kept_rows.data,
										   target->kept_weights.data, context->compute));
	ge_cuda_buffer_free(context, &room->numbers[2]);
	ge_cuda_buffer_free(context, &target->kept_rows);
	ge_cuda_buffer_free(context, &target->kept_weights);
	return GE_OK;
}

/* The rows by category and place: their ids and links. */
static GeStatus
sort_rows(GeTarget *target, GeOrderedRoom *room, GeOrderedView *ordered, GeError *error)
{
	GeContext *context = target->context;
	uint32_t n = ordered->all.n_rows;
	int bits = target->spec.n_categories > 0
				   ? (int) ge_cuda_bits_of(target->spec.n_categories)
				   : 1;
	size_t temp_bytes = 0;

	GE_TRY(
		ge_cuda_buffer_reserve(context, &room->sorted_ids, n * sizeof(uint32_t), error));
	GE_TRY(ge_cuda_buffer_reserve(context, &room->sorted_links, n * sizeof(uint64_t),
								  error));
	GE_CUDA(ge_cuda_sort_rows(NULL, &temp_bytes, room->ids.data, room->sorted_ids.data,
							  room->links.data, room->sorted_links.data, n, 0, bits,
							  context->compute));
	GE_TRY(ge_cuda_buffer_reserve(context, &room->temp, temp_bytes, error));
	GE_CUDA(ge_cuda_sort_rows(room->temp.data, &temp_bytes, room->ids.data,
							  room->sorted_ids.data, room->links.data,
							  room->sorted_links.data, n, 0, bits, context->compute));
	ge_cuda_buffer_free(context, &room->links);
	ordered->links = room->sorted_links.data;
	ordered->sorted.ids = room->sorted_ids.data;
	return ge_cuda_poll(context, error);
}

/* The line of sorted rows but its sums, and where each row is in it. */
static GeStatus
gather_rows(GeTarget *target, GeOrderedRoom *room, GeOrderedView *ordered, GeError *error)
{
	GeContext *context = target->context;
	uint64_t n = ordered->all.n_rows;

	GE_TRY(ge_cuda_buffer_reserve(context, &room->sorted_targets, n * sizeof(uint64_t),
								  error));
	if (is_weighted(target))
		GE_TRY(ge_cuda_buffer_reserve(context, &room->sorted_weights, n * sizeof(double),
									  error));
	GE_TRY(ge_cuda_buffer_reserve(context, &room->sorted_places, n * sizeof(uint32_t),
								  error));
	GE_TRY(ge_cuda_buffer_reserve(
		context, &room->starts,
		((uint64_t) target->spec.n_categories + 1) * sizeof(uint32_t), error));
	ordered->sorted.targets = room->sorted_targets.data;
	ordered->sorted.weights = room->sorted_weights.data;
	ordered->sorted_places = room->sorted_places.data;
	ordered->starts = room->starts.data;
	GE_CUDA(ge_cuda_ordered_gather_launch(ordered, context->compute));
	GE_TRY(invert(context, room, ordered->sorted_places, (uint32_t) n,
				  &target->sorted_rows, error));
	ge_cuda_buffer_free(context, &room->sorted_places);
	target->view.sorted_rows = target->sorted_rows.data;
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
		uint64_t *sums = line->sums + (uint64_t) w * n;
		bool adds = w < layout->sums_end;

		GE_TRY(ge_cuda_poll(context, error));
		GE_CUDA(ge_cuda_running_words(NULL, &temp_bytes, line->step_ids, sums, n, adds,
									  context->compute));
		GE_TRY(ge_cuda_buffer_reserve(context, &room->temp, temp_bytes, error));
		GE_CUDA(ge_cuda_running_words(room->temp.data, &temp_bytes, line->step_ids, sums,
									  n, adds, context->compute));
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

/* The means of priors, if that is all that is wanted of them. */
static GeStatus
find_means(GeTarget *target, GeOrderedRoom *room, GeOrderedView *ordered, GeError *error)
{
	GeContext *context = target->context;

	if (!ge_cuda_ordered_has_means(&target->view))
		return GE_OK;
	GE_TRY(ge_cuda_buffer_reserve(context, &room->means,
								  ordered->all.n_rows * sizeof(double), error));
	ordered->means = room->means.data;
	GE_CUDA(ge_cuda_ordered_means_launch(&target->view, ordered, context->compute));
	return GE_OK;
}

static GeStatus
encode(GeTarget *target, GeOrderedRoom *room, GeError *error)
{
	GeContext *context = target->context;
	uint64_t n = target->spec.folds.n_rows;
	GeOrderedView ordered;

	memset(&ordered, 0, sizeof ordered);
	ordered.all.n_rows = ordered.sorted.n_rows = (uint32_t) n;
	GE_TRY(arrange_rows(target, room, &ordered, error));
	GE_TRY(sort_rows(target, room, &ordered, error));
	GE_TRY(gather_rows(target, room, &ordered, error));
	GE_TRY(reserve_scratch(target, error));
	GE_TRY(sum_line(target, room, &ordered.all, &room->sums[0], error));
	GE_TRY(sum_line(target, room, &ordered.sorted, &room->sums[1], error));
	ge_cuda_buffer_free(context, &room->temp);
	GE_TRY(find_means(target, room, &ordered, error));
	GE_TRY(ge_cuda_buffer_reserve(context, &target->encodings,
								  n * target->n_finishes * sizeof(double), error));
	target->view.encodings = ordered.encodings = target->encodings.data;
	GE_CUDA(ge_cuda_ordered_encode_launch(&target->view, &ordered, context->compute));
	return ge_cuda_ordered_quantiles_write(target, &ordered, error);
}

GeStatus
ge_cuda_ordered_encode(GeTarget *target, GeError *error)
{
	GeStatus status = GE_OK;
	GeOrderedRoom room;

	memset(&room, 0, sizeof room);
	if (target->spec.folds.n_rows > 0)
		status = encode(target, &room, error);
	free_room(target->context, &room);
	ge_cuda_buffer_free(target->context, &target->scratch);
	return status;
}
