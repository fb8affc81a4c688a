/*
 * folds.c: the folds of a job, by formula or from a fold column.
 */
#include "postgres.h"
#include "miscadmin.h"

#include "base/shown.h"
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
					ge_shown(run->plan->options.folds.column), ordinal),
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
						keys.values[i], ge_shown(run->plan->options.folds.column),
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
	const GeFoldOptions *options = &run->plan->options.folds;
	uint64 n_rows = ge_job_n_rows(run);

	if (n_folds != 1 || n_rows < 2 || run->plan->n_encodings == 0)
		return;
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					options->column != NULL
						? errmsg("fold column \"%s\" puts all rows into one fold",
								 ge_shown(options->column))
					: options->group_columns.given
						? errmsg("group_columns put all rows into one fold")
						: errmsg("the primary key puts all rows into one fold"),
					errdetail("All " UINT64_FORMAT
							  " rows have fold %d, but out-of-fold values need rows in "
							  "other folds.",
							  n_rows, run->fold_values[0]),
					errhint("Choose another column, or another split_method.")));
}

/* Classes of the target, and one more for the rows without a target. */
static uint32
count_classes(const GePlan *plan)
{
	return plan->targets[0].form == GE_TARGET_CLASSES ? plan->targets[0].n_classes + 1
													  : 3;
}

/* The place of a row's target among the classes in their order; those without one last. */
static uint32
class_of_row(const GeRun *run, const GeSegment *segment, uint32 row)
{
	const GeRunTarget *target = &run->targets[0];
	const GeTargetValues *values = &segment->targets[0];

	if (target->class_of_id != NULL)
	{
		uint32 id = ge_ids_get(&segment->ids[target->id_column], row);

		return id == GE_ID_MISSING ? count_classes(run->plan) - 1
								   : target->class_of_id[id];
	}
	if (values->is_null != NULL && values->is_null[row])
		return 2;
	return (values->ints[row] != 0) != target->first_counts_one;
}

/*
 * Deal the rows out to folds in the order of their classes, and within one in their own:
 * each fold gets its share of each class, to one row.
 */
static void
deal_out(GeRun *run, uint32 n_folds)
{
	GeRowStore *rows = run->rows[0];
	uint32 n_classes = count_classes(run->plan);
	uint64 *next = palloc0_array(uint64, n_classes + 1);

	/* the rows of class c are counted at c + 1, where the class after it begins */
	for (int i = 0; i < rows->n_segments; i++)
	{
		CHECK_FOR_INTERRUPTS();
		for (uint32 row = 0; row < rows->segments[i].n_rows; row++)
			next[class_of_row(run, &rows->segments[i], row) + 1]++;
	}
	for (uint32 c = 1; c <= n_classes; c++)
		next[c] += next[c - 1];
	for (int i = 0; i < rows->n_segments; i++)
	{
		GeSegment *segment = &rows->segments[i];
		uint32 *ids = ge_segment_ids_create(rows, segment, run->fold_id_column);

		CHECK_FOR_INTERRUPTS();
		for (uint32 row = 0; row < segment->n_rows; row++)
			ids[row] = (uint32) (next[class_of_row(run, segment, row)]++ % n_folds) + 1;
	}
	ge_row_store_narrow_column(rows, run->fold_id_column);
	run->fold_values = palloc_array(int32, n_folds);
	for (uint32 fold = 0; fold < n_folds; fold++)
		run->fold_values[fold] = (int32) fold;
}

void
ge_run_settle_folds(GeRun *run)
{
	const GeFoldOptions *options = &run->plan->options.folds;
	uint64 n_rows = ge_job_n_rows(run);
	uint32 n_folds = options->n_folds;

	if (ge_folds_are_of(options, GE_FOLDS_OF_TARGETS))
	{
		n_folds = (uint32) Max(Min(n_folds, n_rows), 1);
		deal_out(run, n_folds);
	}
	else if (options->split == GE_SPLIT_CUSTOM)
	{
		refuse_null_folds(run);
		n_folds = ge_compute_size(run->compute, run->fold_dictionary);
		fetch_fold_values(run, n_folds);
		refuse_single_fold(run, n_folds);
	}
	else if (options->split == GE_SPLIT_ORDERED)
		ge_run_settle_order(run);
	ge_folds_init(&run->folds, options->split, n_rows, n_folds, options->seed);
}

int32
ge_job_fold(const GeRun *run, const GeSegment *segment, uint32 row)
{
	if (run->folds.split == GE_SPLIT_CUSTOM)
		return run->fold_values[ge_ids_get(&segment->ids[run->fold_id_column], row) - 1];
	return (int32) ge_fold_of_row(&run->folds, segment->first_ordinal + row);
}
