/*
 * lanes.h: work that runs in numbered lanes, each with a thread of its own.
 *
 * The items of one lane run one after another, those of different lanes at the same time.
 * The thread that asks for work waits until no lane works.  So between two calls nothing
 * runs, and what items read may be freed.
 *
 * Plain C, no PostgreSQL header.  The threads run with all signals blocked.  The caller
 * does the items of lane 0, and those of a lane whose thread could not be started.
 */
#ifndef GE_COMPUTE_LANES_H
#define GE_COMPUTE_LANES_H

#include "backend/status.h"

typedef struct GeLanes GeLanes;

/* Do an item, on any thread.  It must end soon after a cancel. */
typedef GeStatus (*GeLaneWork)(void *arg, int item, GeError *error);

/* NULL: no memory. */
extern GeLanes *ge_lanes_start(int n_lanes);
/* Ends and joins the threads; NULL is allowed. */
extern void ge_lanes_stop(GeLanes *lanes);

/*
 * Do the items 0..n_items-1, item i in lane[i] (0..n_lanes-1).  If items fail, those with
 * higher numbers may be left out.  Of all failures that of the lowest item is returned,
 * with *error, whichever lane is faster; *failed is its number.
 */
extern GeStatus ge_lanes_run(GeLanes *lanes, int n_items, const int *lane,
							 GeLaneWork work, void *arg, int *failed, GeError *error);

#endif /* GE_COMPUTE_LANES_H */
