/*
 * groups.c: rows that were counted elsewhere, kept until they are counted in.
 *
 * The groups of a column or combination are the rows of a row store, with the ids that rows
 * of their categories would have; their figures stand beside it.  So combinations are
 * joined as those of a source are.
 */
#include "postgres.h"
#include "miscadmin.h"
#include "utils/datum.h"
#include "utils/memutils.h"

#include "job/groups.h"
#include "job/internal.h"

/* The id of rows whose category the options do not list: above those of all categories. */
#define ID_UNLISTED PG_UINT32_MAX

/* n sets, and one more. */
static GeGroupSet *
allocate_sets(GeRun *run, int n)
{
	return MemoryContextAllocZero(run->context, sizeof(GeGroupSet) * (n + 1));
}

void
ge_job_groups_begin(GeRun *run, int source, uint64 n_rows)
{
	GeGroups *groups = MemoryContextAllocZero(run->context, sizeof *groups);

	groups->n_rows = n_rows;
	groups->of_columns = allocate_sets(run, run->plan->n_columns);
	groups->of_encodings = allocate_sets(run, run->plan->n_encodings);
	groups->taken_of_columns = allocate_sets(run, run->plan->n_columns);
	groups->taken_of_encodings = allocate_sets(run, run->plan->n_encodings);
	run->groups[source] = groups;
}

/* What the sets have until now is not of the source. */
static void
note_elsewhere(GeGroupSet *sets, int n)
{
	for (int i = 0; i < n; i++)
		sets[i].n_elsewhere = sets[i].rows == NULL ? 0 : sets[i].rows->n_segments;
}

void
ge_job_groups_of_source(GeRun *run, int source, uint64 n_rows)
{
	GeGroups *groups;

	if (run->groups[source] == NULL)
		ge_job_groups_begin(run, source, 0);
	groups = run->groups[source];
	note_elsewhere(groups->of_columns, run->plan->n_columns);
	note_elsewhere(groups->of_encodings, run->plan->n_encodings);
	groups->n_source_rows = n_rows;
	if (!groups->takes_out)
		groups->n_rows += n_rows;
}

void
ge_job_groups_take_out(GeRun *run)
{
	run->groups[0]->takes_out = true;
}

bool
ge_run_takes_out(const GeRun *run)
{
	return run->groups[0] != NULL && run->groups[0]->takes_out;
}

uint64
ge_job_n_rows(const GeRun *run)
{
	uint64 read = run->rows[0]->n_rows;

	if (run->groups[0] == NULL)
		return read;
	return ge_run_takes_out(run)
			   ? run->groups[0]->n_rows - run->groups[0]->n_source_rows - read
			   : run->groups[0]->n_rows + read;
}

/* A segment of the set for a block, with its figures. */
static GeSegment *
append_segment(GeRun *run, GeGroupSet *set, uint32 n, GeGroupFigures **figures)
{
	GeBatch batch = {.n_rows = n};
	Size bytes;

	if (set->rows == NULL)
		set->rows = ge_row_store_create(run->n_id_columns, 0);
	batch.chunk = set->rows->n_segments; /* in the order in which they come */
	if (set->rows->n_segments == set->max_figures)
	{
		set->max_figures = Max(2 * set->max_figures, 16);
		bytes = sizeof(GeGroupFigures) * (Size) set->max_figures;
		set->figures = set->figures == NULL ? MemoryContextAlloc(run->context, bytes)
											: repalloc_huge(set->figures, bytes);
	}
	*figures = &set->figures[set->rows->n_segments];
	**figures = (GeGroupFigures){0};
	return ge_row_store_append(set->rows, &batch);
}

/* The ids of part k of all groups; false as ge_compute_try_add() says it. */
static bool
set_ids(GeRun *run, const GeGroupBlock *block, int k, int n_parts, int column,
		uint32 *ids, bool *all_read)
{
	char **texts;
	uint32 *known, n = 0;
	bool goes_on = true;

	if (block->is_unknown)
	{
		for (uint32 i = 0; i < block->n; i++)
			ids[i] = ID_UNLISTED;
		return true;
	}
	if (block->ids != NULL)
	{
		memcpy(ids, block->ids, sizeof(uint32) * block->n);
		return true;
	}
	texts = palloc_extended(sizeof(char *) * ((Size) block->n + 1), MCXT_ALLOC_HUGE);
	known = palloc_extended(sizeof(uint32) * ((Size) block->n + 1), MCXT_ALLOC_HUGE);
	for (uint32 i = 0; i < block->n; i++)
		if (block->texts[(Size) i * n_parts + k] != NULL)
			texts[n++] = block->texts[(Size) i * n_parts + k];
	if (n > 0)
		goes_on = ge_job_ids_of_texts(run, column, texts, 1, n, known, all_read);
	n = 0;
	for (uint32 i = 0; i < block->n && goes_on && *all_read; i++)
		ids[i] =
			block->texts[(Size) i * n_parts + k] == NULL ? GE_ID_MISSING : known[n++];
	pfree(texts);
	pfree(known);
	return goes_on;
}

