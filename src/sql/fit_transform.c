/*
 * fit_transform.c: fit_transform and preprocess, which learn and encode in one call.
 */
#include "postgres.h"
#include "access/xact.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "base/arguments.h"
#include "base/compat.h"
#include "base/run_log.h"
#include "sql/job_arguments.h"
#include "sql/table_call.h"

GE_LOGGED_FUNCTION(ge_fit_transform, fit_transform);
GE_LOGGED_FUNCTION(ge_preprocess, preprocess);

static Datum
fit_transform(PG_FUNCTION_ARGS)
{
	GeArguments *args = ge_arguments_open(fcinfo);
	GeJobOptions options = {0};
	GeTableCall call = {0};
	int n_sources;
	char *encoder, *label_suffix, *te_suffix;
	GeSourceSpec source = {.role = "source",
						   .teaches_labels = true,
						   .read_encoded = true,
						   .needs_all_columns = true};
	GeSourceSpec *sources;
	GeOutputSpec output = {.argument = "output", .part = "output", .out_of_fold = true};
	bool logged, replace;

	ge_call_begin("gpu_encode.fit_transform()");
	encoder = ge_arg_text(args, "encoder");
	output.name = ge_arg_text(args, "output");
	source.relation = ge_arg_relation(args, "source");
	sources = ge_label_sources(args, source, &n_sources);
	options.own_snapshot = true;
	ge_job_options_read(args, &options);
	label_suffix = ge_arg_text(args, "label_suffix");
	te_suffix = ge_arg_text(args, "te_suffix");
	logged = ge_arg_bool(args, "logged");
	replace = ge_arg_bool(args, "replace");
	ge_arguments_done(args);

	InitMaterializedSRF(fcinfo, 0);
	ge_call_lock(&call, encoder, &output, 1, replace);
	sources[0].output = ge_call_source_output(&call, 0, label_suffix);
	ge_call_open_encoders(&call, &options);
	call.plan = ge_plan_create(&options, sources, n_sources);
	ge_call_open(&call, &output, 1, label_suffix, te_suffix, logged);
	ge_call_learn(&call);
	return ge_call_finish(fcinfo, &call);
}

/* Full encodings of training rows contain the rows' own targets. */
static void
warn_of_training_rows(const GePlan *plan)
{
	const GeSource *source = plan->sources[1].source;
	Oid train = RelationGetRelid(ge_source_relation(plan->sources[0].source));
	Oid validation = RelationGetRelid(ge_source_relation(source));

	if (plan->n_encodings > 0 && ge_relations_share_rows(train, validation))
		ereport(
			WARNING,
			(errmsg(train == validation ? "relation %s is both train and validation"
										: "relation %s, which is validation, shares rows "
										  "with train",
					ge_source_name(source)),
			 errdetail("The target encodings of validation_output are not out of "
					   "fold: each row's own target is in them."),
			 errhint("For training rows use train_output, or "
					 "gpu_encode.fit_transform().")));
}

static Datum
preprocess(PG_FUNCTION_ARGS)
{
	GeArguments *args = ge_arguments_open(fcinfo);
	GeJobOptions options = {0};
	GeTableCall call = {0};
	GeSourceSpec sources[2];
	GeOutputSpec outputs[2] = {
		{.argument = "train_output", .part = "train", .source = 0, .out_of_fold = true},
		{.argument = "validation_output", .part = "validation", .source = 1}};
	char *encoder, *label_suffix, *te_suffix;
	GeRelationRef validation;
	bool has_validation, logged, replace;
	int n_sources, n_outputs;

	ge_call_begin("gpu_encode.preprocess()");
	outputs[0].name = ge_arg_text(args, "train_output");
	outputs[1].name = ge_arg_text_or_null(args, "validation_output");
	n_outputs = outputs[1].name != NULL ? 2 : 1;
	has_validation = ge_arg_relation_given(args, "validation", &validation);
	n_sources = ge_preprocess_sources(sources, has_validation, outputs[1].name != NULL,
									  ge_arg_bool(args, "labels_from_validation"));
	sources[0].relation = ge_arg_relation(args, "train");
	if (has_validation)
		sources[1].relation = validation;
	options.own_snapshot = true;
	ge_job_options_read(args, &options);
	encoder = ge_arg_text_or_null(args, "encoder");
	label_suffix = ge_arg_text(args, "label_suffix");
	te_suffix = ge_arg_text(args, "te_suffix");
	logged = ge_arg_bool(args, "logged");
	replace = ge_arg_bool(args, "replace");
	ge_arguments_done(args);

	InitMaterializedSRF(fcinfo, 0);
	ge_call_lock(&call, encoder, outputs, n_outputs, replace);
	for (int i = 0; i < n_outputs; i++)
		sources[i].output = ge_call_source_output(&call, i, label_suffix);
	ge_call_open_encoders(&call, &options);
	call.plan = ge_plan_create(&options, sources, n_sources);
	ge_call_open(&call, outputs, n_outputs, label_suffix, te_suffix, logged);
	if (n_outputs == 2)
		warn_of_training_rows(call.plan);
	ge_call_learn(&call);
	if (n_outputs == 2)
	{
		ge_job_check_missing(call.run, 1);
		ge_job_check_unknown(call.run, 1);
		ge_job_check_unseen(call.run, 1);
	}
	return ge_call_finish(fcinfo, &call);
}
