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
	const GeCellLayout *layout = &target->layout;
	uint64_t n_digits = layout->n_bins + 2, n_rows;
	const uint64_t *cell = target->way->category(target, id, &n_rows);

	if (statistics->n_rows != NULL)
		statistics->n_rows[i] = n_rows;
	if (statistics->n_targets != NULL)
		statistics->n_targets[i] = ge_cell_count(layout, cell);
	if (statistics->sums != NULL)
		ge_cell_digits(layout, cell, statistics->sums + i * n_digits);
}

static double
get_encoding(const GeTarget *target, uint32_t id)
{
	uint64_t n_rows;

	if (!ge_is_category(target, id))
		return target->prior.unseen;
	return ge_full_encoding(target, target->way->category(target, id, &n_rows));
}

GeStatus
ge_cpu_target_statistics(GeTarget *target, uint32_t first_id, uint32_t count,
						 const GeTargetStatistics *statistics, double *const *encodings,
						 GeError *error)
{
	double *means = encodings != NULL ? encodings[0] : NULL;
	GeWork work = {&target->context->options, error, 0};
	uint32_t i;

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
		if (means != NULL)
			means[i] = get_encoding(target, first_id + i);
		if (ge_work_step(&work, 64) != GE_OK)
			return GE_CANCELLED;
	}
	return GE_OK;
}
