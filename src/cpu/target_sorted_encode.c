/*
 * target_sorted_encode.c: rows sorted by category and fold, and encoded.
 *
 * A category is two runs over its rows: all of them for its statistics, and fold by fold
 * for the encodings, of which one overwrites the targets of a fold as soon as they have
 * been added up.
 */
#include <string.h>

#include "cpu/float_mode.h"
#include "cpu/memory.h"
#include "cpu/target_quantiles.h"
#include "cpu/target_sorted.h"

#define ROWS_PER_TASK UINT64_C(16384)

static uint64_t
n_ids(const GeTarget *target)
{
	return (uint64_t) target->spec.n_categories + 1;
}

void
ge_sorted_write_encodings(const GeTarget *target, uint32_t ordinal,
						  const double *encodings)
{
	uint32_t f;

	for (f = 0; f < target->n_finishes; f++)
		ge_sorted_encodings(target, f)[ordinal] = encodings[f];
}

/* Rows that belong to no category have the prior of their fold. */
static void
encode_missing(const GeTarget *target, const uint32_t *ordinals, uint32_t n)
{
	double encodings[GE_MAX_FINISHES];
	uint32_t i;

	for (i = 0; i < n; i++)
	{
		ge_unseen_encodings(
			target, ge_priors_of_fold(target, ge_sorted_fold(target, ordinals[i])),
			encodings);
		ge_sorted_write_encodings(target, ordinals[i], encodings);
	}
}

/* Rows of a category in the order of their folds, and what is known of them. */
typedef struct GeSortedCategory
{
	const uint32_t *ordinals;
	uint32_t n;
	const uint64_t *all; /* the cell over all folds */
	GeCellTops tops;
	GeValueOrder values; /* for quantiles: those with a target in their order, */
	uint32_t *places;	 /*   places by fold, as the ordinals, */
	uint32_t *fills;	 /*   and by fold where its places end */
} GeSortedCategory;

/* Add the rows of one fold up, from `start` on; returns their end. */
static uint32_t
add_fold(const GeTarget *target, const GeSortedCategory *category, uint32_t start,
		 uint64_t *cell)
{
	const uint32_t *ordinals = category->ordinals;
	uint32_t fold = ge_sorted_fold(target, ordinals[start]), end = start;

	memset(cell, 0, target->parts.n_words * sizeof *cell);
	for (; end < category->n && ge_sorted_fold(target, ordinals[end]) == fold; end++)
		(void) ge_sorted_add_row(target, cell, ordinals[end]);
	return end;
}

/* The least and the greatest of each fold. */
static GeStatus
find_tops(const GeTarget *target, GeSortedCategory *category, GeWork *work)
{
	uint64_t cell[GE_MAX_TARGET_WORDS];
	uint32_t start, end;

	if (target->parts.least_at == 0 && target->parts.greatest_at == 0)
		return GE_OK;
	for (start = 0; start < category->n; start = end)
	{
		end = add_fold(target, category, start, cell);
		ge_cell_tops_add(&target->parts, &category->tops, cell);
		if (ge_work_step(work, 30 * (uint64_t) (end - start)) != GE_OK)
			return GE_CANCELLED;
	}
	return GE_OK;
}

/* Where the rows of each fold are among the targets in order. */
static void
find_places(const GeTarget *target, GeSortedCategory *category)
{
	uint32_t i = category->n;

	while (i-- > 0) /* the last write to a fold's beginning is its first row's */
		category->fills[ge_sorted_fold(target, category->ordinals[i])] = i;
	ge_find_places(&category->values, category->fills, category->places);
}

void
ge_sorted_full_quantiles(const GeTarget *target, uint32_t id, double *quantiles)
{
	const GeSortedRows *sorted = &target->sorted;
	const uint64_t *cell = sorted->categories + (uint64_t) id * target->parts.n_words;
	GeValueOrder values = {.target = target,
						   .ordinals = sorted->by_value + sorted->starts[id],
						   .n = ge_cell_count(&target->layout, cell)};

	ge_order_quantiles(&values, quantiles);
}

static GeStatus
encode_folds(const GeTarget *target, const GeSortedCategory *category, GeWork *work)
{
	uint64_t cell[GE_MAX_TARGET_WORDS], others[GE_MAX_TARGET_WORDS];
	const uint64_t *rows = category->all;
	double encodings[GE_MAX_FINISHES], quantiles[GE_MAX_FINISHES];
	GeValueOrder values = category->values;
	uint32_t start, end, i;

	for (start = 0; start < category->n; start = end)
	{
		uint32_t fold = ge_sorted_fold(target, category->ordinals[start]);

		end = add_fold(target, category, start, cell);
		if (target->spec.folds.split != GE_SPLIT_NONE)
		{
			if (target->wants_quantiles)
			{
				values.places = category->places + start;
				values.n_places = category->fills[fold] - start;
			}
			ge_cell_without(&target->layout, &target->parts, &category->tops,
							category->all, cell, others);
			rows = others;
		}
		if (target->wants_quantiles)
			ge_order_quantiles(&values, quantiles);
		ge_cell_encodings(target, rows, category->n, quantiles,
						  ge_priors_of_fold(target, fold), encodings);
		for (i = start; i < end; i++)
			ge_sorted_write_encodings(target, category->ordinals[i], encodings);
		if (ge_work_step(work, 30 * (uint64_t) (end - start)) != GE_OK)
			return GE_CANCELLED;
	}
	return GE_OK;
}

