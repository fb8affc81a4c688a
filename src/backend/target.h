/*
 * target.h: a target column counted by category and fold, and turned into encodings.
 *
 * A statistic is accumulators and a finish.  Accumulators are counts and sums over the
 * rows of a category in a fold.  The caller asks for them when a target is created; they
 * add up exactly, in any order.  A finish turns the accumulators of some rows into one
 * number, the encoding: out of fold from those of all folds but the row's own, full from
 * those of all folds. finish.h has the formulas, one source for host and device; the
 * operations here know only accumulators.
 *
 *   create -> add, add_statistics (any number, any order) -> finish (once)
 *          -> rows, statistics (any number, any order) -> free
 *
 * The rules of backend.h hold for every operation.  A call out of this order, ids, folds
 * or ordinals out of range, and targets outside the bins are GE_INTERNAL.
 */
#ifndef GE_BACKEND_TARGET_H
#define GE_BACKEND_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "backend/exact_sum.h"
#include "backend/fold.h"
#include "backend/status.h"

/* One target column, counted by the categories of one category column. */
typedef struct GeTarget GeTarget;

/* ------------------------------------------------------------------ what is counted */

/* Bits, to be ORed. */
typedef enum GeAccumulator
{
	GE_COUNT_ROWS = 1,	  /* rows */
	GE_COUNT_TARGETS = 2, /* of those, rows with a target */
	GE_SUM_TARGETS = 4	  /* the exact sum of the targets */
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
	GeFolds folds;		   /* of folds.n_rows rows; GE_SPLIT_NONE: no folds */
	uint32_t n_categories; /* ids of the rows are 0..n_categories */
	int32_t low_bin;	   /* no target of the column touches a bin outside */
	int32_t high_bin;	   /*   low_bin..high_bin (exact_sum.h) */
	uint64_t largest;	   /* no target is beyond -largest..largest; 0: not known */
	bool takes_statistics; /* add_statistics() may be called */
} GeTargetSpec;

/* Consecutive rows [first_ordinal, first_ordinal + n_rows) of the fitted source. */
typedef struct GeTargetRows
{
	uint64_t first_ordinal;
	uint32_t n_rows;
	uint32_t id_width;			   /* bytes of one id: 1, 2 or 4 */
	const void *ids;			   /* n_rows unsigned ids */
	const uint32_t *folds;		   /* GE_SPLIT_CUSTOM: 0..n_folds-1 each; else NULL */
	const int64_t *int_targets;	   /* GE_TARGET_INT64; any value if null */
	const double *float_targets;   /* GE_TARGET_FLOAT64; any value if null */
	const uint8_t *target_is_null; /* n_rows bytes; NULL: none is null */
} GeTargetRows;

/*
 * The accumulators of n groups of rows in a portable form, which depends neither on the
 * backend nor on the order of adding.  There is an array of n entries for each
 * accumulator that was asked for.  A sum has GE_SUM_DIGITS(low_bin, high_bin) entries,
 * low_bin and high_bin those of the target: the canonical digits of ge_sum_canonical().
 */
typedef struct GeTargetStatistics
{
	uint64_t *n_rows;	 /* GE_COUNT_ROWS */
	uint64_t *n_targets; /* GE_COUNT_TARGETS */
	int64_t *sums;		 /* GE_SUM_TARGETS: n * GE_SUM_DIGITS(low_bin, high_bin) */
} GeTargetStatistics;

/* ----------------------------------------------------------------- what is made of it */

typedef enum GeFinishKind
{
	GE_FINISH_MEAN /* the mean, smoothed towards the prior */
} GeFinishKind;

typedef struct GeFinish
{
	GeFinishKind kind; /* one that is unknown: GE_UNSUPPORTED */
	double smooth;	   /* GE_FINISH_MEAN: s, finite, >= 0 */
} GeFinish;

/* Finishes of one target. */
#define GE_MAX_FINISHES 1

typedef struct GeFinishSpec
{
	uint32_t n_finishes; /* 1..GE_MAX_FINISHES, else GE_UNSUPPORTED */
	const GeFinish *finishes;
	bool prior_out_of_fold;	  /* the prior is over the other folds, not over all rows */
	bool missing_is_category; /* id 0 is a category like the others */
} GeFinishSpec;

/* The results of finish() for all rows. */
typedef struct GeTargetTotals
{
	uint64_t n_rows;	/* rows counted in */
	uint64_t n_targets; /* of those, rows with a target */
} GeTargetTotals;

typedef struct GeTargetOperations
{
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
	 * GE_BAD_STATISTICS: more targets than rows, more rows than folds.n_rows in all, or a
	 * sum that is not canonical or is none of n_targets doubles within the bins.
	 */
	GeStatus (*add_statistics)(GeTarget *target, uint32_t n, const uint32_t *ids,
							   const uint32_t *folds,
							   const GeTargetStatistics *statistics, GeError *error);

	/*
	 * All folds.n_rows rows are counted in, each once: compute every encoding. unseen[f]
	 * is the encoding by finish f of a category that no row has: M of a mean.
	 * GE_UNSUPPORTED: an unknown finish, or one whose accumulators were not asked for.
	 * GE_SUM_OVERFLOW: the sum of all targets, or an encoding over all folds, is beyond
	 * the range of a double.
	 * With no target at all every encoding is unspecified.
	 */
	GeStatus (*finish)(GeTarget *target, const GeFinishSpec *spec, GeTargetTotals *totals,
					   double *unseen, GeError *error);

	/*
	 * The out-of-fold encodings of rows: those of finish f into encodings[f], an array of
	 * rows->n_rows.  Ids and folds are as they were added; targets are not read.  If id 0
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
