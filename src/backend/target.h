/*
 * target.h: a target column counted by category and fold, and turned into encodings.
 *
 * A statistic is accumulators and a finish.  Accumulators are counts, exact sums and
 * others over the rows of a category in a fold.  The caller asks for them when a target is
 * created; they add up in any order.  A finish turns the accumulators of some rows into
 * one number, the encoding: out of fold from those of all folds but the row's own, full
 * from those of all folds. finish.h has the formulas, one source for host and device; the
 * operations here know only accumulators.
 *
 *   create -> add, add_statistics (any number, any order) -> finish (once)
 *          -> rows, statistics (any number, any order) -> free
 *
 * Weights: with GE_SUM_WEIGHTS every row has one.  All sums are then weighted (sums of w,
 * w y, w y y, the products not rounded), counts count rows all the same, and least and
 * greatest leave out rows of weight 0.
 *
 * No value: an encoding that is NULL in SQL is the NaN of ge_no_value(), and no encoding
 * is another NaN.  The mean, var, std, least, greatest and quantiles have no value if the
 * rows of their prior have no target, or weights whose sum is 0.
 *
 * The rules of backend.h hold for every operation.  A call out of this order, ids, folds,
 * ordinals or places out of range, and targets or weights outside the bins are
 * GE_INTERNAL.
 */
#ifndef GE_BACKEND_TARGET_H
#define GE_BACKEND_TARGET_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "backend/exact_sum.h"
#include "backend/fold.h"
#include "backend/status.h"

/* One target column, counted by the categories of one category column. */
typedef struct GeTarget GeTarget;

/* ------------------------------------------------------------------ what is counted */

/* Bits, to be ORed. */
typedef enum GeAccumulator
{
	GE_COUNT_ROWS = 1,	  /* rows; it alone needs no target */
	GE_COUNT_TARGETS = 2, /* of those, rows with a target */
	GE_SUM_TARGETS = 4,	  /* the exact sum of y; with weights of w y */
	GE_SUM_SQUARES = 8,	  /* the exact sum of y y; with weights of w y y */
	GE_SUM_WEIGHTS = 16, /* rows have weights: the exact sum of w, if there is a target */
	GE_LEAST_TARGET = 32, /* as doubles, -0 as +0 */
	GE_GREATEST_TARGET = 64,
	GE_ALL_TARGETS = 128 /* all of them in order, as doubles; not with GE_SUM_WEIGHTS */
} GeAccumulator;

typedef enum GeTargetKind
{
	GE_TARGET_INT64,
	GE_TARGET_FLOAT64 /* finite */
} GeTargetKind;

typedef struct GeTargetSpec
{
	uint32_t accumulators; /* GeAccumulator bits; an unknown one: GE_UNSUPPORTED */
	GeTargetKind kind;
	GeFolds folds;			 /* of folds.n_rows rows; GE_SPLIT_NONE: no folds */
	uint32_t n_categories;	 /* ids of the rows are 0..n_categories */
	int32_t low_bin;		 /* no target of the column touches a bin outside */
	int32_t high_bin;		 /*   low_bin..high_bin (exact_sum.h) */
	int32_t low_weight_bin;	 /* likewise the weights, with GE_SUM_WEIGHTS */
	int32_t high_weight_bin; /*   (0..0 suffices for whole numbers below 2^32) */
	uint64_t largest;		 /* no target is beyond -largest..largest; 0: not known */
	bool is_binary;			 /* all targets are 0 or 1: bins 0..0; squares cost nothing */
	bool takes_statistics;	 /* add_statistics() may be called; not with GE_ALL_TARGETS,
							  * and folds may not be GE_SPLIT_ORDERED */
} GeTargetSpec;

/* Consecutive rows [first_ordinal, first_ordinal + n_rows) of the fitted source. */
typedef struct GeTargetRows
{
	uint64_t first_ordinal;
	uint32_t n_rows;
	uint32_t id_width;			   /* bytes of one id: 1, 2 or 4 */
	const void *ids;			   /* n_rows unsigned ids */
	const uint32_t *folds;		   /* GE_SPLIT_CUSTOM: 0..n_folds-1 each; else NULL */
	const uint32_t *places;		   /* GE_SPLIT_ORDERED (fold.h): the row's place in */
	const uint32_t *visible;	   /*   the order, and how many rows it learns from */
	const int64_t *int_targets;	   /* GE_TARGET_INT64; any value if null */
	const double *float_targets;   /* GE_TARGET_FLOAT64; any value if null */
	const uint8_t *target_is_null; /* n_rows bytes; NULL: none is null */
	const double *weights;		   /* GE_SUM_WEIGHTS: finite, >= 0; any value if the
									* target is null */
} GeTargetRows;

