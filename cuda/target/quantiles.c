/*
 * quantiles.c: the targets of all rows in order, and the quantiles of priors.
 *
 * CPU twin: src/cpu/target_quantiles.c.  Stable sorts: by target; then by category; then by
 * category and fold, and by fold alone.
 */
#include "target/quantiles.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/cub_ops.h"
#include "target/partition.h"

/* A value order and its memory. */
typedef struct GeOrderMemory
{
	GeValueOrder order;
	GeBuffer keys;
	GeBuffer starts;
	GeBuffer places;
	GeBuffer cell_starts;
} GeOrderMemory;

struct GeQuantiles
{
	uint32_t n_targets;
	uint64_t n_folds; /* with priors of their own */
	GeOrderMemory all;
	GeOrderMemory categories;
	GeBuffer rows;	/* ordinals in the order of their targets */
	double *priors; /* by fold, then finish; behind them those of all rows */
	/* of a sort */
	GeBuffer sort_keys[2];
	GeBuffer sort_numbers[2];
	GeBuffer temp;
};

static void
free_order(GeContext *context, GeOrderMemory *memory)
{
	ge_cuda_buffer_free(context, &memory->keys);
	ge_cuda_buffer_free(context, &memory->starts);
	ge_cuda_buffer_free(context, &memory->places);
	ge_cuda_buffer_free(context, &memory->cell_starts);
}

static void
free_sort(GeContext *context, GeQuantiles *quantiles)
{
	ge_cuda_buffer_free(context, &quantiles->sort_keys[0]);
	ge_cuda_buffer_free(context, &quantiles->sort_keys[1]);
	ge_cuda_buffer_free(context, &quantiles->sort_numbers[0]);
	ge_cuda_buffer_free(context, &quantiles->sort_numbers[1]);
	ge_cuda_buffer_free(context, &quantiles->temp);
}

void
ge_cuda_quantiles_free(GeTarget *target)
{
	GeQuantiles *quantiles = target->quantiles;

	if (quantiles == NULL)
		return;
	free_order(target->context, &quantiles->all);
	free_order(target->context, &quantiles->categories);
	free_sort(target->context, quantiles);
	ge_cuda_buffer_free(target->context, &quantiles->rows);
	free(quantiles->priors);
	free(quantiles);
	target->quantiles = NULL;
}

/* ------------------------------------------------------------------------ the sorts */

/* Room for n keys and their numbers, in the first of the two. */
static GeStatus
reserve_sort(GeContext *context, GeQuantiles *quantiles, uint64_t n, GeError *error)
{
	int i;

	for (i = 0; i < 2; i++)
	{
		GE_TRY(ge_cuda_buffer_reserve(context, &quantiles->sort_keys[i],
									  n * sizeof(uint64_t), error));
		GE_TRY(ge_cuda_buffer_reserve(context, &quantiles->sort_numbers[i],
									  n * sizeof(uint32_t), error));
	}
	return GE_OK;
}

static void
swap(GeBuffer *buffers)
{
	GeBuffer first = buffers[0];

	buffers[0] = buffers[1];
	buffers[1] = first;
}

/* Sort n of them by so many bits; the result is in the first again. */
static GeStatus
sort(GeContext *context, GeQuantiles *quantiles, uint64_t n, uint32_t bits,
	 GeError *error)
{
	uint64_t *keys[2] = {quantiles->sort_keys[0].data, quantiles->sort_keys[1].data};
	uint32_t *numbers[2] = {quantiles->sort_numbers[0].data,
							quantiles->sort_numbers[1].data};
	size_t temp_bytes = 0;
	bool in_second;

	if (bits == 0)
		return GE_OK;
	GE_CUDA(ge_cuda_sort_pairs(NULL, &temp_bytes, keys, numbers, n, (int) bits,
							   &in_second, context->compute));
	GE_TRY(ge_cuda_buffer_reserve(context, &quantiles->temp, temp_bytes, error));
	GE_CUDA(ge_cuda_sort_pairs(quantiles->temp.data, &temp_bytes, keys, numbers, n,
							   (int) bits, &in_second, context->compute));
	if (in_second)
	{
		swap(quantiles->sort_keys);
		swap(quantiles->sort_numbers);
	}
	return ge_cuda_poll(context, error);
}

/* Take a buffer of the sort away as a result. */
static void *
take(GeBuffer *to, GeBuffer *from)
{
	*to = *from;
	memset(from, 0, sizeof *from);
	return to->data;
}

