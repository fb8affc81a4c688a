/*
 * target_ordered_encode.c: rows in an order counted in one after another, and encoded.
 *
 * A learner is a row that is encoded: by the first rows of the order, as many as it sees.
 * Learners are taken by what they see, window by window.  For each window first the priors
 * are computed (target_ordered_priors.c), and then the encodings, by threads that each have a range of
 * categories: a thread counts the rows of its categories in, one place after another, until
 * the next learner sees no more, and encodes the learner if its category is in the range.  So
 * every encoding comes from one exact sum, whichever thread computed it.
 */
#include <stdlib.h>
#include <string.h>

#include "cpu/float_mode.h"
#include "cpu/memory.h"
#include "cpu/target_ordered.h"

/* Bytes of the priors of a window, for each thread: they stay in a core's cache. */
#define WINDOW_BYTES_PER_THREAD (UINT64_C(256) << 10)

static uint64_t
n_ids(const GeTarget *target)
{
	return (uint64_t) target->spec.n_categories + 1;
}

/* ------------------------------------------------------------------------- learners */

static bool
see_in_order(const GeTarget *target)
{
	uint32_t n = ge_sorted_n_rows(target), i;

	for (i = 1; i < n; i++)
		if (target->sorted.visible[i] < target->sorted.visible[i - 1])
			return false;
	return true;
}

/* The places by what they see: a counting sort. */
static GeStatus
sort_learners(GeOrderedScan *scan, GeWork *work)
{
	const GeTarget *target = scan->target;
	const uint32_t *visible = target->sorted.visible;
	uint32_t n = ge_sorted_n_rows(target), *positions, i;
	uint64_t bytes = ((uint64_t) n + 1) * sizeof *positions;

	if (see_in_order(target))
		return GE_OK;
	scan->learners = ge_alloc_array(n, sizeof *scan->learners);
	positions = ge_alloc_zeroed(bytes);
	if (scan->learners == NULL || positions == NULL)
	{
		ge_free_zeroed(positions, bytes);
		return ge_cpu_no_memory(work->error, 2 * bytes, "an order of rows");
	}
	for (i = 0; i < n; i++)
		positions[visible[i] + 1]++; /* visible <= place < n */
	for (i = 0; i < n; i++)
		positions[i + 1] += positions[i];
	for (i = 0; i < n && ge_work_step(work, 10) == GE_OK; i++)
		scan->learners[positions[visible[i]]++] = i;
	ge_free_zeroed(positions, bytes);
	return i == n ? GE_OK : GE_CANCELLED;
}

/* Where the rows of each category would begin if they were sorted. */
static GeStatus
count_categories(GeOrderedScan *scan, GeWork *work)
{
	GeTarget *target = scan->target;
	uint32_t n = ge_sorted_n_rows(target), *starts = target->sorted.starts, place;
	uint64_t id;

	for (place = 0; place < n; place++)
	{
		starts[ge_ordered_id(target, place) + 1]++;
		if (ge_work_step(work, 4) != GE_OK)
			return GE_CANCELLED;
	}
	for (id = 0; id < n_ids(target); id++)
		starts[id + 1] += starts[id];
	return GE_OK;
}

/* Ranges of categories with about as many rows each. */
static void
choose_ranges(GeOrderedScan *scan)
{
	const uint32_t *starts = scan->target->sorted.starts;
	uint64_t n = ge_sorted_n_rows(scan->target), id = 0;
	uint32_t range;

	scan->n_ranges = n < GE_LEARNERS_PER_THREAD ? 1 : scan->n_threads;
	for (range = 0; range < scan->n_ranges; range++)
	{
		while (id < n_ids(scan->target) && starts[id] < n * range / scan->n_ranges)
			id++;
		scan->first_ids[range] = (uint32_t) id;
	}
	scan->first_ids[scan->n_ranges] = (uint32_t) n_ids(scan->target);
}

/* ------------------------------------------------------------------------ encodings */

static uint64_t *
cell_of(const GeOrderedScan *scan, uint32_t id)
{
	return scan->target->sorted.categories + (uint64_t) id * scan->target->parts.n_words;
}

