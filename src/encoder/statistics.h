/*
 * statistics.h: the exact statistics that an encoder keeps of one fit.
 */
#ifndef GE_ENCODER_STATISTICS_H
#define GE_ENCODER_STATISTICS_H

#include "postgres.h"

#include "encoder/encoder.h"

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

/*
 * What fit answers about a column (NULL: a combination) and its encoding (NULL: none):
 * a row for the label codes, and one for each target and class (summary.c).
 */
extern void ge_fit_summarise(GeFitAnswer *answer, const GeRun *run,
							 const GeCategoryColumn *column,
							 const GeRunEncoding *encoding,
							 GeFitStatistics *const *statistics, uint64 missing_rows);

#endif /* GE_ENCODER_STATISTICS_H */
