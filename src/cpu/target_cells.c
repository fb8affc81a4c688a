/*
 * target_cells.c: the cell of a row, the encodings of a cell, and what both ways report.
 */
#include <math.h>
#include <string.h>

#include "cpu/folds.h"
#include "cpu/target_sorted.h"

/* The ids of n rows from `start` on, as 32-bit numbers; returns the largest. */
static uint32_t
load_ids(const GeTargetRows *rows, uint32_t start, uint32_t n, uint32_t *ids)
{
	uint32_t largest = 0, i;

	if (rows->id_width == 1)
		for (i = 0; i < n; i++)
			ids[i] = ((const uint8_t *) rows->ids)[start + i];
	else if (rows->id_width == 2)
		for (i = 0; i < n; i++)
			ids[i] = ((const uint16_t *) rows->ids)[start + i];
	else
		memcpy(ids, (const uint32_t *) rows->ids + start, n * sizeof *ids);
	for (i = 0; i < n; i++)
		largest = ids[i] > largest ? ids[i] : largest;
	return largest;
}

GeStatus
ge_target_cells(const GeTarget *target, const GeTargetRows *rows, uint32_t start,
				uint32_t n, uint64_t *cells, GeError *error)
{
	const GeTargetSpec *spec = &target->spec;
	uint32_t ids[GE_ROW_BLOCK], folds[GE_ROW_BLOCK], largest, i;

	largest = load_ids(rows, start, n, ids);
	if (largest > spec->n_categories)
		return ge_cpu_fail(error, GE_INTERNAL, "there is no category %u of %u", largest,
						   spec->n_categories);
	ge_folds_of_rows(&spec->folds, rows->first_ordinal + start, n,
					 rows->folds == NULL ? NULL : rows->folds + start, folds);
	largest = 0;
	for (i = 0; i < n; i++)
	{
		largest = folds[i] > largest ? folds[i] : largest;
		cells[i] = (uint64_t) ids[i] * target->n_folds + folds[i];
	}
	if (largest >= target->n_folds)
		return ge_cpu_fail(error, GE_INTERNAL, "there is no fold %u of %u", largest,
						   target->n_folds);
	return GE_OK;
}

void
ge_cell_encodings(const GeTarget *target, const uint64_t *cell, uint64_t n_rows,
				  const double *quantiles, const GePrior *priors, double *encodings)
{
	GeFigures figures;
	uint32_t f;

	if (target->plain_mean)
	{
		encodings[0] = ge_plain_mean(target, &target->layout, cell, priors[0]);
		return;
	}
	figures = ge_cell_figures(&target->layout, &target->parts, cell, n_rows);
	for (f = 0; f < target->n_finishes; f++)
	{
		if (target->wants_quantiles && target->finishes[f].kind == GE_FINISH_QUANTILE)
			figures.quantile = quantiles[f];
		encodings[f] = ge_finish(&target->finishes[f], figures, priors[f]);
	}
}

void
ge_unseen_encodings(const GeTarget *target, const GePrior *priors, double *encodings)
{
	uint32_t f;

	for (f = 0; f < target->n_finishes; f++)
		encodings[f] = priors[f].unseen;
}

bool
ge_full_encodings(const GeTarget *target, uint32_t id, double *encodings)
{
	uint64_t n_rows;
	const uint64_t *category = target->way->category(target, id, &n_rows);
	double quantiles[GE_MAX_FINISHES];
	bool in_range = true;
	uint32_t f;

	if (target->wants_quantiles)
		ge_sorted_full_quantiles(target, id, quantiles);
	if (ge_is_category(target, id))
		ge_cell_encodings(target, category, n_rows, quantiles, target->priors, encodings);
	else
		ge_unseen_encodings(target, target->priors, encodings);
	for (f = 0; f < target->n_finishes; f++)
		in_range &= !isinf(encodings[f]);
	return in_range;
}

GeStatus
ge_target_out_of_bins(GeError *error)
{
	return ge_cpu_fail(error, GE_INTERNAL,
					   "a target or a weight lies outside the bins of its column");
}

GeStatus
ge_target_overflow(GeError *error, const char *of_what)
{
	return ge_cpu_fail(error, GE_SUM_OVERFLOW,
					   "%s is beyond the range of double precision", of_what);
}
