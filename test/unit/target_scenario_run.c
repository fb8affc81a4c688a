/*
 * target_scenario_run.c: scenarios run on a backend, and results compared.
 */
#include <stdlib.h>
#include <string.h>

#include "target_scenario.h"

/* A range of rows that goes to the backend in one call. */
typedef struct Piece
{
	uint32_t first;
	uint32_t n;
} Piece;

/* Cut n rows into pieces of 1..largest rows, in random order; returns how many. */
static uint32_t
cut(uint32_t n, uint32_t largest, uint64_t seed, Piece *pieces)
{
	uint64_t random = seed;
	uint32_t first, n_pieces = 0, length;

	for (first = 0; first < n; first += length)
	{
		uint32_t at = (uint32_t) random_below(&random, n_pieces + 1);

		length = 1 + (uint32_t) random_below(&random, largest);
		length = length < n - first ? length : n - first;
		pieces[n_pieces] = pieces[at];
		pieces[at].first = first;
		pieces[at].n = length;
		n_pieces++;
	}
	return n_pieces;
}

static uint32_t
digits_of(const GeTargetSpec *spec, GeAccumulator sum)
{
	GeBins bins = ge_sum_bins(spec, sum);

	return (spec->accumulators & sum) == 0
			   ? 0
			   : (uint32_t) GE_SUM_DIGITS(bins.low, bins.high);
}

ScenarioResult *
scenario_result_make(const Scenario *scenario)
{
	ScenarioResult *result = test_alloc(1, sizeof *result);
	size_t n_ids = scenario->spec.n_categories + 1;

	result->n_rows = scenario->n_rows;
	result->n_ids = (uint32_t) n_ids;
	result->n_finishes = scenario->finish.n_finishes;
	result->n_digits = digits_of(&scenario->spec, GE_SUM_TARGETS);
	result->n_square_digits = digits_of(&scenario->spec, GE_SUM_SQUARES);
	result->n_weight_digits = digits_of(&scenario->spec, GE_SUM_WEIGHTS);
	result->rows =
		test_alloc((size_t) result->n_rows * result->n_finishes, sizeof(double));
	result->id_rows = test_alloc(n_ids, sizeof(uint64_t));
	result->id_targets = test_alloc(n_ids, sizeof(uint64_t));
	result->digits = test_alloc(n_ids * result->n_digits, sizeof(int64_t));
	result->square_digits = test_alloc(n_ids * result->n_square_digits, sizeof(int64_t));
	result->weight_digits = test_alloc(n_ids * result->n_weight_digits, sizeof(int64_t));
	result->least = test_alloc(n_ids, sizeof(double));
	result->greatest = test_alloc(n_ids, sizeof(double));
	result->encodings = test_alloc(n_ids * result->n_finishes, sizeof(double));
	return result;
}

void
scenario_result_free(ScenarioResult *result)
{
	free(result->rows);
	free(result->id_rows);
	free(result->id_targets);
	free(result->digits);
	free(result->square_digits);
	free(result->weight_digits);
	free(result->least);
	free(result->greatest);
	free(result->encodings);
	free(result);
}

GeTargetStatistics
scenario_statistics(const ScenarioResult *result, uint32_t accumulators, uint32_t first)
{
	GeTargetStatistics statistics = {.n_rows = result->id_rows + first,
									 .n_targets = result->id_targets + first,
									 .sums = result->digits +
											 (size_t) first * result->n_digits};

	if (accumulators & GE_SUM_SQUARES)
		statistics.squares =
			result->square_digits + (size_t) first * result->n_square_digits;
	if (accumulators & GE_SUM_WEIGHTS)
		statistics.weights =
			result->weight_digits + (size_t) first * result->n_weight_digits;
	if (accumulators & GE_LEAST_TARGET)
		statistics.least = result->least + first;
	if (accumulators & GE_GREATEST_TARGET)
		statistics.greatest = result->greatest + first;
	return statistics;
}

/* Statistics in two halves, as an encoder is written in batches. */
static GeStatus
ask_statistics(const GeBackend *backend, GeTarget *target, const Scenario *scenario,
			   ScenarioResult *result, GeError *error)
{
	uint32_t half = result->n_ids / 2, part, f;

	for (part = 0; part < 2; part++)
	{
		uint32_t first = part == 0 ? 0 : half;
		uint32_t n = part == 0 ? half : result->n_ids - half;
		GeTargetStatistics statistics =
			scenario_statistics(result, scenario->spec.accumulators, first);
		double *encodings[MOST_SCENARIO_FINISHES];
		GeStatus status;

		for (f = 0; f < result->n_finishes; f++)
			encodings[f] = result->encodings + (size_t) f * result->n_ids + first;
		status =
			backend->target.statistics(target, first, n, &statistics, encodings, error);
		if (status != GE_OK)
			return status;
	}
	return GE_OK;
}

