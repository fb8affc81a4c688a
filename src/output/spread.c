/*
 * spread.c: results of groups to all servers, and the INSERT run.
 *
 * The results are written into a table of this call, because servers get rows from a query.
 */
#include "postgres.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "executor/spi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "base/citus.h"
#include "base/compat.h"
#include "base/execute.h"
#include "job/group_results.h"
#include "output/spread.h"
#include "output/spread_sql.h"
#include "table/table.h"

/* The table of results while it is filled. */
typedef struct Results
{
	const GePlan *plan;
	const GeGroupPart *parts;
	GeOutputTable *table;
	MemoryContext row_context;
} Results;

/* ------------------------------------------------------------------- results of groups */

static Datum
make_array(Datum *values, bool *is_null, int n, Oid type, int length, bool by_value,
		   char align)
{
	int lower = 1;

	return PointerGetDatum(construct_md_array(values, is_null, 1, &n, &lower, type,
											  length, by_value, align));
}

static Datum
make_keys(const GeGroupPart *part, const GeGroupResult *group)
{
	Datum *values = palloc0_array(Datum, part->n_texts);
	bool *is_null = palloc0_array(bool, part->n_texts);

	for (int k = 0; k < part->n_texts; k++)
	{
		is_null[k] = group->texts[k] == NULL;
		if (!is_null[k])
			values[k] = CStringGetTextDatum(group->texts[k]);
	}
	return make_array(values, is_null, part->n_texts, TEXTOID, -1, false, TYPALIGN_INT);
}

/* Numbers that outputs have as float4 are rounded already. */
static Datum
make_encodings(const GeGroupResult *group, int n)
{
	Datum *values = palloc_array(Datum, n);
	bool *is_null = palloc_array(bool, n);

	for (int k = 0; k < n; k++)
	{
		const GeResultColumn *column = &group->encodings[k];

		is_null[k] = column->is_null[group->at];
		values[k] = Float8GetDatum(column->floats != NULL ? column->floats[group->at]
														  : column->encodings[group->at]);
	}
	return make_array(values, is_null, n, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL,
					  TYPALIGN_DOUBLE);
}

/* GeGroupConsumer */
static void
put_group(const GeGroupResult *group, void *arg)
{
	const Results *results = arg;
	const GeGroupPart *part = &results->parts[group->part];
	MemoryContext old = MemoryContextSwitchTo(results->row_context);
	Datum values[GE_SPREAD_N_COLUMNS] = {[GE_SPREAD_PART] = Int32GetDatum(group->part),
										 [GE_SPREAD_FOLD] = Int64GetDatum(group->fold),
										 [GE_SPREAD_KEYS] = make_keys(part, group)};
	bool is_null[GE_SPREAD_N_COLUMNS] = {
		[GE_SPREAD_FOLD] = !part->has_fold,
		[GE_SPREAD_CODE] = group->code == NULL || group->code->is_null[group->at],
		[GE_SPREAD_ENCODINGS] = group->encodings == NULL};

	if (!is_null[GE_SPREAD_CODE])
		values[GE_SPREAD_CODE] = Int32GetDatum(group->code->codes[group->at]);
	if (group->encodings != NULL)
		values[GE_SPREAD_ENCODINGS] =
			make_encodings(group, results->plan->encodings[part->encoding].n_outputs);
	ge_output_put(results->table, values, is_null);
	MemoryContextSwitchTo(old);
	MemoryContextReset(results->row_context);
}

static const GeOutputColumn result_columns[GE_SPREAD_N_COLUMNS] = {
	[GE_SPREAD_PART] = {"part", INT4OID, -1, InvalidOid},
	[GE_SPREAD_FOLD] = {"fold", INT8OID, -1, InvalidOid},
	[GE_SPREAD_KEYS] = {"keys", TEXTARRAYOID, -1, C_COLLATION_OID},
	[GE_SPREAD_CODE] = {"code", INT4OID, -1, InvalidOid},
	[GE_SPREAD_ENCODINGS] = {"encodings", FLOAT8ARRAYOID, -1, InvalidOid},
};

