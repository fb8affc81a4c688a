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

/* A table to be created: checked before any work. */
typedef struct GeNewTable
{
	const char *argument;
	RangeVar *name;
	Oid schema;
} GeNewTable;

extern GeOutputPlan *ge_output_plan_create(const GePlan *job, const GeOutputSpec *spec,
										   const char *label_suffix,
										   const char *te_suffix, bool logged);
/* Raise an error if two outputs, or an output and the encoder, have one name. */
extern GeNewTable ge_output_plan_table(const GeOutputPlan *plan);
extern GeNewTable ge_new_table_check(const char *argument, const char *name,
									 const GeOutputColumn *columns, int n_columns,
									 bool logged);
extern void ge_new_tables_differ(const GeNewTable *tables, int n);

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
