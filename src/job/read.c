/*
 * read.c: reads every source of a job once, into dictionaries and row stores.
 *
 * Batches come in any order.  The ids that a backend hands out are complete after a
 * flush.  A flush is due every few million rows, so that ids can shrink to the bytes they
 * need.
 */
#include "postgres.h"

#include <math.h>
#include <unistd.h>

#include "commands/progress.h"
#include "miscadmin.h"
#include "utils/backend_progress.h"

#include "job/internal.h"
#include "base/run_log.h"
#include "base/settings.h"

/* Rows between two flushes.  Until the next flush ids of all columns take 4 bytes. */
#define ROWS_BETWEEN_FLUSHES 4194304

/* Reading one source. */
typedef struct ReadState
{
	GeRun *run;
	const GePlanSource *source;
	GeRowStore *rows; /* of the source */
	int n_columns;	  /* of the batches */
	GeReadColumn *columns;
	/* the batch columns that hold keys, in order: */
	int n_keys;
	int *key_column;			 /* position in the batch */
	int *id_column;				 /* position in the row store */
	GeDictionary **dictionaries; /* of each */
	GeKeys *keys;				 /* of the batch at hand */
	uint32 **ids;
	int target_column; /* position of a numeric target in the batch; -1: none */
	int first_kept;	   /* position of the columns kept for the output */
	uint64 rows_since_flush;
	uint64 magnitudes;	/* all |x| of targets that are whole numbers, ORed */
	bool has_fractions; /* some targets are no whole numbers, or are beyond an int32 */
	bool bad_target;	/* NaN or infinity seen; the first place in row order: */
	uint32 bad_chunk;
	uint32 bad_row;
} ReadState;

/* Read a column as keys into a dictionary. */
static void
add_key_column(ReadState *state, AttrNumber attno, GeReadKind kind,
			   GeCategoryType *category, const char *null_value, GeDictionary *dictionary,
			   int id_column)
{
	state->key_column[state->n_keys] = state->n_columns;
	state->id_column[state->n_keys] = id_column;
	state->dictionaries[state->n_keys++] = dictionary;
	state->columns[state->n_columns++] = (GeReadColumn){
		.attno = attno, .kind = kind, .category = category, .null_value = null_value};
}

/* Lay out the columns that are read from a source. */
static void
plan_columns(ReadState *state)
{
	GeRun *run = state->run;
	const GePlanSource *source = state->source;
	int max_columns = run->plan->n_columns + 3 + source->n_kept;

	state->columns = palloc0_array(GeReadColumn, max_columns);
	state->key_column = palloc_array(int, max_columns);
	state->id_column = palloc_array(int, max_columns);
	state->dictionaries = palloc_array(GeDictionary *, max_columns);
	state->keys = palloc_array(GeKeys, max_columns);
	state->ids = palloc_array(uint32 *, max_columns);
	for (int i = 0; i < run->plan->n_columns; i++)
		if (source->category_attno[i] != 0)
			add_key_column(state, source->category_attno[i], GE_READ_CATEGORY,
						   source->category[i], run->plan->columns[i].options.null_value,
						   run->categories[i].dictionary, i);
	if (source->fold_attno != 0)
		add_key_column(state, source->fold_attno, GE_READ_INT64, NULL, NULL,
					   run->fold_dictionary, run->fold_id_column);
	if (source->target_attno != 0 && run->plan->target.form == GE_TARGET_TWO_VALUES)
		add_key_column(state, source->target_attno, GE_READ_CATEGORY,
					   run->plan->target.category, NULL, run->target.dictionary,
					   run->target.id_column);
	state->target_column = -1;
	if (source->target_attno != 0 && run->plan->target.form != GE_TARGET_TWO_VALUES)
	{
		state->target_column = state->n_columns;
		state->columns[state->n_columns++] = (GeReadColumn){
			.attno = source->target_attno,
			.kind = run->plan->target.form == GE_TARGET_INTEGERS ? GE_READ_INT64
																 : GE_READ_FLOAT64};
	}
	state->first_kept = state->n_columns;
	for (int i = 0; i < source->n_kept; i++)
		if (i != source->kept_target)
			state->columns[state->n_columns++] =
				(GeReadColumn){.attno = source->kept[i], .kind = GE_READ_DATUM};
}