/* All rows by their targets, which are the first segment. */
static GeStatus
sort_targets(GeTarget *target, GeError *error)
{
	GeContext *context = target->context;
	GeQuantiles *quantiles = target->quantiles;
	uint32_t n = (uint32_t) target->n_added;
	const GeCollected rows = {.targets = target->collected_targets.data,
							  .is_null = target->collected_nulls.data};

	GE_TRY(reserve_sort(context, quantiles, n, error));
	GE_CUDA(ge_cuda_quantiles_keys_launch(
		&target->view, &rows, n, quantiles->sort_keys[0].data,
		quantiles->sort_numbers[0].data, context->compute));
	GE_TRY(sort(context, quantiles, n, 64, error));
	quantiles->all.order.keys = take(&quantiles->all.keys, &quantiles->sort_keys[0]);
	(void) take(&quantiles->rows, &quantiles->sort_numbers[0]);
	return GE_OK;
}

/* Sort the targets, as `order` has them, by a number below `end`. */
static GeStatus
sort_numbers(GeTarget *target, const uint32_t *order, GeSortedNumber number, uint64_t end,
			 GeError *error)
{
	GeContext *context = target->context;
	GeQuantiles *quantiles = target->quantiles;
	uint32_t n = quantiles->n_targets;

	GE_TRY(reserve_sort(context, quantiles, n, error));
	GE_CUDA(ge_cuda_quantiles_numbers_launch(
		&target->view, target->collected_keys.data, quantiles->rows.data, order, n,
		number, quantiles->sort_keys[0].data, quantiles->sort_numbers[0].data,
		context->compute));
	return sort(context, quantiles, n, ge_cuda_bits_of(end - 1), error);
}

/* Where the targets of n cells begin. */
static GeStatus
find_starts(GeTarget *target, const GeDeviceCell *layout, const void *cells, uint64_t n,
			GeBuffer *starts, GeError *error)
{
	GeContext *context = target->context;
	GeBuffer *temp = &target->quantiles->temp;
	size_t temp_bytes = 0;

	GE_TRY(ge_cuda_buffer_reserve(context, starts, (n + 1) * sizeof(uint32_t), error));
	GE_CUDA(ge_cuda_quantiles_counts_launch(layout, cells, n, starts->data,
											context->compute));
	GE_CUDA(ge_cuda_running_sum(NULL, &temp_bytes, starts->data, starts->data, n + 1,
								context->compute));
	GE_TRY(ge_cuda_buffer_reserve(context, temp, temp_bytes, error));
	GE_CUDA(ge_cuda_running_sum(temp->data, &temp_bytes, starts->data, starts->data,
								n + 1, context->compute));
	return GE_OK;
}

/* ----------------------------------------------------------------------- the orders */

/* The layout of a record above cells, as counts are read from it. */
static GeDeviceCell
record_layout(const GeTarget *target)
{
	GeDeviceCell layout = target->view.layout;

	layout.form = GE_CELL_BINS;
	layout.n_words = layout.record_words;
	return layout;
}

/* All targets, and where those of each fold are among them. */
static GeStatus
order_all(GeTarget *target, GeError *error)
{
	GeQuantiles *quantiles = target->quantiles;
	GeOrderMemory *all = &quantiles->all;
	const GeDeviceCell layout = record_layout(target);

	GE_TRY(find_starts(target, &layout, target->view.all_sum, 1, &all->starts, error));
	all->order.starts = all->starts.data;
	if (quantiles->n_folds == 0)
		return GE_OK;
	GE_TRY(find_starts(target, &layout, target->view.fold_sums, quantiles->n_folds,
					   &all->cell_starts, error));
	all->order.cell_starts = all->cell_starts.data;
	GE_TRY(sort_numbers(target, NULL, GE_SORTED_FOLD, target->view.k, error));
	all->order.places = take(&all->places, &quantiles->sort_numbers[0]);
	return GE_OK;
}

/* Where the rows of each cell are among those of their category. */
static GeStatus
order_cells(GeTarget *target, const uint32_t *order, GeError *error)
{
	GeTargetView *view = &target->view;
	GeQuantiles *quantiles = target->quantiles;
	GeOrderMemory *categories = &quantiles->categories;

	GE_TRY(find_starts(target, &view->layout, view->cells, view->n_cells,
					   &categories->cell_starts, error));
	categories->order.cell_starts = categories->cell_starts.data;
	GE_TRY(sort_numbers(target, order, GE_SORTED_CELL,
						((uint64_t) view->n_categories + 1) * view->k, error));
	categories->order.places = take(&categories->places, &quantiles->sort_numbers[0]);
	GE_CUDA(ge_cuda_quantiles_places_launch(
		view, quantiles->sort_keys[0].data, categories->order.starts,
		quantiles->n_targets, categories->order.places, target->context->compute));
	return GE_OK;
}

