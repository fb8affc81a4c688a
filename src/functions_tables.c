/*
 * functions_tables.c: fit, fit_transform, preprocess and transform: functions that create
 * tables.
 *
 * All follow one course: arguments; names, locks and rights; outputs created; sources
 * read; computed; outputs and encoder filled.  On any error the transaction's abort leaves
 * nothing.
 */
#include "postgres.h"
#include "access/xact.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "arguments.h"
#include "compat.h"
#include "encoder_table.h"
#include "functions_course.h"
#include "job.h"
#include "output_plan.h"
#include "run_log.h"

GE_SQL_FUNCTION(ge_fit);
GE_SQL_FUNCTION(ge_fit_transform);
GE_SQL_FUNCTION(ge_preprocess);
GE_SQL_FUNCTION(ge_transform);

#define MAX_OUTPUTS 2

/* A call that writes: its job, its outputs, its encoder. */
typedef struct Call
{
	GeJob *job;
	int n_outputs;
	GeOutputPlan *outputs[MAX_OUTPUTS];
	GeOutputTable *encoder; /* NULL: none is written */
} Call;

/* Check every table to be created, then create them, before anything is read. */
static void
open_outputs(Call *call, const char *encoder, const GeOutputSpec *outputs, int n_outputs,
			 const char *label_suffix, const char *te_suffix, bool logged)
{
	GeNewTable tables[MAX_OUTPUTS + 1] = {0};
	int n = 0;

	for (int i = 0; i < n_outputs; i++)
	{
		call->outputs[i] = ge_output_plan_create(call->job, &outputs[i], label_suffix,
												 te_suffix, logged);
		tables[n++] = ge_output_plan_table(call->outputs[i]);
	}
	call->n_outputs = n_outputs;
	if (encoder != NULL)
		tables[n++] = ge_new_table_check("encoder", encoder, ge_encoder_columns,
										 GE_ENCODER_N_COLUMNS, logged);
	ge_new_tables_differ(tables, n);
	for (int i = 0; i < n_outputs; i++)
		ge_output_plan_open(call->outputs[i]);
	if (encoder != NULL)
		call->encoder = ge_output_create(tables[n - 1].name, ge_encoder_columns,
										 GE_ENCODER_N_COLUMNS, logged);
}

static void
answer_outputs(FunctionCallInfo fcinfo, const Call *call)
{
	ReturnSetInfo *answer = (ReturnSetInfo *) fcinfo->resultinfo;

	for (int i = 0; i < call->n_outputs; i++)
	{
		GeOutputResult result = ge_output_plan_result(call->outputs[i]);
		const char *device = ge_compute_device(call->job->compute);
		Datum values[] = {
			ObjectIdGetDatum(result.relid),
			CStringGetTextDatum(result.part),
			Int64GetDatum(result.counts.rows),
			Int32GetDatum(result.n_columns),
			Int64GetDatum(result.counts.unknown_labels),
			Int64GetDatum(result.counts.missing_labels),
			Int64GetDatum(result.counts.unseen_targets),
			Float8GetDatum(result.seconds),
			CStringGetTextDatum(ge_compute_name(call->job->compute)),
			device == NULL ? (Datum) 0 : CStringGetTextDatum(device),
		};
		bool nulls[lengthof(values)] = {[9] = device == NULL};

		tuplestore_putvalues(answer->setResult, answer->setDesc, values, nulls);
	}
}

static void
answer_fit(FunctionCallInfo fcinfo, Oid encoder, const GeFitSummary *summaries, int n)
{
	ReturnSetInfo *answer = (ReturnSetInfo *) fcinfo->resultinfo;

	for (int i = 0; i < n; i++)
	{
		const GeFitSummary *summary = &summaries[i];
		Datum values[] = {
			ObjectIdGetDatum(encoder),
			CStringGetTextDatum(summary->column_name),
			CStringGetTextDatum(summary->kind),
			Int64GetDatum(summary->categories),
			Int64GetDatum(summary->rows),
			Int64GetDatum(summary->missing_rows),
			Float8GetDatum(summary->prior),
			summary->pos_label == NULL ? (Datum) 0
									   : CStringGetTextDatum(summary->pos_label),
		};
		bool nulls[lengthof(values)] = {
			[6] = !summary->has_prior, [7] = summary->pos_label == NULL};

		tuplestore_putvalues(answer->setResult, answer->setDesc, values, nulls);
	}
}

