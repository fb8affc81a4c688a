/*
 * grouped.h: a job that learns from a source without reading its rows.
 *
 * The rows lie on other servers, and the job puts none of them out.  So statements group
 * them there (source/grouped.h): one for each column that is coded or encoded, and for each
 * combination.  Their groups come into the run as rows that were counted elsewhere
 * (groups.h), with the bits that the rows would give.
 */
#ifndef GE_JOB_GROUPED_H
#define GE_JOB_GROUPED_H

#include "postgres.h"

#include "base/names.h"
#include "job/job.h"
#include "source/grouped.h"

struct GePlanGrouped
{
	GeNames *values;   /* by target: its values in sorted order, if it is read as keys */
	GeGrouped *totals; /* moments without weights of targets of numbers; or NULL */
	GeGrouped **of_columns;	  /* by category column; NULL: neither coded nor encoded */
	GeGrouped **of_encodings; /* by encoding; NULL: not a combination */
};

/*
 * Whether the fitted source is to be grouped: NULL if not.  A NOTICE says what keeps a
 * source of other servers from it.  The values of targets that are read as keys are found
 * (grouped_plan.c).
 */
extern struct GePlanGrouped *ge_plan_group(const GePlan *plan);
/*
 * Plan the statements, once it is known what is learned; plan->grouped becomes NULL if no
 * server can group its rows.
 */
extern void ge_plan_group_parts(GePlan *plan);
extern void ge_plan_close_grouped(GePlan *plan);

/* The statements' groups into a run, instead of the rows of the source (grouped_run.c). */
extern void ge_run_take_grouped(GeRun *run);

#endif /* GE_JOB_GROUPED_H */
