/*
 * group_statistics.c: the groups of an encoding in the form that backends count in.
 *
 * The bins of a target's spec cover the values of rows that are read.  Of groups only sums
 * are known: the bins are widened until every sum has its digits in them.  A sum of many
 * numbers may touch fewer bins than the numbers did, which makes no difference to its value.
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"

#include "base/shown.h"
#include "job/internal.h"
#include "moments/moments.h"

/* What the sums of all groups of a fit touch, and what is known of their targets. */
typedef struct Survey
{
	uint32 n; /* groups that have rows */
	GeBins sum;
	GeBins squares;
	GeBins weights;
	bool may_be_binary; /* every sum of squares is that of the targets */
	bool is_bounded;	/* the least and the greatest target of every group are known */
} Survey;

/* Groups of a fit, one after another. */
typedef struct Groups
{
	const GeRun *run;
	const GeRunEncoding *encoding;
	const GeGroupSet *set;
	int fit;
	uint32 accumulators;
} Groups;

/* Calls `take` with each group that has rows; moments is NULL if the fit has no target. */
typedef void (*Taker)(const Groups *groups, uint32 id, uint32 fold, uint64 n_rows,
					  const GeMoments *moments, void *arg);

static void
for_each_group(const Groups *groups, Taker take, void *arg)
{
	const GeRowStore *rows = groups->set->rows;
	int n_fits = groups->encoding->plan->n_fits;
	bool has_target = groups->encoding->plan->fits[groups->fit].target >= 0;
	bool has_folds = groups->run->plan->options.folds.split == GE_SPLIT_CUSTOM;
	GeMoments *moments = palloc_object(GeMoments);

	for (int s = 0; s < rows->n_segments; s++)
	{
		const GeSegment *segment = &rows->segments[s];
		const GeGroupFigures *figures = &groups->set->figures[s];
		const GeIds *folds =
			has_folds ? &segment->ids[groups->run->fold_id_column] : NULL;

		CHECK_FOR_INTERRUPTS();
		for (uint32 row = 0; row < segment->n_rows; row++)
		{
			if (figures->n_rows[row] == 0)
				continue;
			if (has_target)
				ge_moments_open(figures->moments[(Size) row * n_fits + groups->fit],
								moments);
			take(groups, ge_ids_get(&segment->ids[groups->encoding->id_column], row),
				 folds == NULL ? 0 : ge_ids_get(folds, row) - 1, figures->n_rows[row],
				 has_target ? moments : NULL, arg);
		}
	}
	pfree(moments);
}

/* ------------------------------------------------------------------------- bins */

static void
cover(GeBins *bins, const GeNumber *number)
{
	int low, high;

	if (number->n == 0)
		return;
	ge_number_bins(number, &low, &high);
	bins->low = Min(bins->low, low);
	bins->high = Max(bins->high, high);
}

/* Taker */
static void
survey_group(const Groups *groups, uint32 id, uint32 fold, uint64 n_rows,
			 const GeMoments *moments, void *arg)
{
	const int bounds = GE_MOMENTS_LEAST | GE_MOMENTS_GREATEST;
	Survey *survey = arg;

	survey->n++;
	if (moments == NULL)
		return;
	cover(&survey->sum, &moments->sum);
	cover(&survey->weights, &moments->weight);
	if ((moments->parts & GE_MOMENTS_SQUARES) == 0)
	{
		survey->may_be_binary = false;
		return;
	}
	cover(&survey->squares, &moments->squares);
	survey->may_be_binary &=
		!moments->sum.negative && ge_number_equal(&moments->sum, &moments->squares);
	if (moments->weight.n == 0)
		return;
	if ((moments->parts & bounds) != bounds)
		survey->is_bounded = false;
	else
		survey->may_be_binary &= moments->least >= 0 && moments->greatest <= 1;
}

/* Weight of evidence is asked for: no target of the groups was anything but 0 or 1. */
static bool
has_woe(const Groups *groups)
{
	const GePlan *plan = groups->run->plan;
	const GeFit *fit = &groups->encoding->plan->fits[groups->fit];

	for (int k = 0; k < fit->n_outputs; k++)
		if (plan->outputs[fit->outputs[k]].stat.kind == GE_FINISH_WOE)
			return true;
	return false;
}

