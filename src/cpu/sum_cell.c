/*
 * sum_cell.c: choosing a layout, and what a finished sum is worth.
 */
#include "sum_cell.h"

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
 * The sum as one two's-complement number, lowest word first; returns how many words:
 * one for packed and int64, else one more than there are limbs.
 */
static uint32_t
sum_to_words(const GeCellLayout *layout, const uint64_t *cell, uint64_t *words)
{
	const uint64_t *sum = cell + 1;
	__int128 carry = 0;
	uint32_t i;

	if (layout->form == GE_SUM_PACKED || layout->form == GE_SUM_INT64)
	{
		words[0] =
			layout->form == GE_SUM_PACKED ? (uint64_t) ge_packed_sum(cell[0]) : sum[0];
		return 1;
	}
	for (i = 0; i < layout->n_limbs; i++)
	{
		/* the low halves first, so that nothing overflows */
		unsigned __int128 low = (unsigned __int128) sum[2 * i] + (uint64_t) carry;

		words[i] = (uint64_t) low;
		carry =
			(__int128) (int64_t) sum[2 * i + 1] + (carry >> 64) + (int64_t) (low >> 64);
	}
	words[i] = (uint64_t) carry;
	return layout->n_limbs + 1;
}

/* Replace a two's-complement number by its magnitude; returns its sign. */
static bool
take_sign(uint64_t *words, uint32_t n)
{
	unsigned __int128 borrow = 1;
	uint32_t i;

	if (words[n - 1] >> 63 == 0)
		return false;
	for (i = 0; i < n; i++)
	{
		borrow += ~words[i];
		words[i] = (uint64_t) borrow;
		borrow >>= 64;
	}
	return true;
}

/* head * 2^exponent rounded once; head has bits below the last of a double only as sticky. */
static double
scale(int64_t head, int exponent)
{
	double x = (double) head;
	uint64_t bits, mantissa;
	int old_exponent;
	bool negative;

	/* scaling by adding to the exponent: exact, and nothing that could be fused */
	memcpy(&bits, &x, sizeof bits);
	old_exponent = (int) (bits >> 52);
	if (old_exponent + exponent >= 1 && old_exponent + exponent <= 2046)
	{
		bits += (uint64_t) (int64_t) exponent << 52;
		memcpy(&x, &bits, sizeof x);
		return x;
	}
	/* a sum of doubles that is subnormal has had no bit to round; one too big is infinite */
	ge_double_split(x, &mantissa, &old_exponent, &negative);
	return ge_scale(mantissa, old_exponent + exponent);
}

double
ge_cell_round_wide(const GeCellLayout *layout, const uint64_t *cell)
{
	uint64_t words[GE_MAX_LIMBS + 1], head, rest;
	uint32_t n = sum_to_words(layout, cell, words), top = n, i;
	bool negative = take_sign(words, n);
	int shift;
	double x;

	while (top > 0 && words[top - 1] == 0)
		top--;
	if (top == 0)
		return 0;
	/* head: the leading 64 bits, then 63 of them and one that says if any bit is below */
	top--;
	shift = __builtin_clzll(words[top]);
	head = words[top] << shift;
	rest = 0;
	if (top > 0)
	{
		head |= shift > 0 ? words[top - 1] >> (64 - shift) : 0;
		rest = words[top - 1] << shift;
	}
	for (i = 0; i + 1 < top; i++)
		rest |= words[i];
	head = head >> 1 | (head & 1) | (rest != 0);
	x = scale((int64_t) head, 32 * layout->low + 64 * (int) top - shift + 1);
	return negative ? -x : x;
}

void
ge_cell_digits(const GeCellLayout *layout, const uint64_t *cell, int64_t *digits)
{
	uint64_t words[GE_MAX_LIMBS + 1];
	uint32_t n = sum_to_words(layout, cell, words), i;
	bool negative = take_sign(words, n);

	/* |sum| < 2^(32 bins + 63): what does not fit into the words is 0 */
	for (i = 0; i < layout->n_bins + 2; i++)
	{
		int64_t digit =
			i / 2 < n ? (int64_t) (words[i / 2] >> 32 * (i % 2) & 0xffffffff) : 0;

		digits[i] = negative ? -digit : digit;
	}
}
