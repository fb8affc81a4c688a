/*
 * write.c: a fitted job as rows of an encoder table.
 *
 * Rows come in a fixed order: parameters, then column by column the categories in the
 * order of their keys, the missing row and the prior.  Two fits of the same data write
 * the same rows.
 */
#include "postgres.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"

#include "encoder/encoder.h"
#include "base/run_log.h"

/* Categories whose texts and figures are at hand at once. */
#define BLOCK 1024

/* A row in the making. */
typedef struct EncoderRow
{
	Datum values[GE_ENCODER_N_COLUMNS];
	bool is_null[GE_ENCODER_N_COLUMNS];
} EncoderRow;

/* One column or combination being written. */
typedef struct WriteState
{
	GeRun *run;
	GeOutputTable *table;
	const char *name;
	const GeCategories *categories;
	int i;							/* the category column */
	const GeCategoryColumn *column; /* NULL: a combination */
	const GeRunEncoding *encoding;	/* NULL: label codes only */
	uint64 *n_rows;					/* by id 0..n_known */
	GeTargetStatistics statistics;	/* by id 0..n_known */
	double *encodings;				/* by id 0..n_known */
	int n_digits;
	MemoryContext row_context;
} WriteState;

static void
set_value(EncoderRow *row, int column, Datum value)
{
	row->values[column] = value;
	row->is_null[column] = false;
}

static void
begin_row(EncoderRow *row, const char *kind)
{
	memset(row->is_null, true, sizeof row->is_null);
	set_value(row, GE_ENCODER_KIND, CStringGetTextDatum(kind));
}

/* An exact sum without the zero digits at either end. */
static void
set_sum(EncoderRow *row, const int64 *digits, int n, int low)
{
	Datum *elements = palloc_array(Datum, n);
	int first = 0;

	while (n > 0 && digits[n - 1] == 0)
		n--;
	while (first < n && digits[first] == 0)
		first++;
	for (int i = first; i < n; i++)
		elements[i - first] = Int64GetDatum(digits[i]);
	set_value(row, GE_ENCODER_SUM_BINS,
			  PointerGetDatum(construct_array(elements, n - first, INT8OID, sizeof(int64),
											  FLOAT8PASSBYVAL, TYPALIGN_DOUBLE)));
	set_value(row, GE_ENCODER_SUM_LOW_BIN, Int32GetDatum(n == 0 ? 0 : low + first));
}

/* The figures of one id: row counts, and those of the target if there is one. */
static void
set_figures(EncoderRow *row, const WriteState *state, uint32 id)
{
	set_value(row, GE_ENCODER_COLUMN_NAME, CStringGetTextDatum(state->name));
	set_value(row, GE_ENCODER_N_ROWS, Int64GetDatum(state->n_rows[id]));
	if (state->encoding == NULL)
		return;
	set_value(row, GE_ENCODER_N_TARGET, Int64GetDatum(state->statistics.n_targets[id]));
	set_sum(row, state->statistics.sums + (Size) id * state->n_digits, state->n_digits,
			state->run->target.low_bin);
	if (state->encoding->totals.n_targets > 0)
		set_value(row, GE_ENCODER_ENCODING, Float8GetDatum(state->encodings[id]));
}

static void
put_row(const WriteState *state, const EncoderRow *row)
{
	ge_output_put(state->table, row->values, row->is_null);
	MemoryContextReset(state->row_context);
}

/* Rows of the fitted source by id of one id column. */
static uint64 *
count_rows(const GeRowStore *rows, int id_column, uint32 n_known)
{
	uint64 *n_rows = palloc_extended(sizeof(uint64) * ((Size) n_known + 1),
									 MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);

	for (int i = 0; i < rows->n_segments; i++)
	{
		CHECK_FOR_INTERRUPTS();
		for (uint32 row = 0; row < rows->segments[i].n_rows; row++)
			n_rows[ge_ids_get(&rows->segments[i].ids[id_column], row)]++;
	}
	return n_rows;
}

/* Target statistics of all known ids. */
static void
fetch_statistics(WriteState *state)
{
	GeTargetStatistics *all = &state->statistics;
	Size n = (Size) state->categories->n_known + 1;

	state->n_digits =
		GE_SUM_DIGITS(state->run->target.low_bin, state->run->target.high_bin);
	all->n_rows = palloc_extended(sizeof(uint64) * n, MCXT_ALLOC_HUGE);
	all->n_targets = palloc_extended(sizeof(uint64) * n, MCXT_ALLOC_HUGE);
	all->sums = palloc_extended(sizeof(int64) * n * state->n_digits, MCXT_ALLOC_HUGE);
	state->encodings = palloc_extended(sizeof(double) * n, MCXT_ALLOC_HUGE);
	ge_compute_target_statistics(state->run->compute, state->encoding->target, 0, n, all,
								 &state->encodings, state->name);
}

