/*
 * fit.c: fit, which learns an encoder.
 */
#include "postgres.h"
#include "access/xact.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"

#include "base/arguments.h"
#include "base/compat.h"
#include "base/run_log.h"
#include "sql/job_arguments.h"
#include "sql/table_call.h"

GE_LOGGED_FUNCTION(ge_fit, fit);

static Datum
fit(PG_FUNCTION_ARGS)
{
	GeArguments *args = ge_arguments_open(fcinfo);
	GeJobOptions options = {0};
	GeTableCall call = {0};
	GeSourceSpec source = {.role = "source",
						   .teaches_labels = true,
						   .read_encoded = true,
						   .may_be_grouped = true};
	int n_sources;
	char *encoder;
	GeSourceSpec *sources;
	bool logged, replace;

	ge_call_begin("gpu_encode.fit()");
	encoder = ge_arg_text(args, "encoder");
	source.relation = ge_arg_relation(args, "source");
	sources = ge_label_sources(args, source, &n_sources);
	options.own_snapshot = true;
	ge_job_options_read(args, &options);
	logged = ge_arg_bool(args, "logged");
	replace = ge_arg_bool(args, "replace");
	ge_arguments_done(args);

	InitMaterializedSRF(fcinfo, 0);
	ge_call_lock(&call, encoder, NULL, 0, replace);
	ge_call_open_encoders(&call, &options);
	call.plan = ge_plan_create(&options, sources, n_sources);
	/* those of an output, which transform could not write */
	ge_output_check_count(call.plan->n_columns + call.plan->n_outputs);
	ge_call_open(&call, NULL, 0, "", "", logged);
	ge_call_learn(&call);
	return ge_call_finish_fit(fcinfo, &call);
}
