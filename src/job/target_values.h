/*
 * target_values.h: targets and weights that are numbers, as a source is read.
 */
#ifndef GE_JOB_TARGET_VALUES_H
#define GE_JOB_TARGET_VALUES_H

#include "postgres.h"

#include "job/job.h"

typedef struct GeTargetReading GeTargetReading;

/*
 * The columns of targets and weights are appended to columns, *n_columns of them; their
 * values go to `rows`.
 */
extern GeTargetReading *ge_target_reading_create(GeRun *run, const GePlanSource *source,
												 const GeRowStore *rows,
												 GeReadColumn *columns, int *n_columns);
/* Values of a batch into a segment, in CurrentMemoryContext. */
extern void ge_target_reading_keep(GeTargetReading *reading, const GeBatch *batch,
								   GeSegment *segment);
/*
 * All rows are read and in order: bins and magnitudes into the run.  Errors: 22023 if a
 * target is NaN or infinite, or a weight is negative or so; 22004 if a weight is NULL.
 */
extern void ge_target_reading_settle(GeTargetReading *reading);

#endif /* GE_JOB_TARGET_VALUES_H */
