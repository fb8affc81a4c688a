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

#include "arguments.h"
#include "compat.h"
#include "table_call.h"

GE_SQL_FUNCTION(ge_fit_transform);
GE_SQL_FUNCTION(ge_preprocess);

/* The arguments of fit_transform and preprocess from n_folds to missing values stand in
 * one order: n_folds, smooth, split_method, order_by, fold_column, seed, prior, stat,
 * target_type, pos_label, null_value, handle_missing. */
static void
read_fold_arguments(FunctionCallInfo fcinfo, int first, GeJobOptions *options)
{
	options->folds.n_folds = ge_arg_n_folds(fcinfo, first);
	options->smooth = ge_arg_smooth(fcinfo, first + 1);
	options->folds.column = ge_arg_text_or_null(fcinfo, first + 4);
	options->folds.split = ge_arg_split(fcinfo, first + 2, options->folds.column);
	options->order_by = ge_arg_names(fcinfo, first + 3, "order_by");
	options->folds.seed = ge_arg_int64(fcinfo, first + 5, "seed");
	options->folds.prior_out_of_fold = ge_arg_prior_out_of_fold(fcinfo, first + 6);
	ge_arg_stat(fcinfo, first + 7);
	options->target_type = ge_arg_target_type(fcinfo, first + 8);
	options->pos_label = ge_arg_text_or_null(fcinfo, first + 9);
	options->null_value = ge_arg_text_or_null(fcinfo, first + 10);
	options->handle_missing = ge_arg_missing(fcinfo, first + 11);
}

Datum
ge_fit_transform(PG_FUNCTION_ARGS)
{
	GeJobOptions options = {0};
	GeTableCall call = {0};
	int n_label_sources;
	char *encoder, *label_suffix, *te_suffix;
	Oid *label_sources;
	GeSourceSpec *sources;
	GeOutputSpec output = {.argument = "output", .part = "output", .out_of_fold = true};
	bool logged;

	ge_call_begin("gpu_encode.fit_transform()");
	encoder = ge_arg_text(fcinfo, 0, "encoder");
	output.name = ge_arg_text(fcinfo, 2, "output");
	options.target = ge_arg_text_or_null(fcinfo, 3);
	options.target_columns = ge_arg_names(fcinfo, 4, "target_columns");
	options.label_columns = ge_arg_names(fcinfo, 5, "label_columns");
	options.exclude_columns = ge_arg_names(fcinfo, 6, "exclude_columns");
	label_sources = ge_arg_regclasses(fcinfo, 7, "label_sources", &n_label_sources);
	options.combinations =
		ge_arg_combinations(fcinfo, 8, "target_combinations", &options.n_combinations);
	read_fold_arguments(fcinfo, 9, &options);
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
	ge_call_open(&call, encoder, &output, 1, label_suffix, te_suffix, logged);
	ge_call_learn(&call);
	return ge_call_finish(fcinfo, &call);
}

/* The sources of preprocess: train, and validation where it is given. */
static int
preprocess_sources(FunctionCallInfo fcinfo, GeSourceSpec *sources,
				   const char *validation_output, bool labels_from_validation)
{
	sources[0] = (GeSourceSpec){.relid = ge_arg_regclass(fcinfo, 0, "train"),
								.role = "train",
								.teaches_labels = true,
								.read_encoded = true,
								.needs_all_columns = true};
	if (PG_ARGISNULL(4))
	{
		if (validation_output != NULL)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("validation_output needs a validation")));
		return 1;
	}
	if (validation_output == NULL && !labels_from_validation)
		ereport(
			ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("validation has no effect"),
			 errhint(
				 "Give a validation_output, or let labels_from_validation be true.")));
	sources[1] = (GeSourceSpec){.relid = ge_arg_regclass(fcinfo, 4, "validation"),
								.role = "validation",
								.teaches_labels = labels_from_validation,
								.read_encoded = validation_output != NULL,
								.needs_all_columns = validation_output != NULL};
	return 2;
}

Datum
ge_preprocess(PG_FUNCTION_ARGS)
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
	n_sources = preprocess_sources(fcinfo, sources, outputs[1].name,
								   ge_arg_bool(fcinfo, 8, "labels_from_validation"));
	options.combinations =
		ge_arg_combinations(fcinfo, 9, "target_combinations", &options.n_combinations);
	read_fold_arguments(fcinfo, 10, &options);
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
	ge_call_open(&call, encoder, outputs, n_outputs, label_suffix, te_suffix, logged);
	ge_call_learn(&call);
	if (n_outputs == 2)
	{
		ge_job_check_missing(call.job, 1);
		ge_job_check_unknown(call.job, 1);
	}
	return ge_call_finish(fcinfo, &call);
}