/* The targets by category. */
static GeStatus
order_categories(GeTarget *target, GeError *error)
{
	GeContext *context = target->context;
	GeQuantiles *quantiles = target->quantiles;
	GeOrderMemory *categories = &quantiles->categories;
	const GeDeviceCell layout = record_layout(target);
	uint64_t n_ids = (uint64_t) target->view.n_categories + 1;
	uint32_t n = quantiles->n_targets;
	GeStatus status = GE_OK;
	GeBuffer order = {0};

	GE_TRY(find_starts(target, &layout, target->view.category_sums, n_ids,
					   &categories->starts, error));
	categories->order.starts = categories->starts.data;
	GE_TRY(
		ge_cuda_buffer_reserve(context, &categories->keys, n * sizeof(uint64_t), error));
	categories->order.keys = categories->keys.data;
	GE_TRY(sort_numbers(target, NULL, GE_SORTED_ID, n_ids, error));
	GE_CUDA(ge_cuda_quantiles_gather_launch(quantiles->all.order.keys,
											quantiles->sort_numbers[0].data, n,
											categories->order.keys, context->compute));
	if (!ge_cuda_has_folds(target))
		return GE_OK;
	status = order_cells(target, take(&order, &quantiles->sort_numbers[0]), error);
	ge_cuda_buffer_free(context, &order);
	return status;
}

/* ----------------------------------------------------------------------- quantiles */

/* The quantiles of priors. */
static GeStatus
find_priors(GeTarget *target, GeError *error)
{
	GeContext *context = target->context;
	GeQuantiles *quantiles = target->quantiles;
	uint64_t n = (quantiles->n_folds + 1) * target->n_finishes;
	uint32_t f;

	GE_TRY(ge_cuda_buffer_reserve_zeroed(context, &quantiles->sort_keys[0],
										 n * sizeof(double), error));
	for (f = 0; f < target->n_finishes; f++)
		if (target->finishes[f].kind == GE_FINISH_QUANTILE)
			GE_CUDA(ge_cuda_quantiles_priors_launch(
				&quantiles->all.order, quantiles->n_folds, target->finishes[f].percent,
				target->n_finishes, (double *) quantiles->sort_keys[0].data + f,
				context->compute));
	return ge_cuda_download(context, quantiles->priors, quantiles->sort_keys[0].data,
							n * sizeof(double), error);
}

GeStatus
ge_cuda_quantiles_prepare(GeTarget *target, GeError *error)
{
	GeQuantiles *quantiles = calloc(1, sizeof *quantiles);
	uint64_t n_targets = 0;

	target->quantiles = quantiles;
	if (quantiles == NULL)
		return ge_cuda_fail(error, GE_OUT_OF_MEMORY, "out of host memory for quantiles");
	quantiles->n_folds = target->view.fold_sums != NULL ? target->view.k : 0;
	quantiles->priors =
		calloc((quantiles->n_folds + 1) * target->n_finishes, sizeof(double));
	if (quantiles->priors == NULL)
		return ge_cuda_fail(error, GE_OUT_OF_MEMORY, "out of host memory for %llu folds",
							(unsigned long long) quantiles->n_folds);
	GE_TRY(ge_cuda_read_back(target->context, &n_targets, target->view.all_sum,
							 sizeof n_targets, error));
	quantiles->n_targets = (uint32_t) n_targets;
	if (n_targets == 0)
		return GE_OK;
	GE_TRY(sort_targets(target, error));
	GE_TRY(order_all(target, error));
	GE_TRY(find_priors(target, error));
	GE_TRY(order_categories(target, error));
	free_sort(target->context, quantiles);
	return GE_OK;
}

const double *
ge_cuda_prior_quantiles(const GeTarget *target, const uint64_t *fold)
{
	const GeQuantiles *quantiles = target->quantiles;

	return quantiles == NULL
			   ? NULL
			   : quantiles->priors +
					 (fold != NULL ? *fold : quantiles->n_folds) * target->n_finishes;
}

GeStatus
ge_cuda_quantiles_write(GeTarget *target, GeError *error)
{
	const GeQuantiles *quantiles = target->quantiles;

	if (quantiles == NULL || quantiles->n_targets == 0)
		return GE_OK;
	GE_CUDA(ge_cuda_quantiles_write_launch(&target->view, &quantiles->categories.order,
										   target->context->compute));
	return GE_OK;
}

const uint32_t *
ge_cuda_quantiles_rows(const GeTarget *target)
{
	return target->quantiles == NULL ? NULL : target->quantiles->rows.data;
}

const uint64_t *
ge_cuda_quantiles_keys(const GeTarget *target)
{
	return target->quantiles == NULL ? NULL : target->quantiles->all.order.keys;
}
