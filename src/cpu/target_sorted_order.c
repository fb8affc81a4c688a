/*
 * target_sorted_order.c: rows brought into the order of category and fold.
 *
 * Two stable counting sorts of the ordinals, by fold (unless that is plain arithmetic) and
 * then by category, bring the rows of a category together and within it those of a fold.
 */
#include <string.h>

#include "cpu/memory.h"
#include "cpu/target_sorted.h"

static uint64_t
n_ids(const GeTarget *target)
{
	return (uint64_t) target->spec.n_categories + 1;
}

/* Rows that are put into their places together. */
#define PLACE_BLOCK 128

typedef uint32_t (*GeSortKey)(const GeTarget *target, uint32_t ordinal);

static uint32_t
key_fold(const GeTarget *target, uint32_t ordinal)
{
	return ge_sorted_fold(target, ordinal);
}

static uint32_t
key_id(const GeTarget *target, uint32_t ordinal)
{
	return target->sorted.ids[ordinal] & ~GE_NULL_BIT;
}

/*
 * Put n <= PLACE_BLOCK ordinals where their keys begin, moving those positions on.  Each
 * step reads from the cache what the step before has prefetched.
 */
static inline __attribute__((always_inline)) void
place_block(const GeTarget *target, const uint32_t *ordinals, uint32_t n, GeSortKey key,
			uint32_t *positions, uint32_t *to)
{
	uint32_t keys[PLACE_BLOCK], places[PLACE_BLOCK], i;

	for (i = 0; i < n; i++)
		__builtin_prefetch(&target->sorted.ids[ordinals[i]]);
	for (i = 0; i < n; i++)
	{
		keys[i] = key(target, ordinals[i]);
		__builtin_prefetch(&positions[keys[i]], 1);
	}
	for (i = 0; i < n; i++)
	{
		places[i] = positions[keys[i]]++;
		__builtin_prefetch(&to[places[i]], 1);
	}
	for (i = 0; i < n; i++)
		to[places[i]] = ordinals[i];
}

/*
 * Sort ordinals from order->from to order->to by a key below n_keys, stable. positions
 * has room for n_keys + 1 and is zero; afterwards positions[key] is the beginning of key.
 */
static inline __attribute__((always_inline)) GeStatus
sort_ordinals(const GeOrder *order, GeSortKey key, uint64_t n_keys, uint32_t *positions,
			  GeWork *work)
{
	const GeTarget *target = order->target;
	uint32_t n = ge_sorted_n_rows(target), n_block, i;
	uint64_t k;

	for (i = 0; i < n; i++)
	{
		positions[key(target, i) + 1]++;
		if (ge_work_step(work, 4) != GE_OK)
			return GE_CANCELLED;
	}
	for (k = 0; k < n_keys; k++)
		positions[k + 1] += positions[k];
	for (i = 0; i < n; i += n_block)
	{
		n_block = n - i < PLACE_BLOCK ? n - i : PLACE_BLOCK;
		place_block(target, order->from + i, n_block, key, positions, order->to);
		if (ge_work_step(work, 12 * n_block) != GE_OK)
			return GE_CANCELLED;
	}
	/* each position has moved on to where the next key begins: move them back */
	memmove(positions + 1, positions, n_keys * sizeof *positions);
	positions[0] = 0;
	return GE_OK;
}

/* The ordinals of fold 0, of fold 1, ... if they are known without sorting. */
static GeStatus
list_by_fold(GeOrder *order, GeWork *work)
{
	const GeFolds *folds = &order->target->spec.folds;
	uint32_t n = ge_sorted_n_rows(order->target), position = 0, fold;
	uint32_t stride = folds->split == GE_SPLIT_INTERLEAVED ? folds->n_folds : 1;
	uint64_t ordinal;

	/* contiguous folds, and none: as they are, which is one stride of 1 */
	for (fold = 0; fold < stride; fold++)
		for (ordinal = fold; ordinal < n; ordinal += stride)
		{
			order->from[position++] = (uint32_t) ordinal;
			if (ge_work_step(work, 1) != GE_OK)
				return GE_CANCELLED;
		}
	return GE_OK;
}

static GeStatus
sort_by_fold(GeOrder *order, GeWork *work)
{
	uint64_t n = (uint64_t) order->target->n_folds + 1;
	uint32_t *positions, *swap = order->from, i;
	GeStatus status;

	if (order->target->sorted.folds == NULL)
		return list_by_fold(order, work);
	for (i = 0; i < ge_sorted_n_rows(order->target); i++)
		order->from[i] = i;
	positions = ge_alloc_array(n, sizeof *positions);
	if (positions == NULL)
		return ge_cpu_no_memory(work->error, n * sizeof *positions, "counting folds");
	status = sort_ordinals(order, key_fold, n - 1, positions, work);
	ge_free_zeroed(positions, n * sizeof *positions);
	order->from = order->to;
	order->to = swap;
	return status;
}

GeStatus
ge_sorted_sort_rows(GeOrder *order, GeWork *work)
{
	GeStatus status = sort_by_fold(order, work);

	if (status != GE_OK)
		return status;
	return sort_ordinals(order, key_id, n_ids(order->target),
						 order->target->sorted.starts, work);
}

GeStatus
ge_sorted_sort_values(GeOrder *order, GeWork *work)
{
	GeTarget *target = order->target;
	GeOrder values = {target, target->sorted.by_value, order->from, {0}};
	uint64_t bytes = (n_ids(target) + 1) * sizeof(uint32_t);
	uint32_t *positions = ge_alloc_zeroed(bytes);
	GeStatus status;

	if (positions == NULL)
		return ge_cpu_no_memory(work->error, bytes, "sorting targets");
	status = sort_ordinals(&values, key_id, n_ids(target), positions, work);
	ge_free_zeroed(positions, bytes);
	memcpy(target->sorted.by_value, order->from,
		   ge_sorted_n_rows(target) * sizeof(uint32_t));
	return status;
}