/* Keep a place with a bad target if it comes before those seen. */
static void
note_bad_target(ReadState *state, const GeBatch *batch, uint32 i)
{
	uint32 row = batch->first_row + i;

	if (state->bad_target &&
		(state->bad_chunk < batch->chunk ||
		 (state->bad_chunk == batch->chunk && state->bad_row <= row)))
		return;
	state->bad_target = true;
	state->bad_chunk = batch->chunk;
	state->bad_row = row;
}

/*
 * Look at the targets of a batch, value by value.  Most columns have whole numbers only:
 * their magnitudes are ORed, without a branch that depends on the value.
 */
static void
note_float_targets(ReadState *state, const GeBatch *batch, const uint8 *is_null)
{
	const double *floats = batch->columns[state->target_column].floats;
	GeRunTarget *target = &state->run->target;
	uint32 magnitudes = 0;

	for (uint32 i = 0; i < batch->n_rows; i++)
	{
		double x = floats[i];
		int32 whole = x > -2147483648.0 && x < 2147483648.0 ? (int32) x : 0;

		if (is_null != NULL && is_null[i])
			continue;
		magnitudes |= whole < 0 ? 0 - (uint32) whole : (uint32) whole;
		if (likely((double) whole == x))
			continue;
		state->has_fractions = true;
		if (isfinite(x))
			ge_bins_touched_double(x, &target->low_bin, &target->high_bin);
		else
			note_bad_target(state, batch, i);
	}
	state->magnitudes |= magnitudes;
}

static void
keep_float_targets(ReadState *state, const GeBatch *batch, GeSegment *segment)
{
	note_float_targets(state, batch, segment->target_is_null);
	segment->float_targets = palloc_array(double, batch->n_rows);
	memcpy(segment->float_targets, batch->columns[state->target_column].floats,
		   sizeof(double) * batch->n_rows);
}

static void
keep_int_targets(ReadState *state, const GeBatch *batch, GeSegment *segment)
{
	const int64 *ints = batch->columns[state->target_column].keys.values;

	segment->int_targets = palloc_array(int64, batch->n_rows);
	for (uint32 i = 0; i < batch->n_rows; i++)
	{
		bool is_null = segment->target_is_null != NULL && segment->target_is_null[i];

		segment->int_targets[i] = is_null ? 0 : ints[i];
		state->magnitudes |= segment->int_targets[i] < 0
								 ? 0 - (uint64) segment->int_targets[i]
								 : (uint64) segment->int_targets[i];
	}
}

static void
keep_targets(ReadState *state, const GeBatch *batch, GeSegment *segment)
{
	const uint8 *is_null = batch->columns[state->target_column].keys.is_missing;

	if (is_null != NULL)
	{
		segment->target_is_null = palloc_array(uint8, batch->n_rows);
		memcpy(segment->target_is_null, is_null, batch->n_rows);
	}
	if (state->run->plan->target.form == GE_TARGET_INTEGERS)
		keep_int_targets(state, batch, segment);
	else
		keep_float_targets(state, batch, segment);
}

/* False if the GPU's memory ended. */
static bool
flush(ReadState *state)
{
	if (!ge_compute_try_flush(state->run->compute))
		return false;
	ge_row_store_narrow(state->rows);
	state->rows_since_flush = 0;
	return true;
}

/* GeBatchConsumer */
static bool
consume_batch(const GeBatch *batch, void *arg)
{
	ReadState *state = arg;
	GeRowStore *rows = state->rows;
	MemoryContext old = MemoryContextSwitchTo(rows->context);
	GeSegment *segment = ge_row_store_append(rows, batch);
	bool goes_on;

	for (int i = 0; i < state->n_keys; i++)
	{
		state->keys[i] = batch->columns[state->key_column[i]].keys;
		state->ids[i] = ge_segment_ids_create(rows, segment, state->id_column[i]);
	}
	if (state->target_column >= 0)
		keep_targets(state, batch, segment);
	if (state->source->n_kept > 0)
		ge_keep_batch(state->source, batch, state->first_kept, segment);
	pgstat_progress_update_param(PROGRESS_COPY_TUPLES_PROCESSED, rows->n_rows);
	state->rows_since_flush += batch->n_rows;
	goes_on = state->n_keys == 0 ||
			  ge_compute_try_add(state->run->compute, state->n_keys, state->dictionaries,
								 state->keys, state->ids);
	if (goes_on && state->rows_since_flush >= ROWS_BETWEEN_FLUSHES)
		goes_on = flush(state);
	MemoryContextSwitchTo(old);
	return goes_on;
}

