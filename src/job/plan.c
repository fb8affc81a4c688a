/*
 * plan.c: opens a plan: its sources, its columns.
 */
#include "postgres.h"
#include "utils/snapmgr.h"

#include "job/grouped.h"
#include "job/internal.h"

int
ge_plan_find_column(const GePlan *plan, const char *name)
{
	for (int i = 0; i < plan->n_columns; i++)
		if (strcmp(plan->columns[i].name, name) == 0)
			return i;
	return -1;
}

int
ge_plan_find_encoding(const GePlan *plan, int column)
{
	for (int i = 0; i < plan->n_encodings; i++)
		if (plan->encodings[i].n_parts == 1 && plan->encodings[i].parts[0] == column)
			return i;
	return -1;
}

static void
open_source(GePlanSource *source, const GeSourceSpec *spec)
{
	source->name = spec->name;
	source->role = spec->role;
	if (spec->rows == NULL)
		source->source = ge_source_open(&spec->relation);
	else
	{
		source->source = ge_source_of_rows(spec->rows);
		ge_source_rename(source->source, spec->name, spec->column_names, spec->all_names);
	}
	source->teaches_labels = spec->teaches_labels;
	source->read_encoded = spec->read_encoded;
	source->may_be_grouped = spec->may_be_grouped;
	source->output = spec->output;
}

/*
 * One snapshot for all sources, once they are locked with all that is below them: a reload
 * that a lock waited for is seen whole.
 */
static void
take_snapshot(GePlan *plan)
{
	if (plan->options.own_snapshot)
		PushActiveSnapshot(GetTransactionSnapshot());
	for (int i = 0; i < plan->n_sources; i++)
		ge_source_begin(plan->sources[i].source, GetActiveSnapshot());
}

GePlan *
ge_plan_create(const GeJobOptions *options, const GeSourceSpec *sources, int n_sources)
{
	GePlan *plan = palloc0_object(GePlan);

	plan->options = *options;
	plan->n_sources = n_sources;
	plan->sources = palloc0_array(GePlanSource, n_sources);
	for (int i = 0; i < n_sources; i++)
		open_source(&plan->sources[i], &sources[i]);
	ge_plan_resolve_columns(plan, plan->sources[0].source);
	for (int i = 0; i < n_sources; i++)
		ge_plan_prepare_source(plan, i, &sources[i]);
	ge_plan_read_lists(plan);
	take_snapshot(plan);
	for (int i = 0; i < n_sources; i++)
		plan->sources[i].grouped = ge_plan_group(plan, i);
	for (int t = 0; t < plan->n_targets; t++)
		if (plan->targets[t].form == GE_TARGET_CLASSES)
			ge_plan_find_classes(plan, &plan->targets[t],
								 plan->sources[0].target_attno[t]);
	ge_plan_lay_out_outputs(plan);
	for (int i = 0; i < n_sources; i++)
		ge_plan_group_parts(plan, i);
	return plan;
}

void
ge_plan_close(GePlan *plan)
{
	for (int i = 0; i < plan->n_sources; i++)
	{
		ge_plan_close_grouped(plan, i);
		ge_source_close(plan->sources[i].source);
	}
	if (plan->options.own_snapshot)
		PopActiveSnapshot();
}
