/*
 * table_call.c: calls that create tables, step by step.
 */
#include "postgres.h"
#include "access/xact.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "sql/table_call.h"

void
ge_call_begin(const char *function)
{
	PreventCommandIfReadOnly(function);
	PreventCommandIfParallelMode(function);
}

void
ge_call_open(GeTableCall *call, const char *encoder, const GeOutputSpec *outputs,
			 int n_outputs, const char *label_suffix, const char *te_suffix, bool logged)
{
	GeNewTable tables[GE_MAX_OUTPUTS + 1] = {0};
	int n = 0;

	for (int i = 0; i < n_outputs; i++)
	{
		call->outputs[i] = ge_output_plan_create(call->plan, &outputs[i], label_suffix,
												 te_suffix, logged);
		tables[n++] = ge_output_plan_table(call->outputs[i]);
	}
	call->n_outputs = n_outputs;
	if (encoder != NULL)
	{
		ge_encoder_check_names(call->plan);
		tables[n++] = ge_new_table_check("encoder", encoder, ge_encoder_columns,
										 GE_ENCODER_N_COLUMNS, logged);
	}
	ge_new_tables_differ(tables, n);
	for (int i = 0; i < n_outputs; i++)
		ge_output_plan_open(call->outputs[i], call->plan);
	if (encoder != NULL)
		call->encoder = ge_output_create(tables[n - 1].name, ge_encoder_columns,
										 GE_ENCODER_N_COLUMNS, logged);
}

static void
answer_outputs(FunctionCallInfo fcinfo, const GeTableCall *call)
{
	ReturnSetInfo *answer = (ReturnSetInfo *) fcinfo->resultinfo;

	for (int i = 0; i < call->n_outputs; i++)
	{
		GeOutputResult result = ge_output_plan_result(call->outputs[i]);
		const char *device = ge_compute_device(call->run->compute);
		Datum values[] = {
			ObjectIdGetDatum(result.relid),
			CStringGetTextDatum(result.part),
			Int64GetDatum(result.counts.rows),
			Int32GetDatum(result.n_columns),
			Int64GetDatum(result.counts.unknown_labels),
			Int64GetDatum(result.counts.missing_labels),
			Int64GetDatum(result.counts.unseen_targets),
			Float8GetDatum(result.seconds),
			CStringGetTextDatum(ge_compute_name(call->run->compute)),
			device == NULL ? (Datum) 0 : CStringGetTextDatum(device),
			call->encoder_id == NULL ? (Datum) 0 : CStringGetTextDatum(call->encoder_id),
			(Datum) 0,
		};
		bool nulls[lengthof(values)] = {
			[9] = device == NULL, [10] = call->encoder_id == NULL, [11] = true};

		tuplestore_putvalues(answer->setResult, answer->setDesc, values, nulls);
	}
}

Datum
ge_call_finish(FunctionCallInfo fcinfo, GeTableCall *call)
{
	for (int i = 0; i < call->n_outputs; i++)
		ge_output_plan_fill(call->outputs[i], call->run);
	if (call->encoder != NULL)
		call->encoder_id = ge_encoder_write(call->run, call->encoder).encoder_id;
	answer_outputs(fcinfo, call);
	ge_job_close(call->run);
	ge_plan_close(call->plan);
	return (Datum) 0;
}
