/*
 * group_results.c: the groups of a source with their codes and encodings.
 *
 * All rows of a group get the same results, so these need be made once for each group.
 */
#include "postgres.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "job/group_results.h"
#include "job/grouped.h"
#include "job/internal.h"
#include "job/results.h"

GeGroupPart *
ge_plan_group_results(const GePlan *plan, int source, bool out_of_fold, int *n)
{
	GeGroupPart *parts =
		palloc0_array(GeGroupPart, plan->n_columns + plan->n_encodings + 1);

	*n = 0;
	for (int i = 0; i < plan->n_columns; i++)
	{
		int encoding = ge_plan_find_encoding(plan, i);
		int *column = palloc_object(int);

		if (!plan->columns[i].is_label && encoding < 0)
			continue;
		*column = i;
		parts[(*n)++] = (GeGroupPart){
			.column = i,
			.encoding = encoding,
			.n_texts = 1,
			.columns = column,
			.has_fold = out_of_fold && ge_groups_have_folds(plan, source, encoding)};
	}
	for (int i = 0; i < plan->n_encodings; i++)
		if (plan->encodings[i].n_parts > 1)
			parts[(*n)++] = (GeGroupPart){
				.column = -1,
				.encoding = i,
				.n_texts = plan->encodings[i].n_parts,
				.columns = plan->encodings[i].parts,
				.has_fold = out_of_fold && ge_groups_have_folds(plan, source, i)};
	return parts;
}

/* The groups of one part. */
typedef struct PartState
{
	GeRun *run;
	const GeGroupPart *part;
	bool is_label;
	const GeRunEncoding *encoding; /* NULL: none */
	const GeGroupSet *set;
	GeEncodings which;
	GeResults *results;
	GeResultCounts *counts; /* of rows, where those of results are of groups */
	GeGroupResult group;
} PartState;

/* The rows of groups whose results are those of no category. */
static void
count_exceptions(const PartState *state, const GeSegment *segment,
				 const GeGroupFigures *figures)
{
	GeResultCounts *counts = state->counts;
	const GeRunEncoding *encoding = state->encoding;
	bool counts_unseen = encoding != NULL && (state->which == GE_ENCODINGS_FULL ||
											  encoding->categories->is_closed);

	for (uint32 row = 0; row < segment->n_rows; row++)
	{
		uint64 n = figures->n_rows[row];

		if (state->is_label)
		{
			uint32 id = ge_ids_get(&segment->ids[state->part->column], row);

			if (id == GE_ID_MISSING)
				counts->missing_labels += n;
			else if (id > state->run->categories[state->part->column].n_known)
				counts->unknown_labels += n;
		}
		if (counts_unseen &&
			ge_is_unseen(encoding, ge_ids_get(&segment->ids[encoding->id_column], row)))
			counts->unseen_targets += n;
	}
}

/* The texts of a segment's groups: n_texts for each. */
static char **
make_texts(const PartState *state, const GeSegment *segment)
{
	int n_texts = state->part->n_texts;
	char **texts = palloc0_array(char *, segment->n_rows *n_texts);
	uint32 *ids = palloc_array(uint32, segment->n_rows);

	for (int k = 0; k < n_texts; k++)
	{
		int column = state->part->columns[k];
		uint32 n = 0;
		char **of_column;

		for (uint32 row = 0; row < segment->n_rows; row++)
		{
			ids[n] = ge_ids_get(&segment->ids[column], row);
			n += ids[n] != GE_ID_MISSING;
		}
		if (n == 0)
			continue;
		of_column = ge_job_column_texts(state->run, column, ids, n);
		n = 0;
		for (uint32 row = 0; row < segment->n_rows; row++)
			if (ge_ids_get(&segment->ids[column], row) != GE_ID_MISSING)
				texts[row * n_texts + k] = of_column[n++];
	}
	return texts;
}

static void
make_results(const PartState *state, const GeSegment *segment)
{
	GeError error = {0};
	GeStatus status = ge_results_make_part(
		state->results, state->run, state->is_label ? state->part->column : -1,
		state->part->encoding, segment, state->which, &error);

	ge_results_report(state->results, state->run, status, &error);
}

static void
consume_segment(PartState *state, int s, GeGroupConsumer consume, void *arg)
{
	const GeSegment *segment = &state->set->rows->segments[s];
	char **texts = make_texts(state, segment);

	make_results(state, segment);
	for (uint32 row = 0; row < segment->n_rows; row++)
	{
		state->group.at = row;
		state->group.texts = texts + row * state->part->n_texts;
		if (state->part->has_fold)
			state->group.fold =
				state->run->fold_values
					[ge_ids_get(&segment->ids[state->run->fold_id_column], row) - 1];
		consume(&state->group, arg);
	}
}

static void
consume_part(PartState *state, GeGroupConsumer consume, void *arg)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "group results",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);

	for (int s = 0; s < state->set->rows->n_segments; s++)
	{
		CHECK_FOR_INTERRUPTS();
		count_exceptions(state, &state->set->rows->segments[s], &state->set->figures[s]);
		consume_segment(state, s, consume, arg);
		MemoryContextReset(context);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
}

static const GeGroupSet *
groups_of_part(const GeRun *run, int source, const GeGroupPart *part)
{
	return ge_run_groups_of(run, source,
							part->column >= 0 ? part->column
											  : run->encodings[part->encoding].id_column);
}

GeResultCounts
ge_job_group_results(GeRun *run, int source, bool out_of_fold, GeGroupConsumer consume,
					 void *arg)
{
	int n;
	const GeGroupPart *parts = ge_plan_group_results(run->plan, source, out_of_fold, &n);
	GeResults results;
	GeResultCounts counts = {.rows = ge_job_n_source_rows(run, source)};
	uint32 most = 1;

	if (!out_of_fold)
		ge_job_fetch_encodings(run);
	for (int i = 0; i < n; i++)
	{
		const GeGroupSet *set = groups_of_part(run, source, &parts[i]);

		if (set != NULL)
			most = Max(most, ge_job_largest_segment(set->rows));
	}
	ge_results_create(&results, run, most);
	for (int i = 0; i < n; i++)
	{
		const GeGroupPart *part = &parts[i];
		PartState state = {
			.run = run,
			.part = part,
			.is_label = part->column >= 0 && run->plan->columns[part->column].is_label,
			.encoding = part->encoding < 0 ? NULL : &run->encodings[part->encoding],
			.set = groups_of_part(run, source, part),
			.which = out_of_fold ? GE_ENCODINGS_OUT_OF_FOLD : GE_ENCODINGS_FULL,
			.results = &results,
			.counts = &counts,
			.group = {.part = i}};

		if (state.set == NULL)
			continue;
		if (state.is_label)
			state.group.code = &results.codes[part->column];
		if (state.encoding != NULL)
			state.group.encodings =
				&results.encodings[state.encoding->plan->first_output];
		consume_part(&state, consume, arg);
	}
	return counts;
}