Datum
ge_fit(PG_FUNCTION_ARGS)
{
	GeJobOptions options = {0};
	Call call = {0};
	int n_label_sources, n_summaries;
	char *encoder;
	Oid *label_sources;
	GeSourceSpec *sources;
	GeFitSummary *summaries;
	Oid encoder_relid;
	bool logged;

	ge_course_begin("gpu_encode.fit()");
	encoder = ge_arg_text(fcinfo, 0, "encoder");
	options.target = ge_arg_text_or_null(fcinfo, 2);
	options.target_columns = ge_arg_names(fcinfo, 3, "target_columns");
	options.label_columns = ge_arg_names(fcinfo, 4, "label_columns");
	options.exclude_columns = ge_arg_names(fcinfo, 5, "exclude_columns");
	label_sources = ge_arg_regclasses(fcinfo, 6, "label_sources", &n_label_sources);
	options.combinations =
		ge_arg_combinations(fcinfo, 7, "target_combinations", &options.n_combinations);
	options.smooth = ge_arg_smooth(fcinfo, 8);
	ge_arg_stat(fcinfo, 9);
	options.target_type = ge_arg_target_type(fcinfo, 10);
	options.pos_label = ge_arg_text_or_null(fcinfo, 11);
	options.null_value = ge_arg_text_or_null(fcinfo, 12);
	options.handle_missing = ge_arg_missing(fcinfo, 13);
	ge_arg_reserved_null(fcinfo, 14, "min_frequency");
	ge_arg_reserved_null(fcinfo, 15, "max_categories");
	ge_arg_reserved_null(fcinfo, 16, "codes_from");
	ge_arg_reserved_null(fcinfo, 17, "column_options");
	logged = ge_arg_bool(fcinfo, 18, "logged");
	ge_arg_reserved_false(fcinfo, 19, "replace");

	sources = palloc0_array(GeSourceSpec, n_label_sources + 1);
	sources[0] = (GeSourceSpec){.relid = ge_arg_regclass(fcinfo, 1, "source"),
								.role = "source",
								.teaches_labels = true,
								.read_encoded = true};
	for (int i = 0; i < n_label_sources; i++)
		sources[i + 1] = (GeSourceSpec){
			.relid = label_sources[i], .role = "label_sources", .teaches_labels = true};
	InitMaterializedSRF(fcinfo, 0);
	call.job = ge_job_create(&options, sources, n_label_sources + 1);
	open_outputs(&call, encoder, NULL, 0, "", "", logged);
	ge_course_learn(call.job);
	encoder_relid = ge_output_relid(call.encoder);
	summaries = ge_encoder_write(call.job, call.encoder, &n_summaries);
	answer_fit(fcinfo, encoder_relid, summaries, n_summaries);
	ge_job_close(call.job);
	return (Datum) 0;
}

/* Write the outputs, then the encoder, and answer. */
static Datum
finish_call(FunctionCallInfo fcinfo, Call *call)
{
	int n_summaries;

	for (int i = 0; i < call->n_outputs; i++)
		ge_output_plan_fill(call->outputs[i], call->job);
	if (call->encoder != NULL)
		ge_encoder_write(call->job, call->encoder, &n_summaries);
	answer_outputs(fcinfo, call);
	ge_job_close(call->job);
	return (Datum) 0;
}