/* The bins of a sum, and the digits of its canonical form. */
typedef struct GeBins
{
	int32_t low;
	int32_t high;
} GeBins;

/*
 * The bins of one of the three sums of a target.  A product of numbers in the bins a..b
 * and c..d lies in a + c..b + d + 1.
 */
static inline GeBins
ge_sum_bins(const GeTargetSpec *spec, GeAccumulator sum)
{
	GeBins bins = {spec->low_bin, spec->high_bin};
	uint64_t largest = spec->takes_statistics ? 0 : spec->largest;

	if (sum == GE_SUM_WEIGHTS)
		return (GeBins){spec->low_weight_bin, spec->high_weight_bin};
	if (sum == GE_SUM_SQUARES && !spec->is_binary)
	{
		bins.low *= 2;
		bins.high = 2 * bins.high + 1;
		if (largest > 0 && largest < UINT64_C(1) << 32 && bins.high > 0)
			bins.high = largest < 65536 ? 0 : 1;
	}
	if ((spec->accumulators & GE_SUM_WEIGHTS) != 0)
	{
		bins.low += spec->low_weight_bin;
		bins.high += spec->high_weight_bin + 1;
	}
	return bins;
}

/*
 * The accumulators of n groups of rows in a portable form, which depends neither on the
 * backend nor on the order of adding.  There is an array of n entries for each
 * accumulator that was asked for.  A sum has GE_SUM_DIGITS(low, high) entries with the
 * bins that ge_sum_bins() gives: the canonical digits of ge_sum_canonical().
 */
typedef struct GeTargetStatistics
{
	uint64_t *n_rows;	 /* GE_COUNT_ROWS */
	uint64_t *n_targets; /* GE_COUNT_TARGETS */
	int64_t *sums;		 /* GE_SUM_TARGETS */
	int64_t *squares;	 /* GE_SUM_SQUARES */
	int64_t *weights;	 /* GE_SUM_WEIGHTS */
	double *least;		 /* GE_LEAST_TARGET; infinity if there is none */
	double *greatest;	 /* GE_GREATEST_TARGET; -infinity if there is none */
} GeTargetStatistics;

/* ----------------------------------------------------------------- what is made of it */

/* What finish.h has formulas for; what rows without a category get stands there too. */
typedef enum GeFinishKind
{
	GE_FINISH_MEAN,		 /* smoothed towards the prior; parameter: smooth */
	GE_FINISH_COUNT,	 /* rows of the category, of its own fold too */
	GE_FINISH_FREQUENCY, /* the same as a share of all rows */
	GE_FINISH_SUM,
	GE_FINISH_VAR, /* by n */
	GE_FINISH_STD, /* its square root */
	GE_FINISH_MIN,
	GE_FINISH_MAX,
	GE_FINISH_QUANTILE, /* linear, as numpy's; parameter: percent */
	GE_FINISH_WOE		/* of binary targets; parameter: regularization */
} GeFinishKind;

/* For GeFinish.smooth: scikit-learn's "auto", from the variances. */
#define GE_SMOOTH_AUTO (-1.0)

typedef struct GeFinish
{
	GeFinishKind kind;	   /* one that is unknown: GE_UNSUPPORTED */
	double smooth;		   /* GE_FINISH_MEAN: s, finite, >= 0; or GE_SMOOTH_AUTO */
	double regularization; /* GE_FINISH_WOE: r, finite, > 0 */
	uint32_t percent;	   /* GE_FINISH_QUANTILE: 1..99; 50 is the median */
} GeFinish;

/* Finishes of one target. */
#define GE_MAX_FINISHES 128

