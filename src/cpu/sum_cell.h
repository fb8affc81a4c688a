/*
 * sum_cell.h: how many targets there are and their exact sum, in a few 64-bit words.
 *
 * The sum is kept in units of 2^(32 low), low being the lowest bin of the column.  Four
 * forms (|x| is below 2^(32 bins) units, n is the number of rows):
 *
 *   packed   1 word:  count in the low half, sum in the high half; bin 0 alone, n < 2^31,
 *            and as long as the sum of all |x| of the column is below 2^31
 *   int64    2 words: count, sum; 1 bin, n < 2^31: |sum| < 2^(32 + 31)
 *   int128   3 words: count, low and high word of the sum; 1 or 2 bins, or 3 and
 *            n < 2^31: |sum| < 2^(64 + 63) or 2^(96 + 31)
 *   limbs    1 + 2m words: count, then m int128: limb i counts 2^(64 i) units; a row adds
 *            less than 2^64 to it, so it holds 2^63 rows
 *
 * Sums of products have two limbs' worth of a row at most in each, and hold 2^62 rows.
 *
 * So no form ever needs a carry pass.  ge_cell_layout_init() gives the smallest form but
 * packed, which is for those who watch the sum of |x| (target_dense_add.c).
 */
#ifndef GE_CPU_SUM_CELL_H
#define GE_CPU_SUM_CELL_H

#include "backend/backend.h"

typedef enum GeSumForm
{
	GE_SUM_PACKED,
	GE_SUM_INT64,
	GE_SUM_INT128,
	GE_SUM_LIMBS
} GeSumForm;

typedef struct GeCellLayout
{
	GeSumForm form;
	int32_t low; /* lowest bin */
	uint32_t n_bins;
	uint32_t n_limbs; /* int128 and limbs: how many int128 */
	uint32_t n_words; /* of a cell */
} GeCellLayout;

#define GE_MAX_LIMBS ((GE_MAX_PRODUCT_BINS + 1) / 2)
#define GE_MAX_CELL_WORDS (1 + 2 * GE_MAX_LIMBS)
/* Packed cells serve while the sum of all |x| is at most this. */
#define GE_PACKED_LIMIT INT32_MAX

/* low and high must be bins of doubles or of their products, low <= high. */
extern void ge_cell_layout_init(GeCellLayout *layout, int32_t low, int32_t high,
								uint64_t n_rows);
/* Whether the columns of this layout may begin with packed cells. */
extern bool ge_cell_layout_packs(const GeCellLayout *layout);
/* The same layout, but packed. */
extern GeCellLayout ge_cell_layout_packed(const GeCellLayout *layout);
/* RN of the sum: the nearest double, ties to even, infinity beyond the range. */
extern double ge_cell_round_wide(const GeCellLayout *layout, const uint64_t *cell);
/* Add a sum of which ge_cell_digits() gave the digits. */
extern void ge_cell_add_digits(const GeCellLayout *layout, const int64_t *digits,
							   uint64_t *cell);
/*
 * The magnitude of a sum, lowest word first: *n words, GE_MAX_LIMBS + 1 at most.  True: it
 * is negative.
 */
extern bool ge_cell_magnitude(const GeCellLayout *layout, const uint64_t *cell,
							  uint64_t *words, uint32_t *n);
/* The canonical digits of the sum: layout->n_bins + 2 of them. */
extern void ge_cell_digits(const GeCellLayout *layout, const uint64_t *cell,
						   int64_t *digits);

static inline uint64_t
ge_cell_count(const GeCellLayout *layout, const uint64_t *cell)
{
	return layout->form == GE_SUM_PACKED ? (uint32_t) cell[0] : cell[0];
}

/* The sum of a packed cell. */
static inline int64_t
ge_packed_sum(uint64_t cell)
{
	return (int64_t) (int32_t) (uint32_t) (cell >> 32);
}

static inline double
ge_cell_round(const GeCellLayout *layout, const uint64_t *cell)
{
	if (layout->form == GE_SUM_PACKED)
		return (double) ge_packed_sum(cell[0]);
	if (layout->form == GE_SUM_INT64 && layout->low == 0)
		return (double) (int64_t) cell[1];
	return ge_cell_round_wide(layout, cell);
}

/* The int128 in two words, plus or minus `value`. */
static inline void
ge_words_add(uint64_t *words, unsigned __int128 value, bool negative)
{
	unsigned __int128 sum = (unsigned __int128) words[1] << 64 | words[0];

	sum = negative ? sum - value : sum + value;
	words[0] = (uint64_t) sum;
	words[1] = (uint64_t) (sum >> 64);
}

