/*
 * target_ordered.h: what the files of the ordered way share.
 */
#ifndef GE_CPU_TARGET_ORDERED_H
#define GE_CPU_TARGET_ORDERED_H

#include "cpu/target_sorted.h"

/* The targets that are counted in so far, in their order: target_ordered_quantiles.c. */
typedef struct GeOrderedQuantiles GeOrderedQuantiles;

/* Rows that are counted in one after another, and what the threads that encode share. */
typedef struct GeOrderedScan
{
	GeTarget *target;
	uint32_t n_threads;
	uint32_t
		*learners;	  /* places by what they see; NULL: they see in the order of places */
	uint32_t *n_seen; /* by id: rows counted in */
	GeOrderedQuantiles *quantiles; /* NULL: no finish is one */
	uint32_t n_ranges;
	uint32_t first_ids[GE_MAX_THREADS + 1]; /* of each range, and the end of the last */
	/* the window at hand: */
	uint32_t first; /* learners first..end-1 */
	uint32_t end;
	uint32_t n_parts;
	uint64_t
		*totals;	 /* cells: of all rows before each part, and before the next window */
	GePrior *priors; /* n_finishes for each learner, if it is the first to see as much; */
	uint32_t *prior_of; /*   by learner: that first one, counted from `first` */
} GeOrderedScan;

/* Learners that are worth a thread of their own. */
#define GE_LEARNERS_PER_THREAD 2048

static inline uint32_t
ge_ordered_id(const GeTarget *target, uint32_t place)
{
	return target->sorted.ids[place] & ~GE_NULL_BIT;
}

/* The place of a learner. */
static inline uint32_t
ge_learner_place(const GeOrderedScan *scan, uint32_t learner)
{
	return scan->learners == NULL ? learner : scan->learners[learner];
}

static inline uint32_t
ge_learner_sees(const GeOrderedScan *scan, uint32_t learner)
{
	return scan->target->sorted.visible[ge_learner_place(scan, learner)];
}

/* How many rows are counted in when it is the learner's turn: what the one before saw. */
static inline uint32_t
ge_counted_before(const GeOrderedScan *scan, uint32_t learner)
{
	return learner == 0 ? 0 : ge_learner_sees(scan, learner - 1);
}

/* target_ordered_priors.c: the priors of learners first..end-1; those before are done. */
extern GeStatus ge_ordered_prepare_window(GeOrderedScan *scan, GeError *error);

/* Nothing is counted in.  Brings sorted.by_value into the order of category and target. */
extern GeStatus ge_ordered_quantiles_create(GeTarget *target,
											GeOrderedQuantiles **quantiles, GeWork *work);
extern void ge_ordered_quantiles_free(GeOrderedQuantiles *quantiles);

/* Count the row of a place in, if it has a target: among all rows, or in its category.
 * Threads may count rows of different categories at once. */
extern void ge_ordered_count_in_all(GeOrderedQuantiles *quantiles, uint32_t place);
extern void ge_ordered_count_in_category(GeOrderedQuantiles *quantiles, uint32_t place,
										 uint32_t id);
/* The quantiles, by finish, of the n targets that are counted in. */
extern void ge_ordered_prior_quantiles(const GeOrderedQuantiles *quantiles, uint64_t n,
									   double *by_finish);
extern void ge_ordered_category_quantiles(const GeOrderedQuantiles *quantiles,
										  uint32_t id, uint64_t n, double *by_finish);

#endif /* GE_CPU_TARGET_ORDERED_H */
