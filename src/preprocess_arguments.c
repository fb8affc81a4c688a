/*
 * preprocess_arguments.c: reads arguments that stand in one order in several functions.
 */
#include "postgres.h"

#include "arguments.h"
#include "preprocess_arguments.h"

void
ge_preprocess_folds(FunctionCallInfo fcinfo, int first, bool has_order_by,
					GeJobOptions *options)
{
	int fold_column = first + (has_order_by ? 4 : 3);

	options->folds.n_folds = ge_arg_n_folds(fcinfo, first);
	options->smooth = ge_arg_smooth(fcinfo, first + 1);
	options->folds.column = ge_arg_text_or_null(fcinfo, fold_column);
	options->folds.split = ge_arg_split(fcinfo, first + 2, options->folds.column);
	if (has_order_by)
		options->order_by = ge_arg_names(fcinfo, first + 3, "order_by");
	options->folds.seed = ge_arg_int64(fcinfo, fold_column + 1, "seed");
	options->folds.prior_out_of_fold = ge_arg_prior_out_of_fold(fcinfo, fold_column + 2);
	ge_arg_stat(fcinfo, fold_column + 3);
	options->target_type = ge_arg_target_type(fcinfo, fold_column + 4);
	options->pos_label = ge_arg_text_or_null(fcinfo, fold_column + 5);
	options->null_value = ge_arg_text_or_null(fcinfo, fold_column + 6);
	options->handle_missing = ge_arg_missing(fcinfo, fold_column + 7);
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
