/*
 * finish.c: from cells to the encodings of cells and categories.
 *
 * CPU twin: src/cpu/target.c (finish).
 */
#include <stdlib.h>
#include <string.h>

#include "cpu/float_mode.h"
#include "target/figures.h"
#include "target/ordered.h"
#include "target/priors.h"
#include "target/quantiles.h"

/* category_sums, fold_sums and all_sum. */
static GeStatus
add_up(GeTarget *target, GeError *error)
{
	GeTargetView *view = &target->view;
	uint64_t record = view->layout.record_words * sizeof(int64_t);
	uint64_t n_ids = (uint64_t) view->n_categories + 1;

	GE_TRY(ge_cuda_buffer_reserve_zeroed(target->context, &target->category_sums,
										 n_ids * record, error));
	view->category_sums = target->category_sums.data;
	GE_TRY(
		ge_cuda_buffer_reserve_zeroed(target->context, &target->all_sum, record, error));
	view->all_sum = target->all_sum.data;
	if (target->prior_out_of_fold && ge_cuda_has_folds(target) && view->k > 0)
	{
		GE_TRY(ge_cuda_buffer_reserve_zeroed(target->context, &target->fold_sums,
											 view->k * record, error));
		view->fold_sums = target->fold_sums.data;
	}
	if (view->layout.form == GE_CELL_BINS && target->uncarried < target->n_added)
		GE_CUDA(ge_cuda_target_carry_launch(view, target->context->compute));
	GE_CUDA(ge_cuda_target_totals_launch(view, target->context->compute));
	return GE_OK;
}

/* Does the encoding of a row depend on its fold? */
static bool
is_by_cell(const GeTarget *target, const GeFinish *finish)
{
	return ge_cuda_has_folds(target) && finish->kind != GE_FINISH_COUNT &&
		   finish->kind != GE_FINISH_FREQUENCY;
}

/* Which finishes are by cell, and what figures they need. */
static void
order_finishes(GeTarget *target, uint32_t *order)
{
	GeFinishView *finishing = &target->view.finishing;
	uint32_t f, n = 0;

	for (f = 0; f < target->n_finishes; f++)
		if (is_by_cell(target, &target->finishes[f]))
			order[n++] = f;
	finishing->n_by_cell = n;
	for (f = 0; f < target->n_finishes; f++)
		if (!is_by_cell(target, &target->finishes[f]))
			order[n++] = f;
	finishing->n = n;
	/* encodings of a cell begin where a sector of memory does */
	n = finishing->n_by_cell;
	finishing->stride = n <= 2 ? n : (n + 3) / 4 * 4;
}

/* Send the finishes, their priors over all rows and their order. */
static GeStatus
send_finishes(GeTarget *target, const GePrior *priors, GeError *error)
{
	GeContext *context = target->context;
	GeFinishView *finishing = &target->view.finishing;
	uint32_t order[GE_MAX_FINISHES], n = target->n_finishes;
	uint64_t finish_bytes = n * sizeof(GeFinish), prior_bytes = n * sizeof(GePrior);
	uint8_t *data;

	order_finishes(target, order);
	GE_TRY(ge_cuda_buffer_reserve(context, &target->finishing,
								  finish_bytes + prior_bytes + sizeof order, error));
	data = target->finishing.data;
	finishing->finishes = (const GeFinish *) (const void *) data;
	finishing->priors = (const GePrior *) (const void *) (data + finish_bytes);
	finishing->order =
		(const uint32_t *) (const void *) (data + finish_bytes + prior_bytes);
	GE_TRY(ge_cuda_order(context, context->compute, context->copy_in, error));
	GE_TRY(ge_cuda_upload(context, data, target->finishes, finish_bytes, error));
	GE_TRY(ge_cuda_upload(context, data + finish_bytes, priors, prior_bytes, error));
	GE_TRY(ge_cuda_upload(context, data + finish_bytes + prior_bytes, order,
						  n * sizeof *order, error));
	return ge_cuda_order(context, context->copy_in, context->compute, error);
}

/* Room for the records of threads, if they need any. */
static GeStatus
reserve_scratch(GeTarget *target, GeError *error)
{
	GeTargetView *view = &target->view;
	uint64_t words = ge_cuda_figures_words(&view->layout);

	view->finishing.n_scratch = ge_cuda_target_scratch_threads(&view->layout);
	if (view->finishing.n_scratch == 0)
		return GE_OK;
	GE_TRY(ge_cuda_buffer_reserve(target->context, &target->scratch,
								  view->finishing.n_scratch * words * sizeof(int64_t),
								  error));
	view->finishing.scratch = target->scratch.data;
	return GE_OK;
}

