/*
 * job_rows.c: every row of a source once more, with its codes and encodings.
 *
 * The second reading gives the same rows in the same order as the first (one snapshot),
 * so segment by segment the ids of the row store meet the values of the row.
 */
#include "postgres.h"
#include "miscadmin.h"

#include "job.h"

typedef struct ResultState
{
	const GeJob *job;
	const GeJobSource *source;
	bool out_of_fold;
	uint32 *folds;			 /* buffer of a segment, custom folds */
	double **segment_values; /* by encoding: of the segment's rows, out of fold */
	Datum *codes;
	bool *code_is_null;
	Datum *encodings;
	bool *encoding_is_null;
	GeResultCounts counts;
} ResultState;

static void
create_buffers(ResultState *state)
{
	const GeJob *job = state->job;
	uint32 largest = Max(ge_job_largest_segment(state->source->rows), 1);

	state->codes = palloc0_array(Datum, job->n_columns + 1);
	state->code_is_null = palloc0_array(bool, job->n_columns + 1);
	state->encodings = palloc0_array(Datum, job->n_encodings + 1);
	state->encoding_is_null = palloc0_array(bool, job->n_encodings + 1);
	state->folds = palloc_array(uint32, largest);
	state->segment_values = palloc_array(double *, job->n_encodings + 1);
	for (int i = 0; i < job->n_encodings; i++)
		state->segment_values[i] =
			state->out_of_fold ? palloc_array(double, largest) : NULL;
}

/* Out-of-fold values of a segment's rows, for all encodings. */
static void
fetch_segment(ResultState *state, const GeSegment *segment)
{
	const GeJob *job = state->job;

	for (int i = 0; i < job->n_encodings; i++)
	{
		GeTargetRows rows;

		if (!state->out_of_fold || job->encodings[i].totals.n_target == 0)
			continue;
		ge_job_target_rows(job, &job->encodings[i], segment, state->folds, &rows);
		ge_compute_target_rows(job->compute, job->encodings[i].target, &rows,
							   state->segment_values[i], job->encodings[i].name);
	}
}

/* The label codes of one row. */
static void
set_codes(ResultState *state, const GeSegment *segment, uint32 row)
{
	const GeJob *job = state->job;

	for (int i = 0; i < job->n_columns; i++)
	{
		const GeCategoryColumn *column = &job->columns[i];
		uint32 id;

		if (!column->is_label)
			continue;
		id = ge_ids_get(&segment->ids[i], row);
		if (id == GE_ID_MISSING)
		{
			state->counts.missing_labels++;
			state->code_is_null[i] = job->options.handle_missing != GE_MISSING_CATEGORY;
			state->codes[i] = Int32GetDatum((int32) column->categories.n_known);
		}
		else if (id > column->categories.n_known)
		{
			state->counts.unknown_labels++;
			state->code_is_null[i] = job->options.handle_unknown != GE_UNKNOWN_VALUE;
			state->codes[i] = Int32GetDatum(job->options.unknown_value);
		}
		else
		{
			state->code_is_null[i] = false;
			state->codes[i] = Int32GetDatum(column->categories.code[id]);
		}
	}
}

/* The target encodings of one row. */
static void
set_encodings(ResultState *state, const GeSegment *segment, uint32 row)
{
	const GeJob *job = state->job;

	for (int i = 0; i < job->n_encodings; i++)
	{
		const GeEncoding *encoding = &job->encodings[i];
		uint32 id = ge_ids_get(&segment->ids[encoding->id_column], row);
		bool unseen = id != GE_ID_MISSING &&
					  (id > encoding->categories->n_known || !encoding->seen[id]);
		double value;

		if (unseen)
			state->counts.unseen_targets++;
		if (state->out_of_fold)
			value = state->segment_values[i][row];
		else if (id > encoding->categories->n_known)
			value = encoding->totals.prior;
		else
			value = encoding->full[id];
		state->encodings[i] = Float8GetDatum(value);
		state->encoding_is_null[i] =
			encoding->totals.n_target == 0 ||
			(id == GE_ID_MISSING && job->options.handle_missing == GE_MISSING_NULL);
	}
}

/* The fold of one row, as the user numbers folds. */
static int32
fold_of(const GeJob *job, const GeSegment *segment, uint32 row)
{
	if (job->folds.split == GE_SPLIT_NONE)
		return 0;
	if (job->folds.split == GE_SPLIT_CUSTOM)
		return job->fold_values[ge_ids_get(&segment->ids[job->fold_id_column], row) - 1];
	return (int32) ge_fold_of_row(&job->folds, segment->first_ordinal + row);
}

GeResultCounts
ge_job_rows(GeJob *job, int source, bool out_of_fold, const Bitmapset *needed,
			GeResultConsumer consume, void *arg)
{
	ResultState state = {
		.job = job, .source = &job->sources[source], .out_of_fold = out_of_fold};
	const GeRowStore *rows = state.source->rows;
	GeRowScan *scan = ge_row_scan_begin(state.source->source, needed);
	GeResultRow result = {0};

	create_buffers(&state);
	result.codes = state.codes;
	result.code_is_null = state.code_is_null;
	result.encodings = state.encodings;
	result.encoding_is_null = state.encoding_is_null;
	for (int i = 0; i < rows->n_segments; i++)
	{
		const GeSegment *segment = &rows->segments[i];

		fetch_segment(&state, segment);
		for (uint32 row = 0; row < segment->n_rows; row++)
		{
			if (!ge_row_scan_next(scan, &result.row))
				break;
			set_codes(&state, segment, row);
			set_encodings(&state, segment, row);
			result.ordinal = segment->first_ordinal + row;
			result.fold = out_of_fold ? fold_of(job, segment, row) : 0;
			consume(&result, arg);
			state.counts.rows++;
		}
	}
	if (state.counts.rows != rows->n_rows || ge_row_scan_next(scan, &result.row))
		ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR),
						errmsg("relation %s gave other rows in the second reading",
							   ge_source_name(state.source->source))));
	ge_row_scan_end(scan);
	return state.counts;
}
