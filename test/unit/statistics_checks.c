/*
 * statistics_checks.c: statistics counted elsewhere count as their rows would, to the bit.
 */
#include "statistics_checks.h"

#include <stdlib.h>
#include <string.h>

#include "tap.h"
#include "target_scenario.h"

/* No row, half of the rows and all rows added; the others counted elsewhere. */
static const char *
find_difference(const GeBackend *backend, GeContext *context, const Scenario *scenario,
				uint64_t seed)
{
	ScenarioResult *expected = scenario_reference(scenario);
	const char *difference = NULL;
	uint32_t part;

	for (part = 0; part < 3 && difference == NULL; part++)
	{
		uint32_t n_added = part < 2 ? scenario->n_rows / 2 * part : scenario->n_rows;
		ScenarioResult *result =
			scenario_run_groups(backend, context, scenario, n_added, seed);

		difference = scenario_difference(result, expected);
		if (difference != NULL)
			tap_note("%u of %u rows added: %s differs, status %d, expected %d", n_added,
					 scenario->n_rows, difference, (int) result->status,
					 (int) expected->status);
		scenario_result_free(result);
	}
	scenario_result_free(expected);
	return difference;
}

static void
check_scenarios(const GeBackend *backend, GeContext *context)
{
	uint32_t n_wrong = 0, i;

	for (i = 0; i < N_SCENARIOS; i++)
	{
		ScenarioOptions options = scenario_options(i);
		Scenario *scenario = scenario_make(&options);

		if (find_difference(backend, context, scenario, i) != NULL && n_wrong++ == 0)
			scenario_note(&options);
		scenario_free(scenario);
	}
	tap_ok(n_wrong == 0, "statistics of parts: %d scenarios by definition", N_SCENARIOS);
}

/* Parts whose sums no double holds, subnormals beside them; together they cancel. */
static void
check_hard_sums(const GeBackend *backend, GeContext *context)
{
	static const double targets[] = {
		0x1.fffffffffffffp1023,	 0x1.fffffffffffffp1023,  0x1p-1074, 1,	 0x1.8p1023,
		-0x1.fffffffffffffp1023, -0x1.fffffffffffffp1023, 0x3p-1074, -1, -0x1.8p1023};
	uint32_t n_wrong = 0, n_ok = 0, i;

	for (i = 0; i < 100; i++)
	{
		ScenarioOptions options = {.seed = i,
								   .targets = TARGETS_ANY_EXPONENT,
								   .n_rows = 10,
								   .n_categories = 1,
								   .split = i % 5,
								   .n_folds = 1 + i % 4,
								   .prior_out_of_fold = i % 2,
								   .skewed = true};
		Scenario *scenario = scenario_make(&options);
		ScenarioResult *expected;

		memcpy(scenario->float_targets, targets, sizeof targets);
		scenario->spec.low_bin = GE_LOWEST_BIN;
		scenario->spec.high_bin = GE_HIGHEST_BIN;
		expected = scenario_reference(scenario);
		n_ok += expected->status == GE_OK;
		n_wrong += find_difference(backend, context, scenario, i) != NULL;
		scenario_result_free(expected);
		scenario_free(scenario);
	}
	tap_ok(n_wrong == 0 && n_ok > 0 && n_ok < 100,
		   "statistics of parts beyond every double, which cancel or not");
}

/* Count rows [first, first + n) of a scenario as a source of their own. */
static GeStatus
count_part(const GeBackend *backend, GeContext *context, const Scenario *scenario,
		   uint32_t first, uint32_t n, ScenarioResult *part)
{
	GeTargetSpec spec = scenario->spec;
	GeTargetRows rows = scenario_rows(scenario, first, n);
	GeTargetStatistics statistics = scenario_statistics(part, spec.accumulators, 0);
	GeTarget *target;
	GeStatus status;
	GeError error;

	rows.first_ordinal = 0;
	ge_folds_init(&spec.folds, GE_SPLIT_NONE, n, 0, 0);
	status = backend->target.create(context, &spec, &target, &error);
	if (status == GE_OK)
		status = backend->target.add(target, &rows, &error);
	if (status == GE_OK)
		status = test_finish(backend, target, 0, false, &error);
	if (status == GE_OK)
		status =
			backend->target.statistics(target, 0, part->n_ids, &statistics, NULL, &error);
	backend->target.free(target);
	return status;
}

