/*
 * plan.h: the columns of an output table, and the filling of it.
 *
 * The columns are those of output/layout.h.
 */
#ifndef GE_OUTPUT_PLAN_H
#define GE_OUTPUT_PLAN_H

#include "postgres.h"

#include "job/job.h"
#include "table/table.h"

/* An output, as the caller describes it. */
typedef struct GeOutputSpec
{
	const char *argument; /* SQL argument that names the table */
	const char *name;
	const char *part; /* 'train', 'validation', 'output' */
	int source;		  /* of the job */
	bool out_of_fold;
} GeOutputSpec;

typedef struct GeOutputPlan GeOutputPlan;

/* name is that of the table, and lives as long as the plan. */
extern GeOutputPlan *ge_output_plan_create(const GePlan *job, const GeOutputSpec *spec,
										   GeOutputName *name, const char *label_suffix,
										   const char *te_suffix, bool logged);
/* Create the table, before anything is read, and tell the job which columns it needs. */
extern void ge_output_plan_open(GeOutputPlan *plan, GePlan *job);
/* Fill and finish it. */
extern void ge_output_plan_fill(GeOutputPlan *plan, GeRun *run);

/* What the call returns about an output. */
typedef struct GeOutputResult
{
	Oid relid;
	const char *part;
	int n_columns;
	GeResultCounts counts;
	double seconds; /* since the call began */
} GeOutputResult;
extern GeOutputResult ge_output_plan_result(const GeOutputPlan *plan);

#endif /* GE_OUTPUT_PLAN_H */
