/*
 * target_ordered_priors.c: what all rows before each learner of a window come to.
 *
 * Threads have a part of the window each: first they add the rows up that come in during
 * their parts, so that the sum before every part is known, and then they walk through them.
 */
#include <string.h>

#include "cpu/float_mode.h"
#include "cpu/target_ordered.h"

static uint32_t
part_begins(const GeOrderedScan *scan, uint32_t part)
{
	return scan->first +
		   (uint32_t) ((uint64_t) (scan->end - scan->first) * part / scan->n_parts);
}

static uint64_t *
total_before(const GeOrderedScan *scan, uint32_t part)
{
	return scan->totals + (uint64_t) part * scan->target->parts.n_words;
}

/* Task: add up the rows that come in during a part of the window. */
static GeStatus
add_part(void *arg, uint64_t task, uint32_t worker, GeWork *work)
{
	const GeOrderedScan *scan = arg;
	uint32_t part = (uint32_t) task;
	uint32_t place = ge_counted_before(scan, part_begins(scan, part));
	uint32_t end = ge_counted_before(scan, part_begins(scan, part + 1));
	uint64_t *sum = total_before(scan, part + 1);

	(void) worker;
	memset(sum, 0, scan->target->parts.n_words * sizeof *sum);
	for (; place < end; place++)
	{
		(void) ge_sorted_add_row(scan->target, sum, place);
		if (ge_work_step(work, 10) != GE_OK)
			return GE_CANCELLED;
	}
	return GE_OK;
}

/* The priors of n_rows rows that are counted in. */
static void
make_priors(const GeOrderedScan *scan, const uint64_t *cell, uint32_t n_rows,
			GePrior *priors)
{
	const GeTarget *target = scan->target;
	double quantiles[GE_MAX_FINISHES];
	uint32_t f;

	if (target->wants_quantiles)
		ge_ordered_prior_quantiles(scan->quantiles, ge_cell_count(&target->layout, cell),
								   quantiles);
	ge_cell_priors(target, cell, n_rows, quantiles, priors);
	for (f = 0; f < target->n_finishes && n_rows == 0; f++)
		if (target->finishes[f].kind == GE_FINISH_FREQUENCY)
			priors[f].unseen = ge_no_value(); /* a share of nothing */
}

/* Task: the priors of the learners of a part. */
static GeStatus
prepare_part(void *arg, uint64_t task, uint32_t worker, GeWork *work)
{
	const GeOrderedScan *scan = arg;
	uint32_t part = (uint32_t) task, learner = part_begins(scan, part);
	uint32_t end = part_begins(scan, part + 1);
	uint32_t counted = ge_counted_before(scan, learner), slot = 0, seen;
	uint64_t cell[GE_MAX_TARGET_WORDS];

	(void) worker;
	ge_float_mode_reset();
	memcpy(cell, total_before(scan, part), scan->target->parts.n_words * sizeof *cell);
	for (; learner < end; learner++)
	{
		bool is_first = learner == part_begins(scan, part);

		for (seen = ge_learner_sees(scan, learner); counted < seen; counted++)
		{
			(void) ge_sorted_add_row(scan->target, cell, counted);
			if (scan->target->wants_quantiles)
				ge_ordered_count_in_all(scan->quantiles, counted);
			is_first = true;
		}
		if (is_first)
		{
			slot = learner - scan->first;
			make_priors(scan, cell, seen,
						scan->priors + (uint64_t) slot * scan->target->n_finishes);
		}
		scan->prior_of[learner - scan->first] = slot;
		if (ge_work_step(work, 40) != GE_OK)
			return GE_CANCELLED;
	}
	if (part + 1 == scan->n_parts)
		memcpy(total_before(scan, part + 1), cell,
			   scan->target->parts.n_words * sizeof *cell);
	return GE_OK;
}

GeStatus
ge_ordered_prepare_window(GeOrderedScan *scan, GeError *error)
{
	GeTarget *target = scan->target;
	uint32_t n = scan->end - scan->first, part;
	GeStatus status;

	/* targets are counted into one tree, one after another */
	scan->n_parts = target->wants_quantiles ? 1 : n / GE_LEARNERS_PER_THREAD + 1;
	if (scan->n_parts > scan->n_threads)
		scan->n_parts = scan->n_threads;
	status = ge_context_run(target->context, scan->n_threads, scan->n_parts - 1, add_part,
							scan, error);
	for (part = 0; part + 1 < scan->n_parts && status == GE_OK; part++)
		ge_cell_add_parts(&target->layout, &target->parts, total_before(scan, part + 1),
						  total_before(scan, part));
	if (status == GE_OK)
		status = ge_context_run(target->context, scan->n_threads, scan->n_parts,
								prepare_part, scan, error);
	memcpy(total_before(scan, 0), total_before(scan, scan->n_parts),
		   target->parts.n_words * sizeof(uint64_t));
	return status;
}
