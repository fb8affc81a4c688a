/*
 * target_quantiles.c: all rows in the order of their targets, and quantiles in any order.
 */
#include "cpu/target_quantiles.h"

#include "backend/order_key.h"
#include "cpu/memory.h"
#include "cpu/pair_sort.h"
#include "cpu/rank_tree.h"
#include "cpu/target_sorted.h"

/* The key of rows without a target: above all others. */
#define LAST_KEY UINT64_MAX

static uint64_t
key_of(const GeTarget *target, uint32_t ordinal)
{
	uint64_t bits = target->sorted.values[ordinal];
	double y;

	if (target->sorted.ids[ordinal] & GE_NULL_BIT)
		return LAST_KEY;
	if (target->spec.kind == GE_TARGET_INT64)
		return ge_order_key((double) (int64_t) bits);
	memcpy(&y, &bits, sizeof y);
	return ge_order_key(y);
}

/* Target number j of the rows that are not left out. */
static double
target_at(const GeValueOrder *order, uint64_t j)
{
	uint64_t low = 0, high = order->n_places;

	if (order->tree != NULL)
		j = ge_rank_tree_find(order->tree, (uint32_t) order->n, (uint32_t) j);
	while (low < high)
	{
		uint64_t middle = low + (high - low) / 2;

		if (order->places[middle] - middle <= j)
			low = middle + 1;
		else
			high = middle;
	}
	return ge_order_value(key_of(order->target, order->ordinals[j + low]));
}

void
ge_order_quantiles(const GeValueOrder *order, double *quantiles)
{
	uint64_t n = order->tree != NULL ? order->n_counted : order->n - order->n_places;
	uint32_t f;

	for (f = 0; n > 0 && f < order->target->n_finishes; f++)
	{
		const GeFinish *finish = &order->target->finishes[f];
		GeQuantile place;
		double least;

		if (finish->kind != GE_FINISH_QUANTILE)
			continue;
		place = ge_quantile_place(n, finish->percent);
		least = target_at(order, place.at);
		quantiles[f] =
			place.fraction == 0
				? least
				: ge_quantile(least, target_at(order, place.at + 1), place.fraction);
	}
}

static GeStatus
sort_pairs(GeTarget *target, GePair *pairs, GePair *scratch, GeWork *work)
{
	uint32_t n = ge_sorted_n_rows(target), i;
	GeStatus status;

	for (i = 0; i < n; i++)
	{
		pairs[i].key = key_of(target, i);
		pairs[i].id = i;
		if (ge_work_step(work, 3) != GE_OK)
			return GE_CANCELLED;
	}
	status = ge_pair_sort(pairs, scratch, n, work);
	for (i = 0; i < n && status == GE_OK; i++)
		target->sorted.by_value[i] = pairs[i].id;
	return status;
}

static GeStatus
order_by_value(GeTarget *target, GeError *error)
{
	GeWork work = {&target->context->options, error, 0};
	uint64_t bytes = ge_array_bytes(ge_sorted_n_rows(target), sizeof(GePair));
	GePair *pairs = ge_alloc_zeroed(bytes), *scratch = ge_alloc_zeroed(bytes);
	GeStatus status;

	target->sorted.by_value = ge_alloc_array(ge_sorted_n_rows(target), sizeof(uint32_t));
	if (pairs == NULL || scratch == NULL || target->sorted.by_value == NULL)
		status = ge_cpu_no_memory(error, 2 * bytes, "sorting targets");
	else
		status = sort_pairs(target, pairs, scratch, &work);
	ge_free_zeroed(scratch, bytes);
	ge_free_zeroed(pairs, bytes);
	return status;
}

/* The places of the rows of each fold, and where those of a fold begin. */
static GeStatus
find_places(GeTarget *target, GeError *error)
{
	GeWork work = {&target->context->options, error, 0};
	GeSortedRows *sorted = &target->sorted;
	uint32_t n = (uint32_t) target->n_targets, *starts, i;

	sorted->places = ge_alloc_array(n, sizeof(uint32_t));
	sorted->fold_starts =
		ge_alloc_array((uint64_t) target->n_folds + 1, sizeof(uint32_t));
	if (sorted->places == NULL || sorted->fold_starts == NULL)
		return ge_cpu_no_memory(error, (uint64_t) n * sizeof(uint32_t),
								"the places of folds");
	starts = sorted->fold_starts;
	for (i = 0; i < n; i++)
		starts[ge_sorted_fold(target, sorted->by_value[i]) + 1]++;
	for (i = 0; i < target->n_folds; i++)
		starts[i + 1] += starts[i];
	for (i = 0; i < n; i++)
	{
		sorted->places[starts[ge_sorted_fold(target, sorted->by_value[i])]++] = i;
		if (ge_work_step(&work, 20) != GE_OK)
			return GE_CANCELLED;
	}
	/* each beginning has moved on to where the next fold begins: move them back */
	memmove(starts + 1, starts, target->n_folds * sizeof *starts);
	starts[0] = 0;
	return GE_OK;
}

void
ge_prior_quantiles(const GeTarget *target, const uint32_t *fold, double *quantiles)
{
	const GeSortedRows *sorted = &target->sorted;
	GeValueOrder order = {
		.target = target, .ordinals = sorted->by_value, .n = target->n_targets};

	if (fold != NULL)
	{
		order.places = sorted->places + sorted->fold_starts[*fold];
		order.n_places = sorted->fold_starts[*fold + 1] - sorted->fold_starts[*fold];
	}
	ge_order_quantiles(&order, quantiles);
}

void
ge_find_places(const GeValueOrder *order, uint32_t *fills, uint32_t *places)
{
	uint64_t i;

	for (i = 0; i < order->n; i++)
		places[fills[ge_sorted_fold(order->target, order->ordinals[i])]++] = (uint32_t) i;
}

GeStatus
ge_quantiles_prepare(GeTarget *target, GeError *error)
{
	GeStatus status = order_by_value(target, error);

	return status == GE_OK && ge_has_fold_priors(target) ? find_places(target, error)
														 : status;
}

void
ge_quantiles_forget_folds(GeTarget *target)
{
	GeSortedRows *sorted = &target->sorted;

	ge_free_zeroed(sorted->places, target->n_targets * sizeof(uint32_t));
	ge_free_zeroed(sorted->fold_starts,
				   ((uint64_t) target->n_folds + 1) * sizeof(uint32_t));
	sorted->places = sorted->fold_starts = NULL;
}
