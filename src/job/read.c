/*
 * read.c: reads every source of a job once, into dictionaries and row stores.
 *
 * Batches come in any order.  The ids that a backend hands out are complete after a
 * flush.  A flush is due every few million rows, so that ids can shrink to the bytes they
 * need.
 */
#include "postgres.h"

#include <unistd.h>

#include "miscadmin.h"

#include "job/internal.h"
#include "job/target_values.h"
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
	int first_fold_key; /* position of the columns that decide on folds */
	int fold_keys;		/* of `keys`, the folds that follow from them; -1: none */
	int64 *folds;
	int first_kept; /* position of the columns kept for the output */
	uint64 rows_since_flush;
	GeTargetReading *targets; /* NULL: no target and no weight is read as a number */
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

/* Targets are read as keys or as numbers, weights as numbers. */
static void
plan_targets(ReadState *state)
{
	const GePlan *plan = state->run->plan;
	const GePlanSource *source = state->source;
	bool any_number = source->weight_attno != 0;

	for (int t = 0; t < plan->n_targets; t++)
	{
		if (source->target_attno[t] == 0)
			continue;
		if (plan->targets[t].category != NULL)
			add_key_column(state, source->target_attno[t], GE_READ_CATEGORY,
						   plan->targets[t].category, NULL,
						   state->run->targets[t].dictionary,
						   state->run->targets[t].id_column);
		else
			any_number = true;
	}
	if (any_number)
		state->targets = ge_target_reading_create(state->run, source, state->rows,
												  state->columns, &state->n_columns);
}

/* The columns that decide on folds, and the folds as keys that no column has. */
static void
plan_fold_keys(ReadState *state)
{
	const GePlan *plan = state->run->plan;

	state->first_fold_key = state->n_columns;
	for (int i = 0; i < plan->n_fold_keys; i++)
		state->columns[state->n_columns++] =
			(GeReadColumn){.attno = plan->fold_keys[i].attno,
						   .kind = GE_READ_CATEGORY,
						   .category = plan->fold_keys[i].category};
	if (plan->n_fold_keys == 0)
		return;
	state->fold_keys = state->n_keys;
	state->id_column[state->n_keys] = state->run->fold_id_column;
	state->dictionaries[state->n_keys++] = state->run->fold_dictionary;
}

static void
plan_order(ReadState *state)
{
	const GeRun *run = state->run;

	for (int i = 0; i < run->plan->n_order_keys; i++)
		add_key_column(state, run->plan->order_keys[i].attno, GE_READ_CATEGORY,
					   run->plan->order_keys[i].category, NULL,
					   run->order_dictionaries[i], run->first_order_column + i);
}

/* Lay out the columns that are read from a source. */
static void
plan_columns(ReadState *state)
{
	GeRun *run = state->run;
	const GePlanSource *source = state->source;
	int max_columns = run->plan->n_columns + run->plan->n_targets + 3 + source->n_kept +
					  run->plan->n_fold_keys + run->plan->n_order_keys;

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
	plan_targets(state);
	state->fold_keys = -1;
	if (source == run->plan->sources)
	{
		plan_order(state);
		plan_fold_keys(state);
	}
	state->first_kept = state->n_columns;
	for (int i = 0; i < source->n_kept; i++)
		if (ge_keeps_values(source, i))
			state->columns[state->n_columns++] =
				(GeReadColumn){.attno = source->kept[i], .kind = GE_READ_DATUM};
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

static GeKeys
keys_of_folds(ReadState *state, const GeBatch *batch)
{
	if (state->folds != NULL)
		pfree(state->folds);
	state->folds = palloc_array(int64, batch->n_rows);
	ge_run_fold_batch(state->run, batch->columns + state->first_fold_key, batch->n_rows,
					  state->folds);
	return (GeKeys){
		.kind = GE_KEY_INT64, .n_rows = batch->n_rows, .values = state->folds};
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
		state->keys[i] = i == state->fold_keys
							 ? keys_of_folds(state, batch)
							 : batch->columns[state->key_column[i]].keys;
		state->ids[i] = ge_segment_ids_create(rows, segment, state->id_column[i]);
	}
	if (state->targets != NULL)
		ge_target_reading_keep(state->targets, batch, segment);
	if (state->source->n_kept > 0)
		ge_keep_batch(state->source, batch, state->first_kept, segment);
	ge_stage_rows(rows->n_rows);
	state->rows_since_flush += batch->n_rows;
	goes_on = state->n_keys == 0 ||
			  ge_compute_try_add(state->run->compute, state->n_keys, state->dictionaries,
								 state->keys, state->ids);
	if (goes_on && state->rows_since_flush >= ROWS_BETWEEN_FLUSHES)
		goes_on = flush(state);
	MemoryContextSwitchTo(old);
	return goes_on;
}

