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
	GeResultColumn *codes;	   /* by category column; set for labels only */
	GeResultColumn *encodings; /* by output of the plan */
	double **finishes;		   /* of one fit */
	const double *
		*elsewhere; /* GE_ENCODINGS_ELSEWHERE: by output, of the rows from 0 on */
	GeTargetBuffers buffers;
	GeResultCounts counts;		 /* of all rows so far; counts.rows is the caller's */
	const GeRunEncoding *failed; /* the encoding that failed */
	bool is_beyond_float4;		 /* why it did */
} GeResults;

/* In CurrentMemoryContext. */
extern void ge_results_create(GeResults *results, const GeRun *run, uint32 max_rows);

typedef enum GeEncodings
{
	GE_ENCODINGS_FULL,
	GE_ENCODINGS_OUT_OF_FOLD,
	GE_ENCODINGS_ELSEWHERE /* out of fold, and the caller has them: only NULLs are set */
} GeEncodings;

/*
 * Results of n rows of a segment from row `first` on, into the arrays from element `at`
 * on.  *error has the reason of a status that is not GE_OK.
 */
extern GeStatus ge_results_make(GeResults *results, const GeRun *run,
								const GeSegment *segment, uint32 first, uint32 n,
								uint32 at, GeEncodings which, GeError *error);

/*
 * The same, of a column's codes (-1: none) and of one encoding (-1: none), for a segment
 * with groups.
 */
extern GeStatus ge_results_make_part(GeResults *results, const GeRun *run, int column,
									 int encoding, const GeSegment *segment,
									 GeEncodings which, GeError *error);

/* Raise an error if the status of ge_results_make() is not GE_OK. */
extern void ge_results_report(const GeResults *results, const GeRun *run, GeStatus status,
							  const GeError *error);

#endif /* GE_JOB_RESULTS_H */
