/*
 * functions_tables.c: fit_transform and preprocess, which learn and encode in one call.
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
	bool logged;

	ge_call_begin("gpu_encode.fit_transform()");
	encoder = ge_arg_text(fcinfo, 0, "encoder");
	output.name = ge_arg_text(fcinfo, 2, "output");
	source.relation = ge_arg_relation(fcinfo, 1, "source");
	options.own_snapshot = true;
	sources = ge_fit_columns(fcinfo, 3, &options, source, &n_sources);
	ge_preprocess_folds(fcinfo, 9, true, &options);
	ge_arg_reserved_null(fcinfo, 21, "min_frequency");
	ge_arg_reserved_null(fcinfo, 22, "max_categories");
	ge_arg_reserved_null(fcinfo, 23, "codes_from");
	label_suffix = ge_arg_text(fcinfo, 24, "label_suffix");
	te_suffix = ge_arg_text(fcinfo, 25, "te_suffix");
	ge_arg_reserved_null(fcinfo, 26, "column_options");
	logged = ge_arg_bool(fcinfo, 27, "logged");
	ge_arg_reserved_false(fcinfo, 28, "replace");

	InitMaterializedSRF(fcinfo, 0);
	call.plan = ge_plan_create(&options, sources, n_sources);
	ge_call_open(&call, encoder, &output, 1, label_suffix, te_suffix, logged);
	call.run = ge_job_learn(call.plan);
	return ge_call_finish(fcinfo, &call);
}

/* Full encodings of training rows contain the rows' own targets. */
static void
warn_of_training_rows(const GePlan *plan)
{
	const GeSource *train = plan->sources[0].source,
				   *validation = plan->sources[1].source;

	if (plan->n_encodings > 0 && RelationGetRelid(ge_source_relation(train)) ==
									 RelationGetRelid(ge_source_relation(validation)))
		ereport(
			WARNING,
			(errmsg("relation %s is both train and validation", ge_source_name(train)),
			 errdetail("The target encodings of validation_output are not out of "
					   "fold: each row's own target is in them."),
			 errhint("For training rows use train_output, or "
					 "gpu_encode.fit_transform().")));
}

static Datum
preprocess(PG_FUNCTION_ARGS)
{
	GeJobOptions options = {0};
	GeTableCall call = {0};
	GeSourceSpec sources[2];
	GeOutputSpec outputs[2] = {
		{.argument = "train_output", .part = "train", .source = 0, .out_of_fold = true},
		{.argument = "validation_output", .part = "validation", .source = 1}};
	char *encoder, *label_suffix, *te_suffix;
	bool logged;
	int n_sources, n_outputs;

	ge_call_begin("gpu_encode.preprocess()");
	outputs[0].name = ge_arg_text(fcinfo, 1, "train_output");
	options.target = ge_arg_text_or_null(fcinfo, 2);
	options.target_columns = ge_arg_names(fcinfo, 3, "target_columns");
	outputs[1].name = ge_arg_text_or_null(fcinfo, 5);
	n_outputs = outputs[1].name != NULL ? 2 : 1;
	options.label_columns = ge_arg_names(fcinfo, 6, "label_columns");
	options.exclude_columns = ge_arg_names(fcinfo, 7, "exclude_columns");
	n_sources = ge_preprocess_sources(sources, !PG_ARGISNULL(4), outputs[1].name != NULL,
									  ge_arg_bool(fcinfo, 8, "labels_from_validation"));
	sources[0].relation = ge_arg_relation(fcinfo, 0, "train");
	if (n_sources == 2)
		sources[1].relation = ge_arg_relation(fcinfo, 4, "validation");
	options.own_snapshot = true;
	options.combinations =
		ge_arg_combinations(fcinfo, 9, "target_combinations", &options.n_combinations);
	ge_preprocess_folds(fcinfo, 10, true, &options);
	options.defaults.handle_unknown =
		ge_arg_unknown(fcinfo, 22, &options.defaults.unknown_value);
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
	call.plan = ge_plan_create(&options, sources, n_sources);
	ge_call_open(&call, encoder, outputs, n_outputs, label_suffix, te_suffix, logged);
	if (n_outputs == 2)
		warn_of_training_rows(call.plan);
	call.run = ge_job_learn(call.plan);
	if (n_outputs == 2)
	{
		ge_job_check_unknown_value(call.run);
		ge_job_check_missing(call.run, 1);
		ge_job_check_unknown(call.run, 1);
	}
	return ge_call_finish(fcinfo, &call);
}
