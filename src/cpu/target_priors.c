/*
 * target_priors.c: what all rows come to, and all rows but those of a fold.
 */
#include <math.h>

#include "cpu/memory.h"
#include "cpu/target_quantiles.h"

static uint64_t
fold_priors_bytes(const GeTarget *target)
{
	return (uint64_t) target->n_folds * target->n_finishes * sizeof(GePrior);
}

void
ge_target_free_priors(GeTarget *target)
{
	ge_free_zeroed(target->fold_priors, fold_priors_bytes(target));
	target->fold_priors = NULL;
}

void
ge_cell_priors(const GeTarget *target, const uint64_t *cell, uint64_t n_rows,
			   const double *quantiles, GePrior *priors)
{
	GeFigures figures;
	uint32_t f;

	if (target->plain_mean)
	{
		priors[0] = ge_mean_prior(target->finishes->smooth,
								  ge_mean_figures(ge_cell_count(&target->layout, cell),
												  ge_cell_round(&target->layout, cell)));
		return;
	}
	figures = ge_cell_figures(&target->layout, &target->parts, cell, n_rows);
	for (f = 0; f < target->n_finishes; f++)
	{
		if (target->wants_quantiles && target->finishes[f].kind == GE_FINISH_QUANTILE)
			figures.quantile = quantiles[f];
		priors[f] = ge_prior(&target->finishes[f], figures);
	}
}

/* The priors of all finishes from the cell of the rows that they count: all but *fold. */
static void
make_priors(const GeTarget *target, const uint64_t *cell, const uint32_t *fold,
			GePrior *priors)
{
	double quantiles[GE_MAX_FINISHES];

	if (target->wants_quantiles)
		ge_prior_quantiles(target, fold, quantiles);
	ge_cell_priors(target, cell, target->n_added, quantiles, priors);
}

/* From the sums of all rows and of each fold. */
static GeStatus
make_fold_priors(GeTarget *target, const uint64_t *all, const uint64_t *totals,
				 GeError *error)
{
	GeWork work = {&target->context->options, error, 0};
	uint32_t n_words = target->parts.n_words, f;
	uint64_t others[GE_MAX_TARGET_WORDS];
	GeCellTops tops = {{0}, {0}};

	target->fold_priors = ge_alloc_zeroed(fold_priors_bytes(target));
	if (target->fold_priors == NULL)
		return ge_cpu_no_memory(error, fold_priors_bytes(target), "priors of folds");
	for (f = 0; f < target->n_folds; f++)
		ge_cell_tops_add(&target->parts, &tops, totals + (uint64_t) f * n_words);
	for (f = 0; f < target->n_folds; f++)
	{
		ge_cell_without(&target->layout, &target->parts, &tops, all,
						totals + (uint64_t) f * n_words, others);
		make_priors(target, others, &f,
					target->fold_priors + (uint64_t) f * target->n_finishes);
		if (ge_work_step(&work, 30 * (uint64_t) target->n_finishes) != GE_OK)
			return GE_CANCELLED;
	}
	return GE_OK;
}

/* From the sums of all folds, or one sum of all rows. */
static GeStatus
compute_priors(GeTarget *target, bool by_fold, uint64_t n_totals, const uint64_t *totals,
			   GeError *error)
{
	uint64_t all[GE_MAX_TARGET_WORDS] = {0}, i;
	uint32_t f;

	for (i = 0; i < n_totals; i++)
		ge_cell_add_parts(&target->layout, &target->parts, all,
						  totals + i * target->parts.n_words);
	if (!target->counts_only)
		target->n_targets = ge_cell_count(&target->layout, all);
	if (target->wants_quantiles && ge_quantiles_prepare(target, error) != GE_OK)
		return error->status;
	make_priors(target, all, NULL, target->priors);
	for (f = 0; f < target->n_finishes; f++)
		if (isinf(target->priors[f].unseen))
			return ge_target_overflow(error, "a statistic of all targets");
	return by_fold ? make_fold_priors(target, all, totals, error) : GE_OK;
}

GeStatus
ge_target_priors(GeTarget *target, GeError *error)
{
	bool by_fold = ge_has_fold_priors(target);
	uint64_t n_totals = by_fold ? target->n_folds : 1;
	uint64_t bytes = n_totals * target->parts.n_words * sizeof(uint64_t);
	uint64_t *sums = ge_alloc_zeroed(bytes);
	GeStatus status;

	if (sums == NULL)
		return ge_cpu_no_memory(error, bytes, "sums of folds");
	status = target->way->add_up(target, n_totals, sums, error);
	if (status == GE_OK)
		status = compute_priors(target, by_fold, n_totals, sums, error);
	ge_quantiles_forget_folds(target);
	ge_free_zeroed(sums, bytes);
	return status;
}
