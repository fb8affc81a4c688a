/*
 * reference_sum.c: exact sums the plain way.
 */
#include "reference_sum.h"

#include <math.h>
#include <stdbool.h>

/* sum += sign * m * 2^exponent. */
static void
add_scaled(ReferenceSum *sum, uint64_t m, int exponent, int sign)
{
	int position = exponent - 32 * REFERENCE_LOWEST_BIN;
	unsigned __int128 wide = (unsigned __int128) m << position % 32;
	int64_t carry = 0;
	int i;

	for (i = position / 32; i < REFERENCE_WORDS; i++, wide >>= 32)
	{
		carry += (int64_t) sum->words[i] + sign * (int64_t) (uint32_t) wide;
		sum->words[i] = (uint32_t) carry;
		carry >>= 32;
	}
}

void
reference_add_double(ReferenceSum *sum, double x)
{
	int exponent;
	double fraction = frexp(fabs(x), &exponent);

	/* a subnormal has its bits from 2^-1074 on */
	if (exponent < -1021)
	{
		fraction = ldexp(fraction, exponent + 1021);
		exponent = -1021;
	}
	add_scaled(sum, (uint64_t) ldexp(fraction, 53), exponent - 53, x < 0 ? -1 : 1);
}

void
reference_add_int64(ReferenceSum *sum, int64_t x, int bin)
{
	add_scaled(sum, x < 0 ? 0 - (uint64_t) x : (uint64_t) x, 32 * bin, x < 0 ? -1 : 1);
}

void
reference_merge(ReferenceSum *sum, const ReferenceSum *other, int sign)
{
	int64_t carry = 0;
	int i;

	for (i = 0; i < REFERENCE_WORDS; i++)
	{
		carry += (int64_t) sum->words[i] + sign * (int64_t) other->words[i];
		sum->words[i] = (uint32_t) carry;
		carry >>= 32;
	}
}

/* The magnitude of a sum; true when it was negative. */
static bool
take_sign(const ReferenceSum *sum, ReferenceSum *magnitude)
{
	ReferenceSum zero = {{0}};
	bool negative = sum->words[REFERENCE_WORDS - 1] >> 31 != 0;

	*magnitude = *sum;
	if (negative)
	{
		*magnitude = zero;
		reference_merge(magnitude, sum, -1);
	}
	return negative;
}

static int
bit(const ReferenceSum *sum, int i)
{
	return sum->words[i / 32] >> i % 32 & 1;
}

double
reference_round(const ReferenceSum *sum)
{
	ReferenceSum magnitude;
	bool negative = take_sign(sum, &magnitude), below = false;
	int top = 32 * REFERENCE_WORDS - 1, last, i;
	uint64_t mantissa = 0;
	double x;

	while (top >= 0 && !bit(&magnitude, top))
		top--;
	if (top < 0)
		return 0;
	/* the last bit that stays: 53 in all, or 2^-1074 */
	last = top - 52;
	if (last < 32 * -REFERENCE_LOWEST_BIN - 1074)
		last = 32 * -REFERENCE_LOWEST_BIN - 1074;
	for (i = top; i >= last; i--)
		mantissa = 2 * mantissa + bit(&magnitude, i);
	for (i = last - 2; i >= 0; i--)
		below |= bit(&magnitude, i);
	if (bit(&magnitude, last - 1) && (below || mantissa % 2 == 1))
		mantissa++;
	x = ldexp((double) mantissa, last + 32 * REFERENCE_LOWEST_BIN);
	return negative ? -x : x;
}

void
reference_digits(const ReferenceSum *sum, int low, int n, int64_t *digits)
{
	ReferenceSum magnitude;
	bool negative = take_sign(sum, &magnitude);
	int i;

	for (i = 0; i < n; i++)
	{
		int word = low - REFERENCE_LOWEST_BIN + i;
		int64_t digit = word < REFERENCE_WORDS ? magnitude.words[word] : 0;

		digits[i] = negative ? -digit : digit;
	}
}
