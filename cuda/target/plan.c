/*
 * plan.c: how a target's cells are laid out, and the memory that they take.
 *
 * CPU twin: src/cpu/target.c.  Cells are dense while they pay (cells_pay), where statistics
 * are counted in and in an order, else the rows themselves are kept until target_finish.
 * Cells that do not fit the device are refused before the first row.
 */
#include <string.h>

#include "target/ordered.h"
#include "target/pieces.h"

const GeTargetAbilities ge_cuda_target_abilities = {
	.accumulators = GE_COUNT_ROWS | GE_COUNT_TARGETS | GE_SUM_TARGETS | GE_SUM_SQUARES |
					GE_SUM_WEIGHTS | GE_LEAST_TARGET | GE_GREATEST_TARGET |
					GE_ALL_TARGETS,
	.finishes = 1 << GE_FINISH_MEAN | 1 << GE_FINISH_COUNT | 1 << GE_FINISH_FREQUENCY |
				1 << GE_FINISH_SUM | 1 << GE_FINISH_VAR | 1 << GE_FINISH_STD |
				1 << GE_FINISH_MIN | 1 << GE_FINISH_MAX | 1 << GE_FINISH_QUANTILE |
				1 << GE_FINISH_WOE,
	.splits = 1 << GE_SPLIT_NONE | 1 << GE_SPLIT_INTERLEAVED | 1 << GE_SPLIT_CONTIGUOUS |
			  1 << GE_SPLIT_RANDOM | 1 << GE_SPLIT_CUSTOM | 1 << GE_SPLIT_ORDERED,
	.most_finishes = GE_MAX_FINISHES,
};

/* Without a memory limit, less than this is tried without asking how much is free. */
#define ALWAYS_TRIED_BYTES (UINT64_C(1) << 30)
/* Two blocks of rows on their way, and their encodings. */
#define PIECES_ROW_BYTES (2 * (17 + 8))
/* Of quantiles: rows as they are kept, in order twice, and numbers and keys while they are
 * sorted. */
#define QUANTILE_ROW_BYTES (17 + 28 + 24)

/* Can no sum of a cell leave 31 bits? */
static bool
sums_are_small(const GeTargetSpec *spec)
{
	/* what is counted elsewhere keeps to the bins, not to the largest target */
	return spec->low_bin == 0 && spec->high_bin == 0 && spec->largest > 0 &&
		   !spec->takes_statistics &&
		   (unsigned __int128) spec->largest * spec->folds.n_rows < UINT64_C(1) << 31;
}

/* Only the whole numbers of rows and of targets, and a sum: no further parts. */
static bool
is_plain(const GeTargetSpec *spec)
{
	const uint32_t sums = GE_COUNT_TARGETS | GE_SUM_TARGETS;

	return (spec->accumulators & ~(sums | GE_COUNT_ROWS | GE_ALL_TARGETS)) == 0 &&
		   ((spec->accumulators & sums) == sums || spec->accumulators == GE_COUNT_ROWS);
}

/* The next part is a sum, if it is asked for. */
static GeSumPart
place_sum(GeDeviceCell *layout, const GeTargetSpec *spec, GeAccumulator sum)
{
	GeBins bins = ge_sum_bins(spec, sum);
	GeSumPart part = {.at = layout->sums_end,
					  .low_bin = bins.low,
					  .n_bins = (uint32_t) (bins.high - bins.low + 1)};

	if ((spec->accumulators & sum) == 0 || (sum == GE_SUM_SQUARES && spec->is_binary))
		return (GeSumPart){0};
	layout->sums_end += part.n_bins + 1;
	return part;
}

/* The next part is one word with a second one above cells, if it is asked for. */
static void
place_extreme(GeDeviceCell *layout, const GeTargetSpec *spec, GeAccumulator extreme,
			  uint32_t *at)
{
	*at = (spec->accumulators & extreme) != 0 ? layout->n_words++ : 0;
}

