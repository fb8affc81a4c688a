/*
 * target_cells.c: the cell of a row, the encoding of a cell, and what both ways report.
 */
#include <math.h>
#include <string.h>

#include "cpu/folds.h"
#include "cpu/target.h"

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

double
ge_fold_encoding(const GeTarget *target, const uint64_t *category, const uint64_t *cell,
				 uint32_t fold)
{
	const GeCellLayout *layout = &target->layout;
	uint64_t others[GE_MAX_CELL_WORDS];

	if (target->spec.folds.split == GE_SPLIT_NONE)
		return ge_full_encoding(target, category);
	memcpy(others, category, layout->n_words * sizeof *others);
	ge_cell_merge(layout, others, cell, true);
	return ge_finish(&target->finish, ge_cell_figures(layout, others),
					 ge_prior_of_fold(target, fold));
}

GeStatus
ge_target_out_of_bins(const GeTarget *target, GeError *error)
{
	return ge_cpu_fail(error, GE_INTERNAL, "a target lies outside the bins %d to %d",
					   (int) target->spec.low_bin, (int) target->spec.high_bin);
}

GeStatus
ge_target_overflow(GeError *error, const char *of_what)
{
	return ge_cpu_fail(error, GE_SUM_OVERFLOW,
					   "%s is beyond the range of double precision", of_what);
}
