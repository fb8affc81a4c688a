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
	if (result->totals.n_targets > 0)
		return;
	result->status = GE_OK;
	result->prior = 0;
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
		GeTargetStatistics statistics = {.n_rows = result->id_rows + first,
										 .n_targets = result->id_targets + first,
										 .sums = result->digits +
												 (size_t) first * result->n_digits};
		double *encodings = result->encodings + first;
		GeStatus status =
			backend->target.statistics(target, first, n, &statistics, &encodings, error);

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
		double *encodings = result->rows + pieces[i].first;

		rows.int_targets = NULL; /* not read */
		rows.float_targets = NULL;
		rows.target_is_null = NULL;
		status = backend->target.rows(target, &rows, &encodings, error);
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
											 &result->prior, error);

	if (status == GE_OK)
		status = ask_rows(backend, target, scenario, largest_piece, seed, result, error);
	if (status == GE_OK)
		status = ask_statistics(backend, target, result, error);
	if (status == GE_OK)
		scenario_forget_unspecified(result);
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
	if (!same_bits(a->prior, b->prior))
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