/* The folds of all groups as ids. */
static bool
set_folds(GeRun *run, const GeGroupBlock *block, uint32 *ids)
{
	int64 *values = palloc_array(int64, block->n);
	GeKeys keys = {.kind = GE_KEY_INT64, .n_rows = block->n, .values = values};
	bool goes_on;

	for (uint32 i = 0; i < block->n; i++)
		values[i] = block->folds[i];
	goes_on = ge_compute_try_add(run->compute, 1, &run->fold_dictionary, &keys, &ids) &&
			  ge_compute_try_flush(run->compute);
	pfree(values);
	return goes_on;
}

static void
set_figures(GeRun *run, const GeGroupBlock *block, GeGroupFigures *figures)
{
	int n_fits = block->encoding < 0 ? 0 : run->plan->encodings[block->encoding].n_fits;
	Size n = (Size) block->n * n_fits;

	figures->n_rows =
		MemoryContextAllocHuge(run->context, sizeof(uint64) * (Size) block->n);
	memcpy(figures->n_rows, block->n_rows, sizeof(uint64) * block->n);
	if (block->moments == NULL)
		return;
	figures->moments = MemoryContextAllocHuge(run->context, sizeof(Datum) * (n + 1));
	for (Size i = 0; i < n; i++)
		figures->moments[i] = datumCopy(block->moments[i], false, -1);
}

/* Where a block goes. */
static GeGroupSet *
find_set(const GeGroups *groups, const GeGroupBlock *block)
{
	if (block->column >= 0)
		return block->is_taken_out ? &groups->taken_of_columns[block->column]
								   : &groups->of_columns[block->column];
	return block->is_taken_out ? &groups->taken_of_encodings[block->encoding]
							   : &groups->of_encodings[block->encoding];
}

bool
ge_job_groups_add(GeRun *run, const GeGroupBlock *block, bool *all_read)
{
	const GeEncoding *encodings = run->plan->encodings;
	bool combines = block->column < 0;
	GeGroupSet *set = find_set(run->groups[block->source], block);
	int n_parts = combines ? encodings[block->encoding].n_parts : 1;
	MemoryContext old;
	GeGroupFigures *figures;
	GeSegment *segment;
	bool goes_on = true;

	*all_read = true;
	if (block->n == 0)
		return true;
	old = MemoryContextSwitchTo(run->context);
	segment = append_segment(run, set, block->n, &figures);
	set_figures(run, block, figures);
	for (int k = 0; k < n_parts && goes_on && *all_read; k++)
	{
		int column = combines ? encodings[block->encoding].parts[k] : block->column;
		uint32 *ids = ge_segment_ids_create(set->rows, segment, column);

		goes_on = set_ids(run, block, k, n_parts, column, ids, all_read);
	}
	if (block->folds != NULL && goes_on)
		goes_on = set_folds(
			run, block, ge_segment_ids_create(set->rows, segment, run->fold_id_column));
	MemoryContextSwitchTo(old);
	return goes_on;
}

/* The set with ids in that column; NULL: there is none, or it is empty. */
static const GeGroupSet *
set_of(const GeRun *run, const GeGroupSet *of_columns, const GeGroupSet *of_encodings,
	   int id_column)
{
	const GeGroupSet *set = NULL;

	if (id_column < run->plan->n_columns)
		set = &of_columns[id_column];
	for (int i = 0; i < run->plan->n_encodings && set == NULL; i++)
		if (run->encodings[i].id_column == id_column)
			set = &of_encodings[i];
	return set == NULL || set->rows == NULL ? NULL : set;
}

const GeGroupSet *
ge_run_groups_of(const GeRun *run, int source, int id_column)
{
	const GeGroups *groups = run->groups[source];

	return groups == NULL
			   ? NULL
			   : set_of(run, groups->of_columns, groups->of_encodings, id_column);
}

const GeGroupSet *
ge_run_taken_of(const GeRun *run, int source, int id_column)
{
	const GeGroups *groups = run->groups[source];

	return groups == NULL ? NULL
						  : set_of(run, groups->taken_of_columns,
								   groups->taken_of_encodings, id_column);
}

const GeGroupSet *
ge_run_source_groups(const GeRun *run, int source, int id_column, int *first)
{
	const GeGroupSet *set = ge_run_taken_of(run, source, id_column);

	*first = 0;
	if (set != NULL)
		return set;
	set = ge_run_groups_of(run, source, id_column);
	if (set != NULL)
		*first = set->n_elsewhere;
	return set;
}

void
ge_run_groups_count(const GeGroupSet *set, int first, int id_column, uint32 n_known,
					uint64 *n_rows)
{
	for (int s = first; set != NULL && s < set->rows->n_segments; s++)
	{
		const GeSegment *segment = &set->rows->segments[s];

		CHECK_FOR_INTERRUPTS();
		for (uint32 row = 0; row < segment->n_rows; row++)
			n_rows[Min(ge_ids_get(&segment->ids[id_column], row), n_known + 1)] +=
				set->figures[s].n_rows[row];
	}
}