/* The encodings of every cell and category; the cells themselves are done with. */
static GeStatus
encode(GeTarget *target, GeError *error)
{
	GeTargetView *view = &target->view;
	GeContext *context = target->context;
	uint64_t n_ids = (uint64_t) view->n_categories + 1;

	GE_TRY(ge_cuda_buffer_reserve(context, &target->encodings,
								  view->n_cells * view->finishing.stride * sizeof(double),
								  error));
	view->encodings = target->encodings.data;
	GE_TRY(ge_cuda_buffer_reserve(context, &target->full,
								  n_ids * target->n_finishes * sizeof(double), error));
	view->full = target->full.data;
	GE_TRY(reserve_scratch(target, error));
	GE_CUDA(ge_cuda_target_finishes_launch(view, context->compute));
	GE_TRY(ge_cuda_quantiles_write(target, error));
	ge_cuda_buffer_free(context, &target->scratch);
	ge_cuda_buffer_free(context, &target->cells);
	view->cells = NULL;
	if (target->spec.folds.split == GE_SPLIT_ORDERED)
		GE_TRY(ge_cuda_ordered_encode(target, error));
	ge_cuda_quantiles_free(target);
	return ge_cuda_target_check_flags(target, error);
}

static GeStatus
finish(GeTarget *target, GeTargetTotals *totals, double *unseen, GeError *error)
{
	GePrior priors[GE_MAX_FINISHES];
	uint32_t f;

	if (target->is_sparse)
		GE_TRY(ge_cuda_target_build_sparse(target, error));
	GE_TRY(add_up(target, error));
	GE_TRY(ge_cuda_target_check_flags(target, error));
	if (ge_cuda_wants_quantiles(target))
		GE_TRY(ge_cuda_quantiles_prepare(target, error));
	ge_cuda_target_free_collected(target);
	GE_TRY(ge_cuda_target_priors(target, totals, priors, error));
	for (f = 0; f < target->n_finishes; f++)
		unseen[f] = priors[f].unseen;
	GE_TRY(send_finishes(target, priors, error));
	return encode(target, error);
}

/* The finishes, and what figures they need. */
static GeStatus
take_finishes(GeTarget *target, const GeFinishSpec *spec, GeError *error)
{
	GeTargetView *view = &target->view;
	uint32_t f;

	target->finishes = malloc(spec->n_finishes * sizeof *target->finishes);
	if (target->finishes == NULL)
		return ge_cuda_fail(error, GE_OUT_OF_MEMORY, "out of host memory for finishes");
	memcpy(target->finishes, spec->finishes, spec->n_finishes * sizeof *target->finishes);
	target->n_finishes = spec->n_finishes;
	view->finishing.is_mean = spec->n_finishes == 1 &&
							  spec->finishes->kind == GE_FINISH_MEAN &&
							  spec->finishes->smooth >= 0;
	for (f = 0; f < spec->n_finishes; f++)
	{
		view->finishing.wants_spread |=
			(ge_finish_needs(&spec->finishes[f], false) & GE_SUM_SQUARES) != 0;
		view->finishing.wants_zeros |= spec->finishes[f].kind == GE_FINISH_WOE;
	}
	return GE_OK;
}

GeStatus
ge_cuda_target_finish(GeTarget *target, const GeFinishSpec *spec, GeTargetTotals *totals,
					  double *unseen, GeError *error)
{
	GE_TRY(ge_cuda_enter(target->context, error));
	GE_TRY(ge_finish_check(&ge_cuda_target_abilities, &target->spec, spec, error));
	if (target->is_finished || target->n_added != target->spec.folds.n_rows)
		return ge_cuda_fail(error, GE_INTERNAL, "%llu rows of %llu were added",
							(unsigned long long) target->n_added,
							(unsigned long long) target->spec.folds.n_rows);
	target->is_finished = true;
	target->prior_out_of_fold = spec->prior_out_of_fold;
	target->view.missing_is_category = spec->missing_is_category;
	GE_TRY(take_finishes(target, spec, error));
	ge_float_mode_reset(); /* whatever a library has set for this thread */
	return finish(target, totals, unseen, error);
}
