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
#include "encoder/guards.h"
#include "sql/job_arguments.h"
#include "sql/table_call.h"

GE_LOGGED_FUNCTION(ge_transform, transform);

/* What the encoder says of its columns counts less than what the call says. */
static void
override_by_encoder(const GeEncoderParameters *parameters, GeJobOptions *options)
{
	int n = parameters->n_columns + parameters->n_combinations, k = 0;
	GeColumnOverride *all = palloc_array(GeColumnOverride, n + options->n_overrides + 1);

	for (int i = 0; i < parameters->n_columns; i++)
		all[k++] = (GeColumnOverride){.column = parameters->columns[i].name,
									  .is_fitted = true,
									  .options = parameters->columns[i].options};
	for (int i = 0; i < parameters->n_combinations; i++)
		all[k++] = (GeColumnOverride){.column = parameters->combinations[i].name,
									  .is_fitted = true,
									  .options = parameters->combinations[i].options};
	for (int i = 0; i < options->n_overrides; i++)
		all[k++] = options->overrides[i];
	options->overrides = all;
	options->n_overrides = k;
}

static void
add_outputs(GeFittedOutput *all, int *n, const char *encoding,
			const GeEncoderOutputs *outputs, bool names_targets)
{
	for (int i = 0; i < outputs->n; i++)
	{
		const GeEncoderOutput *output = &outputs->outputs[i];

		all[(*n)++] = (GeFittedOutput){.encoding = encoding,
									   .stat = output->stat,
									   .target = names_targets ? output->target : NULL,
									   .class = output->class};
	}
}

/* The output columns of all columns and combinations. */
static void
outputs_of_encoder(const GeEncoderParameters *parameters, GeJobOptions *options)
{
	GeFittedOutput *all;
	int n = 0;

	for (int i = 0; i < parameters->n_columns; i++)
		n += parameters->columns[i].outputs.n;
	for (int i = 0; i < parameters->n_combinations; i++)
		n += parameters->combinations[i].outputs.n;
	all = palloc_array(GeFittedOutput, n + 1);
	n = 0;
	for (int i = 0; i < parameters->n_columns; i++)
		add_outputs(all, &n, parameters->columns[i].name, &parameters->columns[i].outputs,
					parameters->names_targets);
	for (int i = 0; i < parameters->n_combinations; i++)
		add_outputs(all, &n, parameters->combinations[i].name,
					&parameters->combinations[i].outputs, parameters->names_targets);
	options->fitted_outputs = all;
	options->n_fitted_outputs = n;
}

/* The options of a call that an encoder gives. */
static void
options_of_encoder(const GeEncoderParameters *parameters, GeJobOptions *options)
{
	override_by_encoder(parameters, options);
	outputs_of_encoder(parameters, options);
	ge_encoder_columns_into(parameters, options);
}

/* Full encodings of training rows contain the rows' own targets. */
static void
warn_of_training_rows(const GePlan *plan, const GeEncoderParameters *parameters)
{
	Oid source = RelationGetRelid(ge_source_relation(plan->sources[0].source));
	int nest = ge_text_form_begin(); /* names are quoted as in the encoder */
	const char *name = ge_relation_name(source);

	ge_text_form_end(nest);
	if (parameters->n_targets > 0 &&
		ge_relations_share_rows(source, parameters->source_oid))
		ereport(
			WARNING,
			(errmsg(parameters->source_oid == source
						? "relation %s is the one that the encoder was fitted on"
						: "relation %s shares rows with the one that the encoder was "
						  "fitted on",
					name),
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
	ge_job_combine(run);
	ge_encoder_settle_combinations(run, encoder);
	ge_job_check_unseen(run, 0);
}

static Datum
transform(PG_FUNCTION_ARGS)
{
	GeArguments *args = ge_arguments_open(fcinfo);
	GeJobOptions options = {.is_transform = true, .own_snapshot = true};
	GeTableCall call = {0};
	GeOutputSpec output = {.argument = "output", .part = "output"};
	GeSourceSpec source = {
		.role = "source", .read_encoded = true, .needs_all_columns = true};
	const GeEncoderParameters *parameters;
	GeEncoder *encoder;
	GeRelationRef given;
	char *label_suffix, *te_suffix;
	bool logged, replace;

	ge_call_begin("gpu_encode.transform()");
	given = ge_arg_relation(args, "encoder");
	source.relation = ge_arg_relation(args, "source");
	output.name = ge_arg_text(args, "output");
	ge_job_options_read(args, &options);
	label_suffix = ge_arg_text(args, "label_suffix");
	te_suffix = ge_arg_text(args, "te_suffix");
	logged = ge_arg_bool(args, "logged");
	replace = ge_arg_bool(args, "replace");
	ge_arguments_done(args);
	ge_call_lock(&call, NULL, &output, 1, replace);
	source.output = ge_call_source_output(&call, 0, label_suffix);
	encoder = ge_encoder_open(&given);
	ge_call_check_read(&call, ge_encoder_relid(encoder), "encoder");
	parameters = ge_encoder_parameters(encoder);
	ge_guards_require(&options, encoder);
	options_of_encoder(parameters, &options);
	options.encoder = ge_encoder_name(encoder);

	InitMaterializedSRF(fcinfo, 0);
	call.plan = ge_plan_create(&options, &source, 1);
	ge_call_open(&call, &output, 1, label_suffix, te_suffix, logged);
	warn_of_training_rows(call.plan, parameters);
	call.encoder_id = parameters->encoder_id;
	call.run = ge_job_attempt(call.plan, apply, encoder);
	/* guards come first: their error has every figure */
	call.has_checks = ge_guards_check(call.run, encoder, &call.checks);
	ge_job_check_missing(call.run, 0);
	ge_job_check_unknown(call.run, 0);
	ge_encoder_close(encoder);
	return ge_call_finish(fcinfo, &call);
}
