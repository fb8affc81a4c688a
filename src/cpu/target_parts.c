/*
 * target_parts.c: cells of target statistics with all their parts.
 */
#include "cpu/target_row.h"

#include <math.h>

/* A part of `n` words, if it is kept; returns where it begins. */
static uint32_t
place_part(GeCellParts *parts, uint32_t accumulators, uint32_t accumulator, uint32_t n)
{
	uint32_t at = parts->n_words;

	if ((accumulators & accumulator) == 0)
		return 0;
	parts->n_words += n;
	return at;
}

static uint32_t
place_sum(GeCellParts *parts, const GeTargetSpec *spec, uint32_t accumulators,
		  GeAccumulator sum, GeCellLayout *layout)
{
	GeBins bins = ge_sum_bins(spec, sum);

	ge_cell_layout_init(layout, bins.low, bins.high, spec->folds.n_rows);
	return place_part(parts, accumulators, sum, layout->n_words - 1);
}

void
ge_cell_parts_init(GeCellParts *parts, const GeTargetSpec *spec,
				   const GeCellLayout *layout)
{
	uint32_t kept = spec->accumulators;

	memset(parts, 0, sizeof *parts);
	parts->weighted = (kept & GE_SUM_WEIGHTS) != 0;
	parts->narrow = !parts->weighted && layout->n_bins <= 4;
	parts->binary = spec->is_binary;
	if (parts->binary)
		kept &= ~(uint32_t) GE_SUM_SQUARES;
	parts->n_words = layout->n_words;
	parts->squares_at = place_sum(parts, spec, kept, GE_SUM_SQUARES, &parts->squares);
	parts->weights_at = place_sum(parts, spec, kept, GE_SUM_WEIGHTS, &parts->weights);
	parts->least_at = place_part(parts, kept, GE_LEAST_TARGET, 1);
	parts->greatest_at = place_part(parts, kept, GE_GREATEST_TARGET, 1);
}

/* The same number with an odd mantissa. */
static GeNumber
make_odd(GeNumber number)
{
	int zeros;

	if (number.mantissa == 0)
		return number;
	zeros = __builtin_ctzll(number.mantissa);
	number.mantissa >>= zeros;
	number.exponent += zeros;
	return number;
}

/* y y or w y y. */
static bool
add_square(const GeCellParts *parts, uint64_t *cell, GeNumber y, GeNumber weight)
{
	unsigned __int128 square = (unsigned __int128) y.mantissa * y.mantissa;
	uint64_t low = (uint64_t) square, high = (uint64_t) (square >> 64);
	uint64_t *squares = ge_squares_of(parts, cell);
	int exponent = 2 * y.exponent;

	if (!parts->weighted)
		return ge_cell_add_product(&parts->squares, squares, square, exponent, false);
	exponent += weight.exponent;
	return ge_cell_add_product(&parts->squares, squares,
							   (unsigned __int128) low * weight.mantissa, exponent,
							   false) &&
		   (high == 0 || ge_cell_add_product(&parts->squares, squares,
											 (unsigned __int128) high * weight.mantissa,
											 exponent + 64, false));
}

bool
ge_cell_add_row(const GeCellLayout *layout, const GeCellParts *parts, uint64_t *cell,
				GeCellRow row)
{
	GeNumber y, weight = {1, 0, false};

	if (parts->narrow)
		return ge_cell_add_narrow_row(layout, parts, cell, row);
	cell[0]++;
	y = make_odd(ge_target_number(row));
	if (parts->weighted)
	{
		weight = make_odd(ge_number_of_double(row.weight));
		if (weight.mantissa == 0)
			return true;
		if (!ge_cell_add_scaled(&parts->weights, parts->weights.form,
								ge_weights_of(parts, cell), weight.mantissa,
								weight.exponent, false))
			return false;
	}
	ge_cell_add_extremes(parts, cell, row);
	if (y.mantissa == 0)
		return true;
	return ge_cell_add_product(layout, cell,
							   (unsigned __int128) y.mantissa * weight.mantissa,
							   y.exponent + weight.exponent, y.negative) &&
		   (parts->squares_at == 0 || add_square(parts, cell, y, weight));
}

static void
merge_top(uint64_t *word, uint64_t other)
{
	if (other > *word)
		*word = other;
}

void
ge_cell_add_parts(const GeCellLayout *layout, const GeCellParts *parts, uint64_t *cell,
				  const uint64_t *other)
{
	ge_cell_merge(layout, cell, other, false);
	if (parts->squares_at > 0)
		ge_cell_merge_sum(&parts->squares, ge_squares_of(parts, cell),
						  other + parts->squares_at - 1, false);
	if (parts->weights_at > 0)
		ge_cell_merge_sum(&parts->weights, ge_weights_of(parts, cell),
						  other + parts->weights_at - 1, false);
	if (parts->least_at > 0)
		merge_top(cell + parts->least_at, other[parts->least_at]);
	if (parts->greatest_at > 0)
		merge_top(cell + parts->greatest_at, other[parts->greatest_at]);
}