static void
encode_learner(const GeOrderedScan *scan, uint32_t learner, uint32_t id)
{
	const GeTarget *target = scan->target;
	const GePrior *priors =
		scan->priors +
		(uint64_t) scan->prior_of[learner - scan->first] * target->n_finishes;
	double encodings[GE_MAX_FINISHES], quantiles[GE_MAX_FINISHES];
	const uint64_t *cell = cell_of(scan, id);

	if (!ge_is_category(target, id))
		ge_unseen_encodings(target, priors, encodings);
	else
	{
		if (target->wants_quantiles)
			ge_ordered_category_quantiles(
				scan->quantiles, id, ge_cell_count(&target->layout, cell), quantiles);
		ge_cell_encodings(target, cell, scan->n_seen[id], quantiles, priors, encodings);
	}
	ge_sorted_write_encodings(
		target, target->sorted.ordinals[ge_learner_place(scan, learner)], encodings);
}

/*
 * What encode_learner() will want of a learner, if there is one and its category is among
 * first_id..first_id+n-1.  The rows that it sees had their turn before.
 */
static inline void
prefetch_learner(const GeOrderedScan *scan, uint32_t learner, uint32_t first_id,
				 uint32_t n)
{
	const GeTarget *target = scan->target;
	uint32_t place, id;

	if (learner >= scan->end)
		return;
	place = ge_learner_place(scan, learner);
	id = ge_ordered_id(target, place);
	if (id - first_id >= n)
		return;
	ge_prefetch_cell(&target->parts, cell_of(scan, id));
	__builtin_prefetch(&scan->n_seen[id], 1);
	__builtin_prefetch(&target->sorted.encodings[target->sorted.ordinals[place]], 1);
}

static void
count_in(const GeOrderedScan *scan, uint32_t place, uint32_t id)
{
	scan->n_seen[id]++;
	(void) ge_sorted_add_row(scan->target, cell_of(scan, id), place);
	if (scan->target->wants_quantiles)
		ge_ordered_count_in_category(scan->quantiles, place, id);
}

/* Count rows `place`..end-1 in, those of categories first_id..first_id+n-1. */
static GeStatus
count_rows(const GeOrderedScan *scan, uint32_t place, uint32_t end, uint32_t first_id,
		   uint32_t n, GeWork *work)
{
	for (; place < end; place++)
	{
		uint32_t id = ge_ordered_id(scan->target, place);

		if (id - first_id < n)
			count_in(scan, place, id);
		if (ge_work_step(work, 5) != GE_OK)
			return GE_CANCELLED;
	}
	return GE_OK;
}

/* Task: the learners of the window whose categories are in a range. */
static GeStatus
encode_range(void *arg, uint64_t task, uint32_t worker, GeWork *work)
{
	const GeOrderedScan *scan = arg;
	uint32_t first_id = scan->first_ids[task];
	uint32_t n = scan->first_ids[task + 1] - first_id;
	uint32_t counted = ge_counted_before(scan, scan->first), learner;

	(void) worker;
	ge_float_mode_reset();
	for (learner = scan->first; learner < scan->end; learner++)
	{
		uint32_t id = ge_ordered_id(scan->target, ge_learner_place(scan, learner));
		uint32_t seen = ge_learner_sees(scan, learner);

		prefetch_learner(scan, learner + GE_ROWS_AHEAD, first_id, n);
		if (count_rows(scan, counted, seen, first_id, n, work) != GE_OK)
			return GE_CANCELLED;
		counted = seen;
		if (id - first_id < n)
			encode_learner(scan, learner, id);
		if (ge_work_step(work, 20) != GE_OK)
			return GE_CANCELLED;
	}
	return GE_OK;
}

