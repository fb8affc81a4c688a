/*
 * fit_statistics.h: the exact statistics of one fit, as an encoder keeps them.
 */
#ifndef GE_JOB_FIT_STATISTICS_H
#define GE_JOB_FIT_STATISTICS_H

#include "postgres.h"

#include "job/job.h"

/* Of every id of a column or combination: what its finishes needed. */
typedef struct GeFitStatistics GeFitStatistics;

/* In CurrentMemoryContext; ids 0..n - 1. */
extern GeFitStatistics *ge_fit_statistics_fetch(const GeRun *run, const GeRunFit *fit,
												GeTarget *target, uint32 n,
												const char *name);
extern void ge_fit_statistics_free(GeFitStatistics *statistics);
/* The moments of an id, of which there are n_rows rows; and of all rows. */
extern Datum ge_fit_statistics_moments(const GeFitStatistics *statistics, uint32 id,
									   uint64 n_rows);
extern Datum ge_fit_statistics_moments_of_all(const GeFitStatistics *statistics,
											  uint64 n_rows);
/* The mean of all targets; false: there is none, or it was not asked for. */
extern bool ge_fit_statistics_prior(const GeFitStatistics *statistics, double *prior);

#endif /* GE_JOB_FIT_STATISTICS_H */