static void
place_parts(GeDeviceCell *layout, const GeTargetSpec *spec)
{
	layout->squares = place_sum(layout, spec, GE_SUM_SQUARES);
	layout->weights = place_sum(layout, spec, GE_SUM_WEIGHTS);
	layout->n_words = layout->sums_end;
	place_extreme(layout, spec, GE_LEAST_TARGET, &layout->least_at);
	place_extreme(layout, spec, GE_GREATEST_TARGET, &layout->greatest_at);
	layout->record_words = layout->n_words;
	if (layout->least_at != 0)
		layout->least_next = layout->record_words++;
	if (layout->greatest_at != 0)
		layout->greatest_next = layout->record_words++;
}

static void
choose_layout(GeDeviceCell *layout, const GeTargetSpec *spec)
{
	GeBins bins = ge_sum_bins(spec, GE_SUM_TARGETS);
	bool few_rows = spec->folds.n_rows < UINT64_C(1) << 31;

	layout->has_parts = !is_plain(spec);
	layout->has_sum = (spec->accumulators & GE_SUM_TARGETS) != 0;
	layout->is_binary = spec->is_binary;
	layout->low_bin = layout->has_sum ? bins.low : 0;
	layout->n_bins = layout->has_sum ? (uint32_t) (bins.high - bins.low + 1) : 1;
	layout->largest = spec->largest;
	layout->sums_end = layout->record_words = layout->n_bins + 2;
	layout->form = layout->has_parts				 ? GE_CELL_BINS
				   : sums_are_small(spec)			 ? GE_CELL_HALF
				   : few_rows && layout->n_bins == 1 ? GE_CELL_ONE
				   : few_rows && layout->n_bins == 2 ? GE_CELL_TWO
													 : GE_CELL_BINS;
	layout->n_words = layout->form == GE_CELL_HALF	 ? 1
					  : layout->form == GE_CELL_BINS ? layout->n_bins + 2
													 : 2;
	if (layout->has_parts)
		place_parts(layout, spec);
}

/* Counts of rows are the same in every fold: rows of a target 0 without folds. */
static void
forget_target(GeTargetSpec *spec)
{
	spec->kind = GE_TARGET_INT64;
	spec->low_bin = spec->high_bin = 0;
	spec->largest = 1;
	if (spec->folds.split != GE_SPLIT_ORDERED)
		spec->folds.split = GE_SPLIT_NONE;
	spec->folds.n_folds = 0;
}

static bool
cells_pay(const GeTargetView *view)
{
	double n_cells = ((double) view->n_categories + 1) * view->k;

	return ge_dense_cells_pay(n_cells * (8 * view->layout.n_words + 8),
							  view->folds.n_rows);
}

static void
fill_view(GeTarget *target)
{
	GeTargetSpec *spec = &target->spec;
	GeTargetView *view = &target->view;

	view->counts_only = spec->accumulators == GE_COUNT_ROWS;
	if (view->counts_only)
		forget_target(spec);
	choose_layout(&view->layout, spec);
	view->folds = spec->folds;
	view->k = spec->folds.n_folds > 0 ? spec->folds.n_folds : 1;
	view->folds_per_row =
		spec->folds.n_rows > 0 ? (double) view->k / (double) spec->folds.n_rows : 0;
	view->n_categories = spec->n_categories;
	view->is_integer = spec->kind == GE_TARGET_INT64;
	target->is_sparse = !spec->takes_statistics && !view->counts_only &&
						spec->folds.split != GE_SPLIT_ORDERED && !cells_pay(view);
}

static GeStatus
reserve_dense(GeTarget *target, GeError *error)
{
	GeTargetView *view = &target->view;

	view->n_cells = ((uint64_t) view->n_categories + 1) * view->k;
	GE_TRY(ge_cuda_buffer_reserve_zeroed(
		target->context, &target->cells,
		view->n_cells * view->layout.n_words * sizeof(uint64_t), error));
	view->cells = target->cells.data;
	view->hot_slots = ge_cuda_target_hot_slots(&view->layout, view->k);
	GE_TRY(ge_cuda_buffer_reserve_zeroed(target->context, &target->hot_ids,
										 (view->hot_slots + 1) * sizeof(uint32_t),
										 error));
	view->hot_ids = target->hot_ids.data;
	return GE_OK;
}