static void
free_figures(WriteState *state)
{
	pfree(state->n_rows);
	if (state->encoding == NULL)
		return;
	pfree(state->statistics.n_rows);
	pfree(state->statistics.n_targets);
	pfree(state->statistics.sums);
	pfree(state->encodings);
}

/* The texts of a combination's parts, for n ids: text[] each. */
static Datum *
combination_values(const WriteState *state, const uint32 *ids, uint32 n)
{
	int n_parts = state->encoding->plan->n_parts;
	uint32 *part_ids = palloc_array(uint32, n * n_parts),
		   *of_part = palloc_array(uint32, n);
	char ***texts = palloc_array(char **, n_parts);
	Datum *result = palloc_array(Datum, n), *elements = palloc_array(Datum, n_parts);

	ge_combination_parts(state->run, state->encoding, ids, n, part_ids);
	for (int k = 0; k < n_parts; k++)
	{
		for (uint32 i = 0; i < n; i++)
			of_part[i] = part_ids[i * n_parts + k];
		texts[k] =
			ge_job_column_texts(state->run, state->encoding->plan->parts[k], of_part, n);
	}
	for (uint32 i = 0; i < n; i++)
	{
		for (int k = 0; k < n_parts; k++)
			elements[k] = CStringGetTextDatum(texts[k][i]);
		result[i] = PointerGetDatum(
			construct_array(elements, n_parts, TEXTOID, -1, false, TYPALIGN_INT));
	}
	return result;
}

/* Up to BLOCK category rows, from a rank on. */
static void
put_categories(const WriteState *state, uint32 first, uint32 n)
{
	const uint32 *ids = state->categories->order + first;
	char **texts = NULL;
	Datum *values = NULL;
	EncoderRow row;

	if (state->column != NULL)
		texts = ge_job_column_texts(state->run, state->i, ids, n);
	else
		values = combination_values(state, ids, n);
	for (uint32 i = 0; i < n; i++)
	{
		MemoryContext old = MemoryContextSwitchTo(state->row_context);

		begin_row(&row, "category");
		if (state->column != NULL)
			set_value(&row, GE_ENCODER_VALUE, CStringGetTextDatum(texts[i]));
		else
			set_value(&row, GE_ENCODER_VALUES, values[i]);
		if (state->column != NULL && state->column->is_label)
			set_value(&row, GE_ENCODER_CODE,
					  Int32GetDatum(state->categories->code[ids[i]]));
		set_figures(&row, state, ids[i]);
		MemoryContextSwitchTo(old);
		put_row(state, &row);
	}
}

/* The row of the NULL category. */
static void
put_missing(const WriteState *state)
{
	GeMissing missing = state->column != NULL
							? state->column->options.handle_missing
							: state->encoding->plan->options.handle_missing;
	MemoryContext old = MemoryContextSwitchTo(state->row_context);
	EncoderRow row;

	begin_row(&row, "missing");
	set_figures(&row, state, GE_ID_MISSING);
	if (missing == GE_MISSING_CATEGORY && state->column != NULL &&
		state->column->is_label)
		set_value(&row, GE_ENCODER_CODE, Int32GetDatum(state->categories->missing_code));
	if (missing == GE_MISSING_NULL || missing == GE_MISSING_ERROR)
		row.is_null[GE_ENCODER_ENCODING] = true;
	MemoryContextSwitchTo(old);
	put_row(state, &row);
}

/* The totals of the fitted source. */
static void
put_prior(const WriteState *state)
{
	const GeTargetTotals *totals = &state->encoding->totals;
	MemoryContext old = MemoryContextSwitchTo(state->row_context);
	int64 *bins = palloc0_array(int64, state->n_digits);
	int64 *digits = palloc_array(int64, state->n_digits + 2);
	EncoderRow row;

	/* every digit is below 2^32, so 2^31 of them fit */
	for (Size id = 0; id <= state->categories->n_known; id++)
		for (int i = 0; i < state->n_digits; i++)
			bins[i] += state->statistics.sums[id * state->n_digits + i];
	ge_sum_canonical(bins, state->n_digits, digits);
	begin_row(&row, "prior");
	set_value(&row, GE_ENCODER_COLUMN_NAME, CStringGetTextDatum(state->name));
	set_value(&row, GE_ENCODER_N_ROWS, Int64GetDatum(totals->n_rows));
	set_value(&row, GE_ENCODER_N_TARGET, Int64GetDatum(totals->n_targets));
	set_sum(&row, digits, state->n_digits + 2, state->run->target.low_bin);
	if (totals->n_targets > 0)
		set_value(&row, GE_ENCODER_ENCODING, Float8GetDatum(state->encoding->prior));
	MemoryContextSwitchTo(old);
	put_row(state, &row);
}