GeStatus
scenario_add_rows(const GeBackend *backend, GeTarget *target, const Scenario *scenario,
				  uint32_t n, uint32_t largest_piece, uint64_t seed, GeError *error)
{
	Piece *pieces = test_alloc(n, sizeof *pieces);
	uint32_t n_pieces = cut(n, largest_piece, seed, pieces), i;
	GeStatus status = GE_OK;

	for (i = 0; i < n_pieces && status == GE_OK; i++)
	{
		GeTargetRows rows = scenario_rows(scenario, pieces[i].first, pieces[i].n);

		status = backend->target.add(target, &rows, error);
	}
	free(pieces);
	return status;
}

static GeStatus
ask_rows(const GeBackend *backend, GeTarget *target, const Scenario *scenario,
		 uint32_t largest_piece, uint64_t seed, ScenarioResult *result, GeError *error)
{
	Piece *pieces = test_alloc(scenario->n_rows, sizeof *pieces);
	uint32_t n_pieces = cut(scenario->n_rows, largest_piece, seed, pieces), i;
	GeStatus status = GE_OK;

	for (i = 0; i < n_pieces && status == GE_OK; i++)
	{
		GeTargetRows rows = scenario_rows(scenario, pieces[i].first, pieces[i].n);
		double *encodings[MOST_SCENARIO_FINISHES];
		uint32_t f;

		for (f = 0; f < result->n_finishes; f++)
			encodings[f] = result->rows + (size_t) f * result->n_rows + pieces[i].first;
		rows.int_targets = NULL; /* not read */
		rows.float_targets = NULL;
		rows.target_is_null = NULL;
		rows.weights = NULL;
		status = backend->target.rows(target, &rows, encodings, error);
	}
	free(pieces);
	return status;
}

GeStatus
scenario_answer(const GeBackend *backend, GeTarget *target, const Scenario *scenario,
				uint32_t largest_piece, uint64_t seed, ScenarioResult *result,
				GeError *error)
{
	GeStatus status = backend->target.finish(target, &scenario->finish, &result->totals,
											 result->unseen, error);

	if (status == GE_OK)
		status = ask_rows(backend, target, scenario, largest_piece, seed, result, error);
	if (status == GE_OK)
		status = ask_statistics(backend, target, scenario, result, error);
	return status;
}

ScenarioResult *
scenario_run(const GeBackend *backend, GeContext *context, const Scenario *scenario,
			 uint32_t largest_piece, uint64_t seed)
{
	ScenarioResult *result = scenario_result_make(scenario);
	GeTarget *target;
	GeError error;
	GeStatus status = backend->target.create(context, &scenario->spec, &target, &error);

	if (status == GE_OK)
		status = scenario_add_rows(backend, target, scenario, scenario->n_rows,
								   largest_piece, seed, &error);
	if (status == GE_OK)
		status = scenario_answer(backend, target, scenario, largest_piece, seed + 1,
								 result, &error);
	result->status = status;
	backend->target.free(target);
	return result;
}

/* Arrays of n times `each` words. */
static bool
differ(const void *a, const void *b, size_t n, size_t each)
{
	return memcmp(a, b, n * each * sizeof(uint64_t)) != 0;
}

const char *
scenario_difference(const ScenarioResult *a, const ScenarioResult *b)
{
	if (a->status != b->status)
		return "the status";
	if (a->status != GE_OK)
		return NULL;
	if (a->totals.n_rows != b->totals.n_rows ||
		a->totals.n_targets != b->totals.n_targets)
		return "the counts of all rows";
	if (memcmp(a->unseen, b->unseen, a->n_finishes * sizeof(double)) != 0)
		return "the encoding of unseen categories";
	if (memcmp(a->id_rows, b->id_rows, a->n_ids * sizeof(uint64_t)) != 0)
		return "the rows of a category";
	if (memcmp(a->id_targets, b->id_targets, a->n_ids * sizeof(uint64_t)) != 0)
		return "the targets of a category";
	if (differ(a->digits, b->digits, a->n_ids, a->n_digits) ||
		differ(a->square_digits, b->square_digits, a->n_ids, a->n_square_digits) ||
		differ(a->weight_digits, b->weight_digits, a->n_ids, a->n_weight_digits))
		return "the digits of a category";
	if (differ(a->least, b->least, a->n_ids, 1) ||
		differ(a->greatest, b->greatest, a->n_ids, 1))
		return "the least or the greatest of a category";
	if (differ(a->encodings, b->encodings, a->n_ids, a->n_finishes))
		return "the encoding of a category";
	if (differ(a->rows, b->rows, a->n_rows, a->n_finishes))
		return "the encoding of a row";
	return NULL;
}
