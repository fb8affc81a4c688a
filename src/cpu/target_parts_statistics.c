/*
 * target_parts_statistics.c: cells to and from their portable form.
 */
#include <math.h>
#include <string.h>

#include "backend/order_key.h"
#include "cpu/target_parts.h"

/* The digits of entry i. */
static int64_t *
digits_at(const GeCellLayout *layout, int64_t *digits, uint32_t i)
{
	return digits + (uint64_t) i * (layout->n_bins + 2);
}

void
ge_cell_to_statistics(const GeCellLayout *layout, const GeCellParts *parts,
					  const uint64_t *cell, const GeTargetStatistics *statistics,
					  uint32_t i)
{
	uint32_t least = parts->least_at, greatest = parts->greatest_at;

	if (statistics->n_targets != NULL)
		statistics->n_targets[i] = ge_cell_count(layout, cell);
	if (statistics->sums != NULL)
		ge_cell_digits(layout, cell, digits_at(layout, statistics->sums, i));
	if (statistics->squares != NULL && parts->binary)
		ge_cell_digits(layout, cell, digits_at(layout, statistics->squares, i));
	else if (statistics->squares != NULL)
		ge_cell_digits(&parts->squares, cell + parts->squares_at - 1,
					   digits_at(&parts->squares, statistics->squares, i));
	if (statistics->weights != NULL)
		ge_cell_digits(&parts->weights, cell + parts->weights_at - 1,
					   digits_at(&parts->weights, statistics->weights, i));
	if (statistics->least != NULL)
		statistics->least[i] = cell[least] != 0 ? ge_order_value(~cell[least]) : INFINITY;
	if (statistics->greatest != NULL)
		statistics->greatest[i] =
			cell[greatest] != 0 ? ge_order_value(cell[greatest]) : -INFINITY;
}

void
ge_cell_from_statistics(const GeCellLayout *layout, const GeCellParts *parts,
						const GeTargetStatistics *statistics, uint32_t i, uint64_t *cell)
{
	memset(cell, 0, parts->n_words * sizeof *cell);
	if (statistics->n_targets != NULL)
		cell[0] = statistics->n_targets[i];
	if (statistics->sums != NULL)
		ge_cell_add_digits(layout, digits_at(layout, statistics->sums, i), cell);
	if (parts->squares_at > 0)
		ge_cell_add_digits(&parts->squares,
						   digits_at(&parts->squares, statistics->squares, i),
						   ge_squares_of(parts, cell));
	if (parts->weights_at > 0)
		ge_cell_add_digits(&parts->weights,
						   digits_at(&parts->weights, statistics->weights, i),
						   ge_weights_of(parts, cell));
	if (parts->least_at > 0 && isfinite(statistics->least[i]))
		cell[parts->least_at] = ~ge_order_key(statistics->least[i]);
	if (parts->greatest_at > 0 && isfinite(statistics->greatest[i]))
		cell[parts->greatest_at] = ge_order_key(statistics->greatest[i]);
}
