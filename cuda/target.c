/*
 * target.c: target statistics created, added to and asked for the encodings of rows.
 *
 * CPU twin: src/cpu/target.c.  Rows travel in pieces through two blocks of device memory
 * in turn, so that one piece is copied while kernels work on the other.  Cells are dense
 * while they pay (cells_pay), else the rows themselves are kept until target_finish.
 */
#include "target.h"

#include <stdlib.h>
#include <string.h>

#include "target_partition.h"
#include "dictionary_spill.h"
#include "target_pieces.h"
#include "target_windows.h"

/* Dense cells pay up to this many bytes, and up to this many for each row. */
#define DENSE_BYTES (UINT64_C(256) << 20)
#define DENSE_BYTES_PER_ROW 128
/* Where memory has no limit, less than this is tried without asking what is free. */
#define ALWAYS_TRIED_BYTES (UINT64_C(1) << 30)
/* Two blocks of rows on their way, and their encodings. */
#define PIECES_ROW_BYTES (2 * (17 + 8))

/* Can no sum of a cell leave 31 bits? */
static bool
sums_are_small(const GeTargetSpec *spec)
{
	return spec->low_bin == 0 && spec->high_bin == 0 && spec->largest > 0 &&
		   (unsigned __int128) spec->largest * spec->folds.n_rows < UINT64_C(1) << 31;
}

static void
choose_layout(GeCellLayout *layout, const GeTargetSpec *spec)
{
	bool few_rows = spec->folds.n_rows < UINT64_C(1) << 31;

	layout->low_bin = spec->low_bin;
	layout->n_bins = (uint32_t) (spec->high_bin - spec->low_bin + 1);
	layout->sum_words = layout->n_bins + 2;
	layout->largest = spec->largest;
	layout->form = sums_are_small(spec)				 ? GE_CELL_HALF
				   : few_rows && layout->n_bins == 1 ? GE_CELL_ONE
				   : few_rows && layout->n_bins == 2 ? GE_CELL_TWO
													 : GE_CELL_BINS;
	layout->n_words = layout->form == GE_CELL_HALF	 ? 1
					  : layout->form == GE_CELL_BINS ? layout->n_bins + 2
													 : 2;
}

static bool
cells_pay(const GeTargetView *view)
{
	unsigned __int128 bytes = ((unsigned __int128) view->n_categories + 1) * view->k *
							  (8 * view->layout.n_words + 8);

	return bytes <= DENSE_BYTES ||
		   bytes <= (unsigned __int128) view->folds.n_rows * DENSE_BYTES_PER_ROW;
}

static void
fill_view(GeTarget *target)
{
	const GeTargetSpec *spec = &target->spec;
	GeTargetView *view = &target->view;

	choose_layout(&view->layout, spec);
	view->folds = spec->folds;
	view->k = spec->folds.n_folds > 0 ? spec->folds.n_folds : 1;
	view->folds_per_row =
		spec->folds.n_rows > 0 ? (double) view->k / (double) spec->folds.n_rows : 0;
	view->n_categories = spec->n_categories;
	view->is_integer = spec->kind == GE_TARGET_INT64;
	view->missing_is_category = spec->missing_is_category;
	view->smooth = spec->smooth;
	target->is_sparse = !cells_pay(view);
}

/* Zeroed device memory. */
static GeStatus
reserve_zeroed(GeTarget *target, GeBuffer *buffer, uint64_t bytes, GeError *error)
{
	GE_TRY(ge_buffer_reserve(target->context, buffer, bytes, error));
	GE_CUDA(cudaMemsetAsync(buffer->data, 0, bytes, target->context->compute));
	return GE_OK;
}

static GeStatus
reserve_dense(GeTarget *target, GeError *error)
{
	GeTargetView *view = &target->view;

	view->n_cells = ((uint64_t) view->n_categories + 1) * view->k;
	GE_TRY(reserve_zeroed(target, &target->cells,
						  view->n_cells * view->layout.n_words * sizeof(uint64_t),
						  error));
	view->cells = target->cells.data;
	view->hot_slots = ge_target_hot_slots(&view->layout, view->k);
	GE_TRY(reserve_zeroed(target, &target->hot_ids,
						  (view->hot_slots + 1) * sizeof(uint32_t), error));
	view->hot_ids = target->hot_ids.data;
	return GE_OK;
}

