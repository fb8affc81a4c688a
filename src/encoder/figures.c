/*
 * figures.c: the figures of categories in the rows of an encoder.
 */
#include "postgres.h"

#include <math.h>

#include "utils/array.h"
#include "utils/builtins.h"

#include "encoder/encodings.h"
#include "encoder/write.h"
#include "moments/moments.h"

void
ge_encoder_figures_fetch(GeEncoderWrite *state)
{
	const GeCategories *categories = state->categories;
	const GeEncoding *plan = state->encoding->plan;
	uint32 n_apart = ge_n_apart(categories);

	state->encodings = palloc_array(double, plan->n_outputs + 1);
	state->fits = palloc0_array(GeFitStatistics *, plan->n_fits);
	state->apart = palloc0_array(GeFitStatistics *, plan->n_fits);
	for (int k = 0; k < plan->n_fits; k++)
	{
		const GeRunFit *fit = &state->encoding->fits[k];

		state->fits[k] =
			ge_fit_statistics_fetch(state->run, fit, fit->target,
									ge_last_counted_id(categories) + 1, state->name);
		if (n_apart > 0)
			state->apart[k] = ge_fit_statistics_fetch(state->run, fit, fit->apart,
													  n_apart + 1, state->name);
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
		ge_fit_statistics_free(state->fits[k]);
		if (ge_n_apart(state->categories) > 0)
			ge_fit_statistics_free(state->apart[k]);
	}
	pfree(state->fits);
	pfree(state->apart);
	pfree(state->encodings);
}

/* By target and class. */
static void
set_moments(GeEncoderRow *row, const GeEncoderWrite *state, const Datum *elements)
{
	const GeElementType *type = &state->moments;

	ge_encoder_row_set(row, GE_ENCODER_MOMENTS,
					   PointerGetDatum(construct_array(
						   unconstify(Datum *, elements), state->encoding->plan->n_fits,
						   type->type, type->length, type->by_value, type->align)));
}

/* Only rows are counted: there is no target. */
static bool
has_no_target(const GeEncoderWrite *state)
{
	return state->encoding->plan->fits[0].target < 0;
}

/* Those of an id of the statistics of every fit. */
static void
set_moments_of_id(GeEncoderRow *row, const GeEncoderWrite *state,
				  GeFitStatistics *const *fits, uint32 id, uint64 n_rows)
{
	int n = state->encoding->plan->n_fits;
	Datum *elements = palloc_array(Datum, n);

	if (has_no_target(state))
		return;
	for (int k = 0; k < n; k++)
		elements[k] = ge_fit_statistics_moments(fits[k], id, n_rows);
	set_moments(row, state, elements);
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
	uint32 number = ge_number_apart(state->categories, id),
		   counted = ge_counted_id(state->categories, id);

	set_counts(row, state, state->n_rows[id]);
	if (state->encoding == NULL)
		return;
	if (number > 0)
		set_moments_of_id(row, state, state->apart, number, state->n_rows[id]);
	else
		set_moments_of_id(row, state, state->fits, counted, state->n_rows[id]);
	for (int k = 0; k < state->encoding->plan->n_outputs; k++)
		state->encodings[k] = outputs_of(state)[k].full[id];
	set_encodings(row, state);
}

/* Of no row at all. */
static void
set_empty_moments(GeEncoderRow *row, const GeEncoderWrite *state)
{
	int n = state->encoding->plan->n_fits;
	Datum *elements = palloc_array(Datum, n);
	GeMoments *none = palloc_object(GeMoments);

	if (has_no_target(state))
		return;
	ge_moments_clear(none);
	for (int k = 0; k < n; k++)
		elements[k] = ge_moments_datum(none);
	set_moments(row, state, elements);
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
		set_moments_of_id(row, state, state->fits, categories->pool_id, n_rows);
	else
		set_empty_moments(row, state);
	for (int k = 0; k < state->encoding->plan->n_outputs; k++)
		state->encodings[k] = outputs_of(state)[k].pool;
	set_encodings(row, state);
}

void
ge_encoder_row_set_totals(GeEncoderRow *row, const GeEncoderWrite *state)
{
	uint64 n_rows = ge_job_n_rows(state->run);
	int n = state->encoding->plan->n_fits;
	Datum *elements = palloc_array(Datum, n);

	set_counts(row, state, n_rows);
	for (int k = 0; k < n && !has_no_target(state); k++)
		elements[k] = ge_fit_statistics_moments_of_all(state->fits[k], n_rows);
	if (!has_no_target(state))
		set_moments(row, state, elements);
	for (int k = 0; k < state->encoding->plan->n_outputs; k++)
		state->encodings[k] = outputs_of(state)[k].unseen;
	set_encodings(row, state);
}
