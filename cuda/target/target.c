/*
 * target.c: target statistics created, added to and asked for the encodings of rows.
 *
 * CPU twin: src/cpu/target.c.  Rows travel in pieces through two blocks of device memory
 * in turn, so that one piece is copied while kernels work on the other.
 */
#include "target/target.h"

#include <stdlib.h>
#include <string.h>

#include "target/grouped.h"
#include "target/ordered.h"
#include "target/partition.h"
#include "target/pieces.h"
#include "target/quantiles.h"

GeStatus
ge_cuda_target_create(GeContext *context, const GeTargetSpec *spec, GeTarget **target,
					  GeError *error)
{
	GeTarget *made;
	GeStatus status;

	*target = NULL;
	GE_TRY(ge_cuda_enter(context, error));
	made = calloc(1, sizeof *made);
	if (made == NULL)
		return ge_cuda_fail(error, GE_OUT_OF_MEMORY, "out of host memory for a target");
	made->context = context;
	made->spec = *spec;
	status = ge_cuda_target_plan(made, error);
	if (status != GE_OK)
		ge_cuda_target_free(made);
	else
		*target = made;
	return status;
}

void
ge_cuda_target_free(GeTarget *target)
{
	GeContext *context;

	if (target == NULL)
		return;
	context = target->context;
	ge_cuda_drain(context);
	ge_cuda_buffer_free(context, &target->cells);
	ge_cuda_buffer_free(context, &target->keys);
	ge_cuda_buffer_free(context, &target->null_rows);
	ge_cuda_buffer_free(context, &target->category_sums);
	ge_cuda_buffer_free(context, &target->fold_sums);
	ge_cuda_buffer_free(context, &target->all_sum);
	ge_cuda_buffer_free(context, &target->fold_priors);
	ge_cuda_buffer_free(context, &target->finishing);
	ge_cuda_buffer_free(context, &target->scratch);
	ge_cuda_buffer_free(context, &target->encodings);
	ge_cuda_buffer_free(context, &target->full);
	ge_cuda_buffer_free(context, &target->flags);
	ge_cuda_buffer_free(context, &target->hot_ids);
	ge_cuda_buffer_free(context, &target->kept_rows);
	ge_cuda_buffer_free(context, &target->kept_weights);
	ge_cuda_buffer_free(context, &target->places);
	ge_cuda_buffer_free(context, &target->sorted_rows);
	ge_cuda_target_free_collected(target);
	ge_cuda_quantiles_free(target);
	free(target->finishes);
	free(target);
}

static GeStatus
check_rows(const GeTarget *target, const GeTargetRows *rows, GeError *error)
{
	uint64_t n_rows = target->spec.folds.n_rows;

	if (rows->first_ordinal > n_rows || rows->n_rows > n_rows - rows->first_ordinal)
		return ge_cuda_fail(error, GE_INTERNAL, "rows %llu to %llu of %llu",
							(unsigned long long) rows->first_ordinal,
							(unsigned long long) rows->first_ordinal + rows->n_rows,
							(unsigned long long) n_rows);
	if (rows->id_width != 1 && rows->id_width != 2 && rows->id_width != 4)
		return ge_cuda_fail(error, GE_INTERNAL, "ids of %u bytes", rows->id_width);
	return GE_OK;
}

GeStatus
ge_cuda_target_reserve_null_rows(GeTarget *target, GeError *error)
{
	GeTargetView *view = &target->view;

	if (view->null_rows != NULL)
		return GE_OK;
	GE_TRY(ge_cuda_buffer_reserve_zeroed(
		target->context, &target->null_rows,
		((uint64_t) view->n_categories + 1) * sizeof(uint64_t), error));
	view->null_rows = target->null_rows.data;
	return GE_OK;
}

/* Count rows without a target; the counts are there from the first such rows on. */
static GeStatus
add_null_rows(GeTarget *target, const GeRowsView *rows, GeError *error)
{
	GE_TRY(ge_cuda_target_reserve_null_rows(target, error));
	GE_CUDA(ge_cuda_target_null_launch(&target->view, rows, target->context->compute));
	return GE_OK;
}

GeStatus
ge_cuda_target_carry_if_due(GeTarget *target, uint32_t n, GeError *error)
{
	if (target->uncarried + n >= GE_CARRY_ROWS)
	{
		if (target->view.layout.form == GE_CELL_BINS)
			GE_CUDA(ge_cuda_target_carry_launch(&target->view, target->context->compute));
		target->uncarried = 1; /* a carried cell counts as one row */
	}
	target->uncarried += n;
	return GE_OK;
}

/* Keep rows until their cells are known, or their order. */
static GeStatus
collect(GeTarget *target, const GeRowsView *rows, GeError *error)
{
	uint64_t first = rows->first_ordinal;
	GeCollected collected = {.keys = (uint64_t *) target->collected_keys.data + first,
							 .targets =
								 (uint64_t *) target->collected_targets.data + first,
							 .weights = NULL,
							 .is_null = (uint8_t *) target->collected_nulls.data + first};

	if (target->collected_weights.data != NULL)
		collected.weights = (double *) target->collected_weights.data + first;
	GE_CUDA(ge_cuda_target_collect_launch(&target->view, rows, &collected,
										  target->context->compute));
	return GE_OK;
}

