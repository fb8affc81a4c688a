/*
 * target_statistics.c: full statistics of categories, for new rows and for the encoder.
 */
#include "cpu/cpu_backend.h"
#include "cpu/float_mode.h"
#include "cpu/target.h"

static void
get_accumulators(const GeTarget *target, uint32_t id, uint32_t i,
				 const GeTargetStatistics *statistics)
{
	uint64_t n_rows;
	const uint64_t *cell = target->way->category(target, id, &n_rows);

	if (statistics->n_rows != NULL)
		statistics->n_rows[i] = n_rows;
	if (!target->counts_only)
		ge_cell_to_statistics(&target->layout, &target->parts, cell, statistics, i);
}

GeStatus
ge_cpu_target_statistics(GeTarget *target, uint32_t first_id, uint32_t count,
						 const GeTargetStatistics *statistics, double *const *encodings,
						 GeError *error)
{
	GeWork work = {&target->context->options, error, 0};
	double of_id[GE_MAX_FINISHES];
	uint32_t i, f;

	if (!target->finished)
		return ge_cpu_fail(error, GE_INTERNAL, "statistics of an unfinished target");
	if ((uint64_t) first_id + count > (uint64_t) target->spec.n_categories + 1)
		return ge_cpu_fail(error, GE_INTERNAL, "there are no categories %u to %llu of %u",
						   first_id, (unsigned long long) first_id + count,
						   target->spec.n_categories);
	ge_float_mode_reset();
	for (i = 0; i < count; i++)
	{
		get_accumulators(target, first_id + i, i, statistics);
		if (encodings != NULL)
			(void) ge_full_encodings(target, first_id + i, of_id);
		for (f = 0; encodings != NULL && f < target->n_finishes; f++)
			encodings[f][i] = of_id[f];
		if (ge_work_step(&work, 64) != GE_OK)
			return GE_CANCELLED;
	}
	return GE_OK;
}
