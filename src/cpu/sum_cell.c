/*
 * sum_cell.c: choosing a layout, and what a finished sum is worth.
 */
#include "cpu/sum_cell.h"

#include <string.h>

void
ge_cell_layout_init(GeCellLayout *layout, int32_t low, int32_t high, uint64_t n_rows)
{
	bool few_rows = n_rows < UINT64_C(1) << 31;

	layout->low = low;
	layout->n_bins = (uint32_t) (high - low + 1);
	layout->n_limbs = (layout->n_bins + 1) / 2;
	layout->form = GE_SUM_LIMBS;
	if (layout->n_bins <= 2 || (layout->n_bins == 3 && few_rows))
	{
		layout->form = GE_SUM_INT128;
		layout->n_limbs = 1;
	}
	layout->n_words = 1 + 2 * layout->n_limbs;
	if (layout->n_bins == 1 && few_rows)
	{
		layout->form = GE_SUM_INT64;
		layout->n_limbs = 0;
		layout->n_words = 2;
	}
}

bool
ge_cell_layout_packs(const GeCellLayout *layout)
{
	return layout->form == GE_SUM_INT64 && layout->low == 0;
}

GeCellLayout
ge_cell_layout_packed(const GeCellLayout *layout)
{
	GeCellLayout packed = *layout;

	packed.form = GE_SUM_PACKED;
	packed.n_words = 1;
	return packed;
}

/*
 * The sum of limbs as one two's-complement number, lowest word first, one word more than
 * there are limbs.
 */
static void
limbs_to_words(const GeCellLayout *layout, const uint64_t *cell, uint64_t *words)
{
	const uint64_t *sum = cell + 1;
	__int128 carry = 0;
	uint32_t i;

	for (i = 0; i < layout->n_limbs; i++)
	{
		/* the low halves first, so that nothing overflows */
		unsigned __int128 low = (unsigned __int128) sum[2 * i] + (uint64_t) carry;

		words[i] = (uint64_t) low;
		carry =
			(__int128) (int64_t) sum[2 * i + 1] + (carry >> 64) + (int64_t) (low >> 64);
	}
	words[i] = (uint64_t) carry;
}

bool
ge_cell_magnitude(const GeCellLayout *layout, const uint64_t *cell, uint64_t *words,
				  uint32_t *n)
{
	unsigned __int128 borrow = 1;
	uint32_t i;

	*n = layout->n_limbs + 1;
	if (layout->form == GE_SUM_PACKED)
		words[0] = (uint64_t) ge_packed_sum(cell[0]);
	else if (layout->form == GE_SUM_INT64)
		words[0] = cell[1];
	else
		limbs_to_words(layout, cell, words);
	if (words[*n - 1] >> 63 == 0)
		return false;
	for (i = 0; i < *n; i++)
	{
		borrow += ~words[i];
		words[i] = (uint64_t) borrow;
		borrow >>= 64;
	}
	return true;
}

/* magnitude * 2^exponent, not 0, that is subnormal or infinite. */
static double
round_out_of_range(unsigned __int128 magnitude, int exponent)
{
	uint64_t high = (uint64_t) (magnitude >> 64);
	int shift =
		high != 0 ? __builtin_clzll(high) : 64 + __builtin_clzll((uint64_t) magnitude);

	magnitude <<= shift;
	return ge_round_head((uint64_t) (magnitude >> 64), exponent + 64 - shift,
						 (uint64_t) magnitude != 0);
}

/*
 * magnitude * 2^exponent rounded once to the nearest double; of more than 54 bits the
 * last one may stand for any number of bits below it that are not all 0.
 */
static double
round_scaled(unsigned __int128 magnitude, int exponent)
{
	uint64_t high = (uint64_t) (magnitude >> 64), bits;
	int old_exponent, dropped = 0;
	double x;

	if (magnitude == 0)
		return 0;
	/* 63 bits and whether there are more, which the conversion rounds as it should */
	if (high != 0 || (uint64_t) magnitude >> 63 != 0)
	{
		dropped = high != 0 ? 65 - __builtin_clzll(high) : 1;
		magnitude = magnitude >> dropped |
					((magnitude & (((unsigned __int128) 1 << dropped) - 1)) != 0);
	}
	x = (double) (int64_t) magnitude;
	exponent += dropped;
	/* scaling by adding to the exponent: exact, and nothing that could be fused */
	memcpy(&bits, &x, sizeof bits);
	old_exponent = (int) (bits >> 52);
	if (old_exponent + exponent >= 1 && old_exponent + exponent <= 2046)
	{
		bits += (uint64_t) (int64_t) exponent << 52;
		memcpy(&x, &bits, sizeof x);
		return x;
	}
	return round_out_of_range(magnitude, exponent);
}

static double
round_int128(const GeCellLayout *layout, const uint64_t *cell)
{
	unsigned __int128 sum = (unsigned __int128) cell[2] << 64 | cell[1];
	bool negative = cell[2] >> 63 != 0;
	double x = round_scaled(negative ? -sum : sum, 32 * layout->low);

	return negative && x != 0 ? -x : x;
}

double
ge_cell_round_wide(const GeCellLayout *layout, const uint64_t *cell)
{
	uint64_t words[GE_MAX_LIMBS + 1] = {0};
	unsigned __int128 head;
	uint32_t top, i;
	bool negative;
	double x;

	if (layout->form == GE_SUM_INT128)
		return round_int128(layout, cell);
	negative = ge_cell_magnitude(layout, cell, words, &top);
	while (top > 1 && words[top - 1] == 0)
		top--;
	/* the two leading words, and whether anything is below */
	if (top == 1)
		x = round_scaled(words[0], 32 * layout->low);
	else
	{
		head = (unsigned __int128) words[top - 1] << 64 | words[top - 2];
		for (i = 0; i + 2 < top; i++)
			head |= words[i] != 0;
		x = round_scaled(head, 32 * layout->low + 64 * (int) (top - 2));
	}
	return negative && x != 0 ? -x : x;
}

void
ge_cell_digits(const GeCellLayout *layout, const uint64_t *cell, int64_t *digits)
{
	uint64_t words[GE_MAX_LIMBS + 1] = {0};
	uint32_t n, i;
	bool negative = ge_cell_magnitude(layout, cell, words, &n);

	/* |sum| < 2^(32 bins + 63): what does not fit into the words is 0 */
	for (i = 0; i < layout->n_bins + 2; i++)
	{
		int64_t digit =
			i / 2 < n ? (int64_t) (words[i / 2] >> 32 * (i % 2) & 0xffffffff) : 0;

		digits[i] = negative ? -digit : digit;
	}
}

void
ge_cell_add_digits(const GeCellLayout *layout, const int64_t *digits, uint64_t *cell)
{
	uint32_t i;

	for (i = 0; i < layout->n_bins + 2; i++)
	{
		uint64_t digit = (uint64_t) digits[i];

		/* the digits that have no place are 0: |sum| < 2^(32 bins) * count */
		if (digit == 0)
			continue;
		if (layout->form == GE_SUM_PACKED)
			cell[0] += digit << 32;
		else if (layout->form == GE_SUM_INT64)
			cell[1] += digit << 32 * i;
		else
		{
			/* what is above the limbs belongs to the last one */
			uint32_t limb = i / 2 < layout->n_limbs ? i / 2 : layout->n_limbs - 1;
			bool negative = digits[i] < 0;
			unsigned __int128 magnitude = negative ? 0 - digit : digit;

			ge_words_add(cell + 1 + 2 * limb, magnitude << 32 * (i - 2 * limb), negative);
		}
	}
}
