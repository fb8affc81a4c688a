/*
 * target_checks.c: what any backend's target encodings must hold.
 */
#include "target_checks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"
#include "target_scenario.h"

static const char *const target_names[N_SCENARIO_TARGETS] = {
	"0/1 integers",
	"0/1 doubles",
	"zeros of both signs",
	"small numbers",
	"large numbers after small ones",
	"integers of 32 bits",
	"multiples of 2^32",
	"any int64",
	"cents",
	"four bins",
	"spoilers of 1e20",
	"subnormals",
	"multiples of 2^992",
	"every exponent"};

/* Every scenario, as the definition has it; one result for each kind of target. */
static void
check_scenarios(const GeBackend *backend, GeContext *context, const char *how)
{
	uint32_t n_wrong[N_SCENARIO_TARGETS] = {0}, i;

	for (i = 0; i < N_SCENARIOS; i++)
	{
		ScenarioOptions options = scenario_options(i);
		Scenario *scenario = scenario_make(&options);
		ScenarioResult *expected = scenario_reference(scenario);
		ScenarioResult *result = scenario_run(backend, context, scenario, 1 + i % 400, i);
		const char *difference = scenario_difference(result, expected);

		if (difference != NULL && n_wrong[options.targets]++ == 0)
		{
			scenario_note(&options);
			tap_note("status %d, expected %d", result->status, expected->status);
			tap_note("%s: %s differs", target_names[options.targets], difference);
		}
		scenario_result_free(result);
		scenario_result_free(expected);
		scenario_free(scenario);
	}
	for (i = 0; i < N_SCENARIO_TARGETS; i++)
		tap_ok(n_wrong[i] == 0, "%s: target encodings by definition, %s", how,
			   target_names[i]);
}

/* Many rows in large pieces, for what a backend does only then. */
static void
check_many_rows(const GeBackend *backend, GeContext *context, const char *how)
{
	static const ScenarioTargets kinds[] = {TARGETS_BINARY_DOUBLE, TARGETS_LATE_LARGE,
											TARGETS_CENTS, TARGETS_ANY_EXPONENT};
	static const uint32_t categories[] = {3, 30000};
	uint32_t i;

	for (i = 0; i < 8; i++)
	{
		ScenarioOptions options = {.seed = 1000 + i,
								   .targets = kinds[i / 2],
								   .n_rows = 150000,
								   .n_categories = categories[i % 2],
								   .split = GE_SPLIT_INTERLEAVED,
								   .n_folds = 3,
								   .smooth = 0.5,
								   .some_null = i == 1 || i == 4,
								   .skewed = true};
		Scenario *scenario = scenario_make(&options);
		ScenarioResult *one = scenario_run(backend, context, scenario, 500, 1);
		ScenarioResult *other = scenario_run(backend, context, scenario, 300000, 2);
		const char *difference = scenario_difference(one, other);

		if (!tap_ok(one->status == GE_OK && difference == NULL,
					"%s: many rows in small and large pieces, %s, %u categories", how,
					target_names[options.targets], options.n_categories))
			tap_note("%s differs", difference != NULL ? difference : "nothing");
		scenario_result_free(one);
		scenario_result_free(other);
		scenario_free(scenario);
	}
}

/* A published example: rows of letters, and what their encodings are. */
typedef struct Golden
{
	const char *name;
	const char *x;
	const char *y;
	const char *folds; /* custom folds as digits, or NULL */
	GeSplit split;
	uint32_t n_folds;
	double smooth;
	double tolerance;
	double out_of_fold[10];
	const char *new_x; /* letters of new rows, up to '~' for an unseen category */
	double full[5];
} Golden;

