/*
 * ordered_test.c: rows that learn from those before them, on the CPU backend.
 *
 * The oracle: what a row gets is the full encoding of its category by a target without folds
 * that has the rows it learns from and no others.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"
#include "tap.h"
#include "target_scenario.h"

/* Rows in an order, in which some tie and some see less than the rows before them. */
typedef struct Ordered
{
	ScenarioOptions options;
	Scenario *scenario;
	uint32_t *ordinals; /* by place */
} Ordered;

static Ordered
make_ordered(ScenarioOptions options, bool is_monotone)
{
	Ordered ordered;
	uint32_t i;

	options.split = GE_SPLIT_ORDERED;
	options.monotone = is_monotone;
	ordered.options = options;
	ordered.scenario = scenario_make(&options);
	ordered.ordinals = test_alloc(options.n_rows, sizeof(uint32_t));
	for (i = 0; i < options.n_rows; i++)
		ordered.ordinals[ordered.scenario->places[i]] = i;
	return ordered;
}

static void
free_ordered(Ordered *ordered)
{
	scenario_free(ordered->scenario);
	free(ordered->ordinals);
}

/* What a backend answers: n_finishes for each row, by finish. */
static GeStatus
run_ordered(const Ordered *ordered, int32_t threads, uint32_t piece, double *encodings,
			double *unseen, double *full)
{
	const Scenario *scenario = ordered->scenario;
	GeContextOptions options = test_options(threads);
	GeContext *context = test_open(&ge_cpu_backend, &options);
	uint32_t n = scenario->n_rows, n_ids = scenario->spec.n_categories + 1, first, f;
	GeTargetStatistics none = {0};
	double *into[MOST_SCENARIO_FINISHES];
	GeTargetTotals totals;
	GeTarget *target;
	GeError error;
	GeStatus status =
		ge_cpu_backend.target.create(context, &scenario->spec, &target, &error);

	for (first = 0; first < n && status == GE_OK; first += piece)
	{
		GeTargetRows rows =
			scenario_rows(scenario, first, n - first < piece ? n - first : piece);

		status = ge_cpu_backend.target.add(target, &rows, &error);
	}
	if (status == GE_OK)
		status = ge_cpu_backend.target.finish(target, &scenario->finish, &totals, unseen,
											  &error);
	for (first = 0; first < n && status == GE_OK; first += piece)
	{
		GeTargetRows rows =
			scenario_rows(scenario, first, n - first < piece ? n - first : piece);

		for (f = 0; f < scenario->finish.n_finishes; f++)
			into[f] = encodings + (size_t) f * n + first;
		status = ge_cpu_backend.target.rows(target, &rows, into, &error);
	}
	for (f = 0; f < scenario->finish.n_finishes; f++)
		into[f] = full + (size_t) f * n_ids;
	if (status == GE_OK)
		status = ge_cpu_backend.target.statistics(target, 0, n_ids, &none, into, &error);
	ge_cpu_backend.target.free(target);
	ge_cpu_backend.close(context);
	return status;
}

/* The full encodings of category `id`, by finish, from the first n places alone. */
static GeStatus
learn_from(const Ordered *ordered, GeContext *context, uint32_t n, uint32_t id,
		   double *encodings)
{
	const Scenario *scenario = ordered->scenario;
	GeTargetSpec spec = scenario->spec;
	GeTargetStatistics none = {0};
	double *into[MOST_SCENARIO_FINISHES], unseen[MOST_SCENARIO_FINISHES];
	GeTargetTotals totals;
	GeTarget *target;
	GeStatus status;
	GeError error;
	uint32_t i, f;

	ge_folds_init(&spec.folds, GE_SPLIT_NONE, n, 0, 0);
	status = ge_cpu_backend.target.create(context, &spec, &target, &error);
	for (i = 0; i < n && status == GE_OK; i++)
	{
		GeTargetRows rows = scenario_rows(scenario, ordered->ordinals[i], 1);

		rows.first_ordinal = i;
		status = ge_cpu_backend.target.add(target, &rows, &error);
	}
	for (f = 0; f < scenario->finish.n_finishes; f++)
		into[f] = encodings + f;
	if (status == GE_OK)
		status = ge_cpu_backend.target.finish(target, &scenario->finish, &totals, unseen,
											  &error);
	if (status == GE_OK)
		status = ge_cpu_backend.target.statistics(target, id, 1, &none, into, &error);
	for (f = 0; f < scenario->finish.n_finishes && n == 0; f++)
		if (scenario->finishes[f].kind == GE_FINISH_FREQUENCY)
			encodings[f] = ge_no_value();
	ge_cpu_backend.target.free(target);
	return status;
}

/* Every step-th row by the oracle; true if all have its bits. */
static bool
check_rows(const Ordered *ordered, const double *encodings, uint32_t step)
{
	const Scenario *scenario = ordered->scenario;
	GeContextOptions options = test_options(1);
	GeContext *context = test_open(&ge_cpu_backend, &options);
	uint32_t row, f;
	bool good = true;

	for (row = 0; row < scenario->n_rows && good; row += step)
	{
		double expected[MOST_SCENARIO_FINISHES];

		good = learn_from(ordered, context, scenario->visible[row],
						  scenario->wide_ids[row], expected) == GE_OK;
		for (f = 0; f < scenario->finish.n_finishes && good; f++)
		{
			double got = encodings[(size_t) f * scenario->n_rows + row];

			good = same_bits(got, expected[f]);
			if (!good)
				tap_note("row %u, finish %u: %a instead of %a", row, f, got, expected[f]);
		}
	}
	if (!good)
		scenario_note(&ordered->options);
	ge_cpu_backend.close(context);
	return good;
}