/* The same for the sum alone, which is not packed; the count is not touched. */
static inline void
ge_cell_merge_sum(const GeCellLayout *layout, uint64_t *cell, const uint64_t *other,
				  bool subtract)
{
	uint32_t i;

	if (layout->form == GE_SUM_INT64)
	{
		cell[1] = subtract ? cell[1] - other[1] : cell[1] + other[1];
		return;
	}
	for (i = 1; i < layout->n_words; i += 2)
		ge_words_add(cell + i, (unsigned __int128) other[i + 1] << 64 | other[i],
					 subtract);
}

/* cell += other, or cell -= other, of which the rows are among those of cell. */
static inline void
ge_cell_merge(const GeCellLayout *layout, uint64_t *cell, const uint64_t *other,
			  bool subtract)
{
	/* packed: no carry and no borrow crosses from the counts into the sums */
	cell[0] = subtract ? cell[0] - other[0] : cell[0] + other[0];
	if (layout->form != GE_SUM_PACKED)
		ge_cell_merge_sum(layout, cell, other, subtract);
}

/*
 * Add mantissa * 2^exponent to the sum; not for packed cells.  False, and nothing is
 * added, when that touches a bin outside the layout.
 */
static inline bool
ge_cell_add_scaled(const GeCellLayout *layout, GeSumForm form, uint64_t *cell,
				   uint64_t mantissa, int exponent, bool negative)
{
	uint64_t *sum = cell + 1;
	int position = exponent - 32 * layout->low;
	unsigned __int128 wide;
	uint32_t limb;

	if (mantissa == 0)
		return true;
	if (position < 0)
	{
		if (__builtin_ctzll(mantissa) < -position)
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

/*
 * The same for the product of two mantissas, of which the lowest bits are 1: it touches no
 * bin below the layout if the factors touch none below theirs.
 */
static inline bool
ge_cell_add_product(const GeCellLayout *layout, uint64_t *cell, unsigned __int128 product,
					int exponent, bool negative)
{
	int position = exponent - 32 * layout->low;
	uint64_t high = (uint64_t) (product >> 64);
	int length = high != 0 ? 128 - __builtin_clzll(high)
						   : 64 - __builtin_clzll((uint64_t) product);
	uint64_t *words = cell + 1 + 2 * (position / 64);
	unsigned __int128 low;

	if (position < 0 || position + length > 32 * (int) layout->n_bins)
		return false;
	if (layout->form == GE_SUM_INT64)
	{
		cell[1] +=
			negative ? -((uint64_t) product << position) : (uint64_t) product << position;
		return true;
	}
	if (layout->form == GE_SUM_INT128)
	{
		ge_words_add(cell + 1, product << position, negative);
		return true;
	}
	position %= 64;
	low = (unsigned __int128) (uint64_t) product << position;
	ge_words_add(words, (uint64_t) low, negative);
	low = (low >> 64) + ((unsigned __int128) high << position);
	if (low != 0)
		ge_words_add(words + 2, (uint64_t) low, negative);
	if (low >> 64 != 0)
		ge_words_add(words + 4, (uint64_t) (low >> 64), negative);
	return true;
}

/* Count a whole number |x| < 2^32 in units of bin 0; for packed and int64. */
static inline void
ge_cell_add_whole(GeSumForm form, uint64_t *cell, int64_t x)
{
	if (form == GE_SUM_PACKED)
	{
		cell[0] += 1 + ((uint64_t) x << 32);
		return;
	}
	cell[0]++;
	cell[1] += (uint64_t) x;
}

/* Count a target in.  False: it lies outside the bins. */
static inline bool
ge_cell_add_double(const GeCellLayout *layout, GeSumForm form, uint64_t *cell, double x)
{
	uint64_t mantissa;
	int exponent;
	bool negative;

	if (form == GE_SUM_PACKED || (form == GE_SUM_INT64 && layout->low == 0))
	{
		int64_t whole = x > -4294967296.0 && x < 4294967296.0 ? (int64_t) x : 0;

		ge_cell_add_whole(form, cell, whole);
		return (double) whole == x;
	}
	cell[0]++;
	ge_double_split(x, &mantissa, &exponent, &negative);
	return ge_cell_add_scaled(layout, form, cell, mantissa, exponent, negative);
}

/* The same for an integer. */
static inline bool
ge_cell_add_int64(const GeCellLayout *layout, GeSumForm form, uint64_t *cell, int64_t x)
{
	if (form == GE_SUM_PACKED || (form == GE_SUM_INT64 && layout->low == 0))
	{
		ge_cell_add_whole(form, cell, x);
		return x > -(INT64_C(1) << 32) && x < INT64_C(1) << 32;
	}
	cell[0]++;
	return ge_cell_add_scaled(layout, form, cell, x < 0 ? 0 - (uint64_t) x : (uint64_t) x,
							  0, x < 0);
}

#endif /* GE_CPU_SUM_CELL_H */
