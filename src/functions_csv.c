/*
 * functions_csv.c: s3_create_table: a new table from CSV files.
 *
 * Each file is fetched once: what is read to tell the types is kept in temporary files
 * and read again for the import.  Files after those that told the types, where
 * sample_rows ended early, are read when their turn comes.
 */
#include "postgres.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"

#include "arguments.h"
#include "compat.h"
#include "csv_columns.h"
#include "csv_copy.h"
#include "output_table.h"
#include "run_log.h"
#include "table_call.h"

GE_SQL_FUNCTION(ge_s3_create_table);

typedef struct Import
{
	const GeCsvOptions *options;
	GeBytesOptions bytes;
	GeNames null_values;
	const Jsonb *column_types;
	uint64 sample_rows; /* UINT64_MAX: all */
	int n_files;
	const char **uris;
	GeCsvFile **files; /* open and read to tell the types; NULL: not yet */
	GeCsvColumns *columns;
	uint64 n_inferred; /* rows looked at for their types */
	uint64 n_rows;
	uint64 n_bytes;
} Import;

static void
find_files(Import *import, const char *uri)
{
	List *uris = ge_bytes_files("uri", uri, &import->bytes);
	ListCell *cell;

	import->uris = palloc(sizeof(char *) * list_length(uris));
	import->files = palloc0(sizeof(GeCsvFile *) * list_length(uris));
	foreach (cell, uris)
		import->uris[import->n_files++] = lfirst(cell);
}

/* Open file i and see that it has the columns of those before. */
static GeCsvFile *
open_file(Import *import, int i, bool keep)
{
	GeCsvFile *file =
		ge_csv_file_open(import->uris[i], import->options, &import->bytes, keep);

	if (file->n_columns == 0)
		return file;
	if (import->columns == NULL)
		import->columns = ge_csv_columns_create(
			file, import->options, import->column_types, import->null_values);
	else
		ge_csv_columns_match(import->columns, file);
	return file;
}

/* Tell the types from as many rows as are wanted. */
static void
infer(Import *import)
{
	for (int i = 0; i < import->n_files && import->n_inferred < import->sample_rows; i++)
	{
		GeCsvFile *file = import->files[i] = open_file(import, i, true);

		if (file->n_columns == 0)
			continue;
		if (import->columns->all_given)
			break;
		import->n_inferred += ge_csv_columns_learn(
			import->columns, file, import->sample_rows - import->n_inferred);
	}
	if (import->columns == NULL)
		ereport(ERROR, (errcode(ERRCODE_BAD_COPY_FILE_FORMAT),
						errmsg("%s is empty", import->uris[0]),
						errdetail("There is no line to tell its columns from.")));
	ge_csv_columns_settle(import->columns);
}

static Relation
create_table(const Import *import, const char *name, bool logged)
{
	const GeCsvColumns *columns = import->columns;
	GeOutputColumn *output = palloc(sizeof(GeOutputColumn) * columns->n);
	RangeVar *range = ge_output_name_parse("table_name", name);

	for (int i = 0; i < columns->n; i++)
		output[i] = (GeOutputColumn){
			.name = columns->columns[i].name,
			.type = columns->columns[i].type,
			.typmod = columns->columns[i].typmod,
			.collation = columns->columns[i].collation,
		};
	ge_output_check(range, output, columns->n, logged);
	return ge_output_create_empty(range, output, columns->n, logged);
}

static void
import_files(Import *import, Relation relation)
{
	bool check_values = import->sample_rows != UINT64_MAX;

	for (int i = 0; i < import->n_files; i++)
	{
		GeCsvFile *file = import->files[i];

		if (file != NULL)
			ge_csv_file_rewind(file);
		else
			file = open_file(import, i, false);
		if (file->n_columns > 0)
			import->n_rows += ge_csv_copy(relation, file, import->columns,
										  import->options, check_values);
		ge_csv_file_close(file);
		import->n_bytes += file->n_bytes;
	}
}

static uint64
sample_rows_argument(FunctionCallInfo fcinfo, int i)
{
	int64 rows;

	if (PG_ARGISNULL(i))
		return UINT64_MAX;
	rows = PG_GETARG_INT64(i);
	if (rows < 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("sample_rows must be at least 1"),
						errhint("NULL looks at all rows.")));
	return rows;
}

static Datum
answer(FunctionCallInfo fcinfo, const Import *import, Oid created)
{
	TupleDesc desc;
	Datum values[] = {
		ObjectIdGetDatum(created),
		Int64GetDatum(import->n_rows),
		Int64GetDatum(import->n_files),
		Int64GetDatum(import->n_bytes),
	};
	bool nulls[lengthof(values)] = {false};

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls));
}

Datum
ge_s3_create_table(PG_FUNCTION_ARGS)
{
	Import import = {0};
	Relation relation;
	Oid created;
	char *name, *uri;
	bool logged;

	ge_call_begin("gpu_encode.s3_create_table()");
	name = ge_arg_text(fcinfo, 0, "table_name");
	uri = ge_arg_text(fcinfo, 1, "uri");
	import.column_types = PG_ARGISNULL(2) ? NULL : PG_GETARG_JSONB_P(2);
	import.options =
		ge_csv_options_parse("options", ge_arg_text(fcinfo, 3, "options"), true);
	import.null_values = ge_arg_texts(fcinfo, 4, "null_values");
	import.sample_rows = sample_rows_argument(fcinfo, 5);
	import.bytes.server = ge_arg_text_or_null(fcinfo, 6);
	import.bytes.compression = ge_arg_text(fcinfo, 7, "compression");
	logged = ge_arg_bool(fcinfo, 8, "logged");
	ge_arg_reserved_false(fcinfo, 9, "replace");

	ge_stage_begin();
	find_files(&import, uri);
	infer(&import);
	ge_stage_end("infer", import.n_inferred, -1, "", "%d files", import.n_files);

	ge_stage_begin();
	relation = create_table(&import, name, logged);
	created = RelationGetRelid(relation);
	import_files(&import, relation);
	table_close(relation, NoLock);
	CommandCounterIncrement();
	ge_stage_end("import", import.n_rows, import.n_bytes, "", "%s", uri);
	return answer(fcinfo, &import, created);
}
