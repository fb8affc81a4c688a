/*
 * target_ordered_quantiles.c: quantiles of the rows that are counted in so far.
 *
 * Targets have ranks, among all rows and in their category.  Rank trees say which of them
 * are counted in.  The trees of categories lie side by side, as their rows would.
 */
#include <stdlib.h>
#include <string.h>

#include "cpu/memory.h"
#include "cpu/rank_tree.h"
#include "cpu/target_ordered.h"
#include "cpu/target_quantiles.h"

/* Arrays of one entry for each row. */
struct GeOrderedQuantiles
{
	const GeTarget *target;
	uint64_t bytes;	 /* of each array */
	uint32_t *order; /* places of all rows in the order of their targets */
	uint32_t *ranks; /* by place: where it stands there, */
	uint32_t *tree;
	uint32_t *category_ranks; /* and in its category */
	uint32_t *category_trees;
};

static bool
allocate(GeOrderedQuantiles *quantiles)
{
	quantiles->order = ge_alloc_zeroed(quantiles->bytes);
	quantiles->ranks = ge_alloc_zeroed(quantiles->bytes);
	quantiles->tree = ge_alloc_zeroed(quantiles->bytes);
	quantiles->category_ranks = ge_alloc_zeroed(quantiles->bytes);
	quantiles->category_trees = ge_alloc_zeroed(quantiles->bytes);
	return quantiles->order != NULL && quantiles->ranks != NULL &&
		   quantiles->tree != NULL && quantiles->category_ranks != NULL &&
		   quantiles->category_trees != NULL;
}

void
ge_ordered_quantiles_free(GeOrderedQuantiles *quantiles)
{
	if (quantiles == NULL)
		return;
	ge_free_zeroed(quantiles->order, quantiles->bytes);
	ge_free_zeroed(quantiles->ranks, quantiles->bytes);
	ge_free_zeroed(quantiles->tree, quantiles->bytes);
	ge_free_zeroed(quantiles->category_ranks, quantiles->bytes);
	ge_free_zeroed(quantiles->category_trees, quantiles->bytes);
	free(quantiles);
}

/* sorted.by_value has the order of all targets; then that of each category. */
static GeStatus
rank_targets(GeOrderedQuantiles *quantiles, GeTarget *target, GeWork *work)
{
	const GeSortedRows *sorted = &target->sorted;
	GeOrder order = {.target = target, .from = quantiles->category_ranks};
	uint32_t n = ge_sorted_n_rows(target), i;
	GeStatus status;

	memcpy(quantiles->order, sorted->by_value, n * sizeof *quantiles->order);
	for (i = 0; i < n; i++)
		quantiles->ranks[quantiles->order[i]] = i;
	status = ge_sorted_sort_values(&order, work);
	for (i = 0; i < n && status == GE_OK; i++)
	{
		uint32_t place = sorted->by_value[i];
		uint32_t id = sorted->ids[place] & ~GE_NULL_BIT;

		quantiles->category_ranks[place] = i - sorted->starts[id];
		status = ge_work_step(work, 20);
	}
	return status;
}

GeStatus
ge_ordered_quantiles_create(GeTarget *target, GeOrderedQuantiles **quantiles,
							GeWork *work)
{
	GeOrderedQuantiles *created = calloc(1, sizeof *created);

	*quantiles = created;
	if (created == NULL)
		return ge_cpu_no_memory(work->error, sizeof *created, "quantiles");
	created->target = target;
	created->bytes = ge_array_bytes(ge_sorted_n_rows(target), sizeof(uint32_t));
	if (!allocate(created))
		return ge_cpu_no_memory(work->error, 5 * created->bytes, "the ranks of targets");
	return rank_targets(created, target, work);
}

static bool
has_target(const GeOrderedQuantiles *quantiles, uint32_t place)
{
	return (quantiles->target->sorted.ids[place] & GE_NULL_BIT) == 0;
}

void
ge_ordered_count_in_all(GeOrderedQuantiles *quantiles, uint32_t place)
{
	if (has_target(quantiles, place))
		ge_rank_tree_add(quantiles->tree, ge_sorted_n_rows(quantiles->target),
						 quantiles->ranks[place]);
}

void
ge_ordered_count_in_category(GeOrderedQuantiles *quantiles, uint32_t place, uint32_t id)
{
	const uint32_t *starts = quantiles->target->sorted.starts;

	if (has_target(quantiles, place))
		ge_rank_tree_add(quantiles->category_trees + starts[id],
						 starts[id + 1] - starts[id], quantiles->category_ranks[place]);
}

void
ge_ordered_prior_quantiles(const GeOrderedQuantiles *quantiles, uint64_t n,
						   double *by_finish)
{
	GeValueOrder order = {.target = quantiles->target,
						  .ordinals = quantiles->order,
						  .n = ge_sorted_n_rows(quantiles->target),
						  .tree = quantiles->tree,
						  .n_counted = n};

	ge_order_quantiles(&order, by_finish);
}

void
ge_ordered_category_quantiles(const GeOrderedQuantiles *quantiles, uint32_t id,
							  uint64_t n, double *by_finish)
{
	const GeSortedRows *sorted = &quantiles->target->sorted;
	GeValueOrder order = {.target = quantiles->target,
						  .ordinals = sorted->by_value + sorted->starts[id],
						  .n = sorted->starts[id + 1] - sorted->starts[id],
						  .tree = quantiles->category_trees + sorted->starts[id],
						  .n_counted = n};

	ge_order_quantiles(&order, by_finish);
}
