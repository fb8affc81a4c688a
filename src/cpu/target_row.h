/*
 * target_row.h: a row counted into a cell, in the loops over rows.
 *
 * Most columns are narrow: a target is an integer of 128 bits in units of the lowest bin.
 * Then neither its sum nor that of squares takes a branch that depends on the target.
 */
#ifndef GE_CPU_TARGET_ROW_H
#define GE_CPU_TARGET_ROW_H

#include <string.h>

#include "backend/order_key.h"
#include "cpu/target_parts.h"

/* An integer times a power of two. */
typedef struct GeNumber
{
	uint64_t mantissa; /* 0: the number is 0 */
	int exponent;
	bool negative;
} GeNumber;

static inline GeNumber
ge_number_of_double(double x)
{
	GeNumber number;

	ge_double_split(x, &number.mantissa, &number.exponent, &number.negative);
	return number;
}

static inline GeNumber
ge_target_number(GeCellRow row)
{
	int64_t x = (int64_t) row.bits;
	double y;

	memcpy(&y, &row.bits, sizeof y);
	if (row.kind == GE_TARGET_INT64)
		return (GeNumber){x < 0 ? 0 - (uint64_t) x : (uint64_t) x, 0, x < 0};
	return ge_number_of_double(y);
}

static inline uint64_t
ge_larger_word(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* The least and the greatest, with a target more. */
static inline void
ge_cell_add_extremes(const GeCellParts *parts, uint64_t *cell, GeCellRow row)
{
	uint64_t key;
	double y;

	memcpy(&y, &row.bits, sizeof y);
	key = ge_order_key(row.kind == GE_TARGET_INT64 ? (double) (int64_t) row.bits : y);
	if (parts->least_at > 0)
		cell[parts->least_at] = ge_larger_word(cell[parts->least_at], ~key);
	if (parts->greatest_at > 0)
		cell[parts->greatest_at] = ge_larger_word(cell[parts->greatest_at], key);
}

/* Add an integer of n words, the lowest first.  False: it has bits above the bins. */
static inline bool
ge_cell_add_words(const GeCellLayout *layout, uint64_t *cell, const uint64_t *words,
				  uint32_t n, bool negative)
{
	uint64_t *sum = cell + 1, above = 0;
	uint32_t top = layout->n_bins / 2, i;

	for (i = top; i < n; i++)
		above |= i == top && layout->n_bins % 2 != 0 ? words[i] >> 32 : words[i];
	if (above != 0)
		return false;
	if (layout->form == GE_SUM_INT64)
		sum[0] += negative ? 0 - words[0] : words[0];
	else if (layout->form == GE_SUM_INT128)
		ge_words_add(sum, (unsigned __int128) words[1] << 64 | words[0], negative);
	else
		for (i = 0; i < n && i < layout->n_limbs; i++)
			ge_words_add(sum + 2 * i, words[i], negative);
	return true;
}

/* y y, of 128 bits, into 256. */
static inline void
ge_square_words(const uint64_t *y, uint64_t *square)
{
	unsigned __int128 low = (unsigned __int128) y[0] * y[0];
	unsigned __int128 middle = (unsigned __int128) y[0] * y[1];
	unsigned __int128 high = (unsigned __int128) y[1] * y[1] + (middle >> 63);

	/* twice the middle, of which the high part is there already */
	middle = ((uint64_t) middle << 1) + (low >> 64);
	high += middle >> 64;
	square[0] = (uint64_t) low;
	square[1] = (uint64_t) middle;
	square[2] = (uint64_t) high;
	square[3] = (uint64_t) (high >> 64);
}

/* Count a row of a narrow column in.  False: its target lies outside the bins. */
static inline bool
ge_cell_add_narrow_row(const GeCellLayout *layout, const GeCellParts *parts,
					   uint64_t *cell, GeCellRow row)
{
	GeNumber target = ge_target_number(row);
	int position = target.mantissa == 0 ? 0 : target.exponent - 32 * layout->low;
	unsigned __int128 y = target.mantissa;
	uint64_t words[2], square[4];

	/* a mantissa has 64 bits at most */
	if (position < -63 || position > 127)
		return false;
	y = position < 0 ? y >> -position : y << position;
	if ((position < 0 ? y << -position : y >> position) != target.mantissa)
		return false;
	words[0] = (uint64_t) y;
	words[1] = (uint64_t) (y >> 64);
	cell[0]++;
	ge_cell_add_extremes(parts, cell, row);
	if (!ge_cell_add_words(layout, cell, words, 2, target.negative))
		return false;
	if (parts->squares_at == 0)
		return true;
	ge_square_words(words, square);
	return ge_cell_add_words(&parts->squares, ge_squares_of(parts, cell), square, 4,
							 false);
}

#endif /* GE_CPU_TARGET_ROW_H */
