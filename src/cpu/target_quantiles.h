/*
 * target_quantiles.h: quantiles of rows that are kept, over all of them or without a fold.
 *
 * Rows stand in the order of their targets, those without one last.  The rows of a fold
 * are places in that order.  Target number j of the rows of all other folds is at place
 * j + t, where t is the number of places p_0 < p_1 < ... of the fold with p_i - i <= j: a
 * binary search, so that no fold costs a walk over all rows.
 */
#ifndef GE_CPU_TARGET_QUANTILES_H
#define GE_CPU_TARGET_QUANTILES_H

#include "cpu/target.h"

/* Some rows in the order of their targets, and the places of one fold among them. */
typedef struct GeValueOrder
{
	const GeTarget *target;
	const uint32_t *ordinals;
	uint64_t n;				/* those with a target */
	const uint32_t *places; /* ascending */
	uint64_t n_places;		/* 0: no row is left out */
	const uint32_t *tree;	/* NULL, or which of the n count (rank_tree.h) */
	uint64_t n_counted;		/*   so many */
} GeValueOrder;

/* The quantiles of all quantile finishes, by finish; others are not touched. */
extern void ge_order_quantiles(const GeValueOrder *order, double *quantiles);

/* All rows of the target: sorted.by_value, and places by fold if priors need them. */
extern GeStatus ge_quantiles_prepare(GeTarget *target, GeError *error);
/* The priors are known: the places are done with. */
extern void ge_quantiles_forget_folds(GeTarget *target);

/* Those of all rows, or of all but those of *fold. */
extern void ge_prior_quantiles(const GeTarget *target, const uint32_t *fold,
							   double *quantiles);

/*
 * The places of the rows of an order, fold by fold: fills[f] is where those of fold f go in
 * `places`, and is moved on to their end.
 */
extern void ge_find_places(const GeValueOrder *order, uint32_t *fills, uint32_t *places);

#endif /* GE_CPU_TARGET_QUANTILES_H */
