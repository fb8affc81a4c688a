/*
 * job_rows.c: every row of a source once more, with its codes and encodings.
 *
 * Values of columns that were kept are in the row store.  Otherwise a second reading gives
 * the same rows in the same order as the first (one snapshot), so segment by segment the
 * ids of the row store meet the values of the row.  Results are
 * made column by column for a whole segment, which lets the processor overlap its reads
 * of large code tables.
 */
#include "postgres.h"
#include "miscadmin.h"

#include "job.h"

typedef struct ResultState
{
	const GeJob *job;
	const GeJobSource *source;
	bool out_of_fold;
	uint32 *folds;			   /* buffer of a segment, custom folds */
	uint32 *ids;			   /* buffer of a segment */
	GeResultColumn *codes;	   /* by category column */
	GeResultColumn *encodings; /* by encoding */
	GeRowScan *scan;		   /* NULL: the output's columns were kept */
	Datum *values;			   /* of the row at hand, where they were */
	bool *is_null;
	GeResultCounts counts;
} ResultState;

static void
create_buffers(ResultState *state)
{
	const GeJob *job = state->job;
	uint32 largest = Max(ge_job_largest_segment(state->source->rows), 1);

	state->folds = palloc_array(uint32, largest);
	state->ids = palloc_array(uint32, largest);
	state->codes = palloc0_array(GeResultColumn, job->n_columns + 1);
	state->encodings = palloc0_array(GeResultColumn, job->n_encodings + 1);
	for (int i = 0; i < job->n_columns; i++)
		if (job->columns[i].is_label)
		{
			state->codes[i].codes = palloc_array(int32, largest);
			state->codes[i].is_null = palloc_array(uint8, largest);
		}
	for (int i = 0; i < job->n_encodings; i++)
	{
		state->encodings[i].encodings = palloc_array(double, largest);
		state->encodings[i].is_null = palloc_array(uint8, largest);
	}
}

/* The ids of a segment's column, 4 bytes each. */
static const uint32 *
widen(ResultState *state, const GeIds *ids, uint32 n_rows)
{
	if (ids->width == sizeof(uint32))
		return ids->data;
	for (uint32 row = 0; row < n_rows; row++)
		state->ids[row] = ge_ids_get(ids, row);
	return state->ids;
}

/* The label codes of a segment in one column. */
static void
set_codes(ResultState *state, const GeSegment *segment, int i)
{
	const GeJobOptions *options = &state->job->options;
	const GeCategories *categories = &state->job->columns[i].categories;
	const uint32 *ids = widen(state, &segment->ids[i], segment->n_rows);
	bool null_missing = options->handle_missing != GE_MISSING_CATEGORY;
	bool null_unknown = options->handle_unknown != GE_UNKNOWN_VALUE;
	GeResultColumn *result = &state->codes[i];

	for (uint32 row = 0; row < segment->n_rows; row++)
	{
		uint32 id = ids[row];

		if (id == GE_ID_MISSING)
		{
			state->counts.missing_labels++;
			result->codes[row] = (int32) categories->n_known;
			result->is_null[row] = null_missing;
		}
		else if (id > categories->n_known)
		{
			state->counts.unknown_labels++;
			result->codes[row] = options->unknown_value;
			result->is_null[row] = null_unknown;
		}
		else
		{
			result->codes[row] = categories->code[id];
			result->is_null[row] = false;
		}
	}
}

/* Full encodings of a segment. */
static void
set_full_encodings(ResultState *state, const GeSegment *segment,
				   const GeEncoding *encoding, GeResultColumn *result)
{
	uint32 n_known = encoding->categories->n_known;
	const uint32 *ids = widen(state, &segment->ids[encoding->id_column], segment->n_rows);

	for (uint32 row = 0; row < segment->n_rows; row++)
	{
		bool known = ids[row] <= n_known;

		result->encodings[row] =
			known ? encoding->full[ids[row]] : encoding->totals.prior;
		if (ids[row] != GE_ID_MISSING && (!known || !encoding->seen[ids[row]]))
			state->counts.unseen_targets++;
	}
}

