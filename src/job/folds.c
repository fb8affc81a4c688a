/*
 * job_folds.c: the folds of a job, by formula or from a fold column.
 */
#include "postgres.h"

#include "job/job.h"

static void
refuse_null_folds(const GeJob *job)
{
	uint64 ordinal =
		ge_row_store_first(job->sources[0].rows, job->fold_id_column, GE_ID_MISSING);

	if (ordinal != PG_UINT64_MAX)
		ereport(
			ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("fold column \"%s\" is null in the row with ordinal " UINT64_FORMAT,
					job->options.folds.column, ordinal)));
}

/* The values of a fold column by id. */
static void
fetch_fold_values(GeJob *job, uint32 n_folds)
{
	GeKeyList keys;
	uint32 *ids = palloc_extended(sizeof(uint32) * ((Size) n_folds + 1), MCXT_ALLOC_HUGE);

	for (uint32 i = 0; i < n_folds; i++)
		ids[i] = i + 1;
	ge_compute_keys(job->compute, job->fold_dictionary, GE_KEY_INT64, ids, n_folds,
					&keys);
	job->fold_values =
		palloc_extended(sizeof(int32) * ((Size) n_folds + 1), MCXT_ALLOC_HUGE);
	for (uint32 i = 0; i < n_folds; i++)
	{
		if (keys.values[i] < PG_INT32_MIN || keys.values[i] > PG_INT32_MAX)
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("fold " INT64_FORMAT
							" of column \"%s\" in the row with ordinal " UINT64_FORMAT
							" is out of range for integer",
							keys.values[i], job->options.folds.column,
							ge_row_store_first(job->sources[0].rows, job->fold_id_column,
											   i + 1))));
		job->fold_values[i] = (int32) keys.values[i];
	}
	ge_key_list_free(&keys);
	pfree(ids);
}

void
ge_job_settle_folds(GeJob *job)
{
	GeFoldOptions *options = &job->options.folds;
	uint32 n_folds = options->n_folds;

	if (options->split == GE_SPLIT_CUSTOM)
	{
		refuse_null_folds(job);
		n_folds = ge_compute_size(job->compute, job->fold_dictionary);
		fetch_fold_values(job, n_folds);
	}
	ge_folds_init(&job->folds, options->split, job->sources[0].rows->n_rows, n_folds,
				  options->seed);
}

int32
ge_job_fold(const GeJob *job, const GeSegment *segment, uint32 row)
{
	if (job->folds.split == GE_SPLIT_CUSTOM)
		return job->fold_values[ge_ids_get(&segment->ids[job->fold_id_column], row) - 1];
	return (int32) ge_fold_of_row(&job->folds, segment->first_ordinal + row);
}