/* Two halves counted by the backend, and merged by it. */
static const char *
merge_halves(const GeBackend *backend, GeContext *context, const Scenario *scenario)
{
	uint32_t half = scenario->n_rows / 2, part, id;
	bool several = scenario->finish.n_finishes > 1;
	ScenarioResult *merged = scenario_result_make(scenario),
				   *expected = several ? scenario_run(backend, context, scenario, 100, 1)
									   : scenario_reference(scenario),
				   *counted = scenario_result_make(scenario);
	uint32_t *ids = test_alloc(merged->n_ids, sizeof *ids);
	GeTargetSpec spec = scenario->spec;
	GeTarget *target;
	const char *difference;
	GeError error;

	for (id = 0; id < merged->n_ids; id++)
		ids[id] = id;
	spec.takes_statistics = true;
	merged->status = backend->target.create(context, &spec, &target, &error);
	for (part = 0; part < 2 && merged->status == GE_OK; part++)
	{
		GeTargetStatistics statistics =
			scenario_statistics(counted, spec.accumulators, 0);

		merged->status = count_part(backend, context, scenario, part == 0 ? 0 : half,
									part == 0 ? half : scenario->n_rows - half, counted);
		if (merged->status == GE_OK)
			merged->status = backend->target.add_statistics(target, merged->n_ids, ids,
															NULL, &statistics, &error);
	}
	if (merged->status == GE_OK)
		merged->status =
			scenario_answer(backend, target, scenario, 100, 1, merged, &error);
	difference = scenario_difference(merged, expected);
	backend->target.free(target);
	scenario_result_free(merged);
	scenario_result_free(expected);
	scenario_result_free(counted);
	free(ids);
	return difference;
}

static void
check_merging(const GeBackend *backend, GeContext *context)
{
	uint32_t n_wrong = 0, i;

	for (i = 0; i < N_SCENARIOS; i++)
	{
		ScenarioOptions options = scenario_options(i);
		Scenario *scenario;
		const char *difference;

		options.split = GE_SPLIT_NONE;
		options.several = i % 3 > 0;
		scenario = scenario_make(&options);
		difference = merge_halves(backend, context, scenario);
		if (difference != NULL && n_wrong++ == 0)
		{
			scenario_note(&options);
			tap_note("%s differs", difference);
		}
		scenario_free(scenario);
	}
	tap_ok(n_wrong == 0, "statistics of two halves, out of a target and into another");
}

/* One group, and what a target of at most 9 rows in the bins -34 to -33 makes of it. */
typedef struct Group
{
	const char *name;
	GeStatus expected;
	uint64_t n_rows;
	uint64_t n_targets;
	int64_t digits[GE_SUM_DIGITS(-34, -33)];
} Group;

static const Group groups[] = {
	{"nothing", GE_OK, 0, 0, {0}},
	{"the largest sum of two", GE_OK, 2, 2, {0xffffc000, 0xffffffff, 1, 0}},
	{"the least sum of two", GE_OK, 2, 2, {-0xffffc000L, -0xffffffffL, -1, 0}},
	{"more targets than rows", GE_BAD_STATISTICS, 1, 2, {0}},
	{"more rows than there are", GE_BAD_STATISTICS, 10, 0, {0}},
	{"more rows than a number holds", GE_BAD_STATISTICS, UINT64_MAX, 0, {0}},
	{"a sum of no targets", GE_BAD_STATISTICS, 3, 0, {0x4000, 0, 0, 0}},
	{"a sum above two targets", GE_BAD_STATISTICS, 2, 2, {0, 0, 2, 0}},
	{"a sum far above two targets", GE_BAD_STATISTICS, 2, 2, {0, 0, 0, 1}},
	{"a digit of 33 bits", GE_BAD_STATISTICS, 2, 2, {0, INT64_C(1) << 32, 0, 0}},
	{"the least int64", GE_BAD_STATISTICS, 2, 2, {0, INT64_MIN, 0, 0}},
	{"digits of two signs", GE_BAD_STATISTICS, 2, 2, {0x4000, -1, 0, 0}},
	{"a bit below the least double", GE_BAD_STATISTICS, 2, 2, {0x2000, 0, 0, 0}},
};

