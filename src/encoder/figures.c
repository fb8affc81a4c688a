/*
 * figures.c: the figures of categories in the rows of an encoder.
 */
#include "postgres.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "encoder/write.h"

/* Statistics of ids 0..last of a target, and their encodings. */
static void
fetch_target(const GeEncoderWrite *state, GeTarget *target, uint32 last,
			 GeTargetStatistics *all, double **encodings)
{
	Size n = (Size) last + 1;

	all->n_rows = palloc_extended(sizeof(uint64) * n, MCXT_ALLOC_HUGE);
	all->n_targets = palloc_extended(sizeof(uint64) * n, MCXT_ALLOC_HUGE);
	all->sums = palloc_extended(sizeof(int64) * n * state->n_digits, MCXT_ALLOC_HUGE);
	*encodings = palloc_extended(sizeof(double) * n, MCXT_ALLOC_HUGE);
	ge_compute_target_statistics(state->run->compute, target, 0, n, all, encodings,
								 state->name);
}

void
ge_encoder_figures_fetch(GeEncoderWrite *state)
{
	const GeCategories *categories = state->categories;
	double *unused;

	state->n_digits =
		GE_SUM_DIGITS(state->run->target.low_bin, state->run->target.high_bin);
	fetch_target(state, state->encoding->target, ge_largest_counted_id(categories),
				 &state->statistics, &state->encodings);
	if (categories->n_pooled == 0)
		return;
	fetch_target(state, state->encoding->pooled, categories->n_pooled, &state->pooled,
				 &unused);
	pfree(unused);
}

static void
free_statistics(GeTargetStatistics *statistics)
{
	pfree(statistics->n_rows);
	pfree(statistics->n_targets);
	pfree(statistics->sums);
}

void
ge_encoder_figures_free(GeEncoderWrite *state)
{
	pfree(state->n_rows);
	if (state->encoding == NULL)
		return;
	free_statistics(&state->statistics);
	if (state->categories->n_pooled > 0)
		free_statistics(&state->pooled);
	pfree(state->encodings);
}

/* An exact sum without the zero digits at either end. */
static void
set_sum(GeEncoderRow *row, const int64 *digits, int n, int low)
{
	Datum *elements = palloc_array(Datum, n);
	int first = 0;

	while (n > 0 && digits[n - 1] == 0)
		n--;
	while (first < n && digits[first] == 0)
		first++;
	for (int i = first; i < n; i++)
		elements[i - first] = Int64GetDatum(digits[i]);
	ge_encoder_row_set(
		row, GE_ENCODER_SUM_BINS,
		PointerGetDatum(construct_array(elements, n - first, INT8OID, sizeof(int64),
										FLOAT8PASSBYVAL, TYPALIGN_DOUBLE)));
	ge_encoder_row_set(row, GE_ENCODER_SUM_LOW_BIN,
					   Int32GetDatum(n == 0 ? 0 : low + first));
}

static void
set_target_figures(GeEncoderRow *row, const GeEncoderWrite *state,
				   const GeTargetStatistics *statistics, uint32 at)
{
	ge_encoder_row_set(row, GE_ENCODER_N_TARGET,
					   Int64GetDatum(statistics->n_targets[at]));
	set_sum(row, statistics->sums + (Size) at * state->n_digits, state->n_digits,
			state->run->target.low_bin);
}

static void
set_encoding(GeEncoderRow *row, const GeEncoderWrite *state, double encoding)
{
	if (state->encoding->totals.n_targets > 0)
		ge_encoder_row_set(row, GE_ENCODER_ENCODING, Float8GetDatum(encoding));
}

static void
set_counts(GeEncoderRow *row, const GeEncoderWrite *state, uint64 n_rows)
{
	ge_encoder_row_set(row, GE_ENCODER_COLUMN_NAME, CStringGetTextDatum(state->name));
	ge_encoder_row_set(row, GE_ENCODER_N_ROWS, Int64GetDatum(n_rows));
}

void
ge_encoder_row_set_id(GeEncoderRow *row, const GeEncoderWrite *state, uint32 id)
{
	uint32 number = ge_pooled_number(state->categories, id),
		   counted = ge_counted_id(state->categories, id);

	set_counts(row, state, state->n_rows[id]);
	if (state->encoding == NULL)
		return;
	if (number > 0)
		set_target_figures(row, state, &state->pooled, number);
	else
		set_target_figures(row, state, &state->statistics, counted);
	set_encoding(row, state, state->encodings[counted]);
}

/* An empty pool has the prior. */
void
ge_encoder_row_set_pool(GeEncoderRow *row, const GeEncoderWrite *state)
{
	const GeCategories *categories = state->categories;
	uint64 n_rows = 0;

	for (uint32 id = 1; id <= categories->n_known; id++)
		if (ge_is_pooled(categories, id))
			n_rows += state->n_rows[id];
	set_counts(row, state, n_rows);
	if (state->column != NULL && state->column->is_label)
		ge_encoder_row_set(row, GE_ENCODER_CODE,
						   Int32GetDatum(categories->infrequent_code));
	if (state->encoding == NULL)
		return;
	if (categories->n_pooled > 0)
	{
		set_target_figures(row, state, &state->statistics, categories->pool_id);
		set_encoding(row, state, state->encodings[categories->pool_id]);
		return;
	}
	ge_encoder_row_set(row, GE_ENCODER_N_TARGET, Int64GetDatum(0));
	set_sum(row, NULL, 0, 0);
	set_encoding(row, state, state->encoding->prior);
}

void
ge_encoder_row_set_totals(GeEncoderRow *row, const GeEncoderWrite *state)
{
	const GeTargetTotals *totals = &state->encoding->totals;
	int64 *bins = palloc0_array(int64, state->n_digits);
	int64 *digits = palloc_array(int64, state->n_digits + 2);

	/* every digit is below 2^32, so 2^31 of them fit */
	for (Size id = 0; id <= ge_largest_counted_id(state->categories); id++)
		for (int i = 0; i < state->n_digits; i++)
			bins[i] += state->statistics.sums[id * state->n_digits + i];
	ge_sum_canonical(bins, state->n_digits, digits);
	set_counts(row, state, totals->n_rows);
	ge_encoder_row_set(row, GE_ENCODER_N_TARGET, Int64GetDatum(totals->n_targets));
	set_sum(row, digits, state->n_digits + 2, state->run->target.low_bin);
	set_encoding(row, state, state->encoding->prior);
}
