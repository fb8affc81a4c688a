/*
 * grouped_run.c: the groups of statements as rows that were counted elsewhere.
 */
#include "postgres.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/memutils.h"

#include "base/run_log.h"
#include "base/shown.h"
#include "job/grouped.h"
#include "job/groups.h"
#include "job/internal.h"
#include "moments/moments.h"

/* Groups that are added at once. */
#define BLOCK 4096
/* Bytes that a group takes at least: its rows and its category; each of its moments. */
#define GROUP_BYTES 32
#define MOMENTS_BYTES 32

/* Groups of a column or combination on their way into a run. */
typedef struct Taking
{
	GeRun *run;
	const GePlanSource *source;
	int n_parts;
	bool has_folds;
	int n_moments;
	uint64 n_rows; /* of all groups so far */
	GeGroupBlock block;
	char **texts;
	int32 *folds;
	uint64 *counts;
	Datum *moments;
} Taking;

/* ------------------------------------------------------------ what servers give */

/* Other servers may give any value of a column's type, and NULL. */
GE_NORETURN static void
refuse_group(const GePlanSource *source, const char *what)
{
	ereport(ERROR, (errcode(ERRCODE_FDW_ERROR),
					errmsg("a server gave a group of %s %s",
						   ge_source_name(source->source), what),
					errhint("Install this version of gpu_encode on every server.")));
}

/* The rows of a group, which are added to all. */
static uint64
count_group(const GePlanSource *source, const TupleTableSlot *slot, int column,
			uint64 *all)
{
	int64 n;

	if (slot->tts_isnull[column])
		refuse_group(source, "without a number of rows");
	n = DatumGetInt64(slot->tts_values[column]);
	if (n <= 0)
		refuse_group(source, psprintf("with " INT64_FORMAT " rows", n));
	if ((uint64) n > PG_INT64_MAX - *all)
		refuse_group(source, "that makes more rows than a table can have");
	*all += (uint64) n;
	return (uint64) n;
}

/* ---------------------------------------------------------- before the groups */

/* Whether all targets with these moments are 0 or 1; no weights. */
static bool
are_binary(Datum value)
{
	GeMoments *moments = palloc_object(GeMoments);
	bool are;

	ge_moments_open(value, moments);
	are = moments->n_target == 0 || (ge_number_equal(&moments->sum, &moments->squares) &&
									 moments->least >= 0 && moments->greatest <= 1);
	pfree(moments);
	return are;
}

/* What is known of targets that are numbers before anything is counted. */
static void
take_totals(GeRun *run)
{
	GeGrouped *totals = run->plan->sources[0].grouped->totals;
	TupleTableSlot *slot;

	for (int t = 0; t < run->plan->n_targets; t++)
		run->targets[t].is_binary = run->targets[t].counts_binary = true;
	if (totals == NULL)
		return;
	ge_grouped_rewind(totals);
	if (ge_grouped_is_cut(totals))
		refuse_group(&run->plan->sources[0], "beside that of all rows");
	while ((slot = ge_grouped_next(totals)) != NULL)
	{
		int column = 0;

		slot_getallattrs(slot);
		for (int t = 0; t < run->plan->n_targets; t++)
		{
			if (run->plan->targets[t].category != NULL ||
				run->plan->targets[t].form == GE_TARGET_NONE)
				continue;
			if (!slot->tts_isnull[column] && !are_binary(slot->tts_values[column]))
				run->targets[t].is_binary = false;
			column++;
		}
	}
}

/* The moments that each group of a source has for an encoding; NULL: it is only coded. */
static int
n_moments_of(int s, const GeEncoding *encoding)
{
	if (s > 0 || encoding == NULL || encoding->n_fits == 0 ||
		encoding->fits[0].target < 0)
		return 0;
	return encoding->n_fits;
}

/* Groups are kept until they are counted in, however many a server gives. */
static void
check_memory(const GePlan *plan, int s)
{
	const struct GePlanGrouped *groups = plan->sources[s].grouped;
	double bytes = 0;

	for (int i = 0; i < plan->n_columns + plan->n_encodings; i++)
	{
		bool is_column = i < plan->n_columns;
		int encoding = is_column ? ge_plan_find_encoding(plan, i) : i - plan->n_columns;
		GeGrouped *grouped =
			is_column ? groups->of_columns[i] : groups->of_encodings[encoding];

		if (grouped == NULL)
			continue;
		ge_grouped_rewind(grouped);
		bytes += (double) ge_grouped_count(grouped) *
				 (GROUP_BYTES +
				  MOMENTS_BYTES *
					  n_moments_of(s, encoding < 0 ? NULL : &plan->encodings[encoding]));
	}
	ge_job_check_memory(bytes);
}

