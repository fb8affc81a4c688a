/*
 * functions_course.c: the course that the functions that write take.
 */
#include "postgres.h"
#include "miscadmin.h"
#include "tcop/utility.h"

#include "arguments.h"
#include "functions_course.h"
#include "run_log.h"

void
ge_course_begin(const char *function)
{
	PreventCommandIfReadOnly(function);
	PreventCommandIfParallelMode(function);
	ge_run_begin();
}

void
ge_course_fold_arguments(FunctionCallInfo fcinfo, int first, bool has_order_by,
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
ge_course_preprocess_sources(GeSourceSpec *sources, bool has_validation,
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

void
ge_course_learn(GeJob *job)
{
	ge_job_read(job);
	ge_job_check_missing(job, 0);
	ge_job_sort(job);
	ge_job_combine(job);
	ge_job_fit(job);
}

void
ge_course_check_encoded(const GeJob *job, int source)
{
	ge_job_check_missing(job, source);
	ge_job_check_unknown(job, source);
}
