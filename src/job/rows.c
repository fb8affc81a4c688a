/*
 * rows.c: every row of a source once more, with its codes and encodings.
 *
 * Kept columns are in the row store.  If not all are there as values, a second reading,
 * under the same snapshot, gives the rows in the order of the first, so that the ids of the
 * row store meet the values of their rows, segment by segment.
 */
#include "postgres.h"
#include "access/tupmacs.h"
#include "miscadmin.h"

#include "base/run_log.h"
#include "job/internal.h"
#include "job/results.h"

typedef struct RowsState
{
	const GeRun *run;
	const GePlanSource *source;
	const GeRowStore *rows;
	GeRowScan *scan; /* NULL: the output's columns were kept */
	Datum *values;	 /* the values of the current row, if the columns were kept */
	bool *is_null;
	uint64 n_rows;
} RowsState;

/* The source of the rows' values. */
static void
begin_rows(RowsState *state)
{
	const GePlanSource *source = state->source;
	int natts = ge_source_desc(source->source)->natts;

	if (!source->keeps_needed || source->n_kept_categories > 0)
	{
		state->scan = ge_row_scan_begin(source->source, source->needed);
		return;
	}
	state->values = palloc0_array(Datum, natts + 1);
	state->is_null = palloc0_array(bool, natts + 1);
}

/* The values of the next row, the at-th of a segment; false when there is none. */
static bool
next_row(RowsState *state, const GeSegment *segment, uint32 at, GeRow *row)
{
	if (state->values == NULL)
		return ge_row_scan_next(state->scan, row);
	for (int i = 0; i < state->source->n_kept; i++)
	{
		const GeKept *kept = &segment->kept[i];
		int column = state->source->kept[i] - 1;

		state->values[column] =
			fetch_att((char *) kept->values + (Size) at * kept->width, true, kept->width);
		state->is_null[column] = kept->is_null != NULL && kept->is_null[at];
	}
	row->values = state->values;
	row->is_null = state->is_null;
	return true;
}

static void
make_results(GeResults *results, const GeRun *run, const GeSegment *segment,
			 bool out_of_fold)
{
	GeError error = {0};
	GeStatus status = ge_results_make(
		results, run, segment, 0, segment->n_rows, 0,
		out_of_fold ? GE_ENCODINGS_OUT_OF_FOLD : GE_ENCODINGS_FULL, &error);

	ge_results_report(results, run, status, &error);
}

/* Both readings must have given the same rows. */
static void
end_rows(RowsState *state)
{
	GeRow row;

	if (state->scan == NULL)
		return;
	if (state->n_rows != state->rows->n_rows || ge_row_scan_next(state->scan, &row))
		ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR),
						errmsg("relation %s gave other rows in the second reading",
							   ge_source_name(state->source->source))));
	ge_row_scan_end(state->scan);
}

GeResultCounts
ge_job_rows(GeRun *run, int source, bool out_of_fold, GeResultConsumer consume, void *arg)
{
	RowsState state = {
		.run = run, .source = &run->plan->sources[source], .rows = run->rows[source]};
	const GeRowStore *rows = run->rows[source];
	GeResults results;
	GeResultRow result = {0};

	if (!out_of_fold)
		ge_job_fetch_encodings(run);
	ge_results_create(&results, run, Max(ge_job_largest_segment(rows), 1));
	begin_rows(&state);
	result.codes = results.codes;
	result.encodings = results.encodings;
	for (int i = 0; i < rows->n_segments; i++)
	{
		const GeSegment *segment = &rows->segments[i];

		CHECK_FOR_INTERRUPTS();
		ge_stage_rows(state.n_rows);
		make_results(&results, run, segment, out_of_fold);
		result.segment = segment;
		for (result.at = 0; result.at < segment->n_rows; result.at++)
		{
			if (!next_row(&state, segment, result.at, &result.row))
				break;
			result.ordinal = segment->first_ordinal + result.at;
			consume(&result, arg);
			state.n_rows++;
		}
	}
	end_rows(&state);
	results.counts.rows = state.n_rows;
	return results.counts;
}
