/*
 * transform.c: transform, which applies an encoder.
 */
#include "postgres.h"
#include "access/xact.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"
#include "utils/tuplestore.h"

#include "base/arguments.h"
#include "base/compat.h"
#include "base/run_log.h"
#include "sql/job_arguments.h"
#include "sql/table_call.h"

GE_LOGGED_FUNCTION(ge_transform, transform);

/* The options of a call that an encoder gives. */
static void
options_of_encoder(const GeEncoderParameters *parameters, GeJobOptions *options)
{
	int n = parameters->n_columns;
	GeFittedType *types = palloc_array(GeFittedType, n + 1);

	options->is_transform = options->own_snapshot = true;
	options->defaults.handle_missing = parameters->handle_missing;
	options->defaults.null_value = parameters->null_value;
	options->label_columns =
		(GeNames){.given = true, .names = palloc_array(char *, n + 1)};
	options->n_fitted_types = n;
	options->fitted_types = types;
	for (int i = 0; i < n; i++)
	{
		types[i] =
			(GeFittedType){parameters->columns[i].name, parameters->columns[i].type};
		if (parameters->columns[i].is_label)
			options->label_columns.names[options->label_columns.n++] =
				parameters->columns[i].name;
	}
	options->target_columns = parameters->target_columns;
	options->n_combinations = parameters->n_combinations;
	options->combinations = palloc_array(GeNames, parameters->n_combinations + 1);
	for (int i = 0; i < parameters->n_combinations; i++)
		options->combinations[i] = parameters->combinations[i].names;
}

/* Full encodings of training rows contain the rows' own targets. */
static void
warn_of_training_rows(const GePlan *plan, const GeEncoderParameters *parameters)
{
	Oid source = RelationGetRelid(ge_source_relation(plan->sources[0].source));
	int nest = ge_text_form_begin(); /* names are quoted as in the encoder */
	const char *name = ge_relation_name(source);

	ge_text_form_end(nest);
	if (parameters->target != NULL && parameters->source_oid == source)
		ereport(
			WARNING,
			(errmsg("relation %s is the one that the encoder was fitted on", name),
			 errdetail(
				 "Its target encodings are not out of fold: each row's own target is in "
				 "them."),
			 errhint("For training rows use gpu_encode.fit_transform().")));
}

/* GeJobSteps */
static void
apply(GeRun *run, void *arg)
{
	GeEncoder *encoder = arg;

	ge_encoder_load(run, encoder);
	ge_job_check_unknown_options(run);
	ge_job_read(run);
	ge_job_check_missing(run, 0);
	ge_job_check_unknown(run, 0);
	ge_job_combine(run);
	ge_encoder_settle_combinations(run, encoder);
}

static Datum
transform(PG_FUNCTION_ARGS)
{
	GeArguments *args = ge_arguments_open(fcinfo);
	GeJobOptions options = {0};
	GeTableCall call = {0};
	GeOutputSpec output = {.argument = "output", .part = "output"};
	GeSourceSpec source = {
		.role = "source", .read_encoded = true, .needs_all_columns = true};
	const GeEncoderParameters *parameters;
	GeEncoder *encoder;
	GeRelationRef given;
	char *label_suffix, *te_suffix;
	bool logged;

	ge_call_begin("gpu_encode.transform()");
	given = ge_arg_relation(args, "encoder");
	source.relation = ge_arg_relation(args, "source");
	output.name = ge_arg_text(args, "output");
	ge_job_options_read(args, &options);
	label_suffix = ge_arg_text(args, "label_suffix");
	te_suffix = ge_arg_text(args, "te_suffix");
	logged = ge_arg_bool(args, "logged");
	ge_arguments_done(args);
	encoder = ge_encoder_open(&given);
	parameters = ge_encoder_parameters(encoder);
	options_of_encoder(parameters, &options);

	InitMaterializedSRF(fcinfo, 0);
	call.plan = ge_plan_create(&options, &source, 1);
	ge_call_open(&call, NULL, &output, 1, label_suffix, te_suffix, logged);
	warn_of_training_rows(call.plan, parameters);
	call.run = ge_job_attempt(call.plan, apply, encoder);
	ge_encoder_close(encoder);
	return ge_call_finish(fcinfo, &call);
}
