/*
 * output_plan.c: lays out an output table and fills it with a source's rows and results.
 */
#include "postgres.h"
#include "catalog/pg_type.h"
#include "access/xact.h"

#include "output_plan.h"
#include "run_log.h"

typedef enum FieldKind
{
	FIELD_PASS,	   /* the source's value */
	FIELD_CODE,	   /* a label code */
	FIELD_ENCODING /* a target encoding */
} FieldKind;

/* Where the value of an output column comes from. */
typedef struct Field
{
	FieldKind kind;
	int index; /* attribute number - 1, category column, or encoding */
} Field;

struct GeOutputPlan
{
	GeOutputSpec spec;
	bool logged;
	RangeVar *name;
	Oid schema;
	int n_columns;
	GeOutputColumn *columns;
	Field *fields;
	Bitmapset *needed; /* of the source, by attribute number */
	GeOutputTable *table;
	Datum *values; /* of the row at hand */
	bool *is_null;
	GeOutputResult result;
};

static void
add_column(GeOutputPlan *plan, GeOutputColumn column, FieldKind kind, int index)
{
	plan->columns[plan->n_columns] = column;
	plan->fields[plan->n_columns++] = (Field){kind, index};
}

static void
add_code(GeOutputPlan *plan, const char *name, int column)
{
	add_column(plan, (GeOutputColumn){name, INT4OID, -1, InvalidOid}, FIELD_CODE, column);
}

/* The source's columns, label columns replaced where there is no suffix. */
static void
add_source_columns(GeOutputPlan *plan, const GeJob *job, bool replace)
{
	TupleDesc desc = ge_source_desc(job->sources[plan->spec.source].source);

	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);
		int column;

		if (attribute->attisdropped)
			continue;
		column = ge_job_find_column(job, NameStr(attribute->attname));
		if (replace && column >= 0 && job->columns[column].is_label)
		{
			add_code(plan, NameStr(attribute->attname), column);
			continue;
		}
		plan->needed = bms_add_member(plan->needed, i + 1);
		add_column(plan,
				   (GeOutputColumn){NameStr(attribute->attname), attribute->atttypid,
									attribute->atttypmod, attribute->attcollation},
				   FIELD_PASS, i);
	}
}

static void
lay_out(GeOutputPlan *plan, const GeJob *job, const char *label_suffix,
		const char *te_suffix)
{
	bool replace = label_suffix[0] == '\0';

	add_source_columns(plan, job, replace);
	for (int i = 0; i < job->n_columns && !replace; i++)
		if (job->columns[i].is_label)
			add_code(plan, psprintf("%s%s", job->columns[i].name, label_suffix), i);
	for (int i = 0; i < job->n_encodings; i++)
		add_column(plan,
				   (GeOutputColumn){psprintf("%s%s", job->encodings[i].name, te_suffix),
									FLOAT8OID, -1, InvalidOid},
				   FIELD_ENCODING, i);
}

GeNewTable
ge_new_table_check(const char *argument, const char *name, const GeOutputColumn *columns,
				   int n_columns, bool logged)
{
	GeNewTable table = {.argument = argument,
						.name = ge_output_name_parse(argument, name)};

	table.schema = ge_output_check(table.name, columns, n_columns, logged);
	return table;
}

void
ge_new_tables_differ(const GeNewTable *tables, int n)
{
	for (int i = 0; i < n; i++)
		for (int j = 0; j < i; j++)
			if (tables[i].schema == tables[j].schema &&
				strcmp(tables[i].name->relname, tables[j].name->relname) == 0)
				ereport(ERROR,
						(errcode(ERRCODE_DUPLICATE_TABLE),
						 errmsg("arguments \"%s\" and \"%s\" name one table, \"%s\"",
								tables[j].argument, tables[i].argument,
								tables[i].name->relname)));
}

GeOutputPlan *
ge_output_plan_create(const GeJob *job, const GeOutputSpec *spec,
					  const char *label_suffix, const char *te_suffix, bool logged)
{
	GeOutputPlan *plan = palloc0_object(GeOutputPlan);
	int max_columns = ge_source_desc(job->sources[spec->source].source)->natts +
					  job->n_columns + job->n_encodings;
	GeNewTable table;

	plan->spec = *spec;
	plan->logged = logged;
	plan->columns = palloc_array(GeOutputColumn, max_columns + 1);
	plan->fields = palloc_array(Field, max_columns + 1);
	lay_out(plan, job, label_suffix, te_suffix);
	plan->values = palloc_array(Datum, plan->n_columns + 1);
	plan->is_null = palloc_array(bool, plan->n_columns + 1);
	table = ge_new_table_check(spec->argument, spec->name, plan->columns, plan->n_columns,
							   logged);
	plan->name = table.name;
	plan->schema = table.schema;
	return plan;
}

GeNewTable
ge_output_plan_table(const GeOutputPlan *plan)
{
	return (GeNewTable){
		.argument = plan->spec.argument, .name = plan->name, .schema = plan->schema};
}

void
ge_output_plan_open(GeOutputPlan *plan, GeJob *job)
{
	ge_job_keep(job, plan->spec.source, plan->needed);
	plan->table =
		ge_output_create(plan->name, plan->columns, plan->n_columns, plan->logged);
}

/* GeResultConsumer */
static void
put_row(const GeResultRow *row, void *arg)
{
	GeOutputPlan *plan = arg;

	for (int i = 0; i < plan->n_columns; i++)
	{
		int index = plan->fields[i].index;

		switch (plan->fields[i].kind)
		{
			case FIELD_PASS:
				plan->values[i] = row->row.values[index];
				plan->is_null[i] = row->row.is_null[index];
				break;
			case FIELD_CODE:
				plan->values[i] = Int32GetDatum(row->codes[index].codes[row->at]);
				plan->is_null[i] = row->codes[index].is_null[row->at];
				break;
			case FIELD_ENCODING:
				plan->values[i] =
					Float8GetDatum(row->encodings[index].encodings[row->at]);
				plan->is_null[i] = row->encodings[index].is_null[row->at];
				break;
		}
	}
	ge_output_put(plan->table, plan->values, plan->is_null);
}

void
ge_output_plan_fill(GeOutputPlan *plan, GeJob *job)
{
	ge_stage_begin();
	plan->result.relid = ge_output_relid(plan->table);
	plan->result.part = plan->spec.part;
	plan->result.n_columns = plan->n_columns;
	plan->result.counts =
		ge_job_rows(job, plan->spec.source, plan->spec.out_of_fold, put_row, plan);
	ge_output_finish(plan->table);
	plan->result.seconds = ge_run_seconds();
	ge_stage_end("write", plan->result.counts.rows, -1, "", "%s", plan->name->relname);
	CommandCounterIncrement();
}

GeOutputResult
ge_output_plan_result(const GeOutputPlan *plan)
{
	return plan->result;
}
