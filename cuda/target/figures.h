/*
 * figures.h: from a record to the figures that finishes see, for host and device.
 *
 * CPU twin: src/cpu/target_parts.c (ge_cell_figures).  A sum A_0..A_b becomes the words of
 * its magnitude in its own place, so that a thread needs one record and no more.  If the
 * numbers of bins are constants, the record can stay in registers.
 */
#ifndef GE_CUDA_TARGET_FIGURES_H
#define GE_CUDA_TARGET_FIGURES_H

#include "backend/order_key.h"
#include "target/kernels.h"

#ifdef __CUDA_ARCH__
#define GE_UNROLL _Pragma("unroll")
#else
#define GE_UNROLL
#endif

#define GE_DIGIT_MASK INT64_C(0xffffffff)

/* Words of the magnitude of a sum of n bins. */
static inline GE_HD uint32_t
ge_cuda_magnitude_words(uint32_t n_bins)
{
	return n_bins / 2 + 1 + n_bins % 2;
}

/* A carry pass over A_0..A_n: A_0..A_(n-1) become digits, A_n has the sign. */
static inline GE_HD void
ge_cuda_make_digits(int64_t *sum, uint32_t n)
{
	int64_t carry = 0;
	uint32_t i;

	GE_UNROLL
	for (i = 0; i < n; i++)
	{
		/* without overflow: the low halves first */
		int64_t low = (sum[i] & GE_DIGIT_MASK) + (carry & GE_DIGIT_MASK);

		carry = (sum[i] >> 32) + (carry >> 32) + (low >> 32);
		sum[i] = low & GE_DIGIT_MASK;
	}
	sum[n] += carry;
}

/* The digits of -V from those of V. */
static inline GE_HD void
ge_cuda_negate_digits(int64_t *sum, uint32_t n)
{
	int64_t borrow = 1;
	uint32_t i;

	GE_UNROLL
	for (i = 0; i < n; i++)
	{
		int64_t digit = (sum[i] ^ GE_DIGIT_MASK) + borrow;

		borrow = digit >> 32;
		sum[i] = digit & GE_DIGIT_MASK;
	}
	sum[n] = ~sum[n] + borrow;
}

/*
 * A_0..A_n become the words of |V|, lowest first: ge_cuda_magnitude_words(n) of them.
 * True: V is negative.
 */
static inline GE_HD bool
ge_cuda_make_magnitude(int64_t *sum, uint32_t n)
{
	bool negative;
	uint32_t i;
	int64_t top;

	ge_cuda_make_digits(sum, n);
	negative = sum[n] < 0;
	if (negative)
		ge_cuda_negate_digits(sum, n);
	top = sum[n];
	GE_UNROLL
	for (i = 0; i < n / 2; i++)
		sum[i] = (int64_t) ((uint64_t) sum[2 * i] | (uint64_t) sum[2 * i + 1] << 32);
	if (n % 2 == 0)
	{
		sum[n / 2] = top;
		return negative;
	}
	sum[n / 2] = (int64_t) ((uint64_t) sum[n - 1] | (uint64_t) top << 32);
	sum[n / 2 + 1] = top >> 32;
	return negative;
}

/* RN of a magnitude in units of 2^(32 low). */
static inline GE_HD double
ge_cuda_round(const int64_t *words, uint32_t n_words, int low, bool negative)
{
	uint64_t head = 0, next = 0;
	uint32_t top = 0, i;
	bool rest = false;
	int shift;
	double x;

	/* the two leading words so far, and whether anything is below */
	GE_UNROLL
	for (i = 0; i < n_words; i++)
		if (words[i] != 0)
		{
			rest = rest || next != 0 || (head != 0 && i != top + 1);
			next = i == top + 1 ? head : 0;
			head = (uint64_t) words[i];
			top = i;
		}
	if (head == 0)
		return 0;
	shift = ge_leading_zeros(head);
	if (shift > 0)
		head = head << shift | next >> (64 - shift);
	rest = rest || next << shift != 0;
	x = ge_round_head(head, 32 * low + 64 * (int) top - shift, rest);
	return negative && x != 0 ? -x : x;
}

