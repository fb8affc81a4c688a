/*
 * grow.c: a job that learns from encoders and from rows.
 */
#include "postgres.h"

#include "common/int.h"

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
		if (pg_add_u64_overflow(all, n_rows[i], &all) || all > PG_INT64_MAX)
			ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
							errmsg("the encoders have too many rows together")));
	}
	ge_job_groups_begin(run, all);
	if (growth->takes_out)
		ge_job_groups_take_out(run);
	for (int i = 0; i < growth->n; i++)
		ge_encoder_load_groups(run, growth->encoders[i], n_rows[i], keeps_own);
}

GeRun *
ge_growth_learn(const GePlan *plan, GeGrowth *growth)
{
	if (growth->codes_from != NULL)
		ge_codes_from_check(plan, growth->codes_from);
	return ge_job_learn(plan, load, growth);
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
