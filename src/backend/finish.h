/*
 * finish.h: from accumulators to encodings, for host and device: every formula is here.
 *
 *   M = RN(RN(S) / N)             the prior: of all rows, or of the other folds
 *   P = RN(s * M)                 likewise; the only product
 *   GE_FINISH_MEAN                RN(RN(RN(S') + P) / RN(N' + s)), and M if N' = 0
 *
 * P is computed by ge_prior() on the host alone and handed over as a number, so that no
 * compiler can fuse the product with the sum that follows.
 *
 * A new statistic is: a GeFinishKind, a line in ge_finish_needs(), ge_prior() and
 * ge_finish(); and an accumulator (GeAccumulator, GeFigures) only if none serves.
 */
#ifndef GE_BACKEND_FINISH_H
#define GE_BACKEND_FINISH_H

#include "backend/target.h"

/* The accumulators of some rows as a finish sees them: sums rounded to the nearest. */
typedef struct GeFigures
{
	uint64_t n_targets;
	double sum; /* RN of the exact sum */
} GeFigures;

/* The numbers that a finish needs about the rows of its prior. */
typedef struct GePrior
{
	double unseen;	 /* the encoding of a category that no row has: M */
	double weighted; /* P = RN(s * M) */
} GePrior;

/*
 * The accumulators that a finish of targets with weights or without needs: GeAccumulator
 * bits; 0: there is no such finish.
 */
static inline uint32_t
ge_finish_needs(const GeFinish *finish, bool weighted)
{
	const uint32_t sums =
		GE_COUNT_TARGETS | GE_SUM_TARGETS | (weighted ? GE_SUM_WEIGHTS : 0);

	switch (finish->kind)
	{
		case GE_FINISH_MEAN:
			return finish->smooth < 0 ? sums | GE_SUM_SQUARES : sums;
		case GE_FINISH_COUNT:
		case GE_FINISH_FREQUENCY:
			return GE_COUNT_ROWS;
		case GE_FINISH_SUM:
		case GE_FINISH_WOE:
			return sums;
		case GE_FINISH_VAR:
		case GE_FINISH_STD:
			return sums | GE_SUM_SQUARES;
		case GE_FINISH_MIN:
			return GE_COUNT_TARGETS | GE_LEAST_TARGET;
		case GE_FINISH_MAX:
			return GE_COUNT_TARGETS | GE_GREATEST_TARGET;
		case GE_FINISH_QUANTILE:
			return GE_COUNT_TARGETS | GE_ALL_TARGETS;
	}
	return 0;
}

/* The encoding from the accumulators of some rows. */
static inline GE_HD double
ge_finish(const GeFinish *finish, GeFigures figures, GePrior prior)
{
	if (figures.n_targets == 0)
		return prior.unseen;
	return (figures.sum + prior.weighted) / ((double) figures.n_targets + finish->smooth);
}

#ifdef __cplusplus
extern "C"
{
#endif
	/* Computed on the host only, by one source for both backends. */

	/* prior.c: the prior from the accumulators of the rows that it counts; n_targets > 0. */
	GePrior ge_prior(const GeFinish *finish, GeFigures figures);

	/* checks.c: GE_OK: `has` covers `needs`; else GE_UNSUPPORTED with the reason. */
	GeStatus ge_abilities_check(const GeTargetAbilities *has,
								const GeTargetAbilities *needs, GeError *error);

	/*
	 * GE_OK: a backend that can do this may create such a target.  Else GE_UNSUPPORTED, or
	 * GE_INTERNAL for bins that there are not, with the reason.
	 */
	GeStatus ge_target_spec_check(const GeTargetAbilities *has, const GeTargetSpec *spec,
								  GeError *error);

	/* GE_OK: the target can be finished so; else GE_UNSUPPORTED with the reason. */
	GeStatus ge_finish_check(const GeTargetAbilities *has, const GeTargetSpec *target,
							 const GeFinishSpec *spec, GeError *error);

	/*
	 * May groups first..first+n-1 of `statistics` be counted into a target?  *n_rows are
	 * the rows counted so far; with GE_OK those of the groups are added to it.  Else the
	 * status that add_statistics() returns.
	 */
	GeStatus ge_statistics_check(const GeTargetSpec *spec,
								 const GeTargetStatistics *statistics, uint32_t first,
								 uint32_t n, uint64_t *n_rows, GeError *error);
#ifdef __cplusplus
}
#endif

#endif /* GE_BACKEND_FINISH_H */
