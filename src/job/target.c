/*
 * target.c: target statistics and encodings of the fitted source.
 */
#include "postgres.h"
#include "miscadmin.h"

#include <unistd.h>

#include "backend/finish.h"
#include "base/run_log.h"
#include "base/shown.h"
#include "job/internal.h"

/* Ids of which statistics are fetched at once. */
#define STATISTICS_BLOCK 65536

GeTargetBuffers
ge_job_target_buffers(uint32 max_rows)
{
	return (GeTargetBuffers){.folds = palloc_array(uint32, Max(max_rows, 1)),
							 .ids = palloc_array(uint32, Max(max_rows, 1))};
}

GeTargetBuffers *
ge_job_buffers_by_device(const GeRun *run)
{
	int n = ge_compute_n_places(run->compute);
	GeTargetBuffers *buffers = palloc_array(GeTargetBuffers, n);

	for (int i = 0; i < n; i++)
		buffers[i] = ge_job_target_buffers(ge_job_largest_segment(run->rows[0]));
	return buffers;
}

void
ge_run_map_ids(const GeIds *ids, uint32 first, uint32 *mapped, GeTargetRows *rows,
			   uint32 (*map)(const GeCategories *, uint32),
			   const GeCategories *categories)
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
	if (ge_ids_are_mapped(encoding->categories))
		ge_run_map_ids(ids, first, buffers->ids, rows, ge_counted_id,
					   encoding->categories);
	if (run->places != NULL)
	{
		rows->places = run->places + rows->first_ordinal;
		rows->visible = run->visible + rows->first_ordinal;
	}
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
ge_run_refuse_target(const GeRun *run, int target, const char *value, uint64 ordinal)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("target \"%s\" is %s in the row with ordinal " UINT64_FORMAT,
					ge_shown(run->plan->targets[target].name), ge_shown(value), ordinal),
			 errhint("A target must be finite, or NULL to leave the row out.")));
}

/* Nothing can be said of the output: there is no target. */
static bool
has_no_value(const GeRun *run, const GeRunFit *fit, int output)
{
	GeFinishKind kind = run->plan->outputs[output].stat.kind;

	return fit->plan->target >= 0 && fit->totals.n_targets == 0 &&
		   kind != GE_FINISH_COUNT && kind != GE_FINISH_FREQUENCY &&
		   kind != GE_FINISH_SUM && kind != GE_FINISH_WOE;
}

void
ge_job_clear_encodings(const GeRun *run, const GeRunFit *fit, uint32 n,
					   double *const *encodings)
{
	for (int k = 0; k < fit->plan->n_outputs; k++)
		if (has_no_value(run, fit, fit->plan->outputs[k]))
			for (uint32 i = 0; i < n; i++)
				encodings[k][i] = ge_no_value();
}

/* ------------------------------------------------------------------- full statistics */

/*
 * Room for the full encodings of one output: ids 0..n_known, and two more for a pool and for
 * missing ones.
 */
static double *
allocate_full(const GeRunEncoding *encoding)
{
	return palloc_extended(sizeof(double) * ((Size) encoding->categories->n_known + 3),
						   MCXT_ALLOC_HUGE);
}

/* From ids of target statistics to those of categories. */
static void
spread_full(const GeRunEncoding *encoding, GeRunOutput *output)
{
	const GeCategories *categories = encoding->categories;
	double *counted = output->full;

	if (!ge_ids_are_mapped(categories))
		return;
	if (categories->place != NULL)
		output->pool = counted[categories->pool_id];
	output->full = allocate_full(encoding);
	for (Size id = 0; id <= categories->n_known; id++)
		output->full[id] = counted[ge_counted_id(categories, id)];
	pfree(counted);
}

/* Full encodings of every known id by one fit; seen is by id of target statistics. */
static void
fetch_full(GeRun *run, GeRunEncoding *encoding, const GeRunFit *fit, bool *seen)
{
	Size n = (Size) ge_last_counted_id(encoding->categories) + 1;
	int n_outputs = fit->plan->n_outputs;
	double **block = palloc_array(double *, n_outputs + 1);
	GeTargetStatistics rows = {.n_rows = palloc_array(uint64, STATISTICS_BLOCK)};

	for (int k = 0; k < n_outputs; k++)
	{
		GeRunOutput *output = &run->outputs[fit->plan->outputs[k]];

		output->full = allocate_full(encoding);
		output->unseen = has_no_value(run, fit, fit->plan->outputs[k]) ? ge_no_value()
																	   : fit->unseen[k];
		output->pool = output->unseen;
	}
	for (Size first = 0; first < n; first += STATISTICS_BLOCK)
	{
		uint32 count = Min(n - first, STATISTICS_BLOCK);

		CHECK_FOR_INTERRUPTS();
		for (int k = 0; k < n_outputs; k++)
			block[k] = run->outputs[fit->plan->outputs[k]].full + first;
		ge_compute_target_statistics(run->compute, fit->target, first, count, &rows,
									 block, encoding->plan->name);
		ge_job_clear_encodings(run, fit, count, block);
		for (uint32 i = 0; i < count; i++)
			seen[first + i] = rows.n_rows[i] > 0;
	}
	for (int k = 0; k < n_outputs; k++)
		spread_full(encoding, &run->outputs[fit->plan->outputs[k]]);
	pfree(rows.n_rows);
	pfree(block);
}

/* Full encodings by all fits, and whether the fitted source has the category. */
static void
fetch_encoding(GeRun *run, GeRunEncoding *encoding)
{
	const GeCategories *categories = encoding->categories;
	Size n = (Size) categories->n_known + 3;
	bool *seen = palloc_extended(sizeof(bool) * n, MCXT_ALLOC_HUGE);

	for (int k = 0; k < encoding->plan->n_fits; k++)
		fetch_full(run, encoding, &encoding->fits[k], seen);
	encoding->seen = seen;
	if (!ge_ids_are_mapped(categories))
		return;
	encoding->seen = palloc_extended(sizeof(bool) * n, MCXT_ALLOC_HUGE);
	for (Size id = 0; id <= categories->n_known; id++)
		encoding->seen[id] = seen[ge_counted_id(categories, id)];
	pfree(seen);
}

void
ge_job_fetch_encodings(GeRun *run)
{
	MemoryContext old = MemoryContextSwitchTo(run->context);

	for (int i = 0; i < run->plan->n_encodings; i++)
		if (run->encodings[i].seen == NULL)
			fetch_encoding(run, &run->encodings[i]);
	MemoryContextSwitchTo(old);
}
