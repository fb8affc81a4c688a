/*
 * target_scenario.c: scenarios made.
 */
#include "target_scenario.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

static double
any_exponent(uint64_t *random)
{
	uint64_t bits = random_next(random) & ~(UINT64_C(0x7ff) << 52);
	double x;

	bits |= random_below(random, 2030) << 52; /* a million of them do not overflow */
	memcpy(&x, &bits, sizeof x);
	return x;
}

static double
make_double(ScenarioTargets targets, uint64_t *random, bool late)
{
	uint64_t any = random_next(random);
	double uniform = (double) (any >> 11) * 0x1p-53;

	switch (targets)
	{
		case TARGETS_BINARY_DOUBLE:
			return (double) (any & 1);
		case TARGETS_ZERO:
			return any & 1 ? 0.0 : -0.0;
		case TARGETS_SMALL:
			return (double) (int64_t) (any % 9) - 3;
		case TARGETS_LATE_LARGE:
			return late ? 4294967295.0 - (double) (any % 3) : (double) (any & 1);
		case TARGETS_CENTS:
			return (double) (any % 2000000) / 100 - 10000;
		case TARGETS_NORMAL:
			return (uniform - 0.5) * exp(10 * uniform) * 17;
		case TARGETS_SPOILER:
			return any % 16 == 0 ? (any & 16 ? 1e20 : -1e20) : uniform / 10;
		case TARGETS_SUBNORMAL:
			return (any & 1 ? 1 : -1) * 0x1p-1074 * (double) (any % 1000);
		case TARGETS_HUGE_BIN:
			return (any & 1 ? 1 : -1) * 0x1p992 * (double) (any % 4096);
		default:
			return any_exponent(random);
	}
}

static int64_t
make_integer(ScenarioTargets targets, uint64_t *random)
{
	uint64_t any = random_next(random);

	switch (targets)
	{
		case TARGETS_BINARY_INT:
			return (int64_t) (any & 1);
		case TARGETS_LARGE_INT:
			return (int64_t) (any >> 32) * (any & 1 ? 1 : -1);
		case TARGETS_HIGH_BIN:
			return ((int64_t) (any % 2001) - 1000) * (INT64_C(1) << 32);
		default:
			return any % 7 == 0 ? INT64_MIN : any % 7 == 1 ? INT64_MAX : (int64_t) any;
	}
}

static bool
is_integer(ScenarioTargets targets)
{
	return targets == TARGETS_BINARY_INT || targets == TARGETS_LARGE_INT ||
		   targets == TARGETS_HIGH_BIN || targets == TARGETS_INT64;
}

static void
make_targets(Scenario *scenario, const ScenarioOptions *options, uint64_t *random)
{
	GeTargetSpec *spec = &scenario->spec;
	uint32_t i;

	spec->low_bin = GE_HIGHEST_BIN + 1;
	spec->high_bin = GE_LOWEST_BIN - 1;
	for (i = 0; i < options->n_rows; i++)
	{
		bool is_null = options->some_null && random_below(random, 8) == 0;

		scenario->target_is_null[i] = is_null;
		scenario->int_targets[i] = INT64_C(0x5a5a5a5a5a5a5a5a); /* any value where null */
		scenario->float_targets[i] = 1e300;
		if (is_null)
			continue;
		if (spec->kind == GE_TARGET_INT64)
		{
			scenario->int_targets[i] = make_integer(options->targets, random);
			ge_bins_touched_int64(scenario->int_targets[i], &spec->low_bin,
								  &spec->high_bin);
			continue;
		}
		scenario->float_targets[i] =
			make_double(options->targets, random, i >= options->n_rows / 4 * 3);
		ge_bins_touched_double(scenario->float_targets[i], &spec->low_bin,
							   &spec->high_bin);
	}
	if (spec->low_bin > spec->high_bin)
		spec->low_bin = spec->high_bin = 0;
}

static void
make_ids(Scenario *scenario, const ScenarioOptions *options, uint64_t *random)
{
	uint32_t i;

	for (i = 0; i < options->n_rows; i++)
	{
		uint32_t id = (uint32_t) random_below(random, options->n_categories + 1);

		if (options->skewed && options->n_categories > 0 && random_below(random, 2) == 0)
			id = 1;
		scenario->wide_ids[i] = id;
		if (scenario->id_width == 1)
			((uint8_t *) scenario->ids)[i] = (uint8_t) id;
		else if (scenario->id_width == 2)
			((uint16_t *) scenario->ids)[i] = (uint16_t) id;
		else
			((uint32_t *) scenario->ids)[i] = id;
	}
}

