/*
 * statistics.h: the exact statistics that an encoder keeps of one fit.
 */
#ifndef GE_ENCODER_STATISTICS_H
#define GE_ENCODER_STATISTICS_H

#include "postgres.h"

#include "encoder/encoder.h"

/* Of every id of a column or combination, and of all rows. */
typedef struct GeFitStatistics
{
	const GeRunFit *fit;
	GeBins bins; /* of sums */
	int n_digits;
	GeTargetStatistics by_id;
	uint64 n_targets; /* of all rows, as the next one */
	int64 *sum;		  /* n_digits + 2 */
} GeFitStatistics;

/* In CurrentMemoryContext; ids 0..n - 1. */
extern void ge_fit_statistics_fetch(GeFitStatistics *statistics, const GeRun *run,
									const GeRunFit *fit, GeTarget *target, uint32 n,
									const char *name);
extern void ge_fit_statistics_free(GeFitStatistics *statistics);
/* The mean of all targets; false: there is none. */
extern bool ge_fit_statistics_prior(const GeFitStatistics *statistics, double *prior);

/*
 * What fit answers about a column (NULL: a combination) and its encoding (NULL: none):
 * a row for the label codes, and one for each target and class (summary.c).
 */
extern void ge_fit_summarise(GeFitAnswer *answer, const GeRun *run,
							 const GeCategoryColumn *column,
							 const GeRunEncoding *encoding,
							 const GeFitStatistics *statistics, uint64 missing_rows);

#endif /* GE_ENCODER_STATISTICS_H */
