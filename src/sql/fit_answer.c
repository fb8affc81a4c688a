/*
 * fit_answer.c: what the functions that learn an encoder return.
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

void
ge_call_answer_fit(FunctionCallInfo fcinfo, const GeTableCall *call, Oid encoder,
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
