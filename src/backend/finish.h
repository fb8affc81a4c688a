/*
 * finish.h: from accumulators to encodings, for host and device: every formula is here.
 *
 * Rows have the targets y: N of them, S = sum of y, Q = sum of y y.  With weights N, S, Q
 * are the sums of w, w y, w y y.  N', S', Q' are those of the rows of a category that
 * count (all folds but one, or all), N, S, Q those of the rows that the prior counts.
 * Every operation but the exact sums is rounded once, to the nearest:
 *
 *   M = RN(RN(S) / N)               the prior
 *   A = N' Q' - S' S', B = N Q - S S    exact, then rounded to 53 bits (scaled.h)
 *   v = (A / N') / N', V = (B / N) / N  variances
 *
 *   MEAN        (RN(S') + s M) / (N' + s)
 *               smooth auto: s = v / V, rounded once more into a double; M if B = 0
 *   COUNT       rows of the category, those of the row's own fold and of missing targets
 *               too; FREQUENCY: that / all rows.  In an order: / the rows that a row learns
 *               from; no value if there are none
 *   SUM         RN(S')
 *   VAR, STD    v and its square root, each rounded into a double
 *   MIN, MAX    the least and the greatest y, -0 as +0
 *   QUANTILE    ge_quantile()
 *   WOE         ln(a / b), a = (p + r) / (P + 2 r), b = (q + r) / (Q + 2 r);
 *               p, P = RN of the sum of w of targets 1, q, Q those of targets 0
 *
 * If no row counts (N' = 0, an unseen category, missing rows that are no category) COUNT,
 * FREQUENCY, SUM and WOE are 0; the others are those of the rows of the prior, and have no
 * value if there are none of those either.  Emptiness is tested on the exact sum of w.
 *
 * Products are computed by ge_product(), which no compiler can fuse with the sum that
 * follows; P = RN(s * M) of a given s is computed by ge_prior().
 *
 * A new statistic is: a GeFinishKind, a line in ge_finish_needs(), ge_prior() and
 * ge_finish(); and an accumulator (GeAccumulator, GeFigures) only if none serves.
 */
#ifndef GE_BACKEND_FINISH_H
#define GE_BACKEND_FINISH_H

#include "backend/ln.h"
#include "backend/scaled.h"
#include "backend/target.h"

/*
 * The accumulators of some rows as a finish sees them.  What no finish of a target needs
 * may have any value.
 */
typedef struct GeFigures
{
	uint64_t n_rows;	/* of the category, whatever their fold; COUNT, FREQUENCY */
	uint64_t n_targets; /* rows that count */
	bool empty;			/* none, or the exact sum of their weights is 0 */
	double weight;		/* N': n_targets, or ge_weight() of the exact sum of weights */
	double sum;			/* RN(S') */
	double zeros;		/* WOE: RN(N' - S') */
	GeScaled spread;	/* A; smooth auto, VAR, STD */
	double least;
	double greatest;
	double quantile; /* of the percent of the finish */
} GeFigures;

/* The figures that a mean needs, of rows without weights. */
static inline GE_HD GeFigures
ge_mean_figures(uint64_t n_targets, double sum)
{
	GeFigures figures;

	memset(&figures, 0, sizeof figures);
	figures.n_targets = n_targets;
	figures.empty = n_targets == 0;
	figures.weight = (double) n_targets;
	figures.sum = sum;
	return figures;
}