/* A random order, in which one row of three ties with the one before. */
static void
make_order(Scenario *scenario, const ScenarioOptions *options)
{
	uint64_t random = options->seed + 77;
	uint32_t n = options->n_rows, tie = 0, i;
	uint32_t *ordinals = test_alloc(n, sizeof(uint32_t));

	scenario->places = test_alloc(n, sizeof(uint32_t));
	scenario->visible = test_alloc(n, sizeof(uint32_t));
	for (i = 0; i < n; i++)
	{
		uint32_t j = (uint32_t) random_below(&random, i + 1);

		ordinals[i] = ordinals[j];
		ordinals[j] = i;
	}
	for (i = 0; i < n; i++)
	{
		if (random_below(&random, 3) > 0)
			tie = i;
		scenario->places[ordinals[i]] = i;
		scenario->visible[ordinals[i]] =
			options->monotone ? tie : (uint32_t) random_below(&random, tie + 1);
	}
	free(ordinals);
}

/* The folds of all rows; custom ones are dense numbers, all in use, in random order. */
static void
make_folds(Scenario *scenario, const ScenarioOptions *options, uint64_t *random)
{
	GeFolds *folds = &scenario->spec.folds;
	uint32_t n = options->n_rows, i;

	ge_folds_init(folds, options->split, n, options->n_folds, (int64_t) options->seed);
	for (i = 0; i < n; i++)
	{
		uint32_t j = (uint32_t) random_below(random, i + 1);

		if (options->split != GE_SPLIT_CUSTOM)
		{
			scenario->folds[i] = folds->n_folds == 0 ? 0 : ge_fold_of_row(folds, i);
			continue;
		}
		scenario->folds[i] = scenario->folds[j];
		scenario->folds[j] =
			i < folds->n_folds ? i : (uint32_t) random_below(random, folds->n_folds);
	}
}

/* Do the squares of such targets overflow? */
static bool
is_huge(ScenarioTargets targets)
{
	return targets == TARGETS_HUGE_BIN || targets == TARGETS_ANY_EXPONENT;
}

/* Whole numbers, or any from 0 up to the exponents of the seed. */
static void
make_weights(Scenario *scenario, const ScenarioOptions *options, uint64_t *random)
{
	GeTargetSpec *spec = &scenario->spec;
	uint32_t i;

	spec->low_weight_bin = GE_HIGHEST_BIN + 1;
	spec->high_weight_bin = GE_LOWEST_BIN - 1;
	for (i = 0; i < options->n_rows; i++)
	{
		double whole = (double) random_below(random, 4);
		int exponent = (int) random_below(random, 1 + options->seed % 900) - 400;

		scenario->weights[i] = options->seed % 3 == 0 || is_huge(options->targets)
								   ? whole
								   : ldexp(whole, exponent);
		ge_bins_touched_double(scenario->weights[i], &spec->low_weight_bin,
							   &spec->high_weight_bin);
	}
	if (spec->low_weight_bin > spec->high_weight_bin)
		spec->low_weight_bin = spec->high_weight_bin = 0;
}

static void
add_finish(Scenario *scenario, GeFinish finish)
{
	scenario->finishes[scenario->finish.n_finishes++] = finish;
}

/* What all targets can have but a mean of a given smooth. */
static void
add_others(Scenario *scenario, const ScenarioOptions *options)
{
	static const GeFinish others[] = {{.kind = GE_FINISH_MEAN, .smooth = GE_SMOOTH_AUTO},
									  {.kind = GE_FINISH_COUNT},
									  {.kind = GE_FINISH_FREQUENCY},
									  {.kind = GE_FINISH_SUM},
									  {.kind = GE_FINISH_STD},
									  {.kind = GE_FINISH_MIN},
									  {.kind = GE_FINISH_MAX}};
	uint32_t i;

	for (i = 0; i < sizeof others / sizeof *others; i++)
		add_finish(scenario, others[i]);
	if (!is_huge(options->targets))
		add_finish(scenario, (GeFinish){.kind = GE_FINISH_VAR});
	if (scenario->spec.is_binary)
		add_finish(scenario, (GeFinish){.kind = GE_FINISH_WOE, .regularization = 0.5});
	for (i = 1; options->quantiles && !options->weighted && i < 100; i += 49)
		add_finish(scenario, (GeFinish){.kind = GE_FINISH_QUANTILE, .percent = i});
}

/* A mean of the given smooth, and with `several` what else such targets can have. */
static void
make_finishes(Scenario *scenario, const ScenarioOptions *options)
{
	GeTargetSpec *spec = &scenario->spec;
	bool weighted = options->several && options->weighted;
	uint32_t i;

	scenario->finish =
		(GeFinishSpec){.finishes = scenario->finishes,
					   .prior_out_of_fold = options->prior_out_of_fold,
					   .missing_is_category = options->missing_is_category};
	add_finish(scenario, (GeFinish){.kind = GE_FINISH_MEAN, .smooth = options->smooth});
	spec->is_binary = options->several && options->targets <= TARGETS_BINARY_DOUBLE;
	if (options->several)
		add_others(scenario, options);
	spec->accumulators = GE_COUNT_ROWS;
	for (i = 0; i < scenario->finish.n_finishes; i++)
		spec->accumulators |= ge_finish_needs(&scenario->finishes[i], weighted);
	if (spec->is_binary)
		spec->low_bin = spec->high_bin = 0;
}

