/*
 * sum_cell.h: a count and an exact sum in a few 64-bit words, the unit of target
 * statistics.
 *
 * The sum is kept in units of 2^(32 low), low being the lowest bin of the column.  Three
 * forms, of which the layout chooses the smallest that cannot overflow (|x| is below
 * 2^(32 bins) units, n rows):
 *
 *   int64    1 bin, n < 2^31:                    |sum| < 2^(32 + 31)
 *   int128   1 or 2 bins, or 3 and n < 2^31:     |sum| < 2^(64 + 63) or 2^(96 + 31)
 *   limbs    any: limb i is an int128 that counts 2^(64 i) units; each row adds less
 *            than 2^64 to it, so it holds 2^63 rows
 *
 * No form needs a carry pass.  With fewer than 2^32 rows one word counts the rows with a
 * target (low half) and those without (high half); else there are two.
 *
 *   | counts: 1 or 2 words | sum: 1 word, or low and high word of each int128 |
 */
#ifndef GE_CPU_SUM_CELL_H
#define GE_CPU_SUM_CELL_H

#include "backend.h"

typedef enum GeSumForm
{
	GE_SUM_INT64,
	GE_SUM_INT128,
	GE_SUM_LIMBS
} GeSumForm;

typedef struct GeCellLayout
{
	GeSumForm form;
	int32_t low; /* lowest bin */
	uint32_t n_bins;
	uint32_t n_counts; /* words of counts: the index of the first word of the sum */
	uint32_t n_limbs;  /* 0 for int64 */
	uint32_t n_words;  /* of a cell */
	uint32_t null_word;
	uint64_t null_unit; /* what a row without a target adds to word null_word */
} GeCellLayout;

#define GE_MAX_LIMBS ((GE_MAX_BINS + 1) / 2)
#define GE_MAX_CELL_WORDS (2 + 2 * GE_MAX_LIMBS)

/* low and high must be bins (exact_sum.h), low <= high. */
extern void ge_cell_layout_init(GeCellLayout *layout, int32_t low, int32_t high,
								uint64_t n_rows);
/* RN of the sum: the nearest double, ties to even, infinity beyond the range. */
extern double ge_cell_round(const GeCellLayout *layout, const uint64_t *cell);
/* The canonical digits of the sum: layout->n_bins + 2 of them. */
extern void ge_cell_digits(const GeCellLayout *layout, const uint64_t *cell,
						   int64_t *digits);

/* Rows with a target. */
static inline uint64_t
ge_cell_count(const GeCellLayout *layout, const uint64_t *cell)
{
	return layout->n_counts == 1 ? (uint32_t) cell[0] : cell[0];
}

/* Rows with a target and without. */
static inline uint64_t
ge_cell_rows(const GeCellLayout *layout, const uint64_t *cell)
{
	return layout->n_counts == 1 ? (cell[0] >> 32) + (uint32_t) cell[0]
								 : cell[0] + cell[1];
}

/* *low and *high, the words of an int128, plus or minus `value`. */
static inline void
ge_words_add(uint64_t *words, unsigned __int128 value, bool negative)
{
	unsigned __int128 sum = (unsigned __int128) words[1] << 64 | words[0];

	sum = negative ? sum - value : sum + value;
	words[0] = (uint64_t) sum;
	words[1] = (uint64_t) (sum >> 64);
}

/* cell += other, or cell -= other. */
static inline void
ge_cell_merge(const GeCellLayout *layout, uint64_t *cell, const uint64_t *other,
			  bool subtract)
{
	uint32_t i;

	for (i = 0; i < layout->n_counts; i++)
		cell[i] = subtract ? cell[i] - other[i] : cell[i] + other[i];
	if (layout->form == GE_SUM_INT64)
	{
		cell[i] = subtract ? cell[i] - other[i] : cell[i] + other[i];
		return;
	}
	for (; i < layout->n_words; i += 2)
		ge_words_add(cell + i, (unsigned __int128) other[i + 1] << 64 | other[i],
					 subtract);
}

/*
 * Add mantissa * 2^exponent to the sum.  False, and nothing is added, when that touches
 * a bin outside the layout.
 */
static inline bool
ge_cell_add_scaled(const GeCellLayout *layout, GeSumForm form, uint64_t *cell,
				   uint64_t mantissa, int exponent, bool negative)
{
	uint64_t *sum = cell + layout->n_counts;
	int position = exponent - 32 * layout->low;
	unsigned __int128 wide;
	uint32_t limb;

	if (mantissa == 0)
		return true;
	if (position < 0)
	{
		int dropped = __builtin_ctzll(mantissa);

		if (dropped < -position)
			return false;
		mantissa >>= -position;
		position = 0;
	}
	if (position + 64 - __builtin_clzll(mantissa) > 32 * (int) layout->n_bins)
		return false;
	if (form == GE_SUM_INT64)
	{
		sum[0] =
			negative ? sum[0] - (mantissa << position) : sum[0] + (mantissa << position);
		return true;
	}
	if (form == GE_SUM_INT128)
	{
		ge_words_add(sum, (unsigned __int128) mantissa << position, negative);
		return true;
	}
	limb = (uint32_t) position / 64;
	wide = (unsigned __int128) mantissa << position % 64;
	ge_words_add(sum + 2 * limb, (uint64_t) wide, negative);
	if (wide >> 64 != 0)
		ge_words_add(sum + 2 * limb + 2, (uint64_t) (wide >> 64), negative);
	return true;
}

static inline bool
ge_cell_add_double(const GeCellLayout *layout, GeSumForm form, uint64_t *cell, double x)
{
	uint64_t mantissa;
	int exponent;
	bool negative;

	if (form == GE_SUM_INT64 && layout->low == 0 && x > -4294967296.0 && x < 4294967296.0)
	{
		int64_t whole = (int64_t) x;

		cell[layout->n_counts] += (uint64_t) whole;
		return (double) whole == x;
	}
	ge_double_split(x, &mantissa, &exponent, &negative);
	return ge_cell_add_scaled(layout, form, cell, mantissa, exponent, negative);
}

static inline bool
ge_cell_add_int64(const GeCellLayout *layout, GeSumForm form, uint64_t *cell, int64_t x)
{
	if (form == GE_SUM_INT64 && layout->low == 0)
	{
		cell[layout->n_counts] += (uint64_t) x;
		return x > -(INT64_C(1) << 32) && x < INT64_C(1) << 32;
	}
	return ge_cell_add_scaled(layout, form, cell, x < 0 ? 0 - (uint64_t) x : (uint64_t) x,
							  0, x < 0);
}

#endif /* GE_CPU_SUM_CELL_H */
