/*
 * fit_rows.c: the rows of the fitted source, given to a target.
 *
 * A segment has as many rows as fit into a batch when its source was read.  If these are
 * fewer than a backend wants in one call, the rows of several segments are gathered: threads
 * that share a call have enough to do.  A count and a sum cost too little for that.
 */
#include "postgres.h"
#include "miscadmin.h"

#include "base/run_log.h"
#include "job/internal.h"

/* Rows that are gathered, at most. */
#define MAX_GATHERED_ROWS 65536

/* Whether a row takes longer to be counted than to be copied. */
static bool
is_worth_gathering(const GeRunFit *fit)
{
	return (fit->spec.accumulators & (GE_SUM_SQUARES | GE_SUM_WEIGHTS | GE_LEAST_TARGET |
									  GE_GREATEST_TARGET)) != 0;
}

GeFitRoom
ge_fit_room(const GeRun *run)
{
	uint32 segment = Max(ge_job_largest_segment(run->rows[0]), 1);
	uint32 wanted = ge_compute_traits(run->compute)->rows_per_call;
	GeFitRoom room = {
		.max_rows = Min(wanted, MAX_GATHERED_ROWS),
		.buffers = ge_job_target_buffers(segment),
		.class = {palloc_array(int64, segment), palloc_array(uint8, segment)}};

	room.ids = palloc_array(uint32, room.max_rows);
	room.folds = palloc_array(uint32, room.max_rows);
	room.targets = palloc_array(int64, room.max_rows);
	room.is_null = palloc_array(uint8, room.max_rows);
	room.weights = palloc_array(double, room.max_rows);
	return room;
}

static void
widen_ids(const GeTargetRows *rows, uint32 *wide)
{
	if (rows->id_width == sizeof(uint8))
		for (uint32 i = 0; i < rows->n_rows; i++)
			wide[i] = ((const uint8 *) rows->ids)[i];
	else if (rows->id_width == sizeof(uint16))
		for (uint32 i = 0; i < rows->n_rows; i++)
			wide[i] = ((const uint16 *) rows->ids)[i];
	else
		memcpy(wide, rows->ids, sizeof(uint32) * rows->n_rows);
}

/* Rows behind those that were gathered, for which there is room. */
static void
gather(GeFitRoom *room, const GeTargetRows *rows)
{
	GeTargetRows *all = &room->gathered;
	uint32 at = all->n_rows, n = rows->n_rows;

	if (at == 0)
		*all = (GeTargetRows){.first_ordinal = rows->first_ordinal,
							  .id_width = sizeof(uint32),
							  .ids = room->ids,
							  .places = rows->places,
							  .visible = rows->visible};
	all->n_rows += n;
	widen_ids(rows, room->ids + at);
	if (rows->folds != NULL)
	{
		memcpy(room->folds + at, rows->folds, sizeof(uint32) * n);
		all->folds = room->folds;
	}
	if (rows->int_targets != NULL)
	{
		memcpy(room->targets + at, rows->int_targets, sizeof(int64) * n);
		all->int_targets = room->targets;
	}
	if (rows->float_targets != NULL)
	{
		memcpy(room->targets + at, rows->float_targets, sizeof(double) * n);
		all->float_targets = (const double *) (const void *) room->targets;
	}
	if (rows->weights != NULL)
	{
		memcpy(room->weights + at, rows->weights, sizeof(double) * n);
		all->weights = room->weights;
	}
	if (rows->target_is_null != NULL)
	{
		memcpy(room->is_null + at, rows->target_is_null, n);
		all->target_is_null = room->is_null;
	}
	else
		memset(room->is_null + at, false, n);
}

/* Give the target what was gathered. */
static GeStatus
flush(const GeRun *run, GeTarget *target, GeFitRoom *room, GeError *error)
{
	GeStatus status = GE_OK;

	if (room->gathered.n_rows > 0)
		status = ge_compute_try_target_add(run->compute, target, &room->gathered, error);
	room->gathered.n_rows = 0;
	return status;
}

static GeStatus
add_segment(const GeRun *run, const GeRunFit *fit, GeTarget *target,
			const GeTargetRows *rows, GeFitRoom *room, GeError *error)
{
	GeStatus status = GE_OK;

	if (!is_worth_gathering(fit))
		return ge_compute_try_target_add(run->compute, target, rows, error);
	if (rows->n_rows > room->max_rows - room->gathered.n_rows)
		status = flush(run, target, room, error);
	if (status != GE_OK)
		return status;
	/* half of a call is enough not to be copied */
	if (room->gathered.n_rows == 0 && rows->n_rows > room->max_rows / 2)
		return ge_compute_try_target_add(run->compute, target, rows, error);
	gather(room, rows);
	return GE_OK;
}

GeStatus
ge_fit_add_rows(const GeRun *run, const GeRunEncoding *encoding, const GeRunFit *fit,
				GeTarget *target, bool apart, GeFitRoom *room, GeError *error)
{
	const GeRowStore *rows = run->rows[0];
	GeStatus status = GE_OK;

	room->gathered.n_rows = 0;
	for (int i = 0; i < rows->n_segments && status == GE_OK; i++)
	{
		const GeSegment *segment = &rows->segments[i];
		GeTargetRows block;

		if (!ge_compute_is_several(run->compute))
		{
			/* this is the session's own thread */
			CHECK_FOR_INTERRUPTS();
			ge_stage_rows(ge_job_ordinal(segment, 0));
		}
		ge_job_target_rows(run, encoding, segment, 0, segment->n_rows, &room->buffers,
						   &block);
		ge_run_set_targets(run, fit->plan, segment, room->class, &block);
		if (apart)
		{
			ge_run_map_ids(&segment->ids[encoding->id_column], 0, room->buffers.ids,
						   &block, ge_number_apart, encoding->categories);
			block.folds = NULL;
		}
		status = add_segment(run, fit, target, &block, room, error);
	}
	return status == GE_OK ? flush(run, target, room, error) : status;
}
