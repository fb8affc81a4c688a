/*
 * plan.c: opens a plan: its sources, its columns.
 */
#include "postgres.h"

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

GePlan *
ge_plan_create(const GeJobOptions *options, const GeSourceSpec *sources, int n_sources)
{
	GePlan *plan = palloc0_object(GePlan);

	plan->options = *options;
	plan->n_sources = n_sources;
	plan->sources = palloc0_array(GePlanSource, n_sources);
	for (int i = 0; i < n_sources; i++)
	{
		plan->sources[i].source = ge_source_open(sources[i].relid);
		plan->sources[i].name = sources[i].name;
		if (sources[i].name != NULL)
			ge_source_rename(plan->sources[i].source, sources[i].name);
		plan->sources[i].teaches_labels = sources[i].teaches_labels;
		plan->sources[i].read_encoded = sources[i].read_encoded;
	}
	ge_plan_resolve_columns(plan, plan->sources[0].source);
	for (int i = 0; i < n_sources; i++)
		ge_plan_prepare_source(plan, i, &sources[i]);
	return plan;
}

void
ge_plan_close(GePlan *plan)
{
	for (int i = 0; i < plan->n_sources; i++)
		ge_source_close(plan->sources[i].source);
}