/* Add rows to cells of any form, one by one. */
GeStatus
ge_cuda_target_add_rows(GeTarget *target, const GeRowsView *rows, GeError *error)
{
	GeTargetView *view = &target->view;
	GeContext *context = target->context;

	if (view->layout.has_parts)
	{
		GE_CUDA(ge_cuda_target_add_parts_launch(view, rows, context->n_processors,
												context->compute));
		return GE_OK;
	}
	if (view->hot_slots > 0 && view->keys == NULL)
		GE_CUDA(ge_cuda_target_hot_launch(view, rows, context->compute));
	GE_CUDA(
		ge_cuda_target_add_launch(view, rows, context->n_processors, context->compute));
	return GE_OK;
}

GeStatus
ge_cuda_target_add_device(GeTarget *target, const GeRowsView *rows, GeError *error)
{
	bool added = false;

	target->n_added += rows->n_rows;
	if (rows->places != NULL)
		GE_TRY(ge_cuda_ordered_keep(target, rows, error));
	if (rows->is_null != NULL)
		GE_TRY(add_null_rows(target, rows, error));
	if (target->is_sparse || ge_cuda_wants_quantiles(target))
		GE_TRY(collect(target, rows, error));
	if (target->is_sparse)
		return GE_OK;
	GE_TRY(ge_cuda_target_carry_if_due(target, rows->n_rows, error));
	if (target->view.layout.form == GE_CELL_BINS)
		GE_TRY(ge_cuda_grouped_add(target, rows, &added, error));
	else
		GE_TRY(ge_cuda_partition_add(target, rows, &added, error));
	if (added)
		return GE_OK;
	return ge_cuda_target_add_rows(target, rows, error);
}

GeStatus
ge_cuda_target_add(GeTarget *target, const GeTargetRows *rows, GeError *error)
{
	uint32_t first, n, most = ge_cuda_piece_rows(target);
	GeRowsView view;
	GeRowBlock *block;

	GE_TRY(ge_cuda_enter(target->context, error));
	GE_TRY(check_rows(target, rows, error));
	if (target->is_finished)
		return ge_cuda_fail(error, GE_INTERNAL, "rows added to a finished target");
	if (rows->n_rows > target->spec.folds.n_rows - target->n_added)
		return ge_cuda_fail(error, GE_INTERNAL, "more rows than the %llu announced",
							(unsigned long long) target->spec.folds.n_rows);
	for (first = 0; first < rows->n_rows; first += n)
	{
		n = rows->n_rows - first < most ? rows->n_rows - first : most;
		GE_TRY(ge_cuda_piece_send(target, rows, first, n, true, &block, &view, error));
		GE_TRY(ge_cuda_target_add_device(target, &view, error));
		GE_TRY(ge_cuda_piece_sent(target, block, error));
	}
	return GE_OK;
}

GeStatus
ge_cuda_target_rows_device(GeTarget *target, const GeRowsView *rows, double *out,
						   GeError *error)
{
	if (target->view.places != NULL)
		GE_CUDA(ge_cuda_ordered_rows_launch(&target->view, rows, out,
											target->context->compute));
	else
		GE_CUDA(ge_cuda_target_rows_launch(&target->view, rows, out,
										   target->context->n_processors,
										   target->context->compute));
	return GE_OK;
}

/* Send one piece and queue its kernel; the answer will be in block->encodings. */
static GeStatus
encode_piece(GeTarget *target, const GeTargetRows *rows, uint32_t first, uint32_t n,
			 GeRowBlock **block, GeError *error)
{
	uint64_t bytes = (uint64_t) n * target->n_finishes * sizeof(double);
	GeRowsView view;

	GE_TRY(ge_cuda_piece_send(target, rows, first, n, false, block, &view, error));
	GE_TRY(ge_cuda_buffer_reserve(target->context, &(*block)->encodings, bytes, error));
	GE_TRY(ge_cuda_target_rows_device(target, &view, (*block)->encodings.data, error));
	return ge_cuda_piece_sent(target, *block, error);
}

/* The n encodings of each finish to the caller's arrays, from row `first` on. */
static GeStatus
return_piece(GeTarget *target, const GeRowBlock *block, uint32_t first, uint32_t n,
			 double *const *encodings, GeError *error)
{
	const double *device = block->encodings.data;
	uint32_t f;

	for (f = 0; f < target->n_finishes; f++)
		GE_TRY(ge_cuda_download(target->context, encodings[f] + first,
								device + (uint64_t) f * n, n * sizeof(double), error));
	return GE_OK;
}

GeStatus
ge_cuda_target_rows(GeTarget *target, const GeTargetRows *rows, double *const *encodings,
					GeError *error)
{
	uint32_t first, n, before = 0, most;
	GeRowBlock *block = NULL, *block_before = NULL;

	GE_TRY(ge_cuda_enter(target->context, error));
	GE_TRY(check_rows(target, rows, error));
	if (!target->is_finished)
		return ge_cuda_fail(error, GE_INTERNAL, "rows asked of an unfinished target");
	most = ge_cuda_piece_rows(target);
	for (first = 0; first < rows->n_rows || block_before != NULL; first += n)
	{
		n = rows->n_rows - first < most ? rows->n_rows - first : most;
		if (n > 0)
			GE_TRY(encode_piece(target, rows, first, n, &block, error));
		if (block_before != NULL)
			GE_TRY(return_piece(target, block_before, first - before, before, encodings,
								error));
		block_before = n > 0 ? block : NULL;
		before = n;
	}
	return ge_cuda_target_check_flags(target, error);
}
