/*
 * partial_fit.c: partial_fit, which counts further rows in.
 */
#include "postgres.h"
#include "fmgr.h"
#include "funcapi.h"

#include "base/arguments.h"
#include "base/compat.h"
#include "base/run_log.h"
#include "encoder/grow.h"
#include "encoder/guards.h"
#include "sql/job_arguments.h"
#include "sql/table_call.h"

GE_LOGGED_FUNCTION(ge_partial_fit, partial_fit);

#define NAME "gpu_encode.partial_fit()"

static Datum
partial_fit(PG_FUNCTION_ARGS)
{
	GeArguments *args = ge_arguments_open(fcinfo);
	GeJobOptions options = {.own_snapshot = true};
	GeTableCall call = {0};
	GeSourceSpec source = {.role = "source",
						   .teaches_labels = true,
						   .read_encoded = true,
						   .may_be_grouped = true};
	GeEncoder *encoder;
	GeGrowth growth = {.n = 1, .encoders = &encoder};
	GeRelationRef given;

	ge_call_begin(NAME);
	given = ge_arg_relation(args, "encoder");
	source.relation = ge_arg_relation(args, "source");
	growth.takes_out = ge_arg_bool(args, "remove");
	ge_job_options_read(args, &options);
	ge_arguments_done(args);

	InitMaterializedSRF(fcinfo, 0);
	/* before the snapshot: a call that waited here sees what the one before wrote */
	ge_call_lock_encoder(&call, &given);
	given = ge_relation_ref(ge_output_replaced(call.encoder_name));
	encoder = growth.codes_from = ge_encoder_open(&given);
	ge_encoder_fitting(encoder, &options, NAME);
	ge_guards_require(&options, encoder);
	call.plan = ge_plan_create(&options, &source, 1);
	ge_call_open(&call, NULL, 0, "", "", ge_output_is_logged(call.encoder_name));
	call.run = ge_growth_learn(call.plan, &growth);
	call.has_checks = ge_guards_check(call.run, encoder, &call.checks);
	ge_growth_close(&growth);
	return ge_call_finish_fit(fcinfo, &call);
}