/* The segment and row of a place in row order. */
static void
report_bad_target(const ReadState *state)
{
	GeRowStore *rows = state->rows;

	for (int i = 0; i < rows->n_segments; i++)
	{
		const GeSegment *segment = &rows->segments[i];

		if (segment->chunk == state->bad_chunk && state->bad_row >= segment->first_row &&
			state->bad_row - segment->first_row < segment->n_rows)
		{
			uint32 row = state->bad_row - segment->first_row;

			ge_run_refuse_target(state->run, psprintf("%g", segment->float_targets[row]),
								 ge_job_ordinal(segment, row));
		}
	}
}

/* The bins of whole numbers follow from their magnitudes. */
static void
settle_bins(ReadState *state)
{
	GeRunTarget *target = &state->run->target;

	if (state->run->plan->target.form != GE_TARGET_TWO_VALUES && state->magnitudes != 0)
	{
		if (!state->has_fractions)
			target->largest = state->magnitudes;
		target->low_bin = Min(target->low_bin, (uint32) state->magnitudes != 0 ? 0 : 1);
		target->high_bin = Max(target->high_bin, state->magnitudes >> 32 != 0 ? 1 : 0);
	}
	if (target->low_bin > target->high_bin)
		target->low_bin = target->high_bin = 0;
}

/* More workers than processors would only wait for each other. */
static int
worker_limit(void)
{
	return Min(ge_setting_max_workers, (int) sysconf(_SC_NPROCESSORS_ONLN));
}

static void
read_source(GeRun *run, int i)
{
	const GePlanSource *source = &run->plan->sources[i];
	ReadState state = {.run = run, .source = source};
	int workers;

	ge_stage_begin();
	pgstat_progress_start_command(PROGRESS_COMMAND_COPY,
								  RelationGetRelid(ge_source_relation(source->source)));
	run->rows[i] = state.rows = ge_row_store_create(run->n_id_columns);
	plan_columns(&state);
	workers = ge_read(source->source, state.columns, state.n_columns, worker_limit(),
					  consume_batch, &state);
	pgstat_progress_end_command();
	if (ge_compute_exhausted(run->compute) || !flush(&state))
		ge_compute_raise(run->compute);
	ge_row_store_finish(state.rows);
	if (state.bad_target)
		report_bad_target(&state);
	if (source->target_attno != 0)
		settle_bins(&state);
	ge_stage_end("read", state.rows->n_rows, -1, ge_compute_name(run->compute),
				 "%s, %d workers", ge_source_name(source->source), workers);
}

/* Every category of the sources read so far is known from now on. */
static void
learn(GeRun *run, bool trained)
{
	for (int i = 0; i < run->plan->n_columns; i++)
	{
		GeCategories *categories = &run->categories[i];
		uint32 size = ge_compute_size(run->compute, categories->dictionary);

		if (trained)
			categories->n_trained = size;
		if (trained || run->plan->columns[i].is_label)
			categories->n_known = size;
		categories->n_all = size;
	}
}

void
ge_job_read(GeRun *run)
{
	run->target.low_bin = GE_HIGHEST_BIN + 1;
	run->target.high_bin = GE_LOWEST_BIN - 1;
	/* sources that teach come first, so that all later ids are unknown */
	for (int teaching = 1; teaching >= 0; teaching--)
		for (int i = 0; i < run->plan->n_sources; i++)
		{
			if (run->plan->sources[i].teaches_labels != teaching)
				continue;
			read_source(run, i);
			if (teaching)
				learn(run, i == 0);
		}
	for (int i = 0; i < run->plan->n_columns; i++)
		run->categories[i].n_all =
			ge_compute_size(run->compute, run->categories[i].dictionary);
	ge_run_settle_folds(run);
	if (run->plan->target.form == GE_TARGET_TWO_VALUES)
		ge_run_settle_two_values(run);
}