/* The numbers that a finish needs about the rows of its prior. */
typedef struct GePrior
{
	double unseen;	 /* the encoding of a category that no row has: M of a mean */
	double weighted; /* MEAN: RN(s * M); FREQUENCY: all rows; WOE: RN(P + 2 r) */
	union
	{
		GeScaled variance; /* MEAN, smooth auto: V; 0 if B is 0 */
		double zeros;	   /* WOE: RN(Q + 2 r) */
	};
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

/* An encoding that is out of range in any way is infinite: a NaN has another meaning. */
static inline GE_HD double
ge_in_range(double x)
{
	return x == x ? x : (double) INFINITY;
}

/* N' from RN of the exact sum of weights: nothing is in range if that is not. */
static inline GE_HD double
ge_weight(double rounded)
{
	return rounded < (double) INFINITY ? rounded : ge_no_value();
}

/* The variance v of rows. */
static inline GE_HD GeScaled
ge_variance(GeFigures figures)
{
	const GeScaled out_of_range = {1, 1 << 16};
	GeScaled weight;

	if (figures.weight != figures.weight)
		return out_of_range;
	weight = ge_scaled(figures.weight);
	return ge_scaled_divide(ge_scaled_divide(figures.spread, weight), weight);
}

/* The smoothed mean with a given s. */
static inline GE_HD double
ge_finish_mean(double smooth, GeFigures figures, GePrior prior)
{
	return ge_in_range((figures.sum + prior.weighted) / (figures.weight + smooth));
}

/*
 * ge_finish() of a mean with a given s, of rows without weights: alone, for it is most of
 * the work of the kernels that compute nothing else.
 */
static inline GE_HD double
ge_finish_plain_mean(const GeFinish *finish, uint64_t n_targets, double sum,
					 GePrior prior)
{
	return n_targets == 0
			   ? prior.unseen
			   : ge_finish_mean(finish->smooth, ge_mean_figures(n_targets, sum), prior);
}

/* ge_prior() of a mean with a given s. */
static inline GE_HD GePrior
ge_mean_prior(double smooth, GeFigures figures)
{
	GePrior prior;

	memset(&prior, 0, sizeof prior);
	prior.unseen =
		figures.empty ? ge_no_value() : ge_in_range(figures.sum / figures.weight);
	if (!figures.empty)
		prior.weighted = ge_product(smooth, prior.unseen);
	return prior;
}

static inline GE_HD double
ge_finish_mean_auto(GeFigures figures, GePrior prior)
{
	double smooth;

	if (prior.variance.mantissa == 0)
		return prior.unseen;
	smooth = ge_unscaled(ge_scaled_divide(ge_variance(figures), prior.variance));
	prior.weighted = ge_product(smooth, prior.unseen);
	return ge_finish_mean(smooth, figures, prior);
}

static inline GE_HD double
ge_finish_woe(const GeFinish *finish, GeFigures figures, GePrior prior)
{
	double ones = (figures.sum + finish->regularization) / prior.weighted;
	double odds = ones / ((figures.zeros + finish->regularization) / prior.zeros);

	return odds > 0 && odds < (double) INFINITY ? ge_ln(odds) : (double) INFINITY;
}

/* What rows that count have, of a finish that rows without targets do not get. */
static inline GE_HD double
ge_finish_targets(const GeFinish *finish, GeFigures figures, GePrior prior)
{
	switch (finish->kind)
	{
		case GE_FINISH_MEAN:
			return finish->smooth < 0 ? ge_finish_mean_auto(figures, prior)
									  : ge_finish_mean(finish->smooth, figures, prior);
		case GE_FINISH_SUM:
			return figures.sum;
		case GE_FINISH_VAR:
			return ge_unscaled(ge_variance(figures));
		case GE_FINISH_STD:
			return ge_unscaled(ge_scaled_root(ge_variance(figures)));
		case GE_FINISH_MIN:
			return figures.least;
		case GE_FINISH_MAX:
			return figures.greatest;
		case GE_FINISH_QUANTILE:
			return figures.quantile;
		default:
			return ge_finish_woe(finish, figures, prior);
	}
}

/* The encoding from the accumulators of some rows. */
static inline GE_HD double
ge_finish(const GeFinish *finish, GeFigures figures, GePrior prior)
{
	if (finish->kind == GE_FINISH_COUNT)
		return (double) figures.n_rows;
	if (finish->kind == GE_FINISH_FREQUENCY)
		return figures.n_rows == 0 ? prior.unseen
								   : (double) figures.n_rows / prior.weighted;
	if (figures.empty)
		return prior.unseen;
	return ge_finish_targets(finish, figures, prior);
}

static inline GE_HD GePrior
ge_prior_of_mean(const GeFinish *finish, GeFigures figures)
{
	const bool is_auto = finish->smooth < 0;
	GePrior prior = ge_mean_prior(is_auto ? 0 : finish->smooth, figures);

	if (is_auto && !figures.empty)
		prior.variance = ge_variance(figures);
	return prior;
}

/* The prior from the figures of the rows that it counts. */
static inline GE_HD GePrior
ge_prior(const GeFinish *finish, GeFigures figures)
{
	const double twice = 2 * finish->regularization;
	GePrior prior;

	memset(&prior, 0, sizeof prior);
	switch (finish->kind)
	{
		case GE_FINISH_MEAN:
			return ge_prior_of_mean(finish, figures);
		case GE_FINISH_COUNT:
		case GE_FINISH_SUM:
			break;
		case GE_FINISH_FREQUENCY:
			prior.weighted = (double) figures.n_rows;
			break;
		case GE_FINISH_WOE:
			prior.weighted = figures.sum + twice;
			prior.zeros = figures.zeros + twice;
			break;
		default:
			prior.unseen =
				figures.empty ? ge_no_value() : ge_finish_targets(finish, figures, prior);
	}
	return prior;
}

/* Where the quantile of n > 0 targets in order lies. */
typedef struct GeQuantile
{
	uint64_t at;	 /* between targets number `at` and at + 1, from 0 */
	double fraction; /* t: how far from the one to the other; 0: at the first */
} GeQuantile;

/* h = (n - 1) percent / 100, as numpy's linear: at = floor(h), t = RN(h - at). */
static inline GE_HD GeQuantile
ge_quantile_place(uint64_t n, uint32_t percent)
{
	uint64_t whole = (n - 1) / 100 * percent, rest = (n - 1) % 100 * percent;
	GeQuantile place = {whole + rest / 100, (double) (rest % 100) / 100};

	return place;
}

/* Between the targets a <= b. */
static inline GE_HD double
ge_quantile(double a, double b, double fraction)
{
	if (fraction == 0)
		return a;
	if (a <= 0 && b >= 0)
		return ge_product(a, 1 - fraction) + ge_product(b, fraction);
	return a + ge_product(b - a, fraction);
}

#ifdef __cplusplus
extern "C"
{
#endif
	/* checks.c, on the host only: GE_OK: `has` covers `needs`; else GE_UNSUPPORTED with the reason. */
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