/* Task: the rows that no learner sees, and the full encodings of a range. */
static GeStatus
complete_range(void *arg, uint64_t task, uint32_t worker, GeWork *work)
{
	const GeOrderedScan *scan = arg;
	uint32_t first_id = scan->first_ids[task], end_id = scan->first_ids[task + 1], id;
	uint32_t n = ge_sorted_n_rows(scan->target);
	double encodings[GE_MAX_FINISHES];

	(void) worker;
	ge_float_mode_reset();
	if (count_rows(scan, ge_counted_before(scan, n), n, first_id, end_id - first_id,
				   work) != GE_OK)
		return GE_CANCELLED;
	for (id = first_id; id < end_id; id++)
	{
		if (ge_is_category(scan->target, id) &&
			!ge_full_encodings(scan->target, id, encodings))
			return ge_target_overflow(work->error, "the encoding of a category");
		if (ge_work_step(work, 50) != GE_OK)
			return GE_CANCELLED;
	}
	return GE_OK;
}

/* ------------------------------------------------------------------------- the scan */

static uint32_t
window_size(const GeTarget *target)
{
	uint64_t n = WINDOW_BYTES_PER_THREAD * ge_threads_max(target->context->threads) /
				 (target->n_finishes * sizeof(GePrior));

	return n < ge_sorted_n_rows(target) ? (uint32_t) n : ge_sorted_n_rows(target);
}

static uint64_t
totals_bytes(const GeOrderedScan *scan)
{
	return ((uint64_t) scan->n_threads + 1) * scan->target->parts.n_words *
		   sizeof(uint64_t);
}

static uint64_t
priors_bytes(const GeTarget *target)
{
	return (uint64_t) window_size(target) * target->n_finishes * sizeof(GePrior);
}

static void
free_scan(GeOrderedScan *scan)
{
	const GeTarget *target = scan->target;

	ge_free_zeroed(scan->learners, ge_sorted_n_rows(target) * sizeof *scan->learners);
	ge_free_zeroed(scan->n_seen, n_ids(target) * sizeof *scan->n_seen);
	ge_free_zeroed(scan->totals, totals_bytes(scan));
	ge_free_zeroed(scan->priors, priors_bytes(target));
	ge_free_zeroed(scan->prior_of, window_size(target) * sizeof *scan->prior_of);
	ge_ordered_quantiles_free(scan->quantiles);
}

static GeStatus
prepare_scan(GeOrderedScan *scan, GeError *error)
{
	GeTarget *target = scan->target;
	GeWork work = {&target->context->options, error, 0};
	GeStatus status = ge_sorted_allocate_encodings(target, error);

	scan->n_threads = ge_threads_max(target->context->threads);
	scan->n_seen = ge_alloc_array(n_ids(target), sizeof *scan->n_seen);
	scan->totals = ge_alloc_zeroed(totals_bytes(scan));
	scan->priors = ge_alloc_zeroed(priors_bytes(target));
	scan->prior_of = ge_alloc_array(window_size(target), sizeof *scan->prior_of);
	if (status == GE_OK && (scan->n_seen == NULL || scan->totals == NULL ||
							scan->priors == NULL || scan->prior_of == NULL))
		status = ge_cpu_no_memory(error, n_ids(target) * sizeof *scan->n_seen,
								  "counts of categories");
	if (status == GE_OK)
		status = sort_learners(scan, &work);
	if (status == GE_OK)
		status = count_categories(scan, &work);
	if (status == GE_OK && target->wants_quantiles)
		status = ge_ordered_quantiles_create(target, &scan->quantiles, &work);
	choose_ranges(scan);
	return status;
}

GeStatus
ge_ordered_encode(GeTarget *target, GeError *error)
{
	GeOrderedScan scan = {.target = target};
	uint32_t n = ge_sorted_n_rows(target);
	GeStatus status = prepare_scan(&scan, error);

	for (; scan.first < n && status == GE_OK; scan.first = scan.end)
	{
		scan.end =
			n - scan.first < window_size(target) ? n : scan.first + window_size(target);
		status = ge_ordered_prepare_window(&scan, error);
		if (status == GE_OK)
			status = ge_context_run(target->context, scan.n_threads, scan.n_ranges,
									encode_range, &scan, error);
	}
	if (status == GE_OK)
		status = ge_context_run(target->context, scan.n_threads, scan.n_ranges,
								complete_range, &scan, error);
	free_scan(&scan);
	return status;
}