Datum
ge_fit_transform(PG_FUNCTION_ARGS)
{
	GeJobOptions options = {0};
	Call call = {0};
	int n_label_sources;
	char *encoder, *label_suffix, *te_suffix;
	Oid *label_sources;
	GeSourceSpec *sources;
	GeOutputSpec output = {.argument = "output", .part = "output", .out_of_fold = true};
	bool logged;

	ge_course_begin("gpu_encode.fit_transform()");
	encoder = ge_arg_text(fcinfo, 0, "encoder");
	output.name = ge_arg_text(fcinfo, 2, "output");
	options.target = ge_arg_text_or_null(fcinfo, 3);
	options.target_columns = ge_arg_names(fcinfo, 4, "target_columns");
	options.label_columns = ge_arg_names(fcinfo, 5, "label_columns");
	options.exclude_columns = ge_arg_names(fcinfo, 6, "exclude_columns");
	label_sources = ge_arg_regclasses(fcinfo, 7, "label_sources", &n_label_sources);
	options.combinations =
		ge_arg_combinations(fcinfo, 8, "target_combinations", &options.n_combinations);
	ge_course_fold_arguments(fcinfo, 9, true, &options);
	ge_arg_reserved_null(fcinfo, 21, "min_frequency");
	ge_arg_reserved_null(fcinfo, 22, "max_categories");
	ge_arg_reserved_null(fcinfo, 23, "codes_from");
	label_suffix = ge_arg_text(fcinfo, 24, "label_suffix");
	te_suffix = ge_arg_text(fcinfo, 25, "te_suffix");
	ge_arg_reserved_null(fcinfo, 26, "column_options");
	logged = ge_arg_bool(fcinfo, 27, "logged");
	ge_arg_reserved_false(fcinfo, 28, "replace");

	sources = palloc0_array(GeSourceSpec, n_label_sources + 1);
	sources[0] = (GeSourceSpec){.relid = ge_arg_regclass(fcinfo, 1, "source"),
								.role = "source",
								.teaches_labels = true,
								.read_encoded = true,
								.needs_all_columns = true};
	for (int i = 0; i < n_label_sources; i++)
		sources[i + 1] = (GeSourceSpec){
			.relid = label_sources[i], .role = "label_sources", .teaches_labels = true};
	InitMaterializedSRF(fcinfo, 0);
	call.job = ge_job_create(&options, sources, n_label_sources + 1);
	open_outputs(&call, encoder, &output, 1, label_suffix, te_suffix, logged);
	ge_course_learn(call.job);
	return finish_call(fcinfo, &call);
}

Datum
ge_preprocess(PG_FUNCTION_ARGS)
{
	GeJobOptions options = {0};
	Call call = {0};
	GeSourceSpec sources[2];
	GeOutputSpec outputs[2] = {
		{.argument = "train_output", .part = "train", .source = 0, .out_of_fold = true},
		{.argument = "validation_output", .part = "validation", .source = 1}};
	char *encoder, *label_suffix, *te_suffix;
	bool logged;
	int n_sources, n_outputs;

	ge_course_begin("gpu_encode.preprocess()");
	outputs[0].name = ge_arg_text(fcinfo, 1, "train_output");
	options.target = ge_arg_text_or_null(fcinfo, 2);
	options.target_columns = ge_arg_names(fcinfo, 3, "target_columns");
	outputs[1].name = ge_arg_text_or_null(fcinfo, 5);
	n_outputs = outputs[1].name != NULL ? 2 : 1;
	options.label_columns = ge_arg_names(fcinfo, 6, "label_columns");
	options.exclude_columns = ge_arg_names(fcinfo, 7, "exclude_columns");
	n_sources =
		ge_course_preprocess_sources(sources, !PG_ARGISNULL(4), outputs[1].name != NULL,
									 ge_arg_bool(fcinfo, 8, "labels_from_validation"));
	sources[0].relid = ge_arg_regclass(fcinfo, 0, "train");
	if (n_sources == 2)
		sources[1].relid = ge_arg_regclass(fcinfo, 4, "validation");
	options.combinations =
		ge_arg_combinations(fcinfo, 9, "target_combinations", &options.n_combinations);
	ge_course_fold_arguments(fcinfo, 10, true, &options);
	options.handle_unknown = ge_arg_unknown(fcinfo, 22, &options.unknown_value);
	ge_arg_reserved_null(fcinfo, 24, "min_frequency");
	ge_arg_reserved_null(fcinfo, 25, "max_categories");
	encoder = ge_arg_text_or_null(fcinfo, 26);
	ge_arg_reserved_null(fcinfo, 27, "codes_from");
	label_suffix = ge_arg_text(fcinfo, 28, "label_suffix");
	te_suffix = ge_arg_text(fcinfo, 29, "te_suffix");
	ge_arg_reserved_null(fcinfo, 30, "column_options");
	logged = ge_arg_bool(fcinfo, 31, "logged");
	ge_arg_reserved_false(fcinfo, 32, "replace");

	InitMaterializedSRF(fcinfo, 0);
	call.job = ge_job_create(&options, sources, n_sources);
	open_outputs(&call, encoder, outputs, n_outputs, label_suffix, te_suffix, logged);
	ge_course_learn(call.job);
	if (n_outputs == 2)
		ge_course_check_encoded(call.job, 1);
	return finish_call(fcinfo, &call);
}

