/*
 * target_sorted_encode.c: rows sorted by category and fold, and encoded in place.
 *
 * Two stable counting sorts of the ordinals, by fold (unless it is plain arithmetic) and
 * then by category, bring the rows of a category together and within it those of a fold.  A category is then two runs
 * over its rows: all of them for its statistics, and fold by fold for the encodings,
 * of which one overwrites the targets of a fold as soon as they have been added up.
 */
#include <string.h>

#include "cpu/float_mode.h"
#include "cpu/memory.h"
#include "cpu/target_sorted.h"

#define ROWS_PER_TASK UINT64_C(16384)

/* Ordinals on their way: `from` in the order so far, `to` in the next one. */
typedef struct GeOrder
{
	GeTarget *target;
	uint32_t *from;
	uint32_t *to;
} GeOrder;

static uint64_t
n_ids(const GeTarget *target)
{
	return (uint64_t) target->spec.n_categories + 1;
}

/* The number of rows to prefetch. */
#define ROWS_AHEAD 32
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

/* Bring order->to into the order of category and fold; sorted.starts is zero. */
static GeStatus
sort_rows(GeOrder *order, GeWork *work)
{
	GeStatus status = sort_by_fold(order, work);

	if (status != GE_OK)
		return status;
	return sort_ordinals(order, key_id, n_ids(order->target),
						 order->target->sorted.starts, work);
}

static void
write_encodings(const GeTarget *target, uint32_t ordinal, const double *encodings)
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
		write_encodings(target, ordinals[i], encodings);
	}
}

/* Rows of a category in the order of their folds, and what is known of them. */
typedef struct GeSortedCategory
{
	const uint32_t *ordinals;
	uint32_t n;
	const uint64_t *all; /* the cell over all folds */
	GeCellTops tops;
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

static GeStatus
encode_folds(const GeTarget *target, const GeSortedCategory *category, GeWork *work)
{
	uint64_t cell[GE_MAX_TARGET_WORDS], others[GE_MAX_TARGET_WORDS];
	const uint64_t *rows = category->all;
	double encodings[GE_MAX_FINISHES];
	uint32_t start, end, i;

	for (start = 0; start < category->n; start = end)
	{
		uint32_t fold = ge_sorted_fold(target, category->ordinals[start]);

		end = add_fold(target, category, start, cell);
		if (target->spec.folds.split != GE_SPLIT_NONE)
		{
			ge_cell_without(&target->layout, &target->parts, &category->tops,
							category->all, cell, others);
			rows = others;
		}
		ge_cell_encodings(target, rows, category->n, ge_priors_of_fold(target, fold),
						  encodings);
		for (i = start; i < end; i++)
			write_encodings(target, category->ordinals[i], encodings);
		if (ge_work_step(work, 30 * (uint64_t) (end - start)) != GE_OK)
			return GE_CANCELLED;
	}
	return GE_OK;
}

/* Add up and encode one category. */
static GeStatus
encode_category(GeTarget *target, uint32_t id, const uint32_t *ordinals, uint32_t n,
				GeWork *work)
{
	uint64_t *all = target->sorted.categories + (uint64_t) id * target->parts.n_words;
	GeSortedCategory category = {.ordinals = ordinals, .n = n, .all = all};
	double encodings[GE_MAX_FINISHES];
	uint32_t i;

	for (i = 0; i < n; i++)
	{
		/* there are ROWS_AHEAD more behind the last row */
		__builtin_prefetch(&target->sorted.values[ordinals[i + ROWS_AHEAD]], 1);
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
	const GeOrder *order = arg;
	const uint32_t *starts = order->target->sorted.starts;
	uint64_t id = first_category_from(order, task * ROWS_PER_TASK);
	uint64_t end = first_category_from(order, (task + 1) * ROWS_PER_TASK);

	(void) worker;
	ge_float_mode_reset();
	for (; id < end; id++)
	{
		uint32_t start = starts[id], n = starts[id + 1] - start;
		GeStatus status =
			encode_category(order->target, (uint32_t) id, order->to + start, n, work);

		if (status == GE_OK)
			status = ge_work_step(work, 4);
		if (status != GE_OK)
			return status;
	}
	return GE_OK;
}

/* One finish overwrites the targets of a fold; several need room of their own. */
static GeStatus
place_encodings(GeTarget *target, GeError *error)
{
	GeSortedRows *sorted = &target->sorted;
	uint64_t bytes = ge_sorted_encodings_bytes(target);

	sorted->encodings = (double *) sorted->values;
	if (target->n_finishes == 1)
		return GE_OK;
	sorted->encodings = ge_alloc_zeroed(bytes);
	return sorted->encodings != NULL
			   ? GE_OK
			   : ge_cpu_no_memory(error, bytes, "the encodings of rows");
}

GeStatus
ge_sorted_encode(GeTarget *target, GeError *error)
{
	uint64_t n = ge_sorted_n_rows(target);
	uint64_t row_bytes = (n + ROWS_AHEAD) * sizeof(uint32_t);
	GeOrder order = {target, ge_alloc_zeroed(row_bytes), ge_alloc_zeroed(row_bytes)};
	GeWork work = {&target->context->options, error, 0};
	GeStatus status = place_encodings(target, error);

	if (status == GE_OK && (order.from == NULL || order.to == NULL))
		status = ge_cpu_no_memory(error, 2 * row_bytes, "sorting rows");
	if (status == GE_OK)
		status = sort_rows(&order, &work);
	if (status == GE_OK)
		status = ge_context_run(target->context, ge_threads_max(target->context->threads),
								n / ROWS_PER_TASK + 1, encode_slice, &order, error);
	ge_free_zeroed(order.to, row_bytes);
	ge_free_zeroed(order.from, row_bytes);
	return status;
}
