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

GeTargetBuffers
ge_job_target_buffers(uint32 max_rows)
{
	return (GeTargetBuffers){.folds = palloc_array(uint32, Max(max_rows, 1)),
							 .ids = palloc_array(uint32, Max(max_rows, 1))};
}

/* The ids of rows, if they are not those that the row store has. */
static void
map_ids(const GeIds *ids, uint32 first, uint32 *mapped, GeTargetRows *rows,
		uint32 (*map)(const GeCategories *, uint32), const GeCategories *categories)
{
	for (uint32 i = 0; i < rows->n_rows; i++)
		mapped[i] = map(categories, ge_ids_get(ids, first + i));
	rows->ids = mapped;
	rows->id_width = sizeof(uint32);
}

void
ge_job_target_rows(const GeRun *run, const GeRunEncoding *encoding,
				   const GeSegment *segment, uint32 first, uint32 n,
				   const GeTargetBuffers *buffers, GeTargetRows *rows)
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
	if (encoding->categories->place != NULL)
		map_ids(ids, first, buffers->ids, rows, ge_counted_id, encoding->categories);
	if (run->plan->options.folds.split != GE_SPLIT_CUSTOM)
		return;
	for (uint32 i = 0; i < n; i++)
		buffers->folds[i] = ge_ids_get(&segment->ids[run->fold_id_column], first + i) - 1;
	rows->folds = buffers->folds;
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

/* Full encodings of every id of target statistics, and whether the fitted source has it. */
static void
fetch_counted(GeRun *run, const GeRunEncoding *encoding, double *full, bool *seen)
{
	Size n = (Size) ge_largest_counted_id(encoding->categories) + 1;
	GeTargetStatistics block = {.n_rows = palloc_array(uint64, STATISTICS_BLOCK)};

	for (Size first = 0; first < n; first += STATISTICS_BLOCK)
	{
		uint32 count = Min(n - first, STATISTICS_BLOCK);
		double *encodings = full + first;

		CHECK_FOR_INTERRUPTS();
		ge_compute_target_statistics(run->compute, encoding->target, first, count, &block,
									 &encodings, encoding->plan->name);
		for (uint32 i = 0; i < count; i++)
			seen[first + i] = block.n_rows[i] > 0;
	}
	pfree(block.n_rows);
}

/* The same by known id. */
static void
fetch_full_encodings(GeRun *run, GeRunEncoding *encoding)
{
	const GeCategories *categories = encoding->categories;
	Size n = (Size) categories->n_known + 2; /* one more for a pool */
	double *full = palloc_extended(sizeof(double) * n, MCXT_ALLOC_HUGE);
	bool *seen = palloc_extended(sizeof(bool) * n, MCXT_ALLOC_HUGE);

	fetch_counted(run, encoding, full, seen);
	encoding->full = full;
	encoding->seen = seen;
	if (categories->place == NULL)
		return;
	encoding->full = palloc_extended(sizeof(double) * n, MCXT_ALLOC_HUGE);
	encoding->seen = palloc_extended(sizeof(bool) * n, MCXT_ALLOC_HUGE);
	for (Size id = 0; id <= categories->n_known; id++)
	{
		encoding->full[id] = full[ge_counted_id(categories, id)];
		encoding->seen[id] = seen[ge_counted_id(categories, id)];
	}
	pfree(full);
	pfree(seen);
}

/* Add the rows of the fitted source, to pooled categories or to those counted. */
static void
add_rows(GeRun *run, GeRunEncoding *encoding, GeTarget *target, bool pooled)
{
	GeRowStore *rows = run->rows[0];
	GeTargetBuffers buffers = ge_job_target_buffers(ge_job_largest_segment(rows));

	for (int i = 0; i < rows->n_segments; i++)
	{
		const GeSegment *segment = &rows->segments[i];
		GeTargetRows block;

		CHECK_FOR_INTERRUPTS();
		ge_job_target_rows(run, encoding, segment, 0, segment->n_rows, &buffers, &block);
		if (pooled)
		{
			map_ids(&segment->ids[encoding->id_column], 0, buffers.ids, &block,
					ge_pooled_number, encoding->categories);
			block.folds = NULL;
		}
		ge_compute_target_add(run->compute, target, &block, encoding->plan->name);
	}
	pfree(buffers.folds);
	pfree(buffers.ids);
}

/* Count each pooled category on its own: the encoder has its figures. */
static void
fit_pooled(GeRun *run, GeRunEncoding *encoding, GeTargetSpec spec, GeFinishSpec finish)
{
	GeTargetTotals totals;
	double prior;

	spec.folds = (GeFolds){.split = GE_SPLIT_NONE, .n_rows = run->rows[0]->n_rows};
	spec.n_categories = encoding->categories->n_pooled;
	finish.prior_out_of_fold = false;
	encoding->pooled = ge_compute_target(run->compute, &spec, encoding->plan->name);
	add_rows(run, encoding, encoding->pooled, true);
	ge_compute_target_finish(run->compute, encoding->pooled, &finish, &totals, &prior,
							 encoding->plan->name);
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
		.n_categories = ge_largest_counted_id(encoding->categories),
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
	add_rows(run, encoding, encoding->target, false);
	ge_compute_target_finish(run->compute, encoding->target, &finish, &encoding->totals,
							 &encoding->prior, plan->name);
	if (encoding->categories->n_pooled > 0)
		fit_pooled(run, encoding, spec, finish);
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
