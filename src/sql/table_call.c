/*
 * table_call.c: calls that fill tables, step by step.
 */
#include "postgres.h"
#include "access/xact.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "encoder/guards.h"
#include "sql/table_call.h"

void
ge_call_begin(const char *function)
{
	PreventCommandIfReadOnly(function);
	PreventCommandIfParallelMode(function);
}

void
ge_call_lock(GeTableCall *call, const char *encoder, const GeOutputSpec *outputs,
			 int n_outputs, bool replace)
{
	for (int i = 0; i < n_outputs; i++)
		call->names[call->n_names++] =
			ge_output_name(outputs[i].argument, outputs[i].name);
	if (encoder != NULL)
	{
		call->encoder_name = &call->names[call->n_names];
		call->names[call->n_names++] = ge_output_name("encoder", encoder);
	}
	if (replace)
		ge_output_replace(call->names, call->n_names);
}

void
ge_call_lock_encoder(GeTableCall *call, const GeRelationRef *encoder)
{
	call->encoder_name = &call->names[call->n_names];
	call->names[call->n_names++] = ge_output_replace_given("encoder", encoder);
}

/* The encoder that the call will replace; NULL: none. */
static GeEncoder *
open_replaced(const GeTableCall *call)
{
	GeRelationRef replaced;
	Oid relid = InvalidOid;

	if (call->encoder_name != NULL)
		relid = ge_output_replaced(call->encoder_name);
	if (!OidIsValid(relid))
		return NULL;
	replaced = ge_relation_ref(relid);
	return ge_encoder_open(&replaced);
}

void
ge_call_open_encoders(GeTableCall *call, GeJobOptions *options)
{
	call->codes_from = ge_codes_from_open(options);
	call->before = call->codes_from;
	if (call->before == NULL && ge_guards_compare(&options->guards))
		call->before = open_replaced(call);
	ge_guards_require(options, call->before);
}

void
ge_call_learn(GeTableCall *call)
{
	call->run = ge_codes_from_learn(call->plan, call->codes_from);
	call->has_checks = ge_guards_check(call->run, call->before, &call->checks);
	if (call->before != NULL)
		ge_encoder_close(call->before);
	call->codes_from = call->before = NULL;
}

const GeSourceOutput *
ge_call_source_output(const GeTableCall *call, int i, const char *label_suffix)
{
	GeSourceOutput *output = palloc0_object(GeSourceOutput);
	const GeOutputName *name = &call->names[i];

	output->replaces_values = label_suffix[0] == '\0';
	if (name->replacement != NULL)
		output->obstacle = "The output replaces a table; drop the table first.";
	else if (ge_output_is_temporary(name))
		output->obstacle = "The output is a temporary table.";
	return output;
}

static void
refuse_read(const GeOutputName *name, const char *detail)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("table \"%s\" cannot be replaced by a call that reads it",
						   name->name->relname),
					errdetail_internal("%s", detail),
					errhint("Give argument \"%s\" another name.", name->argument)));
}

void
ge_call_check_read(const GeTableCall *call, Oid relid, const char *role)
{
	for (int i = 0; i < call->n_names; i++)
		if (ge_output_replaced(&call->names[i]) == relid)
			refuse_read(&call->names[i], psprintf("It is the %s.", role));
}

/* No source may read a table that is replaced, under a view neither. */
static void
check_sources(const GeTableCall *call)
{
	for (int i = 0; i < call->n_names; i++)
		for (int s = 0; s < call->plan->n_sources; s++)
		{
			const GeSource *source = call->plan->sources[s].source;
			Oid relid = ge_output_replaced(&call->names[i]);

			if (OidIsValid(relid) && ge_source_reads(source, relid))
				refuse_read(&call->names[i],
							psprintf("Source %s reads it.", ge_source_name(source)));
		}
}

void
ge_call_open(GeTableCall *call, const GeOutputSpec *outputs, int n_outputs,
			 const char *label_suffix, const char *te_suffix, bool logged)
{
	GeOutputName *encoder = call->n_names > n_outputs ? &call->names[n_outputs] : NULL;

	check_sources(call);
	for (int i = 0; i < n_outputs; i++)
		call->outputs[i] = ge_output_plan_create(call->plan, &outputs[i], &call->names[i],
												 label_suffix, te_suffix, logged);
	call->n_outputs = n_outputs;
	if (encoder != NULL)
	{
		ge_encoder_check_names(call->plan);
		ge_output_check(encoder, ge_encoder_columns(), GE_ENCODER_N_COLUMNS, logged);
	}
	ge_output_names_differ(call->names, call->n_names);
	for (int i = 0; i < n_outputs; i++)
		ge_output_plan_open(call->outputs[i], call->plan);
	if (encoder != NULL)
		call->encoder =
			ge_output_create(encoder, ge_encoder_columns(), GE_ENCODER_N_COLUMNS, logged);
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
			call->checks,
		};
		bool nulls[lengthof(values)] = {[9] = device == NULL,
										[10] = call->encoder_id == NULL,
										[11] = !call->has_checks};

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
	ge_output_swap(call->names, call->n_names);
	answer_outputs(fcinfo, call);
	ge_job_close(call->run);
	ge_plan_close(call->plan);
	return (Datum) 0;
}
