/*
 * s3_preprocess.c: preprocess_s3: the whole job from CSV files to CSV files.
 *
 * Files are read into temporary files.  The steps that follow are those of preprocess,
 * with CSV files as outputs: laid out before anything is computed, then written, and
 * completed last.  After an error nothing appears.  ROLLBACK does not remove completed
 * outputs.
 */
#include "postgres.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "storage/ipc.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "base/arguments.h"
#include "base/compat.h"
#include "base/rights.h"
#include "files/output.h"
#include "files/store.h"
#include "sql/job_arguments.h"
#include "base/run_log.h"
#include "base/shown.h"
#include "s3/local_file.h"
#include "s3/uri.h"
#include "sql/table_call.h"

GE_LOGGED_FUNCTION(ge_preprocess_s3, preprocess_s3);

#define MAX_PARTS 2

typedef struct Call
{
	GeTableCall tables; /* the job, and the encoder if there is one */
	GeJobOptions options;
	int n_inputs;
	GeCsvSet inputs[MAX_PARTS];
	GeCsvStore *stores[MAX_PARTS];
	GeSourceSpec sources[MAX_PARTS];
	int n_outputs;
	GeCsvOutput outputs[MAX_PARTS];
	GeSinkOptions sink;
	char *encoder;			 /* NULL: none */
	bool replace;			 /* the encoder may be there */
	char *validation_output; /* NULL: none */
	char *label_suffix;
	char *te_suffix;
} Call;

/* ------------------------------------------------------------------------ arguments */

/* The uri of an output: a prefix takes the input's base name. */
static const char *
output_uri(const char *output, const char *input)
{
	const char *slash = strrchr(input, '/');
	const char *base = slash == NULL ? input : slash + 1;

	if (output[0] == '\0' || output[strlen(output) - 1] != '/')
		return output;
	if (base[0] == '\0' || strchr(base, '*') != NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s has no base name for an output in %s",
							   ge_printable(input), ge_printable(output)),
						errhint("Name the output's object.")));
	return psprintf("%s%s", output, base);
}

static void
read_inputs(GeArguments *args, Call *call)
{
	GeCsvSet input = {.sample_rows = UINT64_MAX};

	input.column_types = ge_arg_jsonb_or_null(args, "column_types");
	input.null_values = ge_arg_texts(args, "null_values");
	input.options =
		ge_csv_options_parse("import_options", ge_arg_text(args, "import_options"), true);
	input.access.choice.server = ge_arg_text_or_null(args, "server");
	input.access.compression = ge_compression_parse(ge_arg_text(args, "compression"));
	call->inputs[0] = call->inputs[1] = input;
	call->inputs[0].uri = ge_arg_text(args, "train");
	call->inputs[1].uri = ge_arg_text_or_null(args, "validation");
	call->n_inputs = ge_preprocess_sources(call->sources, call->inputs[1].uri != NULL,
										   call->validation_output != NULL,
										   ge_arg_bool(args, "labels_from_validation"));
	for (int i = 0; i < call->n_inputs; i++)
		call->sources[i].name = call->inputs[i].uri;
}

static void
read_outputs(GeArguments *args, Call *call)
{
	const GeCsvOptions *options = ge_csv_options_parse(
		"export_options", ge_arg_text(args, "export_options"), false);
	const char *train = ge_arg_text(args, "train_output");
	const char *server = ge_arg_text_or_null(args, "output_server");

	call->outputs[0] = (GeCsvOutput){.part = "train",
									 .uri = output_uri(train, call->inputs[0].uri),
									 .source = 0,
									 .out_of_fold = true,
									 .options = options};
	call->n_outputs = 1;
	if (call->validation_output != NULL)
		call->outputs[call->n_outputs++] =
			(GeCsvOutput){.part = "validation",
						  .uri = output_uri(call->validation_output, call->inputs[1].uri),
						  .source = 1,
						  .options = options};
	call->sink.choice.server =
		server != NULL ? server : call->inputs[0].access.choice.server;
	call->sink.compression = call->inputs[0].access.compression;
	call->sink.kms_key = ge_arg_text_or_null(args, "kms_key");
	call->sink.content_type = "text/csv";
	call->sink.overwrite = ge_arg_bool(args, "overwrite");
}

