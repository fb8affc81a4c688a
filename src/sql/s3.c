/*
 * s3.c: the SQL functions of S3: arguments in, rows out.
 */
#include "postgres.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "funcapi.h"
#include "storage/ipc.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "base/arguments.h"
#include "base/compat.h"
#include "base/rights.h"
#include "base/shown.h"
#include "base/shown_errors.h"
#include "files/import.h"
#include "files/options.h"
#include "s3/export.h"
#include "s3/object_list.h"

#define AWS_MAX_FILE_SIZE (INT64CONST(6) * 1024 * 1024 * 1024)

GE_SHOWN_FUNCTION(ge_s3_aws_export, s3_aws_export);
GE_SHOWN_FUNCTION(ge_s3_aws_import, s3_aws_import);
GE_SHOWN_FUNCTION(ge_s3_export, s3_export);
GE_SHOWN_FUNCTION(ge_s3_import, s3_import);
GE_SHOWN_FUNCTION(ge_s3_list, s3_list);

/* Names as COPY takes them. */
static List *
make_columns(GeNames names)
{
	List *result = NIL;

	for (int j = 0; j < names.n; j++)
		result = lappend(result, makeString(names.names[j]));
	return result;
}

/* A row of bigint values, as the caller expects it. */
static Datum
make_row(FunctionCallInfo fcinfo, const int64 *numbers, int n)
{
	TupleDesc desc;
	Datum values[3];
	bool nulls[3] = {false, false, false};

	Assert(n <= lengthof(values));
	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("the function returns a row, and a row is not accepted here"));
	for (int i = 0; i < n; i++)
		values[i] = Int64GetDatum(numbers[i]);
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls));
}

/* The answer has rows, files and bytes. */
static Datum
run_import(FunctionCallInfo fcinfo, GeImport *import, const GeRelationRef *given,
		   const char *uri)
{
	Relation relation;

	ge_require_schema_usage(get_rel_namespace(given->relid));
	relation = table_open(ge_relation_lock(given, RowExclusiveLock), NoLock);
	ge_require_schema_usage(RelationGetNamespace(relation));
	ge_import_run(import, relation, ge_objects_to_read(uri, &import->access.choice));
	table_close(relation, NoLock);
	return make_row(fcinfo, (int64[]){import->rows, import->files, import->bytes}, 3);
}

static Datum
s3_import(PG_FUNCTION_ARGS)
{
	GeArguments *args = ge_arguments_open(fcinfo);
	GeImport import = {.access.choice.server = ge_arg_text_or_null(args, "server")};
	GeRelationRef given = ge_arg_relation(args, "rel");
	char *uri = ge_arg_text(args, "uri");

	import.columns = make_columns(ge_arg_names(args, "columns"));
	import.options = ge_copy_options_parse("options", ge_arg_text(args, "options"));
	import.access.compression = ge_compression_parse(ge_arg_text(args, "compression"));
	import.null_values = ge_arg_texts(args, "null_values");
	ge_arguments_done(args);
	return run_import(fcinfo, &import, &given, uri);
}

/* NULL for "", which scripts for RDS pass instead of NULL. */
static char *
arg_or_null(GeArguments *args, const char *name)
{
	char *value = ge_arg_text_or_null(args, name);

	return value != NULL && value[0] != '\0' ? value : NULL;
}

/* Access key, secret key and session token of a call. */
static GeS3Credentials
arg_credentials(GeArguments *args)
{
	GeS3Credentials result = {.access_key_id = arg_or_null(args, "access_key"),
							  .secret_access_key = arg_or_null(args, "secret_key"),
							  .session_token = arg_or_null(args, "session_token")};
	const char *const texts[] = {result.access_key_id, result.secret_access_key,
								 result.session_token};

	if ((result.access_key_id == NULL) != (result.secret_access_key == NULL))
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("access key and secret key go together"));
	if (result.session_token != NULL && result.secret_access_key == NULL)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("a session token needs the access key and the secret key that it "
					   "belongs to"),
				errhint("Without a token the keys of the user mapping are used."));
	for (int j = 0; j < lengthof(texts); j++)
		if (texts[j] != NULL && !ge_is_header_value(texts[j]))
			ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("credentials have a character that is not printable ASCII"));
	return result;
}

/* The server logs the statement of an error, and this one has the secret key. */
static void
hide_statement(void *arg)
{
	errhidestmt(true);
}

/* The relation of a name, as SQL has names. */
static GeRelationRef
find_relation(const char *name)
{
	return ge_relation_ref(
		DatumGetObjectId(DirectFunctionCall1(text_regclass, CStringGetTextDatum(name))));
}

/*
 * RDS's import: region and credentials are the call's.  Whatever can fail is done here,
 * where the statement is hidden: the table and the columns come as texts, and the right
 * to call is checked here, not by the function's own rights.
 */