/* The rows of all groups, whose keys are n_keys columns. */
static uint64
count_rows(const GePlanSource *source, GeGrouped *grouped, int n_keys)
{
	TupleTableSlot *slot;
	uint64 n_rows = 0;

	ge_grouped_rewind(grouped);
	while ((slot = ge_grouped_next(grouped)) != NULL)
	{
		slot_getallattrs(slot);
		(void) count_group(source, slot, n_keys, &n_rows);
	}
	return n_rows;
}

/* The rows of a source: those of the groups of any column or combination. */
static uint64
count_all_rows(const GePlan *plan, int s)
{
	const GePlanSource *source = &plan->sources[s];
	const struct GePlanGrouped *grouped = source->grouped;

	for (int i = 0; i < plan->n_columns; i++)
		if (grouped->of_columns[i] != NULL)
			return count_rows(
				source, grouped->of_columns[i],
				1 + ge_groups_have_folds(plan, s, ge_plan_find_encoding(plan, i)));
	for (int i = 0; i < plan->n_encodings; i++)
		if (grouped->of_encodings[i] != NULL)
			return count_rows(source, grouped->of_encodings[i],
							  plan->encodings[i].n_parts +
								  ge_groups_have_folds(plan, s, i));
	return 0;
}

/* The values of a target that is read as keys, into its dictionary. */
static void
take_values(GeRun *run, int t)
{
	const GeNames *values = &run->plan->sources[0].grouped->values[t];
	GeCategoryType *category = run->plan->targets[t].category;
	uint32 *offsets = palloc_array(uint32, values->n + 1),
		   *ids = palloc_array(uint32, values->n + 1);
	int64 *numbers = palloc_array(int64, values->n + 1);
	StringInfoData bytes;
	GeKeys keys = {.kind = ge_category_key_kind(category), .n_rows = values->n};
	int nest = ge_text_form_begin();

	initStringInfo(&bytes);
	for (int i = 0; i < values->n; i++)
	{
		offsets[i] = bytes.len;
		(void) ge_category_key_of_stored_text(category, values->names[i], &numbers[i],
											  &bytes);
	}
	offsets[values->n] = bytes.len;
	ge_text_form_end(nest);
	keys.values = numbers;
	keys.offsets = offsets;
	keys.bytes = (uint8 *) bytes.data;
	if (values->n > 0 &&
		(!ge_compute_try_add(run->compute, 1, &run->targets[t].dictionary, &keys, &ids) ||
		 !ge_compute_try_flush(run->compute)))
		ge_compute_raise(run->compute);
}

/* ------------------------------------------------------------------------- groups */

static void
add_block(Taking *taking)
{
	bool all_read;

	if (taking->block.n == 0)
		return;
	taking->block.texts = taking->texts;
	taking->block.folds = taking->has_folds ? taking->folds : NULL;
	taking->block.n_rows = taking->counts;
	taking->block.moments = taking->n_moments > 0 ? taking->moments : NULL;
	if (!ge_job_groups_add(taking->run, &taking->block, &all_read))
		ge_compute_raise(taking->run->compute);
	if (!all_read)
		ereport(ERROR, (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
						errmsg("a server gave a category of %s that is no value of its "
							   "type",
							   ge_source_name(taking->source->source)),
						errhint("Install this version of gpu_encode on every server.")));
	taking->block.n = 0;
}

/* A fold that a row gives itself. */
static int32
take_fold(const Taking *taking, const TupleTableSlot *slot, int column)
{
	const char *name = taking->run->plan->options.folds.column;
	int64 fold;

	if (name == NULL && slot->tts_isnull[column])
		refuse_group(taking->source, "without a fold");
	if (slot->tts_isnull[column])
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("fold column \"%s\" is null in some rows of %s", ge_shown(name),
						ge_source_name(taking->source->source)),
				 errhint("Give every row a fold, or leave such rows out by a view.")));
	fold = DatumGetInt64(slot->tts_values[column]);
	if (name == NULL && (fold < 0 || fold > PG_INT32_MAX))
		refuse_group(taking->source, "with a wrong fold");
	if (fold < PG_INT32_MIN || fold > PG_INT32_MAX)
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("fold " INT64_FORMAT
							   " of column \"%s\" is out of range for integer",
							   fold, ge_shown(name))));
	return (int32) fold;
}

