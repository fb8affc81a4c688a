/*
 * target_add_statistics.c: groups of rows that were counted elsewhere, into dense cells.
 */
#include "cpu/cpu_backend.h"
#include "cpu/target_dense.h"

/* Groups that are checked and then counted in together. */
#define GROUPS_AT_ONCE UINT32_C(4096)

/* Groups first..first+n-1 of a call. */
typedef struct GeGroups
{
	uint32_t first;
	uint32_t n;
	const uint32_t *ids;
	const uint32_t *folds;
	const GeTargetStatistics *statistics;
} GeGroups;

static GeStatus
check_places(const GeTarget *target, const GeGroups *groups, GeError *error)
{
	uint32_t i;

	if ((target->spec.folds.split == GE_SPLIT_NONE) != (groups->folds == NULL))
		return ge_cpu_fail(error, GE_INTERNAL, "statistics %s folds",
						   groups->folds == NULL ? "without" : "with");
	for (i = groups->first; i < groups->first + groups->n; i++)
	{
		uint32_t fold = groups->folds != NULL ? groups->folds[i] : 0;

		if (groups->ids[i] > target->spec.n_categories || fold >= target->n_folds)
			return ge_cpu_fail(
				error, GE_INTERNAL, "there is no category %u of %u, or no fold %u of %u",
				groups->ids[i], target->spec.n_categories, fold, target->n_folds);
	}
	return GE_OK;
}

/* The groups' |sums| together and at least 1, for packed cells; UINT64_MAX: more. */
static uint64_t
add_magnitudes(const GeTarget *target, const GeGroups *groups)
{
	uint64_t most = 1;
	uint32_t i;

	for (i = groups->first; i < groups->first + groups->n; i++)
	{
		const int64_t *sums = groups->statistics->sums;
		const int64_t *digits = sums + (uint64_t) i * (target->layout.n_bins + 2);
		/* one bin and fewer than 2^31 rows: below 2^63, in the two lower digits */
		int64_t sum = sums == NULL ? 0 : digits[0] + digits[1] * (INT64_C(1) << 32);

		if (__builtin_add_overflow(most, (uint64_t) (sum < 0 ? -sum : sum), &most))
			return UINT64_MAX;
	}
	return most;
}

/* Whether the groups can be counted in, and room for them. */
static GeStatus
prepare(GeTarget *target, const GeGroups *groups, GeError *error)
{
	GeStatus status = check_places(target, groups, error);

	if (status == GE_OK)
		status = ge_statistics_check(&target->spec, groups->statistics, groups->first,
									 groups->n, &target->n_added, error);
	if (status == GE_OK)
		status = ge_dense_reserve_nulls(target, error);
	if (status == GE_OK && target->layout.form == GE_SUM_PACKED)
		status = ge_dense_make_room(target, add_magnitudes(target, groups), error);
	return status;
}

static void
add_group(GeTarget *target, const GeGroups *groups, uint32_t i)
{
	const GeTargetStatistics *statistics = groups->statistics;
	uint64_t n_targets = statistics->n_targets != NULL ? statistics->n_targets[i] : 0;
	uint64_t cell = (uint64_t) groups->ids[i] * target->n_folds;
	uint64_t group[GE_MAX_TARGET_WORDS];

	if (groups->folds != NULL)
		cell += groups->folds[i];
	ge_cell_from_statistics(&target->layout, &target->parts, statistics, i, group);
	ge_cell_add_parts(&target->layout, &target->parts,
					  target->dense.cells + cell * target->parts.n_words, group);
	target->dense.nulls[groups->ids[i]] += statistics->n_rows[i] - n_targets;
}

GeStatus
ge_cpu_target_add_statistics(GeTarget *target, uint32_t n, const uint32_t *ids,
							 const uint32_t *folds, const GeTargetStatistics *statistics,
							 GeError *error)
{
	GeGroups groups = {0, 0, ids, folds, statistics};
	GeWork work = {&target->context->options, error, 0};
	GeStatus status = GE_OK;
	uint32_t i;

	if (target->finished || !target->spec.takes_statistics)
		return ge_cpu_fail(error, GE_INTERNAL, "statistics for a target that takes none");
	for (; groups.first < n && status == GE_OK; groups.first += groups.n)
	{
		groups.n = n - groups.first < GROUPS_AT_ONCE ? n - groups.first : GROUPS_AT_ONCE;
		status = prepare(target, &groups, error);
		for (i = 0; i < groups.n && status == GE_OK; i++)
			add_group(target, &groups, groups.first + i);
		if (status == GE_OK)
			status = ge_work_step(&work, (uint64_t) groups.n * 200);
	}
	return status;
}