static Datum
s3_aws_import(PG_FUNCTION_ARGS)
{
	ErrorContextCallback hiding = {.callback = hide_statement,
								   .previous = error_context_stack};
	GeImport import = {0};
	GeArguments *args;
	GeRelationRef given;
	char *table_name;
	char *uri;
	Datum result;

	error_context_stack = &hiding;
	args = ge_arguments_open(fcinfo);
	import.access.choice = (GeS3Choice){.region = arg_or_null(args, "region"),
										.credentials = arg_credentials(args)};
	if (import.access.choice.credentials.secret_access_key == NULL)
		error_context_stack = hiding.previous;
	ge_require_role("gpu_encode_s3_read", "read objects of S3");
	table_name = ge_arg_text(args, "table_name");
	uri = ge_arg_text(args, "uri");
	import.columns = make_columns(ge_arg_names_in_text(args, "column_list"));
	import.options = ge_copy_options_parse("options", ge_arg_text(args, "options"));
	ge_arguments_done(args);
	given = find_relation(table_name);
	result = run_import(fcinfo, &import, &given, uri);
	error_context_stack = hiding.previous;
	return result;
}

/* A size such as '6GB'. */
static int64
arg_size(GeArguments *args, const char *name)
{
	char *size = ge_arg_text(args, name);
	int64 result =
		DatumGetInt64(DirectFunctionCall1(pg_size_bytes, CStringGetTextDatum(size)));

	if (result <= 0)
		ereport(
			ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			errmsg("argument \"%s\" must be more than 0: \"%s\"", name, ge_shown(size)));
	return result;
}

static void
abort_export(int code, Datum export)
{
	ge_export_abort((GeExport *) DatumGetPointer(export), code);
}

/* The answer has rows, files and bytes. */
static Datum
run_export(FunctionCallInfo fcinfo, const GeExportRequest *request, const char *query)
{
	GeExport *export = ge_export_begin(request);

	PG_ENSURE_ERROR_CLEANUP(abort_export, PointerGetDatum(export));
	{
		ge_export_query(export, query);
		ge_export_complete(export);
	}
	PG_END_ENSURE_ERROR_CLEANUP(abort_export, PointerGetDatum(export));
	return make_row(fcinfo,
					(int64[]){ge_export_rows(export), ge_export_files(export),
							  ge_export_bytes(export)},
					3);
}

static Datum
s3_export(PG_FUNCTION_ARGS)
{
	GeArguments *args = ge_arguments_open(fcinfo);
	GeS3Choice choice = {.server = ge_arg_text_or_null(args, "server")};
	GeExportRequest request = {.choice = &choice};
	char *query = ge_arg_text(args, "query");

	request.uri = ge_arg_text(args, "uri");
	request.options = ge_copy_options_parse("options", ge_arg_text(args, "options"));
	request.compression = ge_compression_parse(ge_arg_text(args, "compression"));
	request.max_file_size = arg_size(args, "max_file_size");
	request.overwrite = ge_arg_bool(args, "overwrite");
	request.kms_key = ge_arg_text_or_null(args, "kms_key");
	ge_arguments_done(args);
	return run_export(fcinfo, &request, query);
}

/* RDS's export: the region is the call's, and existing objects are replaced. */
static Datum
s3_aws_export(PG_FUNCTION_ARGS)
{
	GeArguments *args = ge_arguments_open(fcinfo);
	GeS3Choice choice = {.region = arg_or_null(args, "region")};
	GeExportRequest request = {.choice = &choice, .overwrite = true};
	char *query = ge_arg_text(args, "query");

	request.uri = ge_arg_text(args, "uri");
	request.options = ge_copy_options_parse("options", ge_arg_text(args, "options"));
	request.max_file_size = AWS_MAX_FILE_SIZE;
	request.kms_key = arg_or_null(args, "kms_key");
	ge_arguments_done(args);
	return run_export(fcinfo, &request, query);
}

static Datum
text_or_null(const char *string, bool *is_null)
{
	*is_null = string == NULL;
	return string != NULL ? CStringGetTextDatum(string) : (Datum) 0;
}

static Datum
s3_list(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *answer = (ReturnSetInfo *) fcinfo->resultinfo;
	GeArguments *args = ge_arguments_open(fcinfo);
	char *uri = ge_arg_text(args, "uri");
	GeS3Choice choice = {.server = ge_arg_text_or_null(args, "server")};
	ListCell *cell;

	ge_arguments_done(args);
	InitMaterializedSRF(fcinfo, 0);
	foreach (cell, ge_objects_list(uri, &choice))
	{
		const GeListedObject *object = lfirst(cell);
		Datum values[5] = {CStringGetTextDatum(object->uri), Int64GetDatum(object->size)};
		bool nulls[5] = {false};

		nulls[2] = object->last_modified == NULL;
		if (!nulls[2])
			values[2] = DirectFunctionCall3(
				timestamptz_in, CStringGetDatum(object->last_modified),
				ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
		values[3] = text_or_null(object->etag, &nulls[3]);
		values[4] = text_or_null(object->storage_class, &nulls[4]);
		tuplestore_putvalues(answer->setResult, answer->setDesc, values, nulls);
	}
	return (Datum) 0;
}
