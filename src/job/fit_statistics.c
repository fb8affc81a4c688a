/*
 * fit_statistics.c: the exact statistics of one fit, as an encoder keeps them.
 */
#include "postgres.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include <math.h>

#include "job/fit_statistics.h"
#include "moments/moments.h"

/* A sum of every id, in digits; digits is NULL if it was not asked for. */
typedef struct Sum
{
	GeBins bins;
	int n_digits;
	int64 *digits;
	int64 *all; /* of all ids: n_digits + 2 */
} Sum;

struct GeFitStatistics
{
	const GeRunFit *fit;
	uint32 n;
	uint64 n_targets; /* of all ids */
	double least;	  /* likewise */
	double greatest;
	Sum sum;
	Sum squares;
	Sum weights;
	GeTargetStatistics by_id;
};

static void
allocate_sum(const GeFitStatistics *statistics, GeAccumulator which, Sum *sum)
{
	const GeTargetSpec *spec = &statistics->fit->spec;

	if ((spec->accumulators & which) == 0)
		return;
	sum->bins = ge_sum_bins(spec, which);
	sum->n_digits = GE_SUM_DIGITS(sum->bins.low, sum->bins.high);
	sum->digits = palloc_extended(sizeof(int64) * (Size) statistics->n * sum->n_digits,
								  MCXT_ALLOC_HUGE);
}

/* Every digit is below 2^32, so 2^31 of them fit. */
static void
add_up(Sum *sum, uint32 n)
{
	int64 *bins;

	if (sum->digits == NULL)
		return;
	bins = palloc0_array(int64, sum->n_digits);
	for (Size id = 0; id < n; id++)
		for (int i = 0; i < sum->n_digits; i++)
			bins[i] += sum->digits[id * sum->n_digits + i];
	sum->all = palloc_array(int64, sum->n_digits + 2);
	ge_sum_canonical(bins, sum->n_digits, sum->all);
	pfree(bins);
}

static double *
allocate_doubles(const GeFitStatistics *statistics, GeAccumulator which)
{
	if ((statistics->fit->spec.accumulators & which) == 0)
		return NULL;
	return palloc_extended(sizeof(double) * (Size) statistics->n, MCXT_ALLOC_HUGE);
}

static void
add_up_all(GeFitStatistics *statistics)
{
	const GeTargetStatistics *by_id = &statistics->by_id;

	add_up(&statistics->sum, statistics->n);
	add_up(&statistics->squares, statistics->n);
	add_up(&statistics->weights, statistics->n);
	statistics->least = INFINITY;
	statistics->greatest = -statistics->least;
	for (Size id = 0; id < statistics->n; id++)
	{
		statistics->n_targets += by_id->n_targets[id];
		if (by_id->least != NULL)
			statistics->least = Min(statistics->least, by_id->least[id]);
		if (by_id->greatest != NULL)
			statistics->greatest = Max(statistics->greatest, by_id->greatest[id]);
	}
}

GeFitStatistics *
ge_fit_statistics_fetch(const GeRun *run, const GeRunFit *fit, GeTarget *target, uint32 n,
						const char *name)
{
	GeFitStatistics *statistics = palloc0_object(GeFitStatistics);
	GeTargetStatistics *by_id = &statistics->by_id;

	statistics->fit = fit;
	statistics->n = n;
	if (fit->plan->target < 0)
		return statistics;
	allocate_sum(statistics, GE_SUM_TARGETS, &statistics->sum);
	allocate_sum(statistics, GE_SUM_SQUARES, &statistics->squares);
	allocate_sum(statistics, GE_SUM_WEIGHTS, &statistics->weights);
	by_id->n_targets = palloc_extended(sizeof(uint64) * (Size) n, MCXT_ALLOC_HUGE);
	by_id->sums = statistics->sum.digits;
	by_id->squares = statistics->squares.digits;
	by_id->weights = statistics->weights.digits;
	by_id->least = allocate_doubles(statistics, GE_LEAST_TARGET);
	by_id->greatest = allocate_doubles(statistics, GE_GREATEST_TARGET);
	ge_compute_target_statistics(run->compute, target, 0, n, by_id, NULL, name);
	add_up_all(statistics);
	return statistics;
}

static void
free_sum(Sum *sum)
{
	if (sum->digits == NULL)
		return;
	pfree(sum->digits);
	pfree(sum->all);
}

