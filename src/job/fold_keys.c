/*
 * fold_keys.c: folds by a hash of the canonical texts of some columns.
 *
 * The formula is in category/fold_hash.h.  The leader makes the texts from the keys of a
 * batch; the folds then go the way of those of a fold column.
 */
#include "postgres.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "category/fold_hash.h"
#include "job/internal.h"

/* Rows whose texts are freed together. */
#define ROWS_BETWEEN_RESETS 1024

/* Append the text of a row's key. */
static void
append_key(StringInfo texts, const GeFoldKey *key, const GeKeys *keys, uint32 row)
{
	char *string;

	if (keys->is_missing != NULL && keys->is_missing[row])
		string = NULL;
	else if (keys->kind == GE_KEY_INT64)
		string = ge_category_text_of_int64(key->category, keys->values[row]);
	else
		string =
			ge_category_text_of_bytes(key->category, keys->bytes + keys->offsets[row],
									  keys->offsets[row + 1] - keys->offsets[row]);
	ge_fold_key_append(texts, string, string == NULL ? 0 : strlen(string));
}

void
ge_run_fold_batch(const GeRun *run, const GeBatchColumn *keys, uint32 n_rows,
				  int64 *folds)
{
	const GePlan *plan = run->plan;
	const GeFoldOptions *options = &plan->options.folds;
	MemoryContext context =
		AllocSetContextCreate(CurrentMemoryContext, "fold keys", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	int nest = ge_text_form_begin();
	StringInfoData texts;

	for (uint32 row = 0; row < n_rows; row++)
	{
		if (row % ROWS_BETWEEN_RESETS == 0)
		{
			CHECK_FOR_INTERRUPTS();
			MemoryContextReset(context);
			initStringInfo(&texts);
		}
		resetStringInfo(&texts);
		for (int i = 0; i < plan->n_fold_keys; i++)
			append_key(&texts, &plan->fold_keys[i], &keys[i].keys, row);
		folds[row] = ge_fold_of_keys(&texts, options->seed, options->n_folds);
	}
	ge_text_form_end(nest);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
}