static void
read_arguments(GeArguments *args, Call *call)
{
	call->options.own_snapshot = true;
	ge_job_options_read(args, &call->options);
	call->encoder = ge_arg_text_or_null(args, "encoder");
	call->replace = ge_arg_bool(args, "replace");
	if (call->replace && call->encoder == NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("replace has no effect without an encoder"),
						errhint("For outputs say overwrite => true.")));
	call->validation_output = ge_arg_text_or_null(args, "validation_output");
	call->label_suffix = ge_arg_text(args, "label_suffix");
	call->te_suffix = ge_arg_text(args, "te_suffix");
	read_inputs(args, call);
	read_outputs(args, call);
	ge_arguments_done(args);
}

/* --------------------------------------------------------------------------- steps */

/* Whether an output is among the objects or files that a uri stands for. */
static bool
stands_for(const char *uri, const char *output)
{
	if (ge_uri_means(uri, output))
		return true;
	/* other users learn nothing about the server's files; their call will be refused */
	return ge_uri_is_file(uri) && ge_uri_is_file(output) &&
		   has_privs_of_role(GetUserId(), ROLE_PG_READ_SERVER_FILES) &&
		   ge_local_file_is_same(ge_uri_file_path(uri), ge_uri_file_path(output));
}

/*
 * An output among the inputs would replace an input, or be read as one when the job runs
 * again.
 */
static void
check_is_no_input(const GeCsvOutput *output, const GeCsvSet *input, const char *role)
{
	if (!stands_for(input->uri, output->uri))
		return;
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("%s_output would be an input, too", output->part),
					errdetail("%s is %s, which stands for %s as well.", role,
							  ge_printable(input->uri), ge_printable(output->uri)),
					errhint("Write to where the job does not read.")));
}

/* Nor may an output be the other one. */
static void
check_uris(const Call *call)
{
	for (int i = 0; i < call->n_outputs; i++)
	{
		for (int k = 0; k < call->n_inputs; k++)
			check_is_no_input(&call->outputs[i], &call->inputs[k], call->sources[k].role);
		for (int k = 0; k < i; k++)
			if (stands_for(call->outputs[k].uri, call->outputs[i].uri))
				ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
								errmsg("both outputs are %s",
									   ge_printable(call->outputs[i].uri)),
								errhint("Give them different names.")));
	}
}

/* Full encodings of training rows contain the rows' own targets, as in preprocess. */
static void
warn_of_training_rows(const Call *call)
{
	const char *train = call->inputs[0].uri, *validation = call->inputs[1].uri;

	if (call->n_outputs < 2 || call->tables.plan->n_encodings == 0 ||
		(!stands_for(train, validation) && !stands_for(validation, train)))
		return;
	ereport(
		WARNING,
		(errmsg("%s is both train and validation", ge_printable(validation)),
		 errdetail("The target encodings of validation_output are not out of fold: each "
				   "row's own target is in them."),
		 errhint("For training rows use train_output.")));
}

static void
read_files(Call *call)
{
	for (int i = 0; i < call->n_inputs; i++)
	{
		GeCsvSet *input = &call->inputs[i];

		ge_stage_begin();
		if (i > 0)
			input->types_of = call->inputs[0].columns;
		ge_csv_set_open(input);
		call->stores[i] =
			ge_csv_store_fill(input, &call->options, i == 0 ? NULL : call->stores[0]);
		call->sources[i].rows = ge_row_file_rows(call->stores[i]->rows);
		call->sources[i].column_names = call->stores[i]->column_names;
		call->sources[i].all_names = call->stores[i]->names;
		ge_stage_end("import", call->sources[i].rows->n_rows, input->n_bytes, "", "%s",
					 input->uri);
	}
	ge_csv_store_include(call->stores[0], &call->options);
}

static void
run_job(Call *call)
{
	GePlan *plan;
	GeRun *run;

	ge_call_open_encoders(&call->tables, &call->options);
	plan = call->tables.plan =
		ge_plan_create(&call->options, call->sources, call->n_inputs);
	warn_of_training_rows(call);
	for (int i = 0; i < call->n_outputs; i++)
		ge_csv_output_lay_out(&call->outputs[i], plan, call->stores[i],
							  call->label_suffix, call->te_suffix);
	ge_call_open(&call->tables, NULL, 0, "", "", true);
	ge_call_learn(&call->tables);
	run = call->tables.run;
	if (call->n_outputs == 2)
	{
		ge_job_check_missing(run, 1);
		ge_job_check_unknown(run, 1);
		ge_job_check_unseen(run, 1);
	}
	for (int i = 0; i < call->n_outputs; i++)
		ge_csv_output_fill(&call->outputs[i], run);
	if (call->tables.encoder != NULL)
		call->tables.encoder_id = ge_encoder_write(run, call->tables.encoder).encoder_id;
	ge_output_swap(call->tables.names, call->tables.n_names);
}