static GeStatus
reserve_collected(GeTarget *target, GeError *error)
{
	uint64_t n_rows = target->spec.folds.n_rows, bytes = n_rows * sizeof(uint64_t);
	GeContext *context = target->context;

	/* zeros, for ordinals that no row may have */
	GE_TRY(ge_cuda_buffer_reserve_zeroed(context, &target->collected_keys, bytes, error));
	GE_TRY(ge_cuda_buffer_reserve(context, &target->collected_targets, bytes, error));
	if (target->view.layout.weights.at != 0)
		GE_TRY(ge_cuda_buffer_reserve(context, &target->collected_weights, bytes, error));
	return ge_cuda_buffer_reserve(context, &target->collected_nulls, n_rows, error);
}

/* What all cells take, up to the end of target_finish. */
static uint64_t
bytes_needed(const GeTarget *target)
{
	const GeTargetView *view = &target->view;
	unsigned __int128 n_ids = (unsigned __int128) view->n_categories + 1;
	unsigned __int128 bytes = n_ids * 8 * (view->layout.record_words + 2);

	if (target->is_sparse) /* rows twice while their keys are sorted, then cells */
		bytes += (unsigned __int128) view->folds.n_rows *
				 (17 + (view->layout.weights.at != 0 ? 8 : 0) +
				  (view->layout.n_words > 1 ? 8 * (view->layout.n_words + 1) : 16));
	else
		bytes += n_ids * view->k * 8 * (view->layout.n_words + 1);
	if (target->spec.folds.split == GE_SPLIT_ORDERED)
		bytes += ge_cuda_ordered_bytes(target);
	if (ge_cuda_wants_quantiles(target))
		bytes += (unsigned __int128) view->folds.n_rows * QUANTILE_ROW_BYTES;
	bytes += (uint64_t) ge_cuda_piece_rows(target) * PIECES_ROW_BYTES;
	return bytes > UINT64_MAX ? UINT64_MAX : (uint64_t) bytes;
}

/* GE_OUT_OF_MEMORY if the device has no room for all cells at once. */
static GeStatus
check_room(GeTarget *target, GeError *error)
{
	GeContext *context = target->context;
	uint64_t needed = bytes_needed(target), available;

	if (context->options.memory_limit == 0 && needed < ALWAYS_TRIED_BYTES)
		return GE_OK;
	GE_TRY(ge_cuda_memory_available(context, &available, error));
	if (needed <= available)
		return GE_OK;
	return ge_cuda_fail(
		error, GE_OUT_OF_MEMORY,
		"out of device memory: %llu bytes needed for a target, %llu available, "
		"%llu in use",
		(unsigned long long) needed, (unsigned long long) available,
		(unsigned long long) context->memory_used);
}

/* Rows that are sorted are numbered in 32 bits. */
static GeStatus
check_rows(const GeTarget *target, GeError *error)
{
	if (target->spec.folds.n_rows <= UINT32_MAX ||
		(!ge_cuda_wants_quantiles(target) &&
		 target->spec.folds.split != GE_SPLIT_ORDERED))
		return GE_OK;
	return ge_cuda_fail(error, GE_UNSUPPORTED,
						"quantiles, or an order, of more than %u rows", UINT32_MAX);
}

GeStatus
ge_cuda_target_plan(GeTarget *target, GeError *error)
{
	GE_TRY(ge_target_spec_check(&ge_cuda_target_abilities, &target->spec, error));
	GE_TRY(check_rows(target, error));
	fill_view(target);
	GE_TRY(ge_cuda_buffer_reserve_zeroed(target->context, &target->flags,
										 sizeof(uint32_t), error));
	target->view.flags = target->flags.data;
	GE_TRY(check_room(target, error));
	if (target->spec.folds.split == GE_SPLIT_ORDERED)
		GE_TRY(ge_cuda_ordered_reserve(target, error));
	if (target->is_sparse || ge_cuda_wants_quantiles(target))
		GE_TRY(reserve_collected(target, error));
	return target->is_sparse ? GE_OK : reserve_dense(target, error);
}