/* All rows of one column or combination; how many of its rows are missing comes back. */
static int64
write_column(WriteState *state, int id_column)
{
	uint32 n_known = state->categories->n_known;
	MemoryContext block_context = AllocSetContextCreate(
		CurrentMemoryContext, "encoder block", ALLOCSET_DEFAULT_SIZES);
	int64 missing;

	state->n_rows = count_rows(state->run->rows[0], id_column, n_known);
	if (state->encoding != NULL)
		fetch_statistics(state);
	for (uint32 first = 0; first < n_known; first += BLOCK)
	{
		MemoryContext old = MemoryContextSwitchTo(block_context);

		CHECK_FOR_INTERRUPTS();
		put_categories(state, first, Min(n_known - first, BLOCK));
		MemoryContextSwitchTo(old);
		MemoryContextReset(block_context);
	}
	put_missing(state);
	if (state->encoding != NULL)
		put_prior(state);
	missing = state->n_rows[GE_ID_MISSING];
	free_figures(state);
	MemoryContextDelete(block_context);
	return missing;
}

static void
put_parameters(const WriteState *state)
{
	MemoryContext old = MemoryContextSwitchTo(state->row_context);
	EncoderRow row;

	begin_row(&row, "parameters");
	set_value(&row, GE_ENCODER_PARAMETERS,
			  DirectFunctionCall1(
				  jsonb_in, CStringGetDatum(ge_encoder_parameters_text(state->run))));
	MemoryContextSwitchTo(old);
	put_row(state, &row);
}

static void
add_summary(GeFitSummary *summaries, int *n, const WriteState *state, const char *kind,
			int64 missing)
{
	bool is_target = strcmp(kind, "target") == 0;

	summaries[(*n)++] = (GeFitSummary){
		.column_name = state->name,
		.kind = kind,
		.categories = state->categories->n_known,
		.rows = state->run->rows[0]->n_rows,
		.missing_rows = missing,
		.target = is_target ? state->run->plan->target.name : NULL,
		.has_prior = is_target && state->encoding->totals.n_targets > 0,
		.prior = is_target ? state->encoding->prior : 0,
		.pos_label = is_target ? state->run->target.pos_label_used : NULL,
	};
}

GeFitSummary *
ge_encoder_write(GeRun *run, GeOutputTable *table, int *n)
{
	GeFitSummary *summaries =
		palloc0_array(GeFitSummary, run->plan->n_columns + run->plan->n_encodings + 1);
	WriteState state = {.run = run, .table = table};
	Oid relid = ge_output_relid(table);
	uint64 rows;

	ge_stage_begin();
	*n = 0;
	state.row_context = AllocSetContextCreate(CurrentMemoryContext, "encoder row",
											  ALLOCSET_DEFAULT_SIZES);
	put_parameters(&state);
	for (int i = 0; i < run->plan->n_columns; i++)
	{
		int64 missing;

		state.i = i;
		state.column = &run->plan->columns[i];
		state.encoding = ge_job_find_encoding(run, i);
		if (!state.column->is_label && state.encoding == NULL)
			continue;
		state.name = state.column->name;
		state.categories = &run->categories[i];
		missing = write_column(&state, i);
		if (state.column->is_label)
			add_summary(summaries, n, &state, "label", missing);
		if (state.encoding != NULL)
			add_summary(summaries, n, &state, "target", missing);
	}
	for (int i = 0; i < run->plan->n_encodings; i++)
	{
		state.encoding = &run->encodings[i];
		if (state.encoding->plan->n_parts == 1)
			continue;
		state.column = NULL;
		state.name = state.encoding->plan->name;
		state.categories = state.encoding->categories;
		add_summary(summaries, n, &state, "target",
					write_column(&state, state.encoding->id_column));
	}
	MemoryContextDelete(state.row_context);
	rows = ge_output_finish(table);
	CommandCounterIncrement();
	ge_encoder_create_indexes(relid);
	ge_stage_end("encoder", rows, -1, "", "%s", ge_relation_name(relid));
	return summaries;
}