/* -------------------------------------------------------------------------- answer */

static Datum
label_coded(const GePlan *plan)
{
	Datum *names = palloc(sizeof(Datum) * Max(plan->n_columns, 1));
	int n = 0;

	for (int i = 0; i < plan->n_columns; i++)
		if (plan->columns[i].is_label)
			names[n++] = CStringGetTextDatum(plan->columns[i].name);
	return PointerGetDatum(construct_array(names, n, TEXTOID, -1, false, TYPALIGN_INT));
}

static void
answer(FunctionCallInfo fcinfo, const Call *call)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	const GeRun *run = call->tables.run;

	for (int i = 0; i < call->n_outputs; i++)
	{
		const GeCsvOutput *output = &call->outputs[i];
		const char *device = ge_compute_device(run->compute);
		const char *id = call->tables.encoder_id;
		Datum values[] = {
			CStringGetTextDatum(output->uri),
			CStringGetTextDatum(output->part),
			Int64GetDatum(output->counts.rows),
			Int32GetDatum(output->n_columns),
			Int64GetDatum(output->counts.unknown_labels),
			Int64GetDatum(output->counts.missing_labels),
			Int64GetDatum(output->counts.unseen_targets),
			Int64GetDatum(call->inputs[i].n_bytes),
			Int64GetDatum(ge_sink_bytes(output->sink)),
			label_coded(run->plan),
			Float8GetDatum(output->seconds),
			CStringGetTextDatum(ge_compute_name(run->compute)),
			device == NULL ? (Datum) 0 : CStringGetTextDatum(device),
			id == NULL ? (Datum) 0 : CStringGetTextDatum(id),
			call->tables.checks,
		};
		bool nulls[lengthof(values)] = {
			[12] = device == NULL, [13] = id == NULL, [14] = !call->tables.has_checks};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
}

/*
 * Make both outputs appear.  A cancel waits until then, because it would leave only one.
 */
static void
complete_outputs(Call *call)
{
	CHECK_FOR_INTERRUPTS();
	HOLD_INTERRUPTS();
	for (int i = 0; i < call->n_outputs; i++)
		ge_sink_complete(call->outputs[i].sink);
	RESUME_INTERRUPTS();
}

/* On error, and when the session is ended in the middle. */
static void
abort_outputs(int code, Datum arg)
{
	Call *call = (Call *) DatumGetPointer(arg);

	for (int i = 0; i < call->n_outputs; i++)
		ge_sink_abort(call->outputs[i].sink, code);
}

static Datum
preprocess_s3(PG_FUNCTION_ARGS)
{
	Call call = {0};

	ge_call_begin("gpu_encode.preprocess_s3()");
	/* EXECUTE is granted to members of gpu_encode_s3_write; the function also reads */
	ge_require_role("gpu_encode_s3_read", "read objects of S3");
	read_arguments(ge_arguments_open(fcinfo), &call);
	check_uris(&call);
	ge_call_lock(&call.tables, call.encoder, NULL, 0, call.replace);
	InitMaterializedSRF(fcinfo, 0);
	PG_ENSURE_ERROR_CLEANUP(abort_outputs, PointerGetDatum(&call));
	{
		for (int i = 0; i < call.n_outputs; i++)
			call.outputs[i].sink = ge_sink_open(call.outputs[i].uri, &call.sink);
		read_files(&call);
		run_job(&call);
		answer(fcinfo, &call);
		ge_job_close(call.tables.run);
		ge_plan_close(call.tables.plan);
		for (int i = 0; i < call.n_inputs; i++)
			ge_csv_store_close(call.stores[i]);
		complete_outputs(&call);
	}
	PG_END_ENSURE_ERROR_CLEANUP(abort_outputs, PointerGetDatum(&call));
	return (Datum) 0;
}