static const Golden golden[] = {
	{"smooth 0",
	 "abba",
	 "1011",
	 NULL,
	 GE_SPLIT_INTERLEAVED,
	 4,
	 0,
	 1e-9,
	 {1, 1, 0, 1},
	 "bbab",
	 {.5, .5, 1, .5}},
	{"unseen categories",
	 "abba",
	 "1011",
	 NULL,
	 GE_SPLIT_INTERLEAVED,
	 4,
	 0,
	 1e-9,
	 {1, 1, 0, 1},
	 "~ba~",
	 {.75, .5, 1, .75}},
	{"smooth 1",
	 "abba",
	 "1011",
	 NULL,
	 GE_SPLIT_INTERLEAVED,
	 4,
	 1,
	 1e-9,
	 {.875, .875, .375, .875},
	 "",
	 {0}},
	{"smooth 10000",
	 "abba",
	 "1011",
	 NULL,
	 GE_SPLIT_INTERLEAVED,
	 4,
	 10000,
	 1e-4,
	 {.75, .75, .75, .75},
	 "",
	 {0}},
	{"custom folds",
	 "abba",
	 "1011",
	 "0112",
	 GE_SPLIT_CUSTOM,
	 3,
	 0,
	 1e-9,
	 {1, .75, .75, 1},
	 "",
	 {0}},
	{"five folds",
	 "aabbabcbac",
	 "1011011010",
	 NULL,
	 GE_SPLIT_INTERLEAVED,
	 5,
	 .001,
	 1e-9,
	 {.3334221926, .6666444518, .9998001, .6666444518, .6666444518, .6666444518,
	  .0005994006, .9998001, .3334221926, .9996003996},
	 "abc~-",
	 {.5000249938, .7499625094, .500049975, .6, .6}},
	{"contiguous folds",
	 "aabbabcbac",
	 "1011011010",
	 NULL,
	 GE_SPLIT_CONTIGUOUS,
	 4,
	 .001,
	 1e-9,
	 {.500049975, .500049975, .6666444518, .6666444518, .6666444518, .9998001,
	  .0005994006, .9998001, .3334221926, .9996003996},
	 "",
	 {0}},
	{"more folds than rows",
	 "aabbac",
	 "101101",
	 NULL,
	 GE_SPLIT_INTERLEAVED,
	 100,
	 0,
	 1e-9,
	 {0, .5, 1, 1, .5, .6666666667},
	 "",
	 {0}},
	/* two columns as one category: a1, b1, b2, a2 are a, b, c, d */
	{"two columns",
	 "abcdac",
	 "101101",
	 NULL,
	 GE_SPLIT_INTERLEAVED,
	 4,
	 0,
	 1e-9,
	 {.6666666667, .6666666667, 1, .6666666667, .6666666667, 1},
	 "bcac",
	 {0, 1, .5, 1}},
};

static bool
is_near(double a, double b, double tolerance)
{
	return fabs(a - b) <= tolerance;
}

static bool
golden_full(const GeBackend *backend, GeTarget *target, const Golden *example,
			uint32_t n_categories, double prior)
{
	uint64_t n_rows[5], n_target[5];
	int64_t digits[5 * GE_SUM_DIGITS(0, 0)];
	double encodings[5], *into = encodings;
	GeTargetStatistics statistics = {
		.n_rows = n_rows, .n_targets = n_target, .sums = digits};
	bool right = true;
	GeError error;
	size_t i;

	if (backend->target.statistics(target, 0, n_categories + 1, &statistics, &into,
								   &error) != GE_OK)
		return false;
	for (i = 0; i < strlen(example->new_x); i++)
	{
		char letter = example->new_x[i];
		double encoding = letter == '~'	  ? prior
						  : letter == '-' ? encodings[0]
										  : encodings[letter - 'a' + 1];

		right &= is_near(encoding, example->full[i], example->tolerance);
	}
	return right;
}

static void
check_golden(const GeBackend *backend, GeContext *context, const Golden *example)
{
	uint32_t n = (uint32_t) strlen(example->x), folds[10] = {0}, i;
	GeTargetSpec spec = {.accumulators = MEAN_ACCUMULATORS, .kind = GE_TARGET_INT64};
	GeFinish mean = {.kind = GE_FINISH_MEAN, .smooth = example->smooth};
	GeFinishSpec finish = {.n_finishes = 1, .finishes = &mean};
	GeTargetRows rows = {.n_rows = n, .id_width = 1};
	int64_t targets[10];
	uint8_t ids[10];
	double encodings[10], *into = encodings, prior;
	GeTargetTotals totals;
	GeTarget *target;
	GeError error;
	bool right;

	for (i = 0; i < n; i++)
	{
		ids[i] = (uint8_t) (example->x[i] - 'a' + 1);
		targets[i] = example->y[i] - '0';
		folds[i] = example->folds == NULL ? 0 : (uint32_t) (example->folds[i] - '0');
		spec.n_categories = ids[i] > spec.n_categories ? ids[i] : spec.n_categories;
	}
	ge_folds_init(&spec.folds, example->split, n, example->n_folds, 0);
	rows.ids = ids;
	rows.int_targets = targets;
	rows.folds = example->folds == NULL ? NULL : folds;
	right = backend->target.create(context, &spec, &target, &error) == GE_OK &&
			backend->target.add(target, &rows, &error) == GE_OK &&
			backend->target.finish(target, &finish, &totals, &prior, &error) == GE_OK &&
			backend->target.rows(target, &rows, &into, &error) == GE_OK &&
			golden_full(backend, target, example, spec.n_categories, prior);
	for (i = 0; i < n && right; i++)
		right = is_near(encodings[i], example->out_of_fold[i], example->tolerance);
	tap_ok(right, "golden vector: %s", example->name);
	backend->target.free(target);
}

