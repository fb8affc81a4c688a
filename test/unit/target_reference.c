/*
 * target_reference.c: target encodings by definition, in the most obvious way.
 */
#include <math.h>
#include <stdlib.h>

#include "reference_sum.h"
#include "target_scenario.h"

/* Rows, targets and their exact sum. */
typedef struct Tally
{
	uint64_t n_rows;
	uint64_t n_target;
	ReferenceSum sum;
} Tally;

/* Tallies by category, by fold, by both, and of all rows. */
typedef struct Tallies
{
	const Scenario *scenario;
	uint32_t n_folds;
	Tally all;
	Tally *folds;
	Tally *categories;
	Tally *cells;
} Tallies;

static void
count_row(Tally *tally, const Scenario *scenario, uint32_t row)
{
	tally->n_rows++;
	if (scenario->target_is_null[row])
		return;
	tally->n_target++;
	if (scenario->spec.kind == GE_TARGET_INT64)
		reference_add_int64(&tally->sum, scenario->int_targets[row], 0);
	else
		reference_add_double(&tally->sum, scenario->float_targets[row]);
}

static Tally
without(const Tally *all, const Tally *part)
{
	Tally others = *all;

	others.n_rows -= part->n_rows;
	others.n_target -= part->n_target;
	reference_merge(&others.sum, &part->sum, -1);
	return others;
}

/* Each operation rounded by itself: volatile keeps a product from being fused. */
static double
mean_of(const Tally *tally)
{
	volatile double sum = reference_round(&tally->sum);

	return tally->n_target == 0 ? ge_no_value() : sum / (double) tally->n_target;
}

static double
encode(const Tally *tally, double mean, double smooth)
{
	volatile double sum = reference_round(&tally->sum), weighted = smooth * mean;
	volatile double numerator = sum + weighted;
	volatile double denominator = (double) tally->n_target + smooth;

	volatile double encoding = numerator / denominator;

	if (tally->n_target == 0)
		return mean;
	return isnan(encoding) ? INFINITY : encoding;
}

static double
encode_row(const Tallies *tallies, uint32_t row)
{
	const GeTargetSpec *spec = &tallies->scenario->spec;
	const GeFinishSpec *finish = &tallies->scenario->finish;
	uint32_t id = tallies->scenario->wide_ids[row];
	uint32_t fold = tallies->scenario->folds[row];
	double mean = mean_of(&tallies->all);
	Tally others = tallies->categories[id];

	if (spec->folds.split != GE_SPLIT_NONE)
	{
		Tally other_folds = without(&tallies->all, &tallies->folds[fold]);

		others = without(&others, &tallies->cells[id * tallies->n_folds + fold]);
		if (finish->prior_out_of_fold)
			mean = mean_of(&other_folds);
	}
	if (id == GE_ID_MISSING && !finish->missing_is_category)
		return mean;
	return encode(&others, mean, finish->finishes[0].smooth);
}

static Tallies
tally_rows(const Scenario *scenario)
{
	Tallies tallies = {.scenario = scenario};
	uint32_t n_ids = scenario->spec.n_categories + 1, row;

	tallies.n_folds = scenario->spec.folds.n_folds > 0 ? scenario->spec.folds.n_folds : 1;
	tallies.folds = test_alloc(tallies.n_folds, sizeof(Tally));
	tallies.categories = test_alloc(n_ids, sizeof(Tally));
	tallies.cells = test_alloc((size_t) n_ids * tallies.n_folds, sizeof(Tally));
	for (row = 0; row < scenario->n_rows; row++)
	{
		uint32_t id = scenario->wide_ids[row], fold = scenario->folds[row];

		count_row(&tallies.all, scenario, row);
		count_row(&tallies.folds[fold], scenario, row);
		count_row(&tallies.categories[id], scenario, row);
		count_row(&tallies.cells[(size_t) id * tallies.n_folds + fold], scenario, row);
	}
	return tallies;
}

static void
fill_categories(const Tallies *tallies, ScenarioResult *result)
{
	const GeTargetSpec *spec = &tallies->scenario->spec;
	const GeFinishSpec *finish = &tallies->scenario->finish;
	double mean = mean_of(&tallies->all);
	uint32_t id;

	for (id = 0; id < result->n_ids; id++)
	{
		const Tally *tally = &tallies->categories[id];
		bool is_category = id != GE_ID_MISSING || finish->missing_is_category;

		result->id_rows[id] = tally->n_rows;
		result->id_targets[id] = tally->n_target;
		reference_digits(&tally->sum, spec->low_bin, (int) result->n_digits,
						 result->digits + (size_t) id * result->n_digits);
		result->encodings[id] =
			is_category ? encode(tally, mean, finish->finishes[0].smooth) : mean;
		if (isinf(result->encodings[id]))
			result->status = GE_SUM_OVERFLOW;
	}
}

ScenarioResult *
scenario_reference(const Scenario *scenario)
{
	ScenarioResult *result = scenario_result_make(scenario);
	Tallies tallies = tally_rows(scenario);
	uint32_t row;

	result->totals.n_rows = tallies.all.n_rows;
	result->totals.n_targets = tallies.all.n_target;
	result->unseen[0] = mean_of(&tallies.all);
	fill_categories(&tallies, result);
	for (row = 0; row < scenario->n_rows; row++)
	{
		result->rows[row] = encode_row(&tallies, row);
		if (isinf(result->rows[row]))
			result->status = GE_SUM_OVERFLOW;
	}
	if (isinf(result->unseen[0]))
		result->status = GE_SUM_OVERFLOW;
	free(tallies.folds);
	free(tallies.categories);
	free(tallies.cells);
	return result;
}
