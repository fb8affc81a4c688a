/*
 * finish.c: from cells to priors and encodings, and statistics copied out.
 *
 * CPU twin: src/cpu/target.c (finish), src/cpu/target_statistics.c.  The sums come back
 * as records of few numbers; priors, the one place with a product, are computed here by
 * ge_prior() for both backends.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/float_mode.h"
#include "target/target.h"

/* Categories whose statistics are computed and copied out at a time. */
#define STATISTICS_ROWS 65536

/* category_sums, fold_sums and all_sum. */
static GeStatus
add_up(GeTarget *target, GeError *error)
{
	GeTargetView *view = &target->view;
	uint64_t record = view->layout.sum_words * sizeof(int64_t);
	uint64_t n_ids = (uint64_t) view->n_categories + 1;

	GE_TRY(ge_cuda_buffer_reserve_zeroed(target->context, &target->category_sums,
										 n_ids * record, error));
	view->category_sums = target->category_sums.data;
	GE_TRY(
		ge_cuda_buffer_reserve_zeroed(target->context, &target->all_sum, record, error));
	view->all_sum = target->all_sum.data;
	if (target->prior_out_of_fold && target->spec.folds.split != GE_SPLIT_NONE &&
		view->k > 0)
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

/* A record as a finish sees it. */
static GeFigures
round_record(const GeDeviceCell *layout, const int64_t *record)
{
	int64_t digits[GE_MAX_BINS + 3];
	int n_words = (int) layout->n_bins + 1;

	ge_sum_canonical(record + 1, n_words, digits);
	return ge_mean_figures((uint64_t) record[0],
						   ge_sum_round(digits, n_words + 2, layout->low_bin));
}

/* The prior of a fold: over the rows of all other folds. */
static GePrior
prior_of_fold(const GeTarget *target, const int64_t *all, const int64_t *fold)
{
	int64_t others[GE_MAX_BINS + 2] = {0};
	uint32_t w;

	for (w = 0; w < target->view.layout.sum_words; w++)
		others[w] = all[w] - fold[w];
	return ge_prior(&target->view.finish, round_record(&target->view.layout, others));
}

/* From the sums of all folds to their priors, here and on the device. */
static GeStatus
fill_fold_priors(GeTarget *target, const int64_t *all, int64_t *sums, GePrior *priors,
				 GeError *error)
{
	GeContext *context = target->context;
	uint64_t n = target->view.k, words = target->view.layout.sum_words, i;

	GE_TRY(ge_cuda_download(context, sums, target->fold_sums.data,
							n * words * sizeof *sums, error));
	for (i = 0; i < n; i++)
	{
		priors[i] = prior_of_fold(target, all, sums + i * words);
		if (i % 65536 == 65535)
			GE_TRY(ge_cuda_poll(context, error));
	}
	GE_TRY(
		ge_cuda_buffer_reserve(context, &target->fold_priors, n * sizeof *priors, error));
	GE_TRY(ge_cuda_order(context, context->compute, context->copy_in, error));
	GE_TRY(ge_cuda_upload(context, target->fold_priors.data, priors, n * sizeof *priors,
						  error));
	GE_TRY(ge_cuda_order(context, context->copy_in, context->compute, error));
	target->view.fold_priors = target->fold_priors.data;
	return GE_OK;
}

static GeStatus
compute_fold_priors(GeTarget *target, const int64_t *all, GeError *error)
{
	uint64_t n = target->view.k;
	int64_t *sums = malloc(n * target->view.layout.sum_words * sizeof *sums);
	GePrior *priors = malloc(n * sizeof *priors);
	GeStatus status;

	if (sums == NULL || priors == NULL)
		status =
			ge_cuda_fail(error, GE_OUT_OF_MEMORY, "out of host memory for %llu folds",
						 (unsigned long long) n);
	else
		status = fill_fold_priors(target, all, sums, priors, error);
	free(sums);
	free(priors);
	return status;
}

static GeStatus
compute_priors(GeTarget *target, GeTargetTotals *totals, double *unseen, GeError *error)
{
	GeTargetView *view = &target->view;
	int64_t all[GE_MAX_BINS + 2];
	GeFigures figures;

	GE_TRY(ge_cuda_read_back(target->context, all, target->all_sum.data,
							 view->layout.sum_words * sizeof *all, error));
	totals->n_rows = target->n_added;
	totals->n_targets = (uint64_t) all[0];
	figures = round_record(&view->layout, all);
	if (isinf(figures.sum))
		return ge_cuda_fail(
			error, GE_SUM_OVERFLOW,
			"the sum of all targets is beyond the range of double precision");
	view->prior = ge_prior(&view->finish, figures);
	unseen[0] = view->prior.unseen;
	return view->fold_sums != NULL ? compute_fold_priors(target, all, error) : GE_OK;
}

/* The encoding of every cell; the cells themselves are done with. */
static GeStatus
encode(GeTarget *target, GeError *error)
{
	GeTargetView *view = &target->view;
	GeContext *context = target->context;

	GE_TRY(ge_cuda_buffer_reserve(context, &target->encodings,
								  view->n_cells * sizeof(double), error));
	view->encodings = target->encodings.data;
	if (target->is_sparse)
	{
		GE_TRY(ge_cuda_buffer_reserve(
			context, &target->category_rounded,
			((uint64_t) view->n_categories + 1) * sizeof(double), error));
		view->category_rounded = target->category_rounded.data;
	}
	GE_CUDA(ge_cuda_target_encode_launch(view, context->compute));
	ge_cuda_buffer_free(context, &target->cells);
	view->cells = NULL;
	return ge_cuda_target_check_flags(target, error);
}

static GeStatus
finish(GeTarget *target, GeTargetTotals *totals, double *unseen, GeError *error)
{
	if (target->is_sparse)
		GE_TRY(ge_cuda_target_build_sparse(target, error));
	GE_TRY(add_up(target, error));
	GE_TRY(ge_cuda_target_check_flags(target, error));
	GE_TRY(compute_priors(target, totals, unseen, error));
	return encode(target, error);
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
	target->view.finish = spec->finishes[0];
	ge_float_mode_reset(); /* whatever a library has set for this thread */
	return finish(target, totals, unseen, error);
}

/* Device memory for the statistics and encodings of n ids. */
static GeStatus
reserve_statistics(GeContext *context, uint32_t n, uint32_t n_digits, GeBuffer *buffer,
				   GeTargetStatistics *device, double **encodings, GeError *error)
{
	uint64_t words = n;

	GE_TRY(ge_cuda_buffer_reserve(context, buffer,
								  words * (3 + n_digits) * sizeof(uint64_t), error));
	device->n_rows = buffer->data;
	device->n_targets = (uint64_t *) buffer->data + words;
	*encodings = (double *) buffer->data + 2 * words;
	device->sums = (int64_t *) buffer->data + 3 * words;
	return GE_OK;
}

/* `words` words into an array of the caller, from its place `at` on, if there is one. */
static GeStatus
copy_out(GeContext *context, void *array, uint64_t at, const void *device, uint64_t words,
		 GeError *error)
{
	if (array == NULL)
		return GE_OK;
	return ge_cuda_download(context, (uint64_t *) array + at, device,
							words * sizeof(uint64_t), error);
}

/* The figures of ids first..first+count-1, which have the places from `at` on. */
static GeStatus
copy_statistics(GeTarget *target, uint32_t first, uint32_t count,
				const GeTargetStatistics *device, double *device_encodings,
				const GeTargetStatistics *host, double *encodings, uint32_t at,
				GeError *error)
{
	GeContext *context = target->context;
	uint64_t n_digits = target->view.layout.n_bins + 2;

	GE_CUDA(ge_cuda_target_statistics_launch(&target->view, first, count, device,
											 device_encodings, context->compute));
	GE_TRY(copy_out(context, host->n_rows, at, device->n_rows, count, error));
	GE_TRY(copy_out(context, host->n_targets, at, device->n_targets, count, error));
	GE_TRY(copy_out(context, encodings, at, device_encodings, count, error));
	return copy_out(context, host->sums, at * n_digits, device->sums, count * n_digits,
					error);
}

/* Ids whose statistics are computed at once: fewer if memory is limited. */
static uint32_t
statistics_at_a_time(const GeTarget *target, uint32_t count)
{
	uint64_t limit = target->context->options.memory_limit;
	uint64_t bytes = 8 * (2 * (uint64_t) target->view.layout.n_bins + 7), n = count;

	if (n > STATISTICS_ROWS)
		n = STATISTICS_ROWS;
	while (limit != 0 && n > 64 && n * bytes > limit / 8)
		n /= 2;
	return (uint32_t) n;
}

GeStatus
ge_cuda_target_statistics(GeTarget *target, uint32_t first_id, uint32_t count,
						  const GeTargetStatistics *statistics, double *const *encodings,
						  GeError *error)
{
	uint32_t at, n, most = statistics_at_a_time(target, count);
	GeTargetStatistics device;
	double *device_encodings;
	GeBuffer buffer = {0};
	GeStatus status;

	GE_TRY(ge_cuda_enter(target->context, error));
	if (!target->is_finished)
		return ge_cuda_fail(error, GE_INTERNAL, "statistics of an unfinished target");
	if ((uint64_t) first_id + count > (uint64_t) target->spec.n_categories + 1)
		return ge_cuda_fail(
			error, GE_INTERNAL, "there are no categories %u to %llu of %u", first_id,
			(unsigned long long) first_id + count, target->spec.n_categories);
	status = reserve_statistics(target->context, most, target->view.layout.n_bins + 2,
								&buffer, &device, &device_encodings, error);
	for (at = 0; status == GE_OK && at < count; at += n)
	{
		n = count - at < most ? count - at : most;
		status = copy_statistics(target, first_id + at, n, &device, device_encodings,
								 statistics, encodings != NULL ? encodings[0] : NULL, at,
								 error);
	}
	ge_cuda_buffer_free(target->context, &buffer);
	return status;
}
