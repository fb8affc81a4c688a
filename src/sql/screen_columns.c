/*
 * screen_columns.c: screen_columns, how much each column says of the target.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "base/arguments.h"
#include "base/compat.h"
#include "base/run_log.h"
#include "job/screen.h"
#include "sql/job_arguments.h"

GE_LOGGED_FUNCTION(ge_screen_columns, screen_columns);

/* A column of numbers with more values is no category, unless the call names it. */
#define MOST_NUMBERS 64

static Datum
number_or_null(double number, bool *is_null)
{
	*is_null = isnan(number) != 0;
	return Float8GetDatum(number);
}

static double
share_of(uint64 n, uint64 n_rows)
{
	return n_rows == 0 ? 0 : (double) n / (double) n_rows;
}

static void
put_row(const ReturnSetInfo *result, const GeScreened *screened)
{
	bool nulls[8] = {false};
	Datum values[] = {
		CStringGetTextDatum(screened->column_name),
		Int64GetDatum(screened->categories),
		Float8GetDatum(share_of(screened->missing, screened->n_rows)),
		Float8GetDatum(share_of(screened->largest, screened->n_rows)),
		Float8GetDatum(share_of(screened->singletons, screened->n_rows)),
		number_or_null(screened->information_value, &nulls[5]),
		number_or_null(screened->r2_out_of_fold, &nulls[6]),
		number_or_null(screened->r2_full, &nulls[7]),
	};

	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* The columns and the options of the call. */
static GeJobOptions
read_options(GeArguments *args)
{
	static GeStat mean;
	GeJobOptions options = {.target_columns = ge_arg_names(args, "columns"),
							.label_columns = {.given = true}, /* none */
							.folds = {.prior_out_of_fold = true},
							.defaults = {.stats = {.n = 1, .stats = &mean}},
							.is_screening = true};

	ge_stat_find("mean", &mean);
	ge_job_options_read(args, &options);
	ge_arguments_done(args);
	if (options.targets.n == 0)
		ge_arg_refuse_null("target");
	ge_job_options_of_class(&options);
	return options;
}

static Datum
screen_columns(PG_FUNCTION_ARGS)
{
	GeArguments *args = ge_arguments_open(fcinfo);
	GeSourceSpec source = {.relation = ge_arg_relation(args, "source"),
						   .role = "source",
						   .teaches_labels = true,
						   .read_encoded = true};
	GeJobOptions options = read_options(args);
	GePlan *plan;
	GeRun *run;
	GeScreened *screened;

	InitMaterializedSRF(fcinfo, 0);
	plan = ge_plan_create(&options, &source, 1);
	run = ge_job_learn(plan, NULL, NULL);
	ge_stage_begin();
	screened = ge_job_screen(run);
	for (int i = 0; i < plan->n_encodings; i++)
		if (options.target_columns.given || !screened[i].is_number ||
			screened[i].categories <= MOST_NUMBERS)
			put_row((ReturnSetInfo *) fcinfo->resultinfo, &screened[i]);
	ge_stage_end("screen", run->rows[0]->n_rows, -1, ge_compute_name(run->compute),
				 "%d column%s", plan->n_encodings, plan->n_encodings == 1 ? "" : "s");
	ge_job_close(run);
	ge_plan_close(plan);
	return (Datum) 0;
}
