/*
 * drift_run.c: the rows that a run has read as one side of a comparison.
 *
 * The keys are the canonical texts that an encoder of these rows has.
 */
#include "postgres.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "encoder/drift.h"

/* Categories whose texts are at hand at once. */
#define BLOCK 1024

/* A column or combination of a run. */
typedef struct RunPart
{
	GeRun *run;
	const GeCategories *categories;
	int column;					   /* -1: a combination */
	const GeRunEncoding *encoding; /* of the combination */
	const uint64 *n_rows;		   /* by id, 0..n_all */
} RunPart;

/* Keys of combinations: the texts of the parts with a zero byte between two. */
static StringInfo
keys_of_combinations(const RunPart *part, const uint32 *ids, uint32 n)
{
	const GeEncoding *plan = part->encoding->plan;
	uint32 *part_ids = palloc_array(uint32, n * plan->n_parts),
		   *of_part = palloc_array(uint32, n);
	StringInfo keys = palloc_array(StringInfoData, n);

	ge_combination_parts(part->run, part->encoding, ids, n, part_ids);
	for (uint32 i = 0; i < n; i++)
		initStringInfo(&keys[i]);
	for (int k = 0; k < plan->n_parts; k++)
	{
		char **texts;

		for (uint32 i = 0; i < n; i++)
			of_part[i] = part_ids[i * plan->n_parts + k];
		texts = ge_job_column_texts(part->run, plan->parts[k], of_part, n);
		for (uint32 i = 0; i < n; i++)
		{
			if (k > 0)
				appendStringInfoChar(&keys[i], '\0');
			appendStringInfoString(&keys[i], texts[i]);
		}
	}
	return keys;
}

static StringInfo
keys_of_column(const RunPart *part, const uint32 *ids, uint32 n)
{
	char **texts = ge_job_column_texts(part->run, part->column, ids, n);
	StringInfo keys = palloc_array(StringInfoData, n);

	for (uint32 i = 0; i < n; i++)
		keys[i] = (StringInfoData){.data = texts[i], .len = (int) strlen(texts[i])};
	return keys;
}

static void
add_block(GeDrift *drift, GeDriftSide side, int number, const RunPart *part,
		  const uint32 *ids, uint32 n)
{
	StringInfo keys = part->column < 0 ? keys_of_combinations(part, ids, n)
									   : keys_of_column(part, ids, n);

	for (uint32 i = 0; i < n; i++)
		ge_drift_add(drift, side, number, keys[i].data, keys[i].len, part->n_rows[ids[i]],
					 NULL);
}

/*
 * The last id that is a category here.  An encoder of fitted rows has no values that a list
 * of categories lacks; values that are unknown to transform are new ones.
 */
static uint32
last_category(const RunPart *part)
{
	return part->run->plan->options.is_transform ? part->categories->n_all
												 : part->categories->n_known;
}

/* All categories that have rows. */
static void
add_categories(GeDrift *drift, GeDriftSide side, int number, const RunPart *part)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "drift block",
												  ALLOCSET_DEFAULT_SIZES);
	uint32 ids[BLOCK], last = last_category(part), n = 0;

	for (uint32 id = 1; id <= last; id++)
	{
		if (part->n_rows[id] > 0)
			ids[n++] = id;
		if (n > 0 && (n == BLOCK || id == last))
		{
			MemoryContext old = MemoryContextSwitchTo(context);

			CHECK_FOR_INTERRUPTS();
			add_block(drift, side, number, part, ids, n);
			MemoryContextSwitchTo(old);
			MemoryContextReset(context);
			n = 0;
		}
	}
	MemoryContextDelete(context);
}

void
ge_drift_add_run(GeDrift *drift, GeDriftSide side, int part, GeRun *run,
				 const GeCategoryColumn *column, const GeRunEncoding *encoding)
{
	RunPart of_run = {.run = run, .column = -1, .encoding = encoding};
	uint64 *n_rows;
	int id_column;

	if (column != NULL)
	{
		id_column = of_run.column = (int) (column - run->plan->columns);
		of_run.categories = &run->categories[id_column];
	}
	else
	{
		id_column = encoding->id_column;
		of_run.categories = encoding->categories;
	}
	n_rows = ge_job_count_rows(run, id_column, of_run.categories->n_all);
	of_run.n_rows = n_rows;
	add_categories(drift, side, part, &of_run);
	ge_drift_add_missing(drift, side, part, n_rows[GE_ID_MISSING]);
	pfree(n_rows);
}