static void
add_top(uint64_t *tops, uint64_t word)
{
	if (word > tops[0])
	{
		tops[1] = tops[0];
		tops[0] = word;
	}
	else
		merge_top(&tops[1], word);
}

void
ge_cell_tops_add(const GeCellParts *parts, GeCellTops *tops, const uint64_t *cell)
{
	if (parts->least_at > 0)
		add_top(tops->least, cell[parts->least_at]);
	if (parts->greatest_at > 0)
		add_top(tops->greatest, cell[parts->greatest_at]);
}

void
ge_cell_without(const GeCellLayout *layout, const GeCellParts *parts,
				const GeCellTops *tops, const uint64_t *all, const uint64_t *cell,
				uint64_t *others)
{
	uint32_t at;

	memcpy(others, all, parts->n_words * sizeof *others);
	ge_cell_merge(layout, others, cell, true);
	if (parts->squares_at > 0)
		ge_cell_merge_sum(&parts->squares, ge_squares_of(parts, others),
						  cell + parts->squares_at - 1, true);
	if (parts->weights_at > 0)
		ge_cell_merge_sum(&parts->weights, ge_weights_of(parts, others),
						  cell + parts->weights_at - 1, true);
	at = parts->least_at;
	if (at > 0)
		others[at] = tops->least[cell[at] == tops->least[0]];
	at = parts->greatest_at;
	if (at > 0)
		others[at] = tops->greatest[cell[at] == tops->greatest[0]];
}

static GeMagnitude
magnitude_of(const GeCellLayout *layout, const uint64_t *cell, uint64_t *words)
{
	GeMagnitude magnitude = {words, 0};

	(void) ge_cell_magnitude(layout, cell, words, &magnitude.n);
	while (magnitude.n > 0 && words[magnitude.n - 1] == 0)
		magnitude.n--;
	return magnitude;
}

/* A = N' Q' - S' S'. */
static GeScaled
spread_of(const GeCellLayout *layout, const GeCellParts *parts, const uint64_t *cell)
{
	uint64_t weights[GE_MAX_LIMBS + 1], squares[GE_MAX_LIMBS + 1], sums[GE_MAX_LIMBS + 1];
	GeMagnitude n = {weights, 1}, q, s = magnitude_of(layout, cell, sums);

	weights[0] = ge_cell_count(layout, cell);
	if (parts->weighted)
		n = magnitude_of(&parts->weights, cell + parts->weights_at - 1, weights);
	q = parts->binary
			? s
			: magnitude_of(&parts->squares, cell + parts->squares_at - 1, squares);
	return ge_spread(n, q, s, 64 * layout->low);
}

/* RN of the weight of the targets 0: that of all without that of the targets 1. */
static double
zeros_of(const GeCellLayout *layout, const GeCellParts *parts, const uint64_t *cell)
{
	int64_t sums[GE_MAX_BINS + 3] = {0}, digits[GE_MAX_BINS + 5];
	uint32_t n = parts->weights.n_bins + 2, i;

	if (!parts->weighted)
		return (double) ge_cell_count(layout, cell) - ge_cell_round(layout, cell);
	/* both in units of the lowest weight; the layout has a bin more than the weights */
	ge_cell_digits(layout, cell, sums);
	ge_cell_digits(&parts->weights, cell + parts->weights_at - 1, digits);
	for (i = 0; i < n; i++)
		sums[i] = digits[i] - sums[i];
	ge_sum_canonical(sums, (int) n, digits);
	return ge_sum_round(digits, (int) n + 2, layout->low);
}

static bool
is_empty(const GeCellParts *parts, const uint64_t *cell, uint64_t n_targets)
{
	uint64_t any = 0;
	uint32_t i;

	if (!parts->weighted)
		return n_targets == 0;
	for (i = 0; i + 1 < parts->weights.n_words; i++)
		any |= cell[parts->weights_at + i];
	return any == 0;
}

GeFigures
ge_cell_figures(const GeCellLayout *layout, const GeCellParts *parts,
				const uint64_t *cell, uint64_t n_rows)
{
	GeFigures figures = {.n_rows = n_rows, .n_targets = ge_cell_count(layout, cell)};

	figures.weight = (double) figures.n_targets;
	figures.empty = is_empty(parts, cell, figures.n_targets);
	if (figures.empty)
		return figures;
	if (parts->weighted)
		figures.weight =
			ge_weight(ge_cell_round(&parts->weights, cell + parts->weights_at - 1));
	figures.sum = ge_cell_round(layout, cell);
	if (parts->wants_zeros)
		figures.zeros = zeros_of(layout, parts, cell);
	if (parts->wants_spread)
		figures.spread = spread_of(layout, parts, cell);
	if (parts->least_at > 0)
		figures.least = ge_order_value(~cell[parts->least_at]);
	if (parts->greatest_at > 0)
		figures.greatest = ge_order_value(cell[parts->greatest_at]);
	return figures;
}
