/*
 * merge_encoders.c: merge_encoders, which makes one encoder of those of parts.
 */
#include "postgres.h"
#include "fmgr.h"
#include "funcapi.h"

#include "base/arguments.h"
#include "base/compat.h"
#include "base/run_log.h"
#include "encoder/grow.h"
#include "sql/job_arguments.h"
#include "sql/table_call.h"

GE_LOGGED_FUNCTION(ge_merge_encoders, merge_encoders);

#define NAME "gpu_encode.merge_encoders()"

/* Every encoder, locked and checked. */
static void
open_encoders(GeGrowth *growth, const GeRelationRef *given, int n, bool is_null)
{
	if (n == 0 && is_null)
		ge_arg_refuse_null("encoders");
	if (n == 0)
		ereport(
			ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("argument \"encoders\" names no encoder"),
			 errhint("Name the encoders of the parts: encoders => '{first,second}'.")));
	growth->encoders = palloc_array(GeEncoder *, n);
	for (; growth->n < n; growth->n++)
		growth->encoders[growth->n] = ge_encoder_open(&given[growth->n]);
}

static Datum
merge_encoders(PG_FUNCTION_ARGS)
{
	GeArguments *args = ge_arguments_open(fcinfo);
	GeJobOptions options = {.own_snapshot = true};
	GeTableCall call = {0};
	GeGrowth growth = {0};
	GeRelationRef *given;
	GeSourceSpec source;
	char *encoder;
	bool logged, replace;
	int n;

	ge_call_begin(NAME);
	encoder = ge_arg_text(args, "encoder");
	given = ge_arg_relations(args, "encoders", &n);
	ge_job_options_read(args, &options);
	logged = ge_arg_bool(args, "logged");
	replace = ge_arg_bool(args, "replace");
	ge_arguments_done(args);

	InitMaterializedSRF(fcinfo, 0);
	ge_call_lock(&call, encoder, NULL, 0, replace);
	open_encoders(&growth, given, n, PG_ARGISNULL(1));
	growth.codes_from = ge_codes_from_open(&options);
	ge_encoders_fitting(growth.encoders, n, &options, NAME);
	source = ge_growth_no_rows(&options);
	call.plan = ge_plan_create(&options, &source, 1);
	ge_call_open(&call, NULL, 0, "", "", logged);
	call.run = ge_growth_learn(call.plan, &growth);
	ge_growth_close(&growth);
	return ge_call_finish_fit(fcinfo, &call);
}