Scenario *
scenario_make(const ScenarioOptions *options)
{
	Scenario *scenario = test_alloc(1, sizeof *scenario);
	uint64_t random = options->seed;
	uint32_t n = options->n_rows;

	scenario->n_rows = n;
	scenario->id_width = options->n_categories < 256	 ? 1
						 : options->n_categories < 65536 ? 2
														 : 4;
	scenario->ids = test_alloc(n, scenario->id_width);
	scenario->wide_ids = test_alloc(n, sizeof(uint32_t));
	scenario->folds = test_alloc(n, sizeof(uint32_t));
	scenario->int_targets = test_alloc(n, sizeof(int64_t));
	scenario->float_targets = test_alloc(n, sizeof(double));
	scenario->target_is_null = test_alloc(n, 1);
	scenario->spec.kind =
		is_integer(options->targets) ? GE_TARGET_INT64 : GE_TARGET_FLOAT64;
	scenario->spec.n_categories = options->n_categories;
	scenario->weights = test_alloc(n, sizeof(double));
	make_folds(scenario, options, &random);
	if (options->split == GE_SPLIT_ORDERED)
		make_order(scenario, options);
	make_ids(scenario, options, &random);
	make_targets(scenario, options, &random);
	make_weights(scenario, options, &random);
	make_finishes(scenario, options);
	return scenario;
}

void
scenario_free(Scenario *scenario)
{
	free(scenario->ids);
	free(scenario->wide_ids);
	free(scenario->folds);
	free(scenario->places);
	free(scenario->visible);
	free(scenario->int_targets);
	free(scenario->float_targets);
	free(scenario->target_is_null);
	free(scenario->weights);
	free(scenario);
}

GeTargetRows
scenario_rows(const Scenario *scenario, uint32_t first, uint32_t n)
{
	bool custom = scenario->spec.folds.split == GE_SPLIT_CUSTOM;
	bool integers = scenario->spec.kind == GE_TARGET_INT64;
	bool any_null = memchr(scenario->target_is_null, 1, scenario->n_rows) != NULL;
	GeTargetRows rows = {
		.first_ordinal = first,
		.n_rows = n,
		.id_width = scenario->id_width,
		.ids = (const uint8_t *) scenario->ids + (size_t) first * scenario->id_width,
		.folds = custom ? scenario->folds + first : NULL,
		.places = scenario->places != NULL ? scenario->places + first : NULL,
		.visible = scenario->visible != NULL ? scenario->visible + first : NULL,
		.int_targets = integers ? scenario->int_targets + first : NULL,
		.float_targets = integers ? NULL : scenario->float_targets + first,
		.target_is_null = any_null ? scenario->target_is_null + first : NULL,
		.weights = scenario->weights + first,
	};

	return rows;
}

void
scenario_note(const ScenarioOptions *options)
{
	tap_note(
		"seed %llu, targets %d, %u rows, %u categories, split %d, %u folds, smooth "
		"%g, out of fold %d, missing %d, null %d, skewed %d, several %d, weighted %d",
		(unsigned long long) options->seed, (int) options->targets, options->n_rows,
		options->n_categories, (int) options->split, options->n_folds, options->smooth,
		options->prior_out_of_fold, options->missing_is_category, options->some_null,
		options->skewed, options->several, options->weighted);
}

ScenarioOptions
scenario_options(uint32_t i)
{
	static const double smooths[] = {0, 0.001, 1, 20.3, 1e4};
	static const uint32_t sizes[] = {1, 2, 10, 97, 300, 1000};
	static const uint32_t categories[] = {1, 3, 40, 255, 256, 700};
	uint64_t random = i;
	ScenarioOptions options = {.seed = i, .targets = i % N_SCENARIO_TARGETS};

	options.split = i / N_SCENARIO_TARGETS % 5;
	options.n_rows = sizes[random_below(&random, 6)];
	options.n_categories = categories[random_below(&random, 6)];
	options.n_folds = 1 + (uint32_t) random_below(&random, 7);
	if (random_below(&random, 5) == 0)
		options.n_folds = 1000; /* as many as there are rows */
	options.smooth = smooths[random_below(&random, 5)];
	options.prior_out_of_fold = random_below(&random, 2);
	options.missing_is_category = random_below(&random, 2);
	options.some_null = random_below(&random, 2);
	options.skewed = random_below(&random, 2);
	options.weighted = random_below(&random, 2);
	return options;
}