/* Add up and encode one category; `fills` has room for all folds. */
static GeStatus
encode_category(const GeOrder *order, uint32_t id, uint32_t *fills, GeWork *work)
{
	GeTarget *target = order->target;
	const GeSortedRows *sorted = &target->sorted;
	uint32_t start = sorted->starts[id], n = sorted->starts[id + 1] - start, i;
	const uint32_t *ordinals = order->to + start;
	uint64_t *all = sorted->categories + (uint64_t) id * target->parts.n_words;
	GeSortedCategory category = {.ordinals = ordinals,
								 .n = n,
								 .all = all,
								 .places = order->from + start,
								 .fills = fills};
	double encodings[GE_MAX_FINISHES];

	for (i = 0; i < n; i++)
	{
		/* there are GE_ROWS_AHEAD more behind the last row */
		__builtin_prefetch(&target->sorted.values[ordinals[i + GE_ROWS_AHEAD]], 1);
		(void) ge_sorted_add_row(target, all, ordinals[i]);
		if (ge_work_step(work, 10) != GE_OK)
			return GE_CANCELLED;
	}
	if (!ge_is_category(target, id))
	{
		encode_missing(target, ordinals, n);
		return GE_OK;
	}
	if (!ge_full_encodings(target, id, encodings))
		return ge_target_overflow(work->error, "the encoding of a category");
	if (find_tops(target, &category, work) != GE_OK)
		return GE_CANCELLED;
	category.values = (GeValueOrder){.target = target, .n = 0};
	if (target->wants_quantiles)
	{
		category.values.ordinals = sorted->by_value + start;
		category.values.n = ge_cell_count(&target->layout, all);
		find_places(target, &category);
	}
	return encode_folds(target, &category, work);
}

/* The first category that begins at `row` or later. */
static uint64_t
first_category_from(const GeOrder *order, uint64_t row)
{
	uint64_t low = 0, high = n_ids(order->target);

	while (low < high)
	{
		uint64_t middle = low + (high - low) / 2;

		if (order->target->sorted.starts[middle] < row)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Task: the categories that begin in a slice of the sorted rows. */
static GeStatus
encode_slice(void *arg, uint64_t task, uint32_t worker, GeWork *work)
{
	GeOrder *order = arg;
	uint64_t fill_bytes = (uint64_t) order->target->n_folds * sizeof(uint32_t);
	uint64_t id = first_category_from(order, task * ROWS_PER_TASK);
	uint64_t end = first_category_from(order, (task + 1) * ROWS_PER_TASK);

	ge_float_mode_reset();
	if (order->target->wants_quantiles && order->fills[worker] == NULL)
	{
		order->fills[worker] = ge_alloc_zeroed(fill_bytes);
		if (order->fills[worker] == NULL)
			return ge_cpu_no_memory(work->error, fill_bytes, "the folds of a category");
	}
	for (; id < end; id++)
	{
		GeStatus status =
			encode_category(order, (uint32_t) id, order->fills[worker], work);

		if (status == GE_OK)
			status = ge_work_step(work, 4);
		if (status != GE_OK)
			return status;
	}
	return GE_OK;
}

GeStatus
ge_sorted_allocate_encodings(GeTarget *target, GeError *error)
{
	uint64_t bytes = ge_sorted_encodings_bytes(target);

	target->sorted.encodings = ge_alloc_zeroed(bytes);
	return target->sorted.encodings != NULL
			   ? GE_OK
			   : ge_cpu_no_memory(error, bytes, "the encodings of rows");
}

/* One finish overwrites the targets of a fold; several need room of their own. */
static GeStatus
place_encodings(GeTarget *target, GeError *error)
{
	if (target->n_finishes > 1 || target->wants_quantiles)
		return ge_sorted_allocate_encodings(target, error);
	target->sorted.encodings = (double *) (void *) target->sorted.values;
	return GE_OK;
}

GeStatus
ge_sorted_encode(GeTarget *target, GeError *error)
{
	uint64_t n = ge_sorted_n_rows(target);
	uint64_t row_bytes = (n + GE_ROWS_AHEAD) * sizeof(uint32_t);
	GeOrder order = {target, ge_alloc_zeroed(row_bytes), ge_alloc_zeroed(row_bytes), {0}};
	GeWork work = {&target->context->options, error, 0};
	GeStatus status = place_encodings(target, error);
	uint32_t i;

	if (status == GE_OK && (order.from == NULL || order.to == NULL))
		status = ge_cpu_no_memory(error, 2 * row_bytes, "sorting rows");
	if (status == GE_OK)
		status = ge_sorted_sort_rows(&order, &work);
	if (status == GE_OK && target->wants_quantiles)
		status = ge_sorted_sort_values(&order, &work);
	if (status == GE_OK)
		status = ge_context_run(target->context, ge_threads_max(target->context->threads),
								n / ROWS_PER_TASK + 1, encode_slice, &order, error);
	for (i = 0; i < GE_MAX_THREADS; i++)
		ge_free_zeroed(order.fills[i], (uint64_t) target->n_folds * sizeof(uint32_t));
	ge_free_zeroed(order.to, row_bytes);
	ge_free_zeroed(order.from, row_bytes);
	return status;
}