static inline GE_HD bool
ge_cuda_is_zero(const int64_t *words, uint32_t n)
{
	int64_t any = 0;
	uint32_t i;

	GE_UNROLL
	for (i = 0; i < n; i++)
		any |= words[i];
	return any == 0;
}

/*
 * RN of the weight of the targets 0, from sums that are no magnitudes yet: the words from
 * cell->sums_end on are free for it.  The sum of targets has a bin more than that of weights.
 */
static inline GE_HD double
ge_cuda_zeros(const GeDeviceCell *cell, int64_t *record)
{
	const int64_t *ones = record + 1, *weights = record + cell->weights.at;
	int64_t *zeros = record + cell->sums_end;
	bool negative;
	uint32_t i;

	for (i = 0; i <= cell->n_bins; i++)
		zeros[i] = (i <= cell->weights.n_bins ? weights[i] : 0) - ones[i];
	negative = ge_cuda_make_magnitude(zeros, cell->n_bins);
	return ge_cuda_round(zeros, ge_cuda_magnitude_words(cell->n_bins), cell->low_bin,
						 negative);
}

/* A = N' Q' - S' S' from magnitudes. */
static inline GE_HD GeScaled
ge_cuda_spread(const GeDeviceCell *cell, const int64_t *record)
{
	const uint64_t *words = (const uint64_t *) record;
	GeMagnitude n = {words, 1};
	GeMagnitude s = {words + 1, ge_cuda_magnitude_words(cell->n_bins)};
	GeMagnitude q = s;

	if (cell->weights.at != 0)
	{
		n.words = words + cell->weights.at;
		n.n = ge_cuda_magnitude_words(cell->weights.n_bins);
	}
	if (!cell->is_binary)
	{
		q.words = words + cell->squares.at;
		q.n = ge_cuda_magnitude_words(cell->squares.n_bins);
	}
	return ge_spread(n, q, s, 64 * cell->low_bin);
}

/* Words that ge_cuda_figures() needs. */
static inline GE_HD uint32_t
ge_cuda_figures_words(const GeDeviceCell *cell)
{
	return cell->sums_end + cell->n_bins + 1;
}

/*
 * The figures of the rows of a record, which is used up: its sums alone, without least and
 * greatest.  n_rows are all rows of the category.
 */
static inline GE_HD GeFigures
ge_cuda_figures(const GeDeviceCell *cell, const GeFinishView *finishing, int64_t *record,
				uint64_t n_rows)
{
	bool weighted = cell->weights.at != 0, negative;
	int64_t *sum = record + 1, *weights = record + cell->weights.at;
	uint32_t weight_words = ge_cuda_magnitude_words(cell->weights.n_bins);
	GeFigures figures = ge_mean_figures((uint64_t) record[0], 0);

	figures.n_rows = n_rows;
	if (finishing->wants_zeros && weighted)
		figures.zeros = ge_cuda_zeros(cell, record);
	if (weighted)
	{
		(void) ge_cuda_make_magnitude(weights, cell->weights.n_bins);
		figures.empty = ge_cuda_is_zero(weights, weight_words);
		figures.weight =
			ge_weight(ge_cuda_round(weights, weight_words, cell->weights.low_bin, false));
	}
	if (figures.empty)
		return figures;
	negative = ge_cuda_make_magnitude(sum, cell->n_bins);
	figures.sum = ge_cuda_round(sum, ge_cuda_magnitude_words(cell->n_bins), cell->low_bin,
								negative);
	if (finishing->wants_zeros && !weighted)
		figures.zeros = (double) figures.n_targets - figures.sum;
	if (finishing->wants_spread)
	{
		if (!cell->is_binary)
			(void) ge_cuda_make_magnitude(record + cell->squares.at,
										  cell->squares.n_bins);
		figures.spread = ge_cuda_spread(cell, record);
	}
	return figures;
}

/* Least and greatest from their words in a cell; no rows have none. */
static inline GE_HD void
ge_cuda_set_extremes(GeFigures *figures, uint64_t least, uint64_t greatest)
{
	figures->least = ge_order_value(~least);
	figures->greatest = ge_order_value(greatest);
}

#endif /* GE_CUDA_TARGET_FIGURES_H */
