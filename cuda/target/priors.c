/*
 * priors.c: priors over all rows, and over all rows but those of a fold.
 *
 * CPU twin: src/cpu/target_priors.c.  The sums come back as few records, and priors are
 * computed here.
 */
#include "target/priors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "target/figures.h"
#include "target/quantiles.h"

/* The host's copies of the records of all rows and of folds, and room for one more. */
typedef struct GeRecords
{
	int64_t *all;
	int64_t *folds; /* or NULL */
	int64_t *work;	/* what ge_cuda_figures() uses up */
	int64_t *tops;	/* a record with the first and second least and greatest of folds */
} GeRecords;

/* The priors of all finishes from the sums in records->work, from least and greatest, and from
 * the quantiles, if there are any. */
static void
make_priors(const GeTarget *target, const GeRecords *records, uint64_t least,
			uint64_t greatest, const double *quantiles, GePrior *priors)
{
	GeFigures figures = ge_cuda_figures(&target->view.layout, &target->view.finishing,
										records->work, target->n_added);
	uint32_t f;

	ge_cuda_set_extremes(&figures, least, greatest);
	for (f = 0; f < target->n_finishes; f++)
	{
		if (quantiles != NULL)
			figures.quantile = quantiles[f];
		priors[f] = ge_prior(&target->finishes[f], figures);
	}
}

static void
make_priors_of_all(const GeTarget *target, const GeRecords *records, GePrior *priors)
{
	const GeDeviceCell *layout = &target->view.layout;
	const int64_t *all = records->all;

	memcpy(records->work, all, layout->sums_end * sizeof *all);
	make_priors(target, records, (uint64_t) all[layout->least_at],
				(uint64_t) all[layout->greatest_at],
				ge_cuda_prior_quantiles(target, NULL), priors);
}

/* The word `at` of all folds but this one. */
static uint64_t
top_without(const int64_t *tops, const int64_t *fold, uint32_t at, uint32_t next)
{
	return (uint64_t) (at == 0 ? 0 : fold[at] == tops[at] ? tops[next] : tops[at]);
}

static void
make_priors_of_fold(const GeTarget *target, const GeRecords *records, uint64_t number,
					GePrior *priors)
{
	const GeDeviceCell *layout = &target->view.layout;
	const int64_t *fold = records->folds + number * layout->record_words;
	const int64_t *tops = records->tops;
	uint32_t w;

	for (w = 0; w < layout->sums_end; w++)
		records->work[w] = records->all[w] - fold[w];
	make_priors(target, records,
				top_without(tops, fold, layout->least_at, layout->least_next),
				top_without(tops, fold, layout->greatest_at, layout->greatest_next),
				ge_cuda_prior_quantiles(target, &number), priors);
}

static void
add_top(int64_t *tops, const int64_t *fold, uint32_t at, uint32_t next)
{
	uint64_t word = (uint64_t) fold[at], out = word;

	if (at == 0)
		return;
	if (word > (uint64_t) tops[at])
	{
		out = (uint64_t) tops[at];
		tops[at] = (int64_t) word;
	}
	if (out > (uint64_t) tops[next])
		tops[next] = (int64_t) out;
}

static void
find_tops(const GeTarget *target, const GeRecords *records)
{
	const GeDeviceCell *layout = &target->view.layout;
	uint64_t f;

	for (f = 0; f < target->view.k; f++)
	{
		const int64_t *fold = records->folds + f * layout->record_words;

		add_top(records->tops, fold, layout->least_at, layout->least_next);
		add_top(records->tops, fold, layout->greatest_at, layout->greatest_next);
	}
}

static GeStatus
send_fold_priors(GeTarget *target, const GePrior *priors, uint64_t n, GeError *error)
{
	GeContext *context = target->context;
	uint64_t bytes = n * sizeof *priors;

	GE_TRY(ge_cuda_buffer_reserve(context, &target->fold_priors, bytes, error));
	GE_TRY(ge_cuda_order(context, context->compute, context->copy_in, error));
	GE_TRY(ge_cuda_upload(context, target->fold_priors.data, priors, bytes, error));
	GE_TRY(ge_cuda_order(context, context->copy_in, context->compute, error));
	target->view.fold_priors = target->fold_priors.data;
	return GE_OK;
}

/* From the sums of all folds to their priors, here and on the device. */
static GeStatus
compute_fold_priors(GeTarget *target, const GeRecords *records, GeError *error)
{
	uint64_t k = target->view.k, n = k * target->n_finishes, f;
	GePrior *priors = malloc((n + 1) * sizeof *priors); /* not 0 bytes */
	GeStatus status = GE_OK;

	if (priors == NULL)
		return ge_cuda_fail(error, GE_OUT_OF_MEMORY, "out of host memory for %llu folds",
							(unsigned long long) k);
	find_tops(target, records);
	for (f = 0; f < k && status == GE_OK; f++)
	{
		make_priors_of_fold(target, records, f, priors + f * target->n_finishes);
		if (f % 512 == 511)
			status = ge_cuda_poll(target->context, error);
	}
	if (status == GE_OK)
		status = send_fold_priors(target, priors, n, error);
	free(priors);
	return status;
}

static GeStatus
compute_priors(GeTarget *target, const GeRecords *records, GeTargetTotals *totals,
			   GePrior *priors, GeError *error)
{
	uint64_t words = target->view.layout.record_words;
	uint32_t f;

	GE_TRY(ge_cuda_download(target->context, records->all, target->all_sum.data,
							words * sizeof(int64_t), error));
	totals->n_rows = target->n_added;
	totals->n_targets = target->view.counts_only ? 0 : (uint64_t) records->all[0];
	make_priors_of_all(target, records, priors);
	for (f = 0; f < target->n_finishes; f++)
		if (isinf(priors[f].unseen))
			return ge_cuda_fail(
				error, GE_SUM_OVERFLOW,
				"a statistic of all targets is beyond the range of double precision");
	if (records->folds == NULL)
		return GE_OK;
	GE_TRY(ge_cuda_download(target->context, records->folds, target->fold_sums.data,
							target->view.k * words * sizeof(int64_t), error));
	return compute_fold_priors(target, records, error);
}

GeStatus
ge_cuda_target_priors(GeTarget *target, GeTargetTotals *totals, GePrior *priors,
					  GeError *error)
{
	const GeDeviceCell *layout = &target->view.layout;
	uint64_t words = layout->record_words + ge_cuda_figures_words(layout);
	uint64_t n_folds = target->view.fold_sums != NULL ? target->view.k : 0;
	GeRecords records = {
		.all = calloc(words + layout->record_words * (1 + n_folds), sizeof(int64_t))};
	GeStatus status;

	if (records.all == NULL)
		return ge_cuda_fail(error, GE_OUT_OF_MEMORY, "out of host memory for %llu folds",
							(unsigned long long) n_folds);
	records.work = records.all + layout->record_words;
	records.tops = records.all + words;
	records.folds = n_folds > 0 ? records.tops + layout->record_words : NULL;
	status = compute_priors(target, &records, totals, priors, error);
	free(records.all);
	return status;
}
