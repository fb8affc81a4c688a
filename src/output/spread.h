/*
 * spread.h: an output whose rows lie on the servers that hold those of its source.
 *
 * Citus distributes both alike, so that each server writes its own rows.  What they need is
 * made here, and given to all servers: the results of every group of the source
 * (job/group_results.c).  Then one INSERT joins these with the source (spread_sql.h).
 */
#ifndef GE_OUTPUT_SPREAD_H
#define GE_OUTPUT_SPREAD_H

#include "postgres.h"

#include "job/job.h"
#include "output/layout.h"

/* Fill the output, an empty table that is distributed as the source is. */
extern GeResultCounts ge_spread_fill(const GeOutputLayout *layout, GeRun *run, int source,
									 bool out_of_fold, Oid relid);

#endif /* GE_OUTPUT_SPREAD_H */
