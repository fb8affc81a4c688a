/*
 * s3_create_table.c: s3_create_table: a table from CSV files, new or replaced.
 */
#include "postgres.h"
#include "access/htup_details.h"
#include "access/xact.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"

#include "base/arguments.h"
#include "base/compat.h"
#include "files/copy.h"
#include "files/set.h"
#include "table/table.h"
#include "base/run_log.h"
#include "base/shown.h"
#include "sql/table_call.h"

GE_LOGGED_FUNCTION(ge_s3_create_table, s3_create_table);

static GeOutputTable *
create_table(const GeCsvColumns *columns, GeOutputName *name, bool logged)
{
	GeOutputColumn *output = palloc(sizeof(GeOutputColumn) * columns->n);

	for (int i = 0; i < columns->n; i++)
		output[i] = (GeOutputColumn){
			.name = columns->columns[i].name,
			.type = columns->columns[i].type,
			.typmod = columns->columns[i].typmod,
			.collation = columns->columns[i].collation,
		};
	ge_output_check(name, output, columns->n, logged);
	return ge_output_create(name, output, columns->n, logged);
}

static void
name_file(void *uri)
{
	errcontext("file %s", ge_printable(uri));
}

static uint64
copy_file(const GeCsvCopy *copy, GeCsvFile *file)
{
	ErrorContextCallback context = {.callback = name_file,
									.arg = unconstify(char *, file->uri),
									.previous = error_context_stack};
	uint64 n_rows;

	error_context_stack = &context;
	n_rows = ge_csv_copy(copy, file);
	error_context_stack = context.previous;
	return n_rows;
}

/* Returns the number of rows. */
static uint64
import_files(GeCsvSet *set, GeOutputTable *table)
{
	GeCsvCopy copy = {.relation = ge_output_relation(table),
					  .table = table,
					  .options = set->options,
					  .columns = set->columns,
					  .check_values = set->sample_rows != UINT64_MAX};
	uint64 n_rows = 0;

	for (int i = 0; i < set->n_files; i++)
	{
		GeCsvFile *file = ge_csv_set_file(set, i);

		if (file != NULL)
			n_rows += copy_file(&copy, file);
		ge_csv_set_done(set, i);
	}
	return n_rows;
}

static uint64
sample_rows_argument(GeArguments *args)
{
	int64 rows;

	if (!ge_arg_int64_given(args, "sample_rows", &rows))
		return UINT64_MAX;
	if (rows < 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("sample_rows must be at least 1"),
						errhint("NULL looks at all rows.")));
	return rows;
}

static Datum
answer(FunctionCallInfo fcinfo, const GeCsvSet *set, Oid relid, uint64 n_rows)
{
	TupleDesc desc;
	Datum values[] = {
		ObjectIdGetDatum(relid),
		Int64GetDatum(n_rows),
		Int64GetDatum(set->n_files),
		Int64GetDatum(set->n_bytes),
	};
	bool nulls[lengthof(values)] = {false};

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls));
}

static Datum
s3_create_table(PG_FUNCTION_ARGS)
{
	GeArguments *args = ge_arguments_open(fcinfo);
	GeCsvSet set = {0};
	GeOutputName name;
	GeOutputTable *table;
	Oid relid;
	bool logged;
	uint64 n_rows;

	ge_call_begin("gpu_encode.s3_create_table()");
	name = ge_output_name("table_name", ge_arg_text(args, "table_name"));
	set.uri = ge_arg_text(args, "uri");
	set.column_types = ge_arg_jsonb_or_null(args, "column_types");
	set.options = ge_csv_options_parse("options", ge_arg_text(args, "options"), true);
	set.null_values = ge_arg_texts(args, "null_values");
	set.sample_rows = sample_rows_argument(args);
	set.access.choice.server = ge_arg_text_or_null(args, "server");
	set.access.compression = ge_compression_parse(ge_arg_text(args, "compression"));
	logged = ge_arg_bool(args, "logged");
	name.may_replace = ge_arg_bool(args, "replace");
	ge_arguments_done(args);

	if (name.may_replace)
		ge_output_replace(&name, 1);

	ge_stage_begin();
	ge_csv_set_open(&set);
	ge_stage_end("infer", set.n_inferred, -1, "", "%d files", set.n_files);

	ge_stage_begin();
	table = create_table(set.columns, &name, logged);
	relid = ge_output_relid(table);
	if (ge_csv_columns_run_functions(set.columns))
		ge_output_expect_inserts(table);
	n_rows = import_files(&set, table);
	ge_output_finish(table);
	CommandCounterIncrement();
	ge_stage_end("import", n_rows, set.n_bytes, "", "%s", set.uri);
	ge_output_swap(&name, 1);
	return answer(fcinfo, &set, relid, n_rows);
}