typedef struct GeFinishSpec
{
	uint32_t n_finishes; /* 1..GE_MAX_FINISHES, else GE_UNSUPPORTED */
	const GeFinish *finishes;
	bool prior_out_of_fold;	  /* the prior is over the other folds, not over all rows;
							   * always so with GE_SPLIT_ORDERED */
	bool missing_is_category; /* id 0 is a category like the others */
} GeFinishSpec;

/* The one NaN that an encoding may be: no value. */
static inline GE_HD double
ge_no_value(void)
{
	const uint64_t bits = UINT64_C(0x7ff8000000000000);
	double x;

	memcpy(&x, &bits, sizeof x);
	return x;
}

/* What the targets of a backend can do, or what a job asks of them. */
typedef struct GeTargetAbilities
{
	uint32_t accumulators;	/* GeAccumulator bits */
	uint32_t finishes;		/* bits 1 << GeFinishKind */
	uint32_t splits;		/* bits 1 << GeSplit */
	uint32_t most_finishes; /* of one target */
} GeTargetAbilities;

/* The results of finish() for all rows. */
typedef struct GeTargetTotals
{
	uint64_t n_rows;	/* rows counted in */
	uint64_t n_targets; /* of those, rows with a target */
} GeTargetTotals;

typedef struct GeTargetOperations
{
	/* Anything else is GE_UNSUPPORTED: by create, or by finish if it is a finish. */
	const GeTargetAbilities *abilities;

	/* Nothing counted yet; *target is NULL unless GE_OK. */
	GeStatus (*create)(GeContext *context, const GeTargetSpec *spec, GeTarget **target,
					   GeError *error);
	void (*free)(GeTarget *target);

	/* Count rows in; each ordinal at most once. */
	GeStatus (*add)(GeTarget *target, const GeTargetRows *rows, GeError *error);

	/*
	 * Count in n groups of rows that were counted elsewhere: group i is the rows of the
	 * fold folds[i] (folds: NULL with GE_SPLIT_NONE) with the id ids[i].  An id and fold
	 * may come any number of times.  `statistics` has the array of every accumulator of
	 * the target, and that of GE_COUNT_ROWS.
	 * GE_BAD_STATISTICS: more targets than rows, more rows than folds.n_rows in all, a
	 * sum that is not canonical or is none of n_targets numbers within the bins, a
	 * negative sum of squares or weights, a least target above the greatest.
	 */
	GeStatus (*add_statistics)(GeTarget *target, uint32_t n, const uint32_t *ids,
							   const uint32_t *folds,
							   const GeTargetStatistics *statistics, GeError *error);

	/*
	 * All folds.n_rows rows are counted in, each once: compute every encoding. unseen[f]
	 * is the encoding by finish f of a category that no row has: M of a mean.
	 * GE_UNSUPPORTED: an unknown finish, or one whose accumulators were not asked for.
	 * GE_SUM_OVERFLOW: an encoding over all folds, or that of unseen categories, is beyond
	 * the range of a double.
	 */
	GeStatus (*finish)(GeTarget *target, const GeFinishSpec *spec, GeTargetTotals *totals,
					   double *unseen, GeError *error);

	/*
	 * The out-of-fold encodings of rows: those of finish f into encodings[f], an array of
	 * rows->n_rows.  Ids and folds are as they were added; targets, weights and places are
	 * not read.  If id 0
	 * is no category, its rows get the encoding of unseen categories, with the prior of
	 * their fold if the prior is out of fold.  GE_SUM_OVERFLOW: one of these encodings is
	 * beyond the range of a double; finish() does not check them.  Calls with at most
	 * GeTraits.concurrent_rows rows may run at once, from several threads.
	 */
	GeStatus (*rows)(GeTarget *target, const GeTargetRows *rows, double *const *encodings,
					 GeError *error);

	/*
	 * The accumulators over all folds of the ids first_id..first_id+count-1 (0 is
	 * allowed), and their full encodings: those of finish f into encodings[f].  An array
	 * of `statistics` that is NULL is left out, and so is `encodings`.
	 */
	GeStatus (*statistics)(GeTarget *target, uint32_t first_id, uint32_t count,
						   const GeTargetStatistics *statistics, double *const *encodings,
						   GeError *error);
} GeTargetOperations;

#endif /* GE_BACKEND_TARGET_H */