/*
 * Whether all targets of the groups are 0 or 1.  Equal sums prove it of whole numbers, and
 * of numbers from 0 to 1.  An encoder has squares that nothing needs only if they are.
 */
static bool
are_binary(const Groups *groups, const GeTargetSpec *spec, const Survey *survey)
{
	return survey->may_be_binary &&
		   (spec->kind == GE_TARGET_INT64 || survey->is_bounded || has_woe(groups) ||
			(spec->accumulators & GE_SUM_SQUARES) == 0);
}

static int
floor_half(int x)
{
	return x >= 0 ? x / 2 : -((1 - x) / 2);
}

static int
clamp_bin(int bin)
{
	return Max(GE_LOWEST_BIN, Min(bin, GE_HIGHEST_BIN));
}

/*
 * Widen the bins of targets, then those of weights as far as that does not suffice: the sum
 * of w y lies in low + low_weight .. high + high_weight + 1, that of w y y in 2 low +
 * low_weight .. 2 high + high_weight + 2.
 */
static void
widen_bins(GeTargetSpec *spec, const Survey *survey)
{
	bool weighted = (spec->accumulators & GE_SUM_WEIGHTS) != 0;
	int low = spec->low_weight_bin, high = spec->high_weight_bin;

	if (!weighted)
	{
		low = 0;
		high = -1;
	}
	else
	{
		low = Min(low, clamp_bin(survey->weights.low));
		high = Max(high, clamp_bin(survey->weights.high));
	}
	if (!spec->is_binary)
	{
		spec->low_bin = clamp_bin(Min(Min(spec->low_bin, survey->sum.low - low),
									  floor_half(survey->squares.low - low)));
		spec->high_bin = clamp_bin(Max(Max(spec->high_bin, survey->sum.high - high - 1),
									   floor_half(survey->squares.high - high - 1)));
	}
	if (!weighted)
		return;
	spec->low_weight_bin = clamp_bin(Min(Min(low, survey->sum.low - spec->low_bin),
										 survey->squares.low - 2 * spec->low_bin));
	spec->high_weight_bin =
		clamp_bin(Max(Max(high, survey->sum.high - spec->high_bin - 1),
					  survey->squares.high - 2 * spec->high_bin - 2));
}

/* --------------------------------------------------------------------- statistics */

/* Room for the digits of a sum of n groups. */
static int64 *
allocate_digits(const GeTargetSpec *spec, GeAccumulator which, uint32 n)
{
	GeBins bins = ge_sum_bins(spec, which);

	if ((spec->accumulators & which) == 0)
		return NULL;
	return palloc_extended(sizeof(int64) * ((Size) n + 1) *
							   GE_SUM_DIGITS(bins.low, bins.high),
						   MCXT_ALLOC_HUGE);
}

static void *
allocate(const GeTargetSpec *spec, GeAccumulator which, Size width, uint32 n)
{
	if ((spec->accumulators & which) == 0)
		return NULL;
	return palloc_extended(width * ((Size) n + 1), MCXT_ALLOC_HUGE);
}

static GeGroupStatistics *
allocate_statistics(const GeTargetSpec *spec, uint32 n)
{
	GeGroupStatistics *statistics = palloc0_object(GeGroupStatistics);
	GeTargetStatistics *figures = &statistics->figures;

	statistics->ids = allocate(spec, GE_COUNT_ROWS, sizeof(uint32), n);
	statistics->apart = allocate(spec, GE_COUNT_ROWS, sizeof(uint32), n);
	if (spec->folds.split != GE_SPLIT_NONE)
		statistics->folds = allocate(spec, GE_COUNT_ROWS, sizeof(uint32), n);
	figures->n_rows = allocate(spec, GE_COUNT_ROWS, sizeof(uint64), n);
	figures->n_targets = allocate(spec, GE_COUNT_TARGETS, sizeof(uint64), n);
	figures->sums = allocate_digits(spec, GE_SUM_TARGETS, n);
	figures->squares = allocate_digits(spec, GE_SUM_SQUARES, n);
	figures->weights = allocate_digits(spec, GE_SUM_WEIGHTS, n);
	figures->least = allocate(spec, GE_LEAST_TARGET, sizeof(double), n);
	figures->greatest = allocate(spec, GE_GREATEST_TARGET, sizeof(double), n);
	return statistics;
}

