/*
 * folds.c: the folds of a job, by formula or from a fold column.
 */
#include "postgres.h"

#include "job/internal.h"

static void
refuse_null_folds(const GeRun *run)
{
	uint64 ordinal = ge_row_store_first(run->rows[0], run->fold_id_column, GE_ID_MISSING);

	if (ordinal != PG_UINT64_MAX)
		ereport(
			ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("fold column \"%s\" is null in the row with ordinal " UINT64_FORMAT,
					run->plan->options.folds.column, ordinal),
			 errhint("Give every row a fold, or leave such rows out by a view.")));
}

/* The values of a fold column by id. */
static void
fetch_fold_values(GeRun *run, uint32 n_folds)
{
	GeKeyList keys;
	uint32 *ids = palloc_extended(sizeof(uint32) * ((Size) n_folds + 1), MCXT_ALLOC_HUGE);

	for (uint32 i = 0; i < n_folds; i++)
		ids[i] = i + 1;
	ge_compute_keys(run->compute, run->fold_dictionary, GE_KEY_INT64, ids, n_folds,
					&keys);
	run->fold_values =
		palloc_extended(sizeof(int32) * ((Size) n_folds + 1), MCXT_ALLOC_HUGE);
	for (uint32 i = 0; i < n_folds; i++)
	{
		if (keys.values[i] < PG_INT32_MIN || keys.values[i] > PG_INT32_MAX)
			ereport(
				ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("fold " INT64_FORMAT
						" of column \"%s\" in the row with ordinal " UINT64_FORMAT
						" is out of range for integer",
						keys.values[i], run->plan->options.folds.column,
						ge_row_store_first(run->rows[0], run->fold_id_column, i + 1))));
		run->fold_values[i] = (int32) keys.values[i];
	}
	ge_key_list_free(&keys);
	pfree(ids);
}

/* Out of fold nothing would be left to learn from; a single row is no mistake. */
static void
refuse_single_fold(const GeRun *run, uint32 n_folds)
{
	uint64 n_rows = run->rows[0]->n_rows;

	if (n_folds != 1 || n_rows < 2 || run->plan->n_encodings == 0)
		return;
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("fold column \"%s\" puts all rows into one fold",
						   run->plan->options.folds.column),
					errdetail("All " UINT64_FORMAT " rows have fold %d.", n_rows,
							  run->fold_values[0]),
					errhint("Out-of-fold values need rows in other folds.")));
}

void
ge_run_settle_folds(GeRun *run)
{
	const GeFoldOptions *options = &run->plan->options.folds;
	uint32 n_folds = options->n_folds;

	if (options->split == GE_SPLIT_CUSTOM)
	{
		refuse_null_folds(run);
		n_folds = ge_compute_size(run->compute, run->fold_dictionary);
		fetch_fold_values(run, n_folds);
		refuse_single_fold(run, n_folds);
	}
	ge_folds_init(&run->folds, options->split, run->rows[0]->n_rows, n_folds,
				  options->seed);
}

int32
ge_job_fold(const GeRun *run, const GeSegment *segment, uint32 row)
{
	if (run->folds.split == GE_SPLIT_CUSTOM)
		return run->fold_values[ge_ids_get(&segment->ids[run->fold_id_column], row) - 1];
	return (int32) ge_fold_of_row(&run->folds, segment->first_ordinal + row);
}