/* The results of all groups in FROM. */
static const char *
results_in_from(const char *name)
{
	return psprintf("%s AS g (part pg_catalog.int4, fold pg_catalog.int8, keys "
					"pg_catalog.text[] COLLATE pg_catalog.\"C\", code pg_catalog.int4, "
					"encodings pg_catalog.float8[])",
					ge_broadcast_rows(name));
}

static void
drop_table(const char *table)
{
	SPI_connect();
	if (SPI_execute(psprintf("DROP TABLE %s", table), false, 0) != SPI_OK_UTILITY)
		elog(ERROR, "SPI_execute of a DROP TABLE failed");
	SPI_finish();
}

/*
 * A new name.  Citus gets the table by name: one that is temporary cannot be another
 * session's by then.
 */
static char *
name_results(Oid output)
{
	Oid schema = LookupCreationNamespace("pg_temp");
	char *name = ChooseRelationName(get_rel_name(output), NULL, "groups", schema, false);

	return psprintf("pg_temp.%s", quote_identifier(name));
}

/* Make the results of all groups and give them to all servers; returns their name. */
static char *
send_results(GeRun *run, int source, bool out_of_fold, Oid output, GeResultCounts *counts)
{
	char *table = name_results(output);
	GeOutputName name = ge_output_name("output", table);
	int n;
	Results results = {.plan = run->plan,
					   .parts = ge_plan_group_results(run->plan, source, out_of_fold, &n),
					   .row_context = AllocSetContextCreate(
						   CurrentMemoryContext, "group result", ALLOCSET_DEFAULT_SIZES)};
	char *broadcast;

	ge_output_check(&name, result_columns, GE_SPREAD_N_COLUMNS, false);
	results.table = ge_output_create(&name, result_columns, GE_SPREAD_N_COLUMNS, false);
	broadcast = psprintf("gpu_encode_%u", ge_output_relid(results.table));
	*counts = ge_job_group_results(run, source, out_of_fold, put_group, &results);
	ge_output_finish(results.table);
	CommandCounterIncrement();
	ge_broadcast(broadcast, psprintf("SELECT * FROM %s", table));
	drop_table(table);
	MemoryContextDelete(results.row_context);
	return broadcast;
}

/* --------------------------------------------------------------------------- the INSERT */

GE_NORETURN static void
refuse_changes(const GeSource *source)
{
	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("rows of %s changed while they were encoded", ge_source_name(source)),
			 errhint("Run the statement again.")));
}

/* Run the INSERT; returns its rows.  A row of a group that was not there divides by zero. */
static uint64
run_insert(const GeSpread *spread, const GeSource *source)
{
	const Oid relids[] = {spread->relid, RelationGetRelid(ge_source_relation(source))};
	MemoryContext caller = CurrentMemoryContext;
	uint64 n_rows = 0;

	PG_TRY();
	{
		n_rows = ge_execute(ge_spread_insert(spread), relids, lengthof(relids));
	}
	PG_CATCH();
	{
		if (geterrcode() != ERRCODE_DIVISION_BY_ZERO)
			PG_RE_THROW();
		MemoryContextSwitchTo(caller);
		FlushErrorState();
		refuse_changes(source);
	}
	PG_END_TRY();
	return n_rows;
}

GeResultCounts
ge_spread_fill(const GeOutputLayout *layout, GeRun *run, int source, bool out_of_fold,
			   Oid relid)
{
	const GeSource *from = run->plan->sources[source].source;
	GeResultCounts counts;
	char *results = send_results(run, source, out_of_fold, relid, &counts);
	const GeSpread spread = {.layout = layout,
							 .plan = run->plan,
							 .source = source,
							 .out_of_fold = out_of_fold,
							 .relid = relid,
							 .results = results_in_from(results)};

	if (run_insert(&spread, from) != counts.rows)
		refuse_changes(from);
	return counts;
}
