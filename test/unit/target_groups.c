/*
 * target_groups.c: scenarios of which some rows are counted elsewhere, the plain way.
 */
#include <stdlib.h>
#include <string.h>

#include "reference_sum.h"
#include "target_scenario.h"

/* Groups of each id and fold: rows are dealt out at random. */
#define PARTS 3

/* The statistics of groups, and what each belongs to. */
typedef struct Groups
{
	uint32_t n;
	uint32_t n_digits;
	uint32_t *ids;
	uint32_t *folds;
	ReferenceSum *sums;
	GeTargetStatistics statistics;
} Groups;

static Groups
make_groups(const Scenario *scenario)
{
	uint32_t n = scenario->n_rows;
	Groups groups = {.n_digits =
						 GE_SUM_DIGITS(scenario->spec.low_bin, scenario->spec.high_bin),
					 .ids = test_alloc(n, sizeof(uint32_t)),
					 .folds = test_alloc(n, sizeof(uint32_t)),
					 .sums = test_alloc(n, sizeof(ReferenceSum))};

	groups.statistics.n_rows = test_alloc(n, sizeof(uint64_t));
	groups.statistics.n_targets = test_alloc(n, sizeof(uint64_t));
	groups.statistics.sums = test_alloc((size_t) n * groups.n_digits, sizeof(int64_t));
	return groups;
}

static void
free_groups(Groups *groups)
{
	free(groups->ids);
	free(groups->folds);
	free(groups->sums);
	free(groups->statistics.n_rows);
	free(groups->statistics.n_targets);
	free(groups->statistics.sums);
}

static void
count_row(Groups *groups, uint32_t group, const Scenario *scenario, uint32_t row)
{
	groups->ids[group] = scenario->wide_ids[row];
	groups->folds[group] = scenario->folds[row];
	groups->statistics.n_rows[group]++;
	if (scenario->target_is_null[row])
		return;
	groups->statistics.n_targets[group]++;
	if (scenario->spec.kind == GE_TARGET_INT64)
		reference_add_int64(&groups->sums[group], scenario->int_targets[row], 0);
	else
		reference_add_double(&groups->sums[group], scenario->float_targets[row]);
}

/* Rows from `first` on in groups, no more than PARTS for each id and fold. */
static Groups
count_groups(const Scenario *scenario, uint32_t first, uint64_t seed)
{
	Groups groups = make_groups(scenario);
	uint32_t n_ids = scenario->spec.n_categories + 1;
	uint32_t n_folds =
		scenario->spec.folds.n_folds > 0 ? scenario->spec.folds.n_folds : 1;
	/* by part, id and fold: the number of its group and one */
	uint32_t *group_of = test_alloc((size_t) PARTS * n_ids * n_folds, sizeof *group_of);
	uint64_t random = seed;
	uint32_t row, i;

	for (row = first; row < scenario->n_rows; row++)
	{
		size_t cell = (size_t) scenario->wide_ids[row] * n_folds + scenario->folds[row];
		uint32_t *group = &group_of[cell * PARTS + random_below(&random, PARTS)];

		if (*group == 0)
			*group = ++groups.n;
		count_row(&groups, *group - 1, scenario, row);
	}
	for (i = 0; i < groups.n; i++)
		reference_digits(&groups.sums[i], scenario->spec.low_bin, (int) groups.n_digits,
						 groups.statistics.sums + (size_t) i * groups.n_digits);
	free(group_of);
	return groups;
}

/* In two calls. */
static GeStatus
add_groups(const GeBackend *backend, GeTarget *target, const Groups *groups,
		   bool has_folds, GeError *error)
{
	uint32_t half = groups->n / 2;
	const GeTargetStatistics *all = &groups->statistics;
	GeTargetStatistics rest = {.n_rows = all->n_rows + half,
							   .n_targets = all->n_targets + half,
							   .sums = all->sums + (size_t) half * groups->n_digits};
	GeStatus status = backend->target.add_statistics(
		target, groups->n - half, groups->ids + half,
		has_folds ? groups->folds + half : NULL, &rest, error);

	if (status != GE_OK)
		return status;
	return backend->target.add_statistics(target, half, groups->ids,
										  has_folds ? groups->folds : NULL, all, error);
}

ScenarioResult *
scenario_run_groups(const GeBackend *backend, GeContext *context,
					const Scenario *scenario, uint32_t n_added, uint64_t seed)
{
	ScenarioResult *result = scenario_result_make(scenario);
	GeTargetSpec spec = scenario->spec;
	Groups groups = count_groups(scenario, n_added, seed);
	GeTarget *target;
	GeStatus status;
	GeError error;

	spec.takes_statistics = true;
	status = backend->target.create(context, &spec, &target, &error);
	if (status == GE_OK)
		status = scenario_add_rows(backend, target, scenario, n_added, 100, seed, &error);
	if (status == GE_OK)
		status = add_groups(backend, target, &groups, spec.folds.split != GE_SPLIT_NONE,
							&error);
	if (status == GE_OK)
		status = scenario_answer(backend, target, scenario, 100, seed, result, &error);
	result->status = status;
	backend->target.free(target);
	free_groups(&groups);
	return result;
}