/* Raise: what a statistic needs is not known of a group. */
static void
refuse_part(const Groups *groups, const char *what)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("the %s of \"%s\" is not known any more", what,
						   ge_shown(groups->encoding->plan->name)),
					errdetail("Rows that may have had it were taken out of the figures."),
					errhint("Fit the encoder anew, or without this statistic.")));
}

static void
require_part(const Groups *groups, GeAccumulator which, const GeMoments *moments,
			 int part, const char *what)
{
	if ((groups->accumulators & which) != 0 && (moments->parts & part) == 0)
		refuse_part(groups, what);
}

/* The digits of one sum of the i-th group. */
static void
put_digits(const GeTargetSpec *spec, GeAccumulator which, const GeNumber *number,
		   uint32 i, int64 *digits)
{
	GeBins bins = ge_sum_bins(spec, which);
	int n = GE_SUM_DIGITS(bins.low, bins.high);

	if (digits != NULL && !ge_number_digits(number, bins.low, n, digits + (Size) i * n))
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("moments have a sum that no doubles can have")));
}

typedef struct Filling
{
	const GeTargetSpec *spec;
	GeGroupStatistics *statistics;
} Filling;

/* Taker */
static void
put_group(const Groups *groups, uint32 id, uint32 fold, uint64 n_rows,
		  const GeMoments *moments, void *arg)
{
	const Filling *filling = arg;
	const GeTargetSpec *spec = filling->spec;
	GeGroupStatistics *statistics = filling->statistics;
	GeTargetStatistics *figures = &statistics->figures;
	uint32 i = statistics->n++;

	statistics->ids[i] = ge_counted_id(groups->encoding->categories, id);
	statistics->apart[i] = ge_number_apart(groups->encoding->categories, id);
	if (statistics->folds != NULL)
		statistics->folds[i] = fold;
	figures->n_rows[i] = n_rows;
	if (moments == NULL)
		return;
	require_part(groups, GE_SUM_SQUARES, moments, GE_MOMENTS_SQUARES, "sum of squares");
	require_part(groups, GE_LEAST_TARGET, moments, GE_MOMENTS_LEAST, "least target");
	require_part(groups, GE_GREATEST_TARGET, moments, GE_MOMENTS_GREATEST,
				 "greatest target");
	figures->n_targets[i] = moments->n_target;
	put_digits(spec, GE_SUM_TARGETS, &moments->sum, i, figures->sums);
	put_digits(spec, GE_SUM_SQUARES, &moments->squares, i, figures->squares);
	put_digits(spec, GE_SUM_WEIGHTS, &moments->weight, i, figures->weights);
	if (figures->least != NULL)
		figures->least[i] = moments->weight.n == 0 ? INFINITY : moments->least;
	if (figures->greatest != NULL)
		figures->greatest[i] = moments->weight.n == 0 ? -INFINITY : moments->greatest;
}

GeGroupStatistics *
ge_group_statistics(const GeRun *run, GeRunEncoding *encoding, int k)
{
	GeRunFit *fit = &encoding->fits[k];
	GeTargetSpec *spec = &fit->spec;
	Groups groups = {.run = run,
					 .encoding = encoding,
					 .set = ge_run_groups_of(run, 0, encoding->id_column),
					 .fit = k,
					 .accumulators = spec->accumulators};
	const GeBins nothing = {PG_INT16_MAX, PG_INT16_MIN};
	Survey survey = {.sum = nothing,
					 .squares = nothing,
					 .weights = nothing,
					 .may_be_binary = true,
					 .is_bounded = true};
	Filling filling = {.spec = spec};
	bool is_binary;

	if (groups.set == NULL)
		return NULL;
	for_each_group(&groups, survey_group, &survey);
	if ((spec->accumulators & GE_SUM_SQUARES) == 0)
		survey.squares = nothing;
	spec->takes_statistics = true;
	is_binary = are_binary(&groups, spec, &survey);
	spec->is_binary = spec->is_binary && is_binary;
	fit->counts_binary = fit->counts_binary && is_binary;
	widen_bins(spec, &survey);
	filling.statistics = allocate_statistics(spec, survey.n);
	for_each_group(&groups, put_group, &filling);
	return filling.statistics;
}
