/*
 * grow.c: a job that learns from encoders and from rows.
 */
#include "postgres.h"

#include "base/compat.h"
#include "encoder/grow.h"
#include "encoder/json.h"
#include "encoder/load_groups.h"
#include "job/groups.h"

/* The rows that an encoder was fitted on. */
static uint64
count_fitted(GeEncoder *encoder)
{
	const Jsonb *jsonb = ge_encoder_read_jsonb(&encoder->cursor, encoder->snapshot);

	return (uint64) ge_json_int(ge_json_root(jsonb, ge_encoder_name(encoder)), "rows", 0,
								PG_INT64_MAX);
}

/* More rows than a table can have. */
GE_NORETURN static void
refuse_rows(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("the encoder would have too many rows"),
			 errdetail("An encoder has at most " INT64_FORMAT " rows.", PG_INT64_MAX)));
}

/* GeJobSteps: codes first, because ids with given codes come before all others. */
static void
load(GeRun *run, void *arg)
{
	const GeGrowth *growth = arg;
	uint64 *n_rows = palloc_array(uint64, growth->n + 1), all = 0;
	bool keeps_own = growth->n == 1 && growth->codes_from == growth->encoders[0];

	if (growth->codes_from != NULL && !keeps_own)
		ge_codes_from_load(run, growth->codes_from);
	for (int i = 0; i < growth->n; i++)
	{
		n_rows[i] = count_fitted(growth->encoders[i]);
		if (n_rows[i] > PG_INT64_MAX - all)
			refuse_rows();
		all += n_rows[i];
	}
	ge_job_groups_begin(run, 0, all);
	if (growth->takes_out)
		ge_job_groups_take_out(run);
	for (int i = 0; i < growth->n; i++)
		ge_encoder_load_groups(run, growth->encoders[i], n_rows[i], keeps_own,
							   growth->takes_out);
}

GeRun *
ge_growth_learn(const GePlan *plan, GeGrowth *growth)
{
	GeRun *run;

	if (growth->codes_from != NULL)
		ge_codes_from_check(plan, growth->codes_from);
	run = ge_job_learn(plan, load, growth);
	if (ge_job_n_rows(run) > PG_INT64_MAX)
		refuse_rows();
	return run;
}

void
ge_growth_close(GeGrowth *growth)
{
	bool closes_codes = growth->codes_from != NULL;

	for (int i = 0; i < growth->n; i++)
	{
		closes_codes &= growth->encoders[i] != growth->codes_from;
		ge_encoder_close(growth->encoders[i]);
	}
	if (closes_codes)
		ge_encoder_close(growth->codes_from);
	*growth = (GeGrowth){0};
}
