/*
 * fit_answer.c: the end of a call that learns an encoder, and what the call returns.
 */
#include "postgres.h"
#include "fmgr.h"
#include "nodes/execnodes.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "sql/table_call.h"

static Datum
text_or_null(const char *string, bool *is_null)
{
	*is_null = string == NULL;
	return string == NULL ? (Datum) 0 : CStringGetTextDatum(string);
}

static void
answer_fit(FunctionCallInfo fcinfo, const GeTableCall *call, Oid encoder,
		   const GeFitAnswer *answer)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	for (int i = 0; i < answer->n; i++)
	{
		const GeFitSummary *summary = &answer->summaries[i];
		bool nulls[12] = {[8] = !summary->has_prior, [11] = !call->has_checks};
		Datum values[] = {
			ObjectIdGetDatum(encoder),
			CStringGetTextDatum(summary->column_name),
			CStringGetTextDatum(summary->kind),
			Int64GetDatum(summary->categories),
			Int64GetDatum(summary->rows),
			Int64GetDatum(summary->missing_rows),
			text_or_null(summary->target, &nulls[6]),
			text_or_null(summary->class, &nulls[7]),
			Float8GetDatum(summary->prior),
			text_or_null(summary->pos_label, &nulls[9]),
			CStringGetTextDatum(answer->encoder_id),
			call->checks,
		};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
}

Datum
ge_call_finish_fit(FunctionCallInfo fcinfo, GeTableCall *call)
{
	Oid encoder = ge_output_relid(call->encoder);
	GeFitAnswer answer = ge_encoder_write(call->run, call->encoder);

	ge_output_swap(call->names, call->n_names);
	answer_fit(fcinfo, call, encoder, &answer);
	ge_job_close(call->run);
	ge_plan_close(call->plan);
	return (Datum) 0;
}
