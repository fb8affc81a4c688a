/*
 * job_target.c: target statistics and encodings of the fitted source.
 */
#include "postgres.h"
#include "miscadmin.h"

#include "job/job.h"
#include "base/run_log.h"

/* Ids of which statistics are fetched at once. */
#define STATISTICS_BLOCK 65536

void
ge_job_target_rows(const GeJob *job, const GeEncoding *encoding, const GeSegment *segment,
				   uint32 first, uint32 n, uint32 *fold_buffer, GeTargetRows *rows)
{
	const GeIds *ids = &segment->ids[encoding->id_column];

	*rows = (GeTargetRows){
		.first_ordinal = segment->first_ordinal + first,
		.n_rows = n,
		.id_width = ids->width,
		.ids = (const char *) ids->data + (Size) first * ids->width,
	};
	if (segment->int_targets != NULL)
		rows->int_targets = segment->int_targets + first;
	if (segment->float_targets != NULL)
		rows->float_targets = segment->float_targets + first;
	if (segment->target_is_null != NULL)
		rows->target_is_null = segment->target_is_null + first;
	if (job->options.folds.split != GE_SPLIT_CUSTOM)
		return;
	for (uint32 i = 0; i < n; i++)
		fold_buffer[i] = ge_ids_get(&segment->ids[job->fold_id_column], first + i) - 1;
	rows->folds = fold_buffer;
}

uint32
ge_job_largest_segment(const GeRowStore *rows)
{
	uint32 largest = 0;

	for (int i = 0; i < rows->n_segments; i++)
		largest = Max(largest, rows->segments[i].n_rows);
	return largest;
}

void
ge_job_refuse_target(const GeJob *job, const char *value, uint64 ordinal)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("target \"%s\" is %s in the row with ordinal " UINT64_FORMAT,
						   job->target.name, value, ordinal),
					errhint("A target must be finite, or NULL to leave the row out.")));
}

/* Full encodings of every known id, and whether the fitted source has the category. */
static void
fetch_full_encodings(GeJob *job, GeEncoding *encoding)
{
	Size n = (Size) encoding->categories->n_known + 1;
	int n_digits = GE_SUM_DIGITS(job->target.low_bin, job->target.high_bin);
	GeTargetStatistics block = {
		.n_rows = palloc_array(uint64, STATISTICS_BLOCK),
		.n_target = palloc_array(uint64, STATISTICS_BLOCK),
		.digits = palloc_array(int64, STATISTICS_BLOCK * (Size) n_digits),
	};

	encoding->full = palloc_extended(sizeof(double) * n, MCXT_ALLOC_HUGE);
	encoding->seen = palloc_extended(sizeof(bool) * n, MCXT_ALLOC_HUGE);
	for (Size first = 0; first < n; first += STATISTICS_BLOCK)
	{
		uint32 count = Min(n - first, STATISTICS_BLOCK);

		CHECK_FOR_INTERRUPTS();
		block.encoding = encoding->full + first;
		ge_compute_target_statistics(job->compute, encoding->target, first, count, &block,
									 encoding->name);
		for (uint32 i = 0; i < count; i++)
			encoding->seen[first + i] = block.n_rows[i] > 0;
	}
	pfree(block.n_rows);
	pfree(block.n_target);
	pfree(block.digits);
}

static void
fit_encoding(GeJob *job, GeEncoding *encoding)
{
	GeRowStore *rows = job->sources[0].rows;
	GeTargetSpec spec = {
		.kind =
			job->target.form == GE_TARGET_FLOATS ? GE_TARGET_FLOAT64 : GE_TARGET_INT64,
		.folds = job->folds,
		.n_categories = encoding->categories->n_known,
		.low_bin = job->target.low_bin,
		.high_bin = job->target.high_bin,
		.largest = job->target.largest,
		.smooth = job->options.smooth,
		.prior_out_of_fold = job->options.folds.prior_out_of_fold,
		.missing_is_category = job->options.handle_missing == GE_MISSING_CATEGORY,
	};
	uint32 *folds = palloc_array(uint32, Max(ge_job_largest_segment(rows), 1));

	encoding->target = ge_compute_target(job->compute, &spec, encoding->name);
	for (int i = 0; i < rows->n_segments; i++)
	{
		GeTargetRows block;

		CHECK_FOR_INTERRUPTS();
		ge_job_target_rows(job, encoding, &rows->segments[i], 0, rows->segments[i].n_rows,
						   folds, &block);
		ge_compute_target_add(job->compute, encoding->target, &block, encoding->name);
	}
	ge_compute_target_finish(job->compute, encoding->target, &encoding->totals,
							 encoding->name);
	pfree(folds);
}

void
ge_job_fetch_encodings(GeJob *job)
{
	MemoryContext old = MemoryContextSwitchTo(job->context);

	for (int i = 0; i < job->n_encodings; i++)
		if (job->encodings[i].full == NULL && job->encodings[i].target != NULL)
			fetch_full_encodings(job, &job->encodings[i]);
	MemoryContextSwitchTo(old);
}

void
ge_job_fit(GeJob *job)
{
	for (int i = 0; i < job->n_encodings; i++)
	{
		ge_stage_begin();
		fit_encoding(job, &job->encodings[i]);
		ge_stage_end("fit", job->sources[0].rows->n_rows, -1,
					 ge_compute_name(job->compute),
					 "target encoding of %s, %u categories", job->encodings[i].name,
					 job->encodings[i].categories->n_trained);
	}
}
