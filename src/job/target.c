/*
 * target.c: target statistics and encodings of the fitted source.
 */
#include "postgres.h"
#include "miscadmin.h"

#include "backend/finish.h"
#include "base/run_log.h"
#include "job/internal.h"

/* Ids of which statistics are fetched at once. */
#define STATISTICS_BLOCK 65536

void
ge_job_target_rows(const GeRun *run, const GeRunEncoding *encoding,
				   const GeSegment *segment, uint32 first, uint32 n, uint32 *fold_buffer,
				   GeTargetRows *rows)
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
	if (run->plan->options.folds.split != GE_SPLIT_CUSTOM)
		return;
	for (uint32 i = 0; i < n; i++)
		fold_buffer[i] = ge_ids_get(&segment->ids[run->fold_id_column], first + i) - 1;
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
ge_run_refuse_target(const GeRun *run, const char *value, uint64 ordinal)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("target \"%s\" is %s in the row with ordinal " UINT64_FORMAT,
						   run->plan->target.name, value, ordinal),
					errhint("A target must be finite, or NULL to leave the row out.")));
}

/* Full encodings of every known id, and whether the fitted source has the category. */
static void
fetch_full_encodings(GeRun *run, GeRunEncoding *encoding)
{
	Size n = (Size) encoding->categories->n_known + 1;
	GeTargetStatistics block = {.n_rows = palloc_array(uint64, STATISTICS_BLOCK)};

	encoding->full = palloc_extended(sizeof(double) * n, MCXT_ALLOC_HUGE);
	encoding->seen = palloc_extended(sizeof(bool) * n, MCXT_ALLOC_HUGE);
	for (Size first = 0; first < n; first += STATISTICS_BLOCK)
	{
		uint32 count = Min(n - first, STATISTICS_BLOCK);
		double *full = encoding->full + first;

		CHECK_FOR_INTERRUPTS();
		ge_compute_target_statistics(run->compute, encoding->target, first, count, &block,
									 &full, encoding->plan->name);
		for (uint32 i = 0; i < count; i++)
			encoding->seen[first + i] = block.n_rows[i] > 0;
	}
	pfree(block.n_rows);
}

static void
add_rows(GeRun *run, GeRunEncoding *encoding)
{
	GeRowStore *rows = run->rows[0];
	uint32 *folds = palloc_array(uint32, Max(ge_job_largest_segment(rows), 1));

	for (int i = 0; i < rows->n_segments; i++)
	{
		GeTargetRows block;

		CHECK_FOR_INTERRUPTS();
		ge_job_target_rows(run, encoding, &rows->segments[i], 0, rows->segments[i].n_rows,
						   folds, &block);
		ge_compute_target_add(run->compute, encoding->target, &block,
							  encoding->plan->name);
	}
	pfree(folds);
}

static void
fit_encoding(GeRun *run, GeRunEncoding *encoding)
{
	const GeEncoding *plan = encoding->plan;
	const GeFinish mean = {.kind = GE_FINISH_MEAN, .smooth = plan->options.smooth};
	const GeTargetSpec spec = {
		.accumulators = GE_COUNT_ROWS | ge_finish_needs(&mean, false),
		.kind = run->plan->target.form == GE_TARGET_FLOATS ? GE_TARGET_FLOAT64
														   : GE_TARGET_INT64,
		.folds = run->folds,
		.n_categories = encoding->categories->n_known,
		.low_bin = run->target.low_bin,
		.high_bin = run->target.high_bin,
		.largest = run->target.largest,
	};
	const GeFinishSpec finish = {
		.n_finishes = 1,
		.finishes = &mean,
		.prior_out_of_fold = run->plan->options.folds.prior_out_of_fold,
		.missing_is_category = plan->options.handle_missing == GE_MISSING_CATEGORY,
	};

	encoding->target = ge_compute_target(run->compute, &spec, plan->name);
	add_rows(run, encoding);
	ge_compute_target_finish(run->compute, encoding->target, &finish, &encoding->totals,
							 &encoding->prior, plan->name);
}

void
ge_job_fetch_encodings(GeRun *run)
{
	MemoryContext old = MemoryContextSwitchTo(run->context);

	for (int i = 0; i < run->plan->n_encodings; i++)
		if (run->encodings[i].full == NULL && run->encodings[i].target != NULL)
			fetch_full_encodings(run, &run->encodings[i]);
	MemoryContextSwitchTo(old);
}

void
ge_job_fit(GeRun *run)
{
	for (int i = 0; i < run->plan->n_encodings; i++)
	{
		ge_stage_begin();
		fit_encoding(run, &run->encodings[i]);
		ge_stage_end("fit", run->rows[0]->n_rows, -1, ge_compute_name(run->compute),
					 "target encoding of %s, %u categories", run->encodings[i].plan->name,
					 run->encodings[i].categories->n_trained);
	}
}
