/*
 * target_statistics.c: full statistics of categories, for new rows and for the encoder.
 */
#include "cpu/cpu_backend.h"
#include "cpu/float_mode.h"
#include "cpu/target.h"

GeStatus
ge_cpu_target_statistics(GeTarget *target, uint32_t first_id, uint32_t count,
						 GeTargetStatistics *statistics, GeError *error)
{
	const GeCellLayout *layout = &target->layout;
	uint32_t n_digits = layout->n_bins + 2, i;
	GeWork work = {&target->context->options, error, 0};

	if (!target->finished)
		return ge_cpu_fail(error, GE_INTERNAL, "statistics of an unfinished target");
	if ((uint64_t) first_id + count > (uint64_t) target->spec.n_categories + 1)
		return ge_cpu_fail(error, GE_INTERNAL, "there are no categories %u to %llu of %u",
						   first_id, (unsigned long long) first_id + count,
						   target->spec.n_categories);
	ge_float_mode_reset();
	for (i = 0; i < count; i++)
	{
		uint32_t id = first_id + i;
		const uint64_t *cell = target->way->category(target, id, &statistics->n_rows[i]);

		statistics->n_target[i] = ge_cell_count(layout, cell);
		ge_cell_digits(layout, cell, statistics->digits + (uint64_t) i * n_digits);
		statistics->encoding[i] = ge_is_category(target, id)
									  ? ge_full_encoding(target, cell)
									  : target->prior.mean;
		if (ge_work_step(&work, 64) != GE_OK)
			return GE_CANCELLED;
	}
	return GE_OK;
}
