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

ScenarioResult *
scenario_result_make(const Scenario *scenario)
{
	ScenarioResult *result = test_alloc(1, sizeof *result);

	result->n_rows = scenario->n_rows;
	result->n_ids = scenario->spec.n_categories + 1;
	result->n_digits = GE_SUM_DIGITS(scenario->spec.low_bin, scenario->spec.high_bin);
	result->rows = test_alloc(result->n_rows, sizeof(double));
	result->id_rows = test_alloc(result->n_ids, sizeof(uint64_t));
	result->id_targets = test_alloc(result->n_ids, sizeof(uint64_t));
	result->digits =
		test_alloc((size_t) result->n_ids * result->n_digits, sizeof(int64_t));
	result->encodings = test_alloc(result->n_ids, sizeof(double));
	return result;
}

void
scenario_result_free(ScenarioResult *result)
{
	free(result->rows);
	free(result->id_rows);
	free(result->id_targets);
	free(result->digits);
	free(result->encodings);
	free(result);
}

void
scenario_forget_unspecified(ScenarioResult *result)
{
	if (result->totals.n_target > 0)
		return;
	result->status = GE_OK;
	result->totals.prior = 0;
	memset(result->rows, 0, result->n_rows * sizeof(double));
	memset(result->encodings, 0, result->n_ids * sizeof(double));
}

/* Statistics in two halves, as an encoder is written in batches. */
static GeStatus
ask_statistics(const GeBackend *backend, GeTarget *target, ScenarioResult *result,
			   GeError *error)
{
	uint32_t half = result->n_ids / 2, part;

	for (part = 0; part < 2; part++)
	{
		uint32_t first = part == 0 ? 0 : half;
		uint32_t n = part == 0 ? half : result->n_ids - half;
		GeTargetStatistics statistics = {
			result->id_rows + first, result->id_targets + first,
			result->digits + (size_t) first * result->n_digits,
			result->encodings + first};
		GeStatus status =
			backend->target_statistics(target, first, n, &statistics, error);

		if (status != GE_OK)
			return status;
	}
	return GE_OK;
}

ScenarioResult *
scenario_run(const GeBackend *backend, GeContext *context, const Scenario *scenario,
			 uint32_t largest_piece, uint64_t seed)
{
	ScenarioResult *result = scenario_result_make(scenario);
	Piece *pieces = test_alloc(scenario->n_rows, sizeof *pieces);
	uint32_t n_pieces = cut(scenario->n_rows, largest_piece, seed, pieces), i;
	GeTarget *target;
	GeError error;

	result->status = backend->target_create(context, &scenario->spec, &target, &error);
	for (i = 0; i < n_pieces && result->status == GE_OK; i++)
	{
		GeTargetRows rows = scenario_rows(scenario, pieces[i].first, pieces[i].n);

		result->status = backend->target_add(target, &rows, &error);
	}
	if (result->status == GE_OK)
		result->status = backend->target_finish(target, &result->totals, &error);
	n_pieces = cut(scenario->n_rows, largest_piece, seed + 1, pieces);
	for (i = 0; i < n_pieces && result->status == GE_OK; i++)
	{
		GeTargetRows rows = scenario_rows(scenario, pieces[i].first, pieces[i].n);

		rows.int_targets = NULL; /* not read */
		rows.float_targets = NULL;
		rows.target_is_null = NULL;
		result->status =
			backend->target_rows(target, &rows, result->rows + pieces[i].first, &error);
	}
	if (result->status == GE_OK)
		result->status = ask_statistics(backend, target, result, &error);
	backend->target_free(target);
	free(pieces);
	if (result->status == GE_OK)
		scenario_forget_unspecified(result);
	return result;
}

const char *
scenario_difference(const ScenarioResult *a, const ScenarioResult *b)
{
	if (a->status != b->status)
		return "the status";
	if (a->status != GE_OK)
		return NULL;
	if (a->totals.n_rows != b->totals.n_rows || a->totals.n_target != b->totals.n_target)
		return "the counts of all rows";
	if (!same_bits(a->totals.prior, b->totals.prior))
		return "the prior";
	if (memcmp(a->id_rows, b->id_rows, a->n_ids * sizeof(uint64_t)) != 0)
		return "the rows of a category";
	if (memcmp(a->id_targets, b->id_targets, a->n_ids * sizeof(uint64_t)) != 0)
		return "the targets of a category";
	if (memcmp(a->digits, b->digits, (size_t) a->n_ids * a->n_digits * sizeof(int64_t)) !=
		0)
		return "the digits of a category";
	if (memcmp(a->encodings, b->encodings, a->n_ids * sizeof(double)) != 0)
		return "the encoding of a category";
	if (memcmp(a->rows, b->rows, a->n_rows * sizeof(double)) != 0)
		return "the encoding of a row";
	return NULL;
}