/* What an encoder says of the columns, as options of a job. */
static void
options_of_encoder(const GeEncoderParameters *parameters, GeJobOptions *options)
{
	int n = parameters->n_columns;

	options->is_transform = true;
	options->handle_missing = parameters->handle_missing;
	options->null_value = parameters->null_value;
	options->label_columns = options->target_columns = (GeNames){.given = true};
	options->label_columns.names = palloc_array(char *, n + 1);
	options->target_columns.names = palloc_array(char *, n + 1);
	for (int i = 0; i < n; i++)
	{
		const GeEncoderColumn *column = &parameters->columns[i];

		if (column->is_label)
			options->label_columns.names[options->label_columns.n++] = column->name;
		if (column->is_target)
			options->target_columns.names[options->target_columns.n++] = column->name;
	}
	options->n_combinations = parameters->n_combinations;
	options->combinations = palloc_array(GeNames, parameters->n_combinations + 1);
	for (int i = 0; i < parameters->n_combinations; i++)
		options->combinations[i] = parameters->combinations[i].names;
}

/* The columns of the source have the types that the encoder was fitted on. */
static void
check_types(const GeJob *job, const GeEncoderParameters *parameters, const char *encoder)
{
	for (int i = 0; i < job->n_columns; i++)
	{
		const GeCategoryColumn *column = &job->columns[i];
		const GeEncoderColumn *fitted = ge_encoder_find_column(parameters, column->name);

		if (fitted == NULL)
			ge_encoder_damaged(encoder,
							   "A combination has a column that its parameters lack.");
		if (fitted->type != column->type)
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("column \"%s\" has type %s in %s, but encoder %s expects %s",
							column->name, format_type_be(column->type),
							ge_source_name(job->sources[0].source), encoder,
							fitted->type_name)));
	}
}

/* Full encodings of training rows contain the rows' own targets. */
static void
warn_of_training_rows(const GeEncoderParameters *parameters, Oid source)
{
	if (parameters->target != NULL &&
		strcmp(parameters->source, ge_relation_name(source)) == 0)
		ereport(
			WARNING,
			(errmsg("relation %s is the one that the encoder was fitted on",
					parameters->source),
			 errdetail(
				 "Its target encodings are not out of fold: each row's own target is in "
				 "them."),
			 errhint("For training rows use gpu_encode.fit_transform().")));
}

Datum
ge_transform(PG_FUNCTION_ARGS)
{
	GeJobOptions options = {0};
	Call call = {0};
	GeOutputSpec output = {.argument = "output", .part = "output"};
	GeSourceSpec source = {
		.role = "source", .read_encoded = true, .needs_all_columns = true};
	GeEncoderParameters *parameters;
	char *label_suffix, *te_suffix, *name;
	Oid encoder;
	bool logged;

	ge_course_begin("gpu_encode.transform()");
	encoder = ge_arg_regclass(fcinfo, 0, "encoder");
	source.relid = ge_arg_regclass(fcinfo, 1, "source");
	output.name = ge_arg_text(fcinfo, 2, "output");
	options.handle_unknown = ge_arg_unknown(fcinfo, 4, &options.unknown_value);
	label_suffix = ge_arg_text(fcinfo, 6, "label_suffix");
	te_suffix = ge_arg_text(fcinfo, 7, "te_suffix");
	ge_arg_reserved_null(fcinfo, 8, "column_options");
	logged = ge_arg_bool(fcinfo, 9, "logged");
	ge_arg_reserved_false(fcinfo, 10, "replace");
	parameters = ge_encoder_open(encoder);
	options_of_encoder(parameters, &options);
	options.order_by = ge_arg_names(fcinfo, 3, "order_by");
	name = ge_relation_name(encoder);

	InitMaterializedSRF(fcinfo, 0);
	call.job = ge_job_create(&options, &source, 1);
	check_types(call.job, parameters, name);
	open_outputs(&call, NULL, &output, 1, label_suffix, te_suffix, logged);
	warn_of_training_rows(parameters, source.relid);
	ge_encoder_load(call.job, encoder, parameters);
	ge_job_read(call.job);
	ge_course_check_encoded(call.job, 0);
	ge_job_combine(call.job);
	ge_encoder_settle_combinations(call.job, encoder);
	return finish_call(fcinfo, &call);
}