/* Out-of-fold encodings of a segment; without any target they are all NULL. */
static void
set_out_of_fold_encodings(ResultState *state, const GeSegment *segment,
						  const GeEncoding *encoding, GeResultColumn *result)
{
	GeTargetRows rows;

	if (encoding->totals.n_target == 0)
		return;
	ge_job_target_rows(state->job, encoding, segment, state->folds, &rows);
	ge_compute_target_rows(state->job->compute, encoding->target, &rows,
						   result->encodings, encoding->name);
}

/* Which encodings of a segment are NULL. */
static void
set_null_encodings(const ResultState *state, const GeSegment *segment,
				   const GeEncoding *encoding, GeResultColumn *result)
{
	memset(result->is_null, encoding->totals.n_target == 0, segment->n_rows);
	if (state->job->options.handle_missing != GE_MISSING_NULL)
		return;
	for (uint32 row = 0; row < segment->n_rows; row++)
		if (ge_ids_get(&segment->ids[encoding->id_column], row) == GE_ID_MISSING)
			result->is_null[row] = true;
}

/* All results of a segment. */
static void
set_results(ResultState *state, const GeSegment *segment)
{
	const GeJob *job = state->job;

	for (int i = 0; i < job->n_columns; i++)
		if (job->columns[i].is_label)
			set_codes(state, segment, i);
	for (int i = 0; i < job->n_encodings; i++)
	{
		if (state->out_of_fold)
			set_out_of_fold_encodings(state, segment, &job->encodings[i],
									  &state->encodings[i]);
		else
			set_full_encodings(state, segment, &job->encodings[i], &state->encodings[i]);
		set_null_encodings(state, segment, &job->encodings[i], &state->encodings[i]);
	}
}

/* Where the values of rows come from. */
static void
begin_rows(ResultState *state)
{
	const GeJobSource *source = state->source;
	int natts = ge_source_desc(source->source)->natts;

	if (!source->keeps_needed)
	{
		state->scan = ge_row_scan_begin(source->source, source->needed);
		return;
	}
	state->values = palloc0_array(Datum, natts + 1);
	state->is_null = palloc0_array(bool, natts + 1);
}

/* The values of the next row, the at-th of a segment; false when there is none. */
static bool
next_row(ResultState *state, const GeSegment *segment, uint32 at, GeRow *row)
{
	if (state->values == NULL)
		return ge_row_scan_next(state->scan, row);
	for (int i = 0; i < state->source->n_kept; i++)
	{
		const GeKept *kept = &segment->kept[i];
		int column = state->source->kept[i] - 1;

		state->values[column] = kept->values[at];
		state->is_null[column] = kept->is_null != NULL && kept->is_null[at];
	}
	row->values = state->values;
	row->is_null = state->is_null;
	return true;
}

/* Both readings must have given the same rows. */
static void
end_rows(ResultState *state)
{
	GeRow row;

	if (state->scan == NULL)
		return;
	if (state->counts.rows != state->source->rows->n_rows ||
		ge_row_scan_next(state->scan, &row))
		ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR),
						errmsg("relation %s gave other rows in the second reading",
							   ge_source_name(state->source->source))));
	ge_row_scan_end(state->scan);
}

GeResultCounts
ge_job_rows(GeJob *job, int source, bool out_of_fold, GeResultConsumer consume, void *arg)
{
	ResultState state = {
		.job = job, .source = &job->sources[source], .out_of_fold = out_of_fold};
	const GeRowStore *rows = state.source->rows;
	GeResultRow result = {0};

	create_buffers(&state);
	begin_rows(&state);
	result.codes = state.codes;
	result.encodings = state.encodings;
	for (int i = 0; i < rows->n_segments; i++)
	{
		const GeSegment *segment = &rows->segments[i];

		CHECK_FOR_INTERRUPTS();
		set_results(&state, segment);
		result.segment = segment;
		for (result.at = 0; result.at < segment->n_rows; result.at++)
		{
			if (!next_row(&state, segment, result.at, &result.row))
				break;
			result.ordinal = segment->first_ordinal + result.at;
			consume(&result, arg);
			state.counts.rows++;
		}
	}
	end_rows(&state);
	return state.counts;
}