/* Nothing at all: no rows, no categories. */
static void
check_empty(const GeBackend *backend, GeContext *context)
{
	GeSplit split;

	for (split = GE_SPLIT_NONE; split <= GE_SPLIT_CUSTOM; split++)
	{
		ScenarioOptions options = {.split = split, .n_folds = 5, .smooth = 1};
		Scenario *scenario = scenario_make(&options);
		ScenarioResult *result = scenario_run(backend, context, scenario, 10, 1);

		tap_ok(result->status == GE_OK && result->totals.n_rows == 0 &&
				   result->totals.n_targets == 0 && result->id_rows[0] == 0,
			   "no rows, split %d", (int) split);
		scenario_result_free(result);
		scenario_free(scenario);
	}
}

/* How far four targets come. */
typedef struct Overflow
{
	GeStatus finish;
	GeStatus rows;
} Overflow;

static Overflow
sum_four(const GeBackend *backend, GeContext *context, const double *targets,
		 const uint8_t *ids, GeSplit split, GeError *error)
{
	GeTargetSpec spec = {.accumulators = MEAN_ACCUMULATORS,
						 .kind = GE_TARGET_FLOAT64,
						 .n_categories = 2,
						 .low_bin = GE_LOWEST_BIN,
						 .high_bin = GE_HIGHEST_BIN};
	GeTargetRows rows = {
		.n_rows = 4, .id_width = 1, .ids = ids, .float_targets = targets};
	Overflow overflow = {GE_INTERNAL, GE_INTERNAL};
	double encodings[4], *into = encodings;
	GeTarget *target;

	ge_folds_init(&spec.folds, split, 4, 2, 0);
	if (backend->target.create(context, &spec, &target, error) == GE_OK &&
		backend->target.add(target, &rows, error) == GE_OK)
		overflow.finish = test_finish(backend, target, 0, false, error);
	if (overflow.finish == GE_OK)
		overflow.rows = backend->target.rows(target, &rows, &into, error);
	backend->target.free(target);
	return overflow;
}

/* Sums that overflow: of all targets, of one category, and only out of fold. */
static void
check_overflow(const GeBackend *backend, GeContext *context)
{
	static const double all[] = {1.7e308, 1.7e308, 1, 1};
	static const double category[] = {1.7e308, 1.7e308, -1.7e308, -1.7e308};
	static const uint8_t one_id[] = {1, 1, 1, 1}, two_ids[] = {1, 1, 2, 2};
	GeError error;
	Overflow overflow;

	overflow = sum_four(backend, context, all, two_ids, GE_SPLIT_NONE, &error);
	tap_ok(overflow.finish == GE_SUM_OVERFLOW, "a sum of all targets that overflows");
	overflow = sum_four(backend, context, category, two_ids, GE_SPLIT_NONE, &error);
	tap_ok(overflow.finish == GE_SUM_OVERFLOW, "a sum of a category that overflows");
	overflow = sum_four(backend, context, category, one_id, GE_SPLIT_NONE, &error);
	tap_ok(overflow.rows == GE_OK, "a sum that overflows in between does not");
	overflow = sum_four(backend, context, category, one_id, GE_SPLIT_CONTIGUOUS, &error);
	tap_ok(overflow.finish == GE_OK && overflow.rows == GE_SUM_OVERFLOW,
		   "a sum that overflows out of fold alone is found by target_rows");
}

void
check_target_encodings(const GeBackend *backend, int32_t threads)
{
	GeContextOptions options = test_options(1);
	GeContext *context = test_open(backend, &options);
	size_t i;

	check_scenarios(backend, context, "one thread");
	for (i = 0; i < sizeof golden / sizeof golden[0]; i++)
		check_golden(backend, context, &golden[i]);
	check_empty(backend, context);
	check_overflow(backend, context);
	backend->close(context);
	options.threads = threads;
	context = test_open(backend, &options);
	check_many_rows(backend, context, "several threads");
	backend->close(context);
}