static GeStatus
reserve_sparse(GeTarget *target, GeError *error)
{
	uint64_t bytes = target->spec.folds.n_rows * sizeof(uint64_t);

	GE_TRY(ge_buffer_reserve(target->context, &target->collected_keys, bytes, error));
	GE_TRY(ge_buffer_reserve(target->context, &target->collected_targets, bytes, error));
	return reserve_zeroed(target, &target->n_collected, sizeof(uint64_t), error);
}

/* What the plan of all cells at once takes, up to the end of target_finish. */
static uint64_t
bytes_needed(const GeTarget *target)
{
	const GeTargetView *view = &target->view;
	unsigned __int128 n_ids = (unsigned __int128) view->n_categories + 1;
	unsigned __int128 bytes = n_ids * 8 * (view->layout.sum_words + 2);

	if (target->is_sparse) /* rows twice while their keys are sorted, then cells */
		bytes += (unsigned __int128) view->folds.n_rows *
				 (16 + (view->layout.n_words > 1 ? 8 * (view->layout.n_words + 1) : 16));
	else
		bytes += n_ids * view->k * 8 * (view->layout.n_words + 1);
	bytes += (uint64_t) ge_piece_rows(target) * PIECES_ROW_BYTES;
	return bytes > UINT64_MAX ? UINT64_MAX : (uint64_t) bytes;
}

/* Can all cells be on the device at once?  Dictionaries make way for them. */
static GeStatus
check_room(GeTarget *target, uint64_t needed, bool *fits, GeError *error)
{
	GeContext *context = target->context;
	uint64_t available;

	*fits = context->options.memory_limit == 0 && needed < ALWAYS_TRIED_BYTES;
	if (*fits)
		return GE_OK;
	GE_TRY(ge_memory_available(context, &available, error));
	*fits = needed <= available;
	if (*fits)
		return GE_OK;
	GE_TRY(ge_dictionary_run_steps(context, error));
	GE_TRY(ge_spill_make_way(context, NULL, error));
	GE_TRY(ge_memory_available(context, &available, error));
	*fits = needed <= available;
	return GE_OK;
}

static GeStatus
start(GeTarget *target, bool is_dense, GeError *error)
{
	const GeTargetSpec *spec = &target->spec;
	uint64_t needed;
	bool fits = true;

	if (spec->low_bin < GE_LOWEST_BIN || spec->high_bin > GE_HIGHEST_BIN ||
		spec->low_bin > spec->high_bin)
		return ge_fail(error, GE_INTERNAL, "there are no bins %d to %d",
					   (int) spec->low_bin, (int) spec->high_bin);
	fill_view(target);
	GE_TRY(reserve_zeroed(target, &target->flags, sizeof(uint32_t), error));
	target->view.flags = target->flags.data;
	if (is_dense)
		return reserve_dense(target, error);
	needed = bytes_needed(target);
	GE_TRY(check_room(target, needed, &fits, error));
	if (!fits)
		return ge_windows_create(target, needed, error);
	return target->is_sparse ? reserve_sparse(target, error)
							 : reserve_dense(target, error);
}

static GeStatus
create(GeContext *context, const GeTargetSpec *spec, bool is_dense, GeTarget **target,
	   GeError *error)
{
	GeTarget *made;
	GeStatus status;

	*target = NULL;
	made = calloc(1, sizeof *made);
	if (made == NULL)
		return ge_fail(error, GE_OUT_OF_MEMORY, "out of host memory for a target");
	made->context = context;
	made->spec = *spec;
	status = start(made, is_dense, error);
	if (status != GE_OK)
		ge_target_free(made);
	else
		*target = made;
	return status;
}

