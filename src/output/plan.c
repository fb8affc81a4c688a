/*
 * plan.c: creates an output table and fills it with a source's rows and results.
 */
#include "postgres.h"
#include "access/htup_details.h"
#include "access/xact.h"
#include "mb/pg_wchar.h"
#include "utils/lsyscache.h"

#include "output/layout.h"
#include "output/pages.h"
#include "output/plan.h"
#include "base/run_log.h"

struct GeOutputPlan
{
	GeOutputSpec spec;
	bool logged;
	GeOutputName *name;
	GeOutputLayout *layout;
	GeOutputTable *table;
	Datum *values; /* of the row at hand */
	bool *is_null;
	GeOutputResult result;
};

static char *
shorten_by(const char *argument, const char *suffix)
{
	return psprintf(
		"Give a shorter %s than \"%.*s\", or the column a shorter \"name\" in "
		"column_options.",
		argument, pg_mbcliplen(suffix, strlen(suffix), NAMEDATALEN), suffix);
}

/* Names that are made of others may be too long: say what shortens them. */
static void
check_lengths(const GePlan *job, const GeOutputLayout *layout, const char *label_suffix,
			  const char *te_suffix)
{
	for (int i = 0; i < layout->n_columns; i++)
	{
		const GeOutputField *field = &layout->fields[i];
		const char *hint = NULL;

		if (field->kind == GE_FIELD_CODE)
			hint = shorten_by("label_suffix", label_suffix);
		else if (field->kind == GE_FIELD_ENCODING)
			hint = job->outputs[field->index].class != NULL
					   ? ge_plan_output_hint(job, field->index)
					   : shorten_by("te_suffix", te_suffix);
		if (hint != NULL)
			ge_output_check_length(layout->columns[i].name, NAMEDATALEN - 1, hint);
	}
}

/* A column of results may not have the name of another column. */
static void
check_clashes(const GeOutputLayout *layout, const char *argument)
{
	for (int i = 0; i < layout->n_columns; i++)
		for (int k = 0; k < i && layout->fields[i].kind != GE_FIELD_PASS; k++)
			if (strcmp(layout->columns[i].name, layout->columns[k].name) == 0)
				ereport(ERROR,
						(errcode(ERRCODE_DUPLICATE_COLUMN),
						 errmsg("two columns of %s would have the name \"%s\"", argument,
								layout->columns[i].name),
						 errhint("Choose another %s, or another \"name\" in "
								 "column_options.",
								 layout->fields[i].kind == GE_FIELD_CODE ? "label_suffix"
																		 : "te_suffix")));
}

/* Results that are never NULL, and columns declared so, must fit a page together. */
static void
check_width(const GeOutputLayout *layout, TupleDesc source, const char *argument)
{
	Size bytes = MAXALIGN(SizeofHeapTupleHeader);

	for (int i = 0; i < layout->n_columns; i++)
	{
		int16 length = get_typlen(layout->columns[i].type);

		if (layout->fields[i].kind == GE_FIELD_PASS &&
			!TupleDescAttr(source, layout->fields[i].index)->attnotnull)
			continue;
		bytes += length > 0 ? length : 1;
	}
	if (bytes > MaxHeapTupleSize)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("rows of %s would be too large", argument),
						errdetail("They would have %zu bytes or more; at most %zu are "
								  "possible.",
								  bytes, MaxHeapTupleSize),
						errhint("Encode fewer columns in one call.")));
}

GeOutputPlan *
ge_output_plan_create(const GePlan *job, const GeOutputSpec *spec, GeOutputName *name,
					  const char *label_suffix, const char *te_suffix, bool logged)
{
	GeOutputPlan *plan = palloc0_object(GeOutputPlan);
	GeOutputLayout *layout =
		ge_output_layout_create(job, spec->source, label_suffix, te_suffix);

	check_lengths(job, layout, label_suffix, te_suffix);
	check_clashes(layout, spec->argument);
	plan->spec = *spec;
	plan->logged = logged;
	plan->layout = layout;
	plan->values = palloc_array(Datum, layout->n_columns + 1);
	plan->is_null = palloc_array(bool, layout->n_columns + 1);
	plan->name = name;
	ge_output_check(name, layout->columns, layout->n_columns, logged);
	check_width(layout, ge_source_desc(job->sources[spec->source].source),
				spec->argument);
	return plan;
}

void
ge_output_plan_open(GeOutputPlan *plan, GePlan *job)
{
	ge_plan_keep(job, plan->spec.source, plan->layout->needed, true);
	plan->table = ge_output_create(plan->name, plan->layout->columns,
								   plan->layout->n_columns, plan->logged);
}

/* GeResultConsumer */
static void
put_row(const GeResultRow *row, void *arg)
{
	GeOutputPlan *plan = arg;

	ge_output_layout_row(plan->layout, row, plan->values, plan->is_null);
	ge_output_put(plan->table, plan->values, plan->is_null);
}

void
ge_output_plan_fill(GeOutputPlan *plan, GeRun *run)
{
	ge_stage_begin();
	ge_stage_relation(ge_output_relid(plan->table));
	plan->result.relid = ge_output_relid(plan->table);
	plan->result.part = plan->spec.part;
	plan->result.n_columns = plan->layout->n_columns;
	if (!ge_output_pages(plan->layout, run, plan->spec.source, plan->spec.out_of_fold,
						 plan->table, &plan->result.counts))
		plan->result.counts =
			ge_job_rows(run, plan->spec.source, plan->spec.out_of_fold, put_row, plan);
	ge_output_finish(plan->table);
	plan->result.seconds = ge_run_seconds();
	ge_stage_end("write", plan->result.counts.rows, -1, "", "%s",
				 plan->name->name->relname);
	CommandCounterIncrement();
}

GeOutputResult
ge_output_plan_result(const GeOutputPlan *plan)
{
	return plan->result;
}