static GeStatus
add_group(const GeBackend *backend, GeContext *context, const Group *group, uint32_t id,
		  const uint32_t *folds, bool takes_statistics, GeError *error)
{
	GeTargetSpec spec = {.accumulators = MEAN_ACCUMULATORS,
						 .kind = GE_TARGET_FLOAT64,
						 .n_categories = 1,
						 .low_bin = -34,
						 .high_bin = -33,
						 .takes_statistics = takes_statistics};
	uint64_t n_rows = group->n_rows, n_targets = group->n_targets;
	int64_t digits[GE_SUM_DIGITS(-34, -33)];
	GeTargetStatistics statistics = {
		.n_rows = &n_rows, .n_targets = &n_targets, .sums = digits};
	GeTarget *target;
	GeStatus status;

	memcpy(digits, group->digits, sizeof digits);
	ge_folds_init(&spec.folds, folds == NULL ? GE_SPLIT_NONE : GE_SPLIT_CUSTOM, 9, 2, 0);
	status = backend->target.create(context, &spec, &target, error);
	if (status == GE_OK)
		status =
			backend->target.add_statistics(target, 1, &id, folds, &statistics, error);
	backend->target.free(target);
	return status;
}

static void
check_bad_groups(const GeBackend *backend, GeContext *context)
{
	static const uint32_t folds[] = {1, 2};
	GeError error = {0};
	size_t i;

	for (i = 0; i < sizeof groups / sizeof *groups; i++)
		tap_ok(add_group(backend, context, &groups[i], 1, NULL, true, &error) ==
				   groups[i].expected,
			   "statistics: %s", groups[i].name);
	tap_ok(add_group(backend, context, groups, 2, NULL, true, &error) == GE_INTERNAL,
		   "statistics of an unknown category: %s", error.message);
	tap_ok(add_group(backend, context, groups, 1, folds, true, &error) == GE_OK,
		   "statistics of a fold");
	tap_ok(add_group(backend, context, groups, 1, folds + 1, true, &error) == GE_INTERNAL,
		   "statistics of an unknown fold: %s", error.message);
	tap_ok(add_group(backend, context, groups, 1, NULL, false, &error) == GE_INTERNAL,
		   "statistics for a target that takes none: %s", error.message);
}

/* What cannot be counted or finished is refused. */
static void
check_unsupported(const GeBackend *backend, GeContext *context)
{
	GeFinish finishes[GE_MAX_FINISHES + 1] = {{.kind = GE_FINISH_MEAN}};
	GeFinishSpec finish = {.n_finishes = GE_MAX_FINISHES + 1, .finishes = finishes};
	GeTargetSpec spec = {.accumulators = GE_COUNT_ROWS | UINT32_C(1) << 31};
	GeTargetTotals totals;
	double unseen[GE_MAX_FINISHES + 1];
	GeTarget *target;
	GeError error;

	tap_ok(backend->target.create(context, &spec, &target, &error) == GE_UNSUPPORTED &&
			   target == NULL,
		   "an unknown accumulator: %s", error.message);
	spec.accumulators = GE_COUNT_ROWS | GE_COUNT_TARGETS;
	if (backend->target.create(context, &spec, &target, &error) != GE_OK)
		return;
	tap_ok(backend->target.finish(target, &finish, &totals, unseen, &error) ==
			   GE_UNSUPPORTED,
		   "too many finishes: %s", error.message);
	finish.n_finishes = 1;
	tap_ok(backend->target.finish(target, &finish, &totals, unseen, &error) ==
			   GE_UNSUPPORTED,
		   "a finish without its accumulators: %s", error.message);
	finishes[0].kind = (GeFinishKind) 99;
	tap_ok(backend->target.finish(target, &finish, &totals, unseen, &error) ==
			   GE_UNSUPPORTED,
		   "an unknown finish: %s", error.message);
	backend->target.free(target);
}

void
check_added_statistics(const GeBackend *backend)
{
	GeContextOptions options = test_options(1);
	GeContext *context = test_open(backend, &options);

	check_scenarios(backend, context);
	check_hard_sums(backend, context);
	check_merging(backend, context);
	check_bad_groups(backend, context);
	check_unsupported(backend, context);
	backend->close(context);
}