/* A group into the block. */
static void
take_group(Taking *taking, TupleTableSlot *slot)
{
	uint32 i = taking->block.n++;
	int column = 0;

	slot_getallattrs(slot);
	for (int k = 0; k < taking->n_parts; k++, column++)
		taking->texts[(Size) i * taking->n_parts + k] =
			slot->tts_isnull[column] ? NULL
									 : TextDatumGetCString(slot->tts_values[column]);
	if (taking->has_folds)
		taking->folds[i] = take_fold(taking, slot, column++);
	taking->counts[i] = count_group(taking->source, slot, column++, &taking->n_rows);
	for (int k = 0; k < taking->n_moments; k++, column++)
	{
		if (slot->tts_isnull[column])
			refuse_group(taking->source, "without moments");
		taking->moments[(Size) i * taking->n_moments + k] =
			datumCopy(slot->tts_values[column], false, -1);
	}
}

/* Statements of one transaction may see different rows if the servers let them. */
static void
check_rows(const GePlanSource *source, uint64 n_rows, uint64 expected)
{
	if (n_rows != expected)
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("rows of %s changed while they were counted",
						ge_source_name(source->source)),
				 errdetail("There were " UINT64_FORMAT " rows, then " UINT64_FORMAT ".",
						   expected, n_rows),
				 errhint("Run the statement again.")));
}

/* All groups of a column or combination. */
static void
take_groups(GeRun *run, int s, GeGrouped *grouped, int column, int encoding,
			uint64 n_rows)
{
	const GePlanSource *source = &run->plan->sources[s];
	const GeEncoding *plan = encoding < 0 ? NULL : &run->plan->encodings[encoding];
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "grouped rows",
												  ALLOCSET_DEFAULT_SIZES),
				  old;
	Taking taking = {.run = run,
					 .source = source,
					 .n_parts = column >= 0 ? 1 : plan->n_parts,
					 .has_folds = ge_groups_have_folds(run->plan, s, encoding),
					 .n_moments = n_moments_of(s, plan)};
	TupleTableSlot *slot;

	taking.block = (GeGroupBlock){.source = s,
								  .column = column,
								  .encoding = encoding,
								  .is_taken_out = s == 0 && ge_run_takes_out(run)};
	taking.texts = palloc_array(char *, BLOCK *taking.n_parts);
	taking.folds = palloc_array(int32, BLOCK);
	taking.counts = palloc_array(uint64, BLOCK);
	taking.moments = palloc_array(Datum, BLOCK * taking.n_moments + 1);
	ge_grouped_rewind(grouped);
	old = MemoryContextSwitchTo(context);
	while ((slot = ge_grouped_next(grouped)) != NULL)
	{
		take_group(&taking, slot);
		if (taking.block.n < BLOCK)
			continue;
		add_block(&taking);
		MemoryContextReset(context);
	}
	add_block(&taking);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
	check_rows(source, taking.n_rows, n_rows);
}

void
ge_run_take_grouped(GeRun *run, int s)
{
	const GePlan *plan = run->plan;
	const struct GePlanGrouped *grouped = plan->sources[s].grouped;
	uint64 n_rows;

	ge_stage_begin();
	if (s == 0)
		take_totals(run);
	check_memory(plan, s);
	n_rows = count_all_rows(plan, s);
	ge_job_groups_of_source(run, s, n_rows);
	for (int i = 0; i < plan->n_columns; i++)
		if (grouped->of_columns[i] != NULL)
			take_groups(run, s, grouped->of_columns[i], i, ge_plan_find_encoding(plan, i),
						n_rows);
	for (int i = 0; i < plan->n_encodings; i++)
		if (grouped->of_encodings[i] != NULL)
			take_groups(run, s, grouped->of_encodings[i], -1, i, n_rows);
	for (int t = 0; s == 0 && t < plan->n_targets; t++)
		if (plan->targets[t].category != NULL)
			take_values(run, t);
	run->rows[s] = ge_row_store_create(run->n_id_columns, plan->n_targets);
	ge_row_store_finish(run->rows[s]);
	ge_stage_end("read", (int64) n_rows, -1, "", "%s, grouped where its rows lie",
				 ge_source_name(plan->sources[s].source));
}

uint64
ge_job_n_source_rows(const GeRun *run, int source)
{
	return run->plan->sources[source].grouped != NULL ? run->groups[source]->n_source_rows
													  : run->rows[source]->n_rows;
}
