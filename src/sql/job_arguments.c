/*
 * preprocess_arguments.c: reads arguments that stand in one order in several functions.
 */
#include "postgres.h"

#include "base/arguments.h"
#include "sql/job_arguments.h"

void
ge_preprocess_folds(FunctionCallInfo fcinfo, int first, bool has_order_by,
					GeJobOptions *options)
{
	int fold_column = first + (has_order_by ? 4 : 3);

	options->folds.n_folds = ge_arg_n_folds(fcinfo, first);
	options->defaults.smooth = ge_arg_smooth(fcinfo, first + 1);
	options->folds.column = ge_arg_text_or_null(fcinfo, fold_column);
	options->folds.split = ge_arg_split(fcinfo, first + 2, options->folds.column);
	if (has_order_by)
		options->order_by = ge_arg_names(fcinfo, first + 3, "order_by");
	options->folds.seed = ge_arg_int64(fcinfo, fold_column + 1, "seed");
	options->folds.prior_out_of_fold = ge_arg_prior_out_of_fold(fcinfo, fold_column + 2);
	ge_arg_stat(fcinfo, fold_column + 3);
	options->target_type = ge_arg_target_type(fcinfo, fold_column + 4);
	options->pos_label = ge_arg_text_or_null(fcinfo, fold_column + 5);
	options->defaults.null_value = ge_arg_text_or_null(fcinfo, fold_column + 6);
	options->defaults.handle_missing = ge_arg_missing(fcinfo, fold_column + 7);
}

GeSourceSpec *
ge_label_sources(FunctionCallInfo fcinfo, int i, GeSourceSpec first, int *n)
{
	int n_more;
	GeRelationRef *more = ge_arg_relations(fcinfo, i, "label_sources", &n_more);
	GeSourceSpec *sources = palloc0_array(GeSourceSpec, n_more + 1);

	sources[0] = first;
	for (int k = 0; k < n_more; k++)
		sources[k + 1] = (GeSourceSpec){
			.relation = more[k], .role = "label_sources", .teaches_labels = true};
	*n = n_more + 1;
	return sources;
}

GeSourceSpec *
ge_fit_columns(FunctionCallInfo fcinfo, int target, GeJobOptions *options,
			   GeSourceSpec first, int *n)
{
	options->target = ge_arg_text_or_null(fcinfo, target);
	options->target_columns = ge_arg_names(fcinfo, target + 1, "target_columns");
	options->label_columns = ge_arg_names(fcinfo, target + 2, "label_columns");
	options->exclude_columns = ge_arg_names(fcinfo, target + 3, "exclude_columns");
	options->combinations = ge_arg_combinations(fcinfo, target + 5, "target_combinations",
												&options->n_combinations);
	return ge_label_sources(fcinfo, target + 4, first, n);
}

int
ge_preprocess_sources(GeSourceSpec *sources, bool has_validation,
					  bool has_validation_output, bool labels_from_validation)
{
	sources[0] = (GeSourceSpec){.role = "train",
								.teaches_labels = true,
								.read_encoded = true,
								.needs_all_columns = true};
	if (!has_validation)
	{
		if (has_validation_output)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("validation_output needs a validation")));
		return 1;
	}
	if (!has_validation_output && !labels_from_validation)
		ereport(
			ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("validation has no effect"),
			 errhint(
				 "Give a validation_output, or let labels_from_validation be true.")));
	sources[1] = (GeSourceSpec){.role = "validation",
								.teaches_labels = labels_from_validation,
								.read_encoded = has_validation_output,
								.needs_all_columns = has_validation_output};
	return 2;
}
