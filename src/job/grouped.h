/*
 * grouped.h: a job that takes the groups of a source instead of its rows.
 *
 * The rows lie on other servers, and the job puts none of them out here.  So statements
 * group them there (source/grouped.h): one for each column that is coded or encoded, and for
 * each combination.  Their groups come into the run as rows that were counted elsewhere
 * (groups.h), with the bits that the rows would give.  If out-of-fold encodings are wanted,
 * each fold of a category is a group.
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

/* Whether groups of an encoding (-1: of a column that has none) are those of one fold. */
extern bool ge_groups_have_folds(const GePlan *plan, int source, int encoding);
/* SQL expressions of rows of a source: the canonical text of a column, and the fold. */
extern char *ge_group_text(const GePlan *plan, int source, int column);
extern char *ge_group_fold(const GePlan *plan);

/*
 * Why the rows of a source cannot be grouped where they lie, or its output cannot be written
 * there, as a sentence; NULL: they can (grouped_obstacles.c).
 */
extern const char *ge_group_obstacle(const GePlan *plan, int source);
/*
 * Whether a source is to be grouped: NULL if not.  A NOTICE says what keeps a source of
 * other servers from it.  The values of targets that are read as keys are found
 * (grouped_plan.c).
 */
extern struct GePlanGrouped *ge_plan_group(const GePlan *plan, int source);
/*
 * Plan the statements, once it is known what is learned; the source is not grouped after
 * all if no server can group its rows.
 */
extern void ge_plan_group_parts(GePlan *plan, int source);
extern void ge_plan_close_grouped(GePlan *plan, int source);

/* The statements' groups into a run, instead of the rows of a source (grouped_run.c). */
extern void ge_run_take_grouped(GeRun *run, int source);

#endif /* GE_JOB_GROUPED_H */