/* Rows by the oracle, and full encodings as without an order. */
static bool
check_ordered(Ordered *ordered, int32_t threads, uint32_t piece, uint32_t step)
{
	const Scenario *scenario = ordered->scenario;
	uint32_t n_finishes = scenario->finish.n_finishes,
			 n_ids = scenario->spec.n_categories + 1, id, f;
	double *encodings =
		test_alloc((size_t) scenario->n_rows * n_finishes, sizeof(double));
	double *full = test_alloc((size_t) n_ids * n_finishes, sizeof(double));
	double unseen[MOST_SCENARIO_FINISHES], expected[MOST_SCENARIO_FINISHES];
	GeContextOptions options = test_options(1);
	GeContext *context = test_open(&ge_cpu_backend, &options);
	bool good = run_ordered(ordered, threads, piece, encodings, unseen, full) == GE_OK &&
				check_rows(ordered, encodings, step);

	for (id = 0; id < n_ids && good; id += step)
	{
		(void) learn_from(ordered, context, scenario->n_rows, id, expected);
		for (f = 0; f < n_finishes; f++)
			good &= same_bits(full[(size_t) f * n_ids + id], expected[f]);
	}
	ge_cpu_backend.close(context);
	free(full);
	free(encodings);
	return good;
}

/* Small data of every kind, with all finishes that it can have. */
static void
check_scenarios(void)
{
	uint32_t n_wrong[N_SCENARIO_TARGETS] = {0}, i;

	for (i = 0; i < 12 * N_SCENARIO_TARGETS; i++)
	{
		ScenarioOptions options = scenario_options(i);
		Ordered ordered;

		options.n_rows = options.n_rows > 97 ? 97 : options.n_rows;
		options.n_categories = options.n_categories > 40 ? 40 : options.n_categories;
		options.several = i / N_SCENARIO_TARGETS % 4 > 0;
		options.quantiles = i / N_SCENARIO_TARGETS % 2 > 0;
		ordered = make_ordered(options, i / N_SCENARIO_TARGETS % 3 == 0);
		n_wrong[options.targets] +=
			!check_ordered(&ordered, 1 + (int32_t) i % 3, 1 + i % 50, 1);
		free_ordered(&ordered);
	}
	for (i = 0; i < N_SCENARIO_TARGETS; i++)
		tap_ok(n_wrong[i] == 0, "rows learn from those before, kind of target %u", i);
}

/* Rows of several windows, which several threads share. */
static void
check_many_rows(void)
{
	uint32_t i;

	for (i = 0; i < 8; i++)
	{
		ScenarioOptions options = {.seed = 500 + i,
								   .targets = i < 4 ? TARGETS_CENTS : TARGETS_BINARY_INT,
								   .n_rows = 60000,
								   .n_categories = i % 4 < 2 ? 7 : 20000,
								   .smooth = 0.5,
								   .some_null = i == 1 || i == 4,
								   .skewed = i != 2,
								   .several = i % 3 > 0,
								   .weighted = i == 4,
								   .quantiles = i == 2 || i == 5};
		Ordered ordered = make_ordered(options, i % 2 == 0);

		tap_ok(check_ordered(&ordered, 3, 20000, 2503), "many rows, case %u", i);
		free_ordered(&ordered);
	}
}

/* Nothing at all, and a single row. */
static void
check_few_rows(void)
{
	uint32_t n;

	for (n = 0; n < 2; n++)
	{
		ScenarioOptions options = {.seed = n, .n_rows = n, .n_categories = 1};
		Ordered ordered = make_ordered(options, true);

		tap_ok(check_ordered(&ordered, 2, 1, 1), "%u rows", n);
		free_ordered(&ordered);
	}
}

/* Places that there are not. */
static void
check_mistakes(void)
{
	ScenarioOptions options = {.n_rows = 3, .n_categories = 1};
	Ordered ordered = make_ordered(options, true);
	double encodings[3], full[2], unseen;

	ordered.scenario->places[1] = 3;
	tap_ok(run_ordered(&ordered, 1, 3, encodings, &unseen, full) == GE_INTERNAL,
		   "a place out of range");
	ordered.scenario->places[1] = 1;
	ordered.scenario->visible[1] = 2;
	tap_ok(run_ordered(&ordered, 1, 3, encodings, &unseen, full) == GE_INTERNAL,
		   "a row that sees itself");
	ordered.scenario->spec.takes_statistics = true;
	tap_ok(run_ordered(&ordered, 1, 3, encodings, &unseen, full) == GE_UNSUPPORTED,
		   "no statistics can be counted in");
	free_ordered(&ordered);
}

int
main(void)
{
	check_scenarios();
	check_many_rows();
	check_few_rows();
	check_mistakes();
	return tap_done();
}