GeStatus
ge_target_create(GeContext *context, const GeTargetSpec *spec, GeTarget **target,
				 GeError *error)
{
	*target = NULL;
	GE_TRY(ge_enter(context, error));
	return create(context, spec, false, target, error);
}

GeStatus
ge_target_create_dense(GeContext *context, const GeTargetSpec *spec, GeTarget **target,
					   GeError *error)
{
	return create(context, spec, true, target, error);
}

void
ge_target_free(GeTarget *target)
{
	GeContext *context;

	if (target == NULL)
		return;
	context = target->context;
	ge_drain(context);
	ge_windows_free(target);
	ge_buffer_free(context, &target->cells);
	ge_buffer_free(context, &target->keys);
	ge_buffer_free(context, &target->null_rows);
	ge_buffer_free(context, &target->category_sums);
	ge_buffer_free(context, &target->category_rounded);
	ge_buffer_free(context, &target->fold_sums);
	ge_buffer_free(context, &target->all_sum);
	ge_buffer_free(context, &target->fold_priors);
	ge_buffer_free(context, &target->encodings);
	ge_buffer_free(context, &target->flags);
	ge_buffer_free(context, &target->hot_ids);
	ge_buffer_free(context, &target->collected_keys);
	ge_buffer_free(context, &target->collected_targets);
	ge_buffer_free(context, &target->n_collected);
	free(target);
}

static GeStatus
check_rows(const GeTarget *target, const GeTargetRows *rows, GeError *error)
{
	uint64_t n_rows = target->spec.folds.n_rows;

	if (rows->first_ordinal > n_rows || rows->n_rows > n_rows - rows->first_ordinal)
		return ge_fail(error, GE_INTERNAL, "rows %llu to %llu of %llu",
					   (unsigned long long) rows->first_ordinal,
					   (unsigned long long) rows->first_ordinal + rows->n_rows,
					   (unsigned long long) n_rows);
	if (rows->id_width != 1 && rows->id_width != 2 && rows->id_width != 4)
		return ge_fail(error, GE_INTERNAL, "ids of %u bytes", rows->id_width);
	return GE_OK;
}

/* Memory for the counts of rows without a target, from the first such rows on. */
static GeStatus
add_null_rows(GeTarget *target, const GeRowsView *rows, GeError *error)
{
	GeTargetView *view = &target->view;

	if (view->null_rows == NULL)
	{
		GE_TRY(reserve_zeroed(target, &target->null_rows,
							  ((uint64_t) view->n_categories + 1) * sizeof(uint64_t),
							  error));
		view->null_rows = target->null_rows.data;
	}
	GE_CUDA(ge_target_null_launch(view, rows, target->context->compute));
	return GE_OK;
}

GeStatus
ge_target_add_device(GeTarget *target, const GeRowsView *rows, GeError *error)
{
	GeTargetView *view = &target->view;
	GeContext *context = target->context;
	bool added = false;

	target->n_added += rows->n_rows;
	if (rows->is_null != NULL)
		GE_TRY(add_null_rows(target, rows, error));
	if (target->is_sparse)
	{
		GE_CUDA(ge_target_collect_launch(view, rows, target->collected_keys.data,
										 target->collected_targets.data,
										 target->n_collected.data, context->compute));
		return GE_OK;
	}
	if (target->uncarried + rows->n_rows >= GE_CARRY_ROWS)
	{
		if (view->layout.form == GE_CELL_BINS)
			GE_CUDA(ge_target_carry_launch(view, context->compute));
		target->uncarried = 1; /* a carried cell counts as one row */
	}
	target->uncarried += rows->n_rows;
	GE_TRY(ge_partition_add(target, rows, &added, error));
	if (added)
		return GE_OK;
	if (view->hot_slots > 0)
		GE_CUDA(ge_target_hot_launch(view, rows, context->compute));
	GE_CUDA(ge_target_add_launch(view, rows, context->n_processors, context->compute));
	return GE_OK;
}

