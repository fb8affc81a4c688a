/*
 * statistics.c: the exact statistics that an encoder keeps of one fit.
 */
#include "postgres.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "encoder/statistics.h"

/* Add up the sums of all ids: every digit is below 2^32, so 2^31 of them fit. */
static void
add_up(GeFitStatistics *statistics, uint32 n)
{
	int n_digits = statistics->n_digits;
	int64 *bins = palloc0_array(int64, n_digits);

	for (Size id = 0; id < n; id++)
	{
		for (int i = 0; i < n_digits; i++)
			bins[i] += statistics->by_id.sums[id * n_digits + i];
		statistics->n_targets += statistics->by_id.n_targets[id];
	}
	statistics->sum = palloc_array(int64, n_digits + 2);
	ge_sum_canonical(bins, n_digits, statistics->sum);
	pfree(bins);
}

void
ge_fit_statistics_fetch(GeFitStatistics *statistics, const GeRun *run,
						const GeRunFit *fit, GeTarget *target, uint32 n, const char *name)
{
	bool has_sums = (fit->spec.accumulators & GE_SUM_TARGETS) != 0;

	*statistics = (GeFitStatistics){.fit = fit};
	if (!has_sums)
		return;
	statistics->bins = ge_sum_bins(&fit->spec, GE_SUM_TARGETS);
	statistics->n_digits = GE_SUM_DIGITS(statistics->bins.low, statistics->bins.high);
	statistics->by_id.n_targets =
		palloc_extended(sizeof(uint64) * (Size) n, MCXT_ALLOC_HUGE);
	statistics->by_id.sums =
		palloc_extended(sizeof(int64) * (Size) n * statistics->n_digits, MCXT_ALLOC_HUGE);
	ge_compute_target_statistics(run->compute, target, 0, n, &statistics->by_id, NULL,
								 name);
	add_up(statistics, n);
}

void
ge_fit_statistics_free(GeFitStatistics *statistics)
{
	if (statistics->sum == NULL)
		return;
	pfree(statistics->by_id.n_targets);
	pfree(statistics->by_id.sums);
	pfree(statistics->sum);
}

bool
ge_fit_statistics_prior(const GeFitStatistics *statistics, double *prior)
{
	if (statistics->sum == NULL || statistics->n_targets == 0)
		return false;
	*prior =
		ge_sum_round(statistics->sum, statistics->n_digits + 2, statistics->bins.low) /
		(double) statistics->n_targets;
	return true;
}