int
ge_job_max_workers(void)
{
	return Min(ge_setting_max_workers, (int) sysconf(_SC_NPROCESSORS_ONLN));
}

static void
read_source(GeRun *run, int i)
{
	const GePlanSource *source = &run->plan->sources[i];
	ReadState state = {.run = run, .source = source};
	Relation relation = ge_source_relation(source->source);
	int workers;

	ge_stage_begin();
	ge_stage_relation(relation == NULL ? InvalidOid : RelationGetRelid(relation));
	run->rows[i] = state.rows =
		ge_row_store_create(run->n_id_columns, run->plan->n_targets);
	plan_columns(&state);
	workers = ge_read(source->source, state.columns, state.n_columns,
					  ge_job_max_workers(), consume_batch, &state);
	if (ge_compute_exhausted(run->compute) || !flush(&state))
		ge_compute_raise(run->compute);
	if (state.folds != NULL)
		pfree(state.folds);
	ge_row_store_finish(state.rows);
	if (state.targets != NULL)
		ge_target_reading_settle(state.targets);
	ge_stage_end("read", state.rows->n_rows, -1, ge_compute_name(run->compute),
				 "%s, %d workers%s%s", ge_source_name(source->source), workers,
				 ge_compute_is_several(run->compute) ? "; " : "",
				 ge_compute_is_several(run->compute) ? ge_job_columns_by_device(run)
													 : "");
}

/* The fitted source is grouped where its rows lie (grouped.h). */
static void
leave_unread(GeRun *run)
{
	run->rows[0] = ge_row_store_create(run->n_id_columns, run->plan->n_targets);
	ge_row_store_finish(run->rows[0]);
}

/* Every category of the sources read so far is known from now on. */
static void
learn(GeRun *run, bool trained)
{
	for (int i = 0; i < run->plan->n_columns; i++)
	{
		GeCategories *categories = &run->categories[i];
		uint32 size = ge_compute_size(run->compute, categories->dictionary);

		categories->n_all = size;
		if (categories->is_closed)
			continue;
		if (trained)
			categories->n_trained = size;
		if (trained || run->plan->columns[i].is_label)
			categories->n_known = size;
	}
}

void
ge_job_read(GeRun *run)
{
	/* sources that teach come first, so that all later ids are unknown */
	for (int teaching = 1; teaching >= 0; teaching--)
		for (int i = 0; i < run->plan->n_sources; i++)
		{
			if (run->plan->sources[i].teaches_labels != teaching)
				continue;
			if (i == 0 && run->plan->grouped != NULL)
				leave_unread(run);
			else
				read_source(run, i);
			if (teaching)
				learn(run, i == 0);
		}
	for (int i = 0; i < run->plan->n_columns; i++)
		run->categories[i].n_all =
			ge_compute_size(run->compute, run->categories[i].dictionary);
	for (int t = 0; t < run->plan->n_targets; t++)
		if (run->plan->targets[t].form == GE_TARGET_TWO_VALUES)
			ge_run_settle_two_values(run, t);
		else if (run->plan->targets[t].form == GE_TARGET_CLASSES)
			ge_run_settle_classes(run, t);
	ge_run_settle_folds(run);
}