GeStatus
ge_target_add(GeTarget *target, const GeTargetRows *rows, GeError *error)
{
	uint32_t first, n, most = ge_piece_rows(target);
	GeRowsView view;
	GeRowBlock *block;

	GE_TRY(ge_enter(target->context, error));
	GE_TRY(check_rows(target, rows, error));
	if (target->is_finished)
		return ge_fail(error, GE_INTERNAL, "rows added to a finished target");
	if (rows->n_rows > target->spec.folds.n_rows - target->n_added)
		return ge_fail(error, GE_INTERNAL, "more rows than the %llu announced",
					   (unsigned long long) target->spec.folds.n_rows);
	for (first = 0; first < rows->n_rows; first += n)
	{
		n = rows->n_rows - first < most ? rows->n_rows - first : most;
		GE_TRY(ge_piece_send(target, rows, first, n, true, &block, &view, error));
		if (target->windows != NULL)
			GE_TRY(ge_windows_add(target, &view, rows, first, error));
		else
			GE_TRY(ge_target_add_device(target, &view, error));
		GE_TRY(ge_piece_sent(target, block, error));
	}
	return GE_OK;
}

GeStatus
ge_target_rows_device(GeTarget *target, const GeRowsView *rows, double *out,
					  GeError *error)
{
	GE_CUDA(ge_target_rows_launch(&target->view, rows, out, target->context->n_processors,
								  target->context->compute));
	return GE_OK;
}

/* Send one piece and queue its kernel; the answer will be in block->encodings. */
static GeStatus
encode_piece(GeTarget *target, const GeTargetRows *rows, uint32_t first, uint32_t n,
			 GeRowBlock **block, GeError *error)
{
	GeRowsView view;

	GE_TRY(ge_piece_send(target, rows, first, n, false, block, &view, error));
	GE_TRY(ge_buffer_reserve(target->context, &(*block)->encodings, n * sizeof(double),
							 error));
	GE_TRY(ge_target_rows_device(target, &view, (*block)->encodings.data, error));
	return ge_piece_sent(target, *block, error);
}

GeStatus
ge_target_rows(GeTarget *target, const GeTargetRows *rows, double *encodings,
			   GeError *error)
{
	uint32_t first, n, before = 0, most = ge_piece_rows(target);
	GeRowBlock *block = NULL, *block_before = NULL;

	GE_TRY(ge_enter(target->context, error));
	GE_TRY(check_rows(target, rows, error));
	if (!target->is_finished)
		return ge_fail(error, GE_INTERNAL, "rows asked of an unfinished target");
	if (target->windows != NULL)
		return ge_windows_rows(target, rows, encodings, error);
	for (first = 0; first < rows->n_rows || block_before != NULL; first += n)
	{
		n = rows->n_rows - first < most ? rows->n_rows - first : most;
		if (n > 0)
			GE_TRY(encode_piece(target, rows, first, n, &block, error));
		if (block_before != NULL)
			GE_TRY(ge_download(target->context, encodings + first - before,
							   block_before->encodings.data, before * sizeof(double),
							   error));
		block_before = n > 0 ? block : NULL;
		before = n;
	}
	return ge_target_check_flags(target, error);
}

GeStatus
ge_target_flags_status(const GeTarget *target, uint32_t flags, GeError *error)
{
	if (flags & GE_FLAG_BAD_ROW)
		return ge_fail(error, GE_INTERNAL,
					   "an id above %u, a fold above %u, or a target outside the bins "
					   "%d to %d",
					   target->view.n_categories, target->view.k - 1,
					   (int) target->spec.low_bin, (int) target->spec.high_bin);
	if (flags & GE_FLAG_OVERFLOW)
		return ge_fail(error, GE_SUM_OVERFLOW,
					   "an encoding is beyond the range of double precision");
	return GE_OK;
}

GeStatus
ge_target_check_flags(GeTarget *target, GeError *error)
{
	uint32_t flags = 0;

	GE_TRY(
		ge_read_back(target->context, &flags, target->flags.data, sizeof flags, error));
	return ge_target_flags_status(target, flags, error);
}
