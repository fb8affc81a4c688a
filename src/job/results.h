/*
 * results.h: label codes and encodings of some rows of a segment, in arrays.
 *
 * ge_results_make() allocates nothing and raises nothing, and only reads the job, so
 * several threads may call it at once, each with buffers of its own, where the backend
 * allows that (GeTraits.concurrent_rows).
 */
#ifndef GE_JOB_RESULTS_H
#define GE_JOB_RESULTS_H

#include "postgres.h"

#include "job/job.h"

/* Room for the results of max_rows rows. */
typedef struct GeResults
{
	GeResultColumn *codes;		 /* by category column; set for labels only */
	GeResultColumn *encodings;	 /* by encoding */
	uint32 *folds;				 /* of rows at hand, where folds are a column */
	GeResultCounts counts;		 /* of all rows so far; counts.rows is the caller's */
	const GeRunEncoding *failed; /* the one whose encodings could not be had */
} GeResults;

/* In CurrentMemoryContext. */
extern void ge_results_create(GeResults *results, const GeRun *run, uint32 max_rows);

typedef enum GeEncodings
{
	GE_ENCODINGS_FULL,
	GE_ENCODINGS_OUT_OF_FOLD,
	GE_ENCODINGS_ELSEWHERE /* out of fold, but the caller has them: NULLs only */
} GeEncodings;

/*
 * Results of n rows of a segment from row `first` on, to element `at` and following of
 * the arrays.  What is not GE_OK leaves its reason in *error.
 */
extern GeStatus ge_results_make(GeResults *results, const GeRun *run,
								const GeSegment *segment, uint32 first, uint32 n,
								uint32 at, GeEncodings which, GeError *error);

#endif /* GE_JOB_RESULTS_H */
