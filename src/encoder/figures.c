/*
 * figures.c: the figures of categories in the rows of an encoder.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "encoder/encodings.h"
#include "encoder/write.h"

void
ge_encoder_figures_fetch(GeEncoderWrite *state)
{
	const GeCategories *categories = state->categories;
	const GeEncoding *plan = state->encoding->plan;
	bool has_pooled = categories->n_pooled > 0;

	state->encodings = palloc_array(double, plan->n_outputs + 1);
	state->fits = palloc_array(GeFitStatistics, plan->n_fits);
	state->pooled = palloc_array(GeFitStatistics, plan->n_fits);
	for (int k = 0; k < plan->n_fits; k++)
	{
		const GeRunFit *fit = &state->encoding->fits[k];

		ge_fit_statistics_fetch(&state->fits[k], state->run, fit, fit->target,
								ge_largest_counted_id(categories) + 1, state->name);
		if (has_pooled)
			ge_fit_statistics_fetch(&state->pooled[k], state->run, fit, fit->pooled,
									categories->n_pooled + 1, state->name);
	}
}

void
ge_encoder_figures_free(GeEncoderWrite *state)
{
	pfree(state->n_rows);
	if (state->encoding == NULL)
		return;
	for (int k = 0; k < state->encoding->plan->n_fits; k++)
	{
		ge_fit_statistics_free(&state->fits[k]);
		if (state->categories->n_pooled > 0)
			ge_fit_statistics_free(&state->pooled[k]);
	}
	pfree(state->fits);
	pfree(state->pooled);
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
set_target_figures(GeEncoderRow *row, const GeFitStatistics *fit, uint32 at)
{
	if (fit->sum == NULL)
		return;
	ge_encoder_row_set(row, GE_ENCODER_N_TARGET, Int64GetDatum(fit->by_id.n_targets[at]));
	set_sum(row, fit->by_id.sums + (Size) at * fit->n_digits, fit->n_digits,
			fit->bins.low);
}

/* The encodings of a row, and the first of them apart. */
static void
set_encodings(GeEncoderRow *row, const GeEncoderWrite *state)
{
	ge_encoder_row_set(
		row, GE_ENCODER_ENCODINGS,
		ge_encodings_datum(state->encodings, state->encoding->plan->n_outputs));
	row->is_null[GE_ENCODER_ENCODING] = true;
	if (!isnan(state->encodings[0]))
		ge_encoder_row_set(row, GE_ENCODER_ENCODING, Float8GetDatum(state->encodings[0]));
}

static const GeRunOutput *
outputs_of(const GeEncoderWrite *state)
{
	return &state->run->outputs[state->encoding->plan->first_output];
}

void
ge_encoder_row_clear_encodings(GeEncoderRow *row, const GeEncoderWrite *state)
{
	if (state->encoding == NULL)
		return;
	for (int k = 0; k < state->encoding->plan->n_outputs; k++)
		state->encodings[k] = ge_no_value();
	set_encodings(row, state);
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
		set_target_figures(row, &state->pooled[0], number);
	else
		set_target_figures(row, &state->fits[0], counted);
	for (int k = 0; k < state->encoding->plan->n_outputs; k++)
		state->encodings[k] = outputs_of(state)[k].full[id];
	set_encodings(row, state);
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
		set_target_figures(row, &state->fits[0], categories->pool_id);
	else if (state->fits[0].sum != NULL)
	{
		ge_encoder_row_set(row, GE_ENCODER_N_TARGET, Int64GetDatum(0));
		set_sum(row, NULL, 0, 0);
	}
	for (int k = 0; k < state->encoding->plan->n_outputs; k++)
		state->encodings[k] = outputs_of(state)[k].pool;
	set_encodings(row, state);
}

void
ge_encoder_row_set_totals(GeEncoderRow *row, const GeEncoderWrite *state)
{
	const GeFitStatistics *fit = &state->fits[0];

	set_counts(row, state, state->run->rows[0]->n_rows);
	if (fit->sum != NULL)
	{
		ge_encoder_row_set(row, GE_ENCODER_N_TARGET, Int64GetDatum(fit->n_targets));
		set_sum(row, fit->sum, fit->n_digits + 2, fit->bins.low);
	}
	for (int k = 0; k < state->encoding->plan->n_outputs; k++)
		state->encodings[k] = outputs_of(state)[k].unseen;
	set_encodings(row, state);
}
