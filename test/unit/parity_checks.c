/*
 * parity_checks.c: two backends give the same bits.
 */
#include "parity_checks.h"

#include <stdlib.h>

#include "dictionary_run.h"
#include "tap.h"
#include "target_scenario.h"

/* Every scenario of the list, then some with many rows. */
#define N_LARGE 14
#define LARGE_ROWS 60000

static ScenarioOptions
large_options(uint32_t i)
{
	ScenarioOptions options = scenario_options(i);

	options.n_rows = LARGE_ROWS;
	options.n_categories = i % 2 == 0 ? 70000 : 200;
	return options;
}

static bool
has_quantiles(const GeBackend *backend)
{
	const GeTargetAbilities *has = backend->target.abilities;

	return has == NULL || (has->finishes >> GE_FINISH_QUANTILE & 1) != 0;
}

static bool
same_encodings(const GeBackend *a, GeContext *context_a, const GeBackend *b,
			   GeContext *context_b, const ScenarioOptions *options)
{
	Scenario *scenario = scenario_make(options);
	ScenarioResult *result_a = scenario_run(a, context_a, scenario, 3000, 1);
	ScenarioResult *result_b = scenario_run(b, context_b, scenario, 200000, 2);
	const char *difference = scenario_difference(result_a, result_b);

	if (difference != NULL)
	{
		scenario_note(options);
		tap_note("%s differs (status %d and %d)", difference, (int) result_a->status,
				 (int) result_b->status);
	}
	scenario_result_free(result_a);
	scenario_result_free(result_b);
	scenario_free(scenario);
	return difference == NULL;
}

/* Scenarios in an order, the larger ones of few and of many categories. */
static void
check_orders(const GeBackend *a, GeContext *context_a, const GeBackend *b,
			 GeContext *context_b)
{
	uint32_t n_wrong = 0, i;

	for (i = 0; i < N_SCENARIOS + N_LARGE; i++)
	{
		ScenarioOptions options =
			i < N_SCENARIOS ? scenario_options(i) : large_options(i - N_SCENARIOS);

		options.split = GE_SPLIT_ORDERED;
		options.monotone = i % 2 == 0;
		options.several = i % 5 > 0;
		options.quantiles = has_quantiles(a) && has_quantiles(b) && i % 3 == 0;
		n_wrong += !same_encodings(a, context_a, b, context_b, &options);
	}
	tap_ok(n_wrong == 0, "%s and %s: the same bits in %d orders", a->name, b->name,
		   N_SCENARIOS + N_LARGE);
}

/* A mean alone, or all finishes. */
static void
check_encodings(const GeBackend *a, GeContext *context_a, const GeBackend *b,
				GeContext *context_b, bool several)
{
	const char *what = several ? "all finishes" : "means";
	bool quantiles = has_quantiles(a) && has_quantiles(b);
	uint32_t n_wrong = 0, i;
	ScenarioOptions options;

	for (i = 0; i < N_SCENARIOS; i++)
	{
		options = scenario_options(i);
		options.several = several;
		options.quantiles = quantiles && i % 3 == 0;
		n_wrong += !same_encodings(a, context_a, b, context_b, &options);
	}
	tap_ok(n_wrong == 0, "%s and %s: the same bits in %d target encodings, %s", a->name,
		   b->name, N_SCENARIOS, what);
	for (i = 0, n_wrong = 0; i < N_LARGE; i++)
	{
		options = large_options(i);
		options.several = several;
		options.quantiles = quantiles && i % 3 == 0;
		n_wrong += !same_encodings(a, context_a, b, context_b, &options);
	}
	tap_ok(n_wrong == 0, "%s and %s: the same bits in %d of %d rows, %s", a->name,
		   b->name, N_LARGE, LARGE_ROWS, what);
}

void
check_encodings_parity(const GeBackend *a, const GeBackend *b, int32_t threads)
{
	GeContextOptions options = test_options(threads);
	GeContext *context_a = test_open(a, &options), *context_b = test_open(b, &options);

	check_encodings(a, context_a, b, context_b, false);
	check_encodings(a, context_a, b, context_b, true);
	check_orders(a, context_a, b, context_b);
	a->close(context_a);
	b->close(context_b);
}

static void
check_dictionary(const GeBackend *a, GeContext *context_a, const GeBackend *b,
				 GeContext *context_b, KeyShape shape)
{
	uint32_t n_rows = shape == KEYS_HUGE ? 60 : 50000;
	KeyColumn *column =
		key_column_make(shape, n_rows, 600 + 5000 * (shape == KEYS_USER), true, shape);
	DictionaryResult result_a, result_b;
	const char *difference;

	dictionary_run(a, context_a, &column, 1, 1000, &result_a);
	dictionary_run(b, context_b, &column, 1, 100000, &result_b);
	difference = dictionary_difference(&result_a, &result_b);
	tap_ok(difference == NULL, "%s and %s: the same codes and keys, shape %d", a->name,
		   b->name, (int) shape);
	if (difference != NULL)
		tap_note("%s differs", difference);
	dictionary_result_free(&result_a);
	dictionary_result_free(&result_b);
	key_column_free(column);
}

void
check_parity(const GeBackend *a, const GeContextOptions *options_a, const GeBackend *b,
			 const GeContextOptions *options_b)
{
	GeContext *context_a = test_open(a, options_a), *context_b = test_open(b, options_b);
	KeyShape shape;

	for (shape = KEYS_INT64_SMALL; shape < N_KEY_SHAPES; shape++)
		check_dictionary(a, context_a, b, context_b, shape);
	check_encodings(a, context_a, b, context_b, false);
	check_encodings(a, context_a, b, context_b, true);
	check_orders(a, context_a, b, context_b);
	a->close(context_a);
	b->close(context_b);
}