void
ge_fit_statistics_free(GeFitStatistics *statistics)
{
	free_sum(&statistics->sum);
	free_sum(&statistics->squares);
	free_sum(&statistics->weights);
	if (statistics->by_id.n_targets != NULL)
		pfree(statistics->by_id.n_targets);
	if (statistics->by_id.least != NULL)
		pfree(statistics->by_id.least);
	if (statistics->by_id.greatest != NULL)
		pfree(statistics->by_id.greatest);
	pfree(statistics);
}

/* The figures of one id, or of all. */
typedef struct Figures
{
	uint64 n_rows;
	uint64 n_targets;
	const int64 *sum; /* as the next two: n digits and more; NULL: not known */
	const int64 *squares;
	const int64 *weights;
	int more; /* digits above those of one id */
	const double *least;
	const double *greatest;
} Figures;

static Datum
moments_of(const GeFitStatistics *statistics, const Figures *figures)
{
	GeMoments *moments = palloc_object(GeMoments);
	bool is_binary = statistics->fit->counts_binary;
	int more = figures->more;

	ge_moments_clear(moments);
	moments->n_rows = figures->n_rows;
	moments->n_target = figures->n_targets;
	moments->parts = 0;
	if (figures->weights != NULL)
		ge_number_of_digits(&moments->weight, figures->weights,
							statistics->weights.n_digits + more,
							statistics->weights.bins.low);
	else
		ge_number_of_uint64(&moments->weight, figures->n_targets);
	if (moments->weight.n == 0)
	{
		moments->parts = GE_MOMENTS_ALL;
		return ge_moments_datum(moments);
	}
	ge_number_of_digits(&moments->sum, figures->sum, statistics->sum.n_digits + more,
						statistics->sum.bins.low);
	if (figures->squares != NULL)
		ge_number_of_digits(&moments->squares, figures->squares,
							statistics->squares.n_digits + more,
							statistics->squares.bins.low);
	else if (is_binary) /* zeros and ones are their own squares */
		moments->squares = moments->sum;
	if (figures->squares != NULL || is_binary)
		moments->parts |= GE_MOMENTS_SQUARES;
	if (figures->least != NULL)
	{
		moments->least = *figures->least;
		moments->parts |= GE_MOMENTS_LEAST;
	}
	if (figures->greatest != NULL)
	{
		moments->greatest = *figures->greatest;
		moments->parts |= GE_MOMENTS_GREATEST;
	}
	return ge_moments_datum(moments);
}

static const int64 *
digits_of(const Sum *sum, uint32 id)
{
	return sum->digits == NULL ? NULL : sum->digits + (Size) id * sum->n_digits;
}

Datum
ge_fit_statistics_moments(const GeFitStatistics *statistics, uint32 id, uint64 n_rows)
{
	const GeTargetStatistics *by_id = &statistics->by_id;
	const Figures figures = {
		.n_rows = n_rows,
		.n_targets = by_id->n_targets[id],
		.sum = digits_of(&statistics->sum, id),
		.squares = digits_of(&statistics->squares, id),
		.weights = digits_of(&statistics->weights, id),
		.least = by_id->least == NULL ? NULL : &by_id->least[id],
		.greatest = by_id->greatest == NULL ? NULL : &by_id->greatest[id],
	};

	return moments_of(statistics, &figures);
}

Datum
ge_fit_statistics_moments_of_all(const GeFitStatistics *statistics, uint64 n_rows)
{
	const Figures figures = {
		.n_rows = n_rows,
		.n_targets = statistics->n_targets,
		.sum = statistics->sum.all,
		.squares = statistics->squares.all,
		.weights = statistics->weights.all,
		.more = 2,
		.least = statistics->by_id.least == NULL ? NULL : &statistics->least,
		.greatest = statistics->by_id.greatest == NULL ? NULL : &statistics->greatest,
	};

	return moments_of(statistics, &figures);
}

bool
ge_fit_statistics_prior(const GeFitStatistics *statistics, double *prior)
{
	const Sum *sum = &statistics->sum, *weights = &statistics->weights;
	double n = (double) statistics->n_targets;

	if (sum->all == NULL)
		return false;
	if (weights->all != NULL)
		n = ge_sum_round(weights->all, weights->n_digits + 2, weights->bins.low);
	*prior = ge_sum_round(sum->all, sum->n_digits + 2, sum->bins.low) / n;
	if (isinf(*prior)) /* the sum is beyond the range, the mean is not */
		*prior =
			ldexp(ge_sum_round(sum->all, sum->n_digits + 2, sum->bins.low - 2) / n, 64);
	return n > 0;
}
