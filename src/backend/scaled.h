/*
 * scaled.h: numbers with 53 bits and an unbounded exponent, for host and device.
 *
 * Variances need them: the exact integers A = N' Q' - S' S' behind a variance are far
 * beyond the range of a double, while their quotients are within it.
 */
#ifndef GE_BACKEND_SCALED_H
#define GE_BACKEND_SCALED_H

#include <math.h>

#include "backend/exact_sum.h"

/* mantissa * 2^exponent, the mantissa 0 or in [1, 2). */
typedef struct GeScaled
{
	double mantissa;
	int32_t exponent;
} GeScaled;

/* |V| of an exact sum in 64-bit words, lowest first. */
typedef struct GeMagnitude
{
	const uint64_t *words;
	uint32_t n;
} GeMagnitude;

/* a * b and the square root of a, rounded once and never fused with what follows. */
static inline GE_HD double
ge_product(double a, double b)
{
#ifdef __CUDA_ARCH__
	return __dmul_rn(a, b);
#else
	return a * b;
#endif
}

static inline GE_HD double
ge_square_root(double a)
{
#ifdef __CUDA_ARCH__
	return __dsqrt_rn(a);
#else
	return sqrt(a);
#endif
}

/* Any finite x >= 0, exactly. */
static inline GE_HD GeScaled
ge_scaled(double x)
{
	GeScaled scaled = {0, 0};
	uint64_t mantissa;
	int exponent;
	bool negative;

	ge_double_split(x, &mantissa, &exponent, &negative);
	if (mantissa == 0)
		return scaled;
	while (mantissa < UINT64_C(1) << 52)
	{
		mantissa <<= 1;
		exponent--;
	}
	scaled.mantissa = (double) mantissa * 0x1p-52;
	scaled.exponent = exponent + 52;
	return scaled;
}

/* The double next to x, ties to even: rounded into subnormals; infinity beyond the range. */
static inline GE_HD double
ge_unscaled(GeScaled x)
{
	uint64_t mantissa = (uint64_t) (x.mantissa * 0x1p52), rest, half;
	int exponent = x.exponent - 52, dropped = -1074 - exponent;

	if (dropped <= 0)
		return ge_scale(mantissa, exponent);
	if (mantissa == 0 || dropped > 53)
		return 0;
	half = UINT64_C(1) << (dropped - 1);
	rest = mantissa & ((half << 1) - 1);
	mantissa >>= dropped;
	if (rest > half || (rest == half && (mantissa & 1) != 0))
		mantissa++;
	return ge_scale(mantissa, -1074);
}

/* RN(a / b) for b > 0. */
static inline GE_HD GeScaled
ge_scaled_divide(GeScaled a, GeScaled b)
{
	GeScaled quotient = {a.mantissa / b.mantissa, a.exponent - b.exponent};

	if (quotient.mantissa != 0 && quotient.mantissa < 1)
	{
		quotient.mantissa *= 2;
		quotient.exponent--;
	}
	return quotient;
}

/* RN of the square root. */
static inline GE_HD GeScaled
ge_scaled_root(GeScaled x)
{
	bool odd = (x.exponent & 1) != 0;
	GeScaled root = {ge_square_root(odd ? 2 * x.mantissa : x.mantissa),
					 (x.exponent - (odd ? 1 : 0)) / 2};

	return root;
}

/*
 * The 53-bit number next to high 2^64 + low and, if `rest`, a little more, in units of
 * 2^exponent; high is not 0.
 */
static inline GE_HD GeScaled
ge_scaled_round(uint64_t high, uint64_t low, bool rest, int exponent)
{
	GeScaled scaled;
	uint64_t mantissa, dropped;
	int shift = ge_leading_zeros(high);

	if (shift > 0)
		high = high << shift | low >> (64 - shift);
	low <<= shift;
	mantissa = high >> 11;
	dropped = high & 0x7ff;
	if (dropped > 0x400 ||
		(dropped == 0x400 && (low != 0 || rest || (mantissa & 1) != 0)))
		mantissa++;
	scaled.mantissa = (double) mantissa * 0x1p-52;
	scaled.exponent = exponent + 127 - shift;
	if (scaled.mantissa == 2)
	{
		scaled.mantissa = 1;
		scaled.exponent++;
	}
	return scaled;
}

/* A sum of products of words, a 192-bit number in two's complement. */
typedef struct GeColumn
{
	unsigned __int128 low;
	int64_t high;
} GeColumn;

/* column += or -= the sum of all a_i b_(at-i). */
static inline GE_HD void
ge_column_add(GeColumn *column, GeMagnitude a, GeMagnitude b, uint32_t at, bool subtract)
{
	uint32_t i = at + 1 > b.n ? at + 1 - b.n : 0;

	for (; i < a.n && i <= at; i++)
	{
		unsigned __int128 product = (unsigned __int128) a.words[i] * b.words[at - i];

		if (subtract)
			column->high -= column->low < product;
		column->low = subtract ? column->low - product : column->low + product;
		if (!subtract)
			column->high += column->low < product;
	}
}

/*
 * A = n q - s s rounded to 53 bits: n rows or the sum of their weights, q the sum of
 * squares, s the sum.  The lowest bit of either product weighs 2^exponent.  No rows have
 * A < 0; statistics from elsewhere may, and then it counts as 0.
 */
static inline GE_HD GeScaled
ge_spread(GeMagnitude n, GeMagnitude q, GeMagnitude s, int exponent)
{
	uint32_t end = n.n + q.n > 2 * s.n ? n.n + q.n : 2 * s.n, top = 0, at;
	GeScaled none = {0, 0};
	GeColumn column = {0, 0};
	uint64_t high = 0, low = 0;
	bool rest = false;

	for (at = 0; at < end; at++)
	{
		uint64_t word;

		ge_column_add(&column, n, q, at, false);
		ge_column_add(&column, s, s, at, true);
		word = (uint64_t) column.low;
		column.low = column.low >> 64 | (unsigned __int128) (uint64_t) column.high << 64;
		column.high = column.high < 0 ? -1 : 0; /* what is left fits into 128 bits */
		if (word == 0)
			continue;
		/* the two leading words so far, and whether anything is below */
		rest = rest || low != 0 || (high != 0 && at != top + 1);
		low = at == top + 1 ? high : 0;
		high = word;
		top = at;
	}
	if (column.high < 0 || high == 0)
		return none;
	return ge_scaled_round(high, low, rest, exponent + 64 * ((int) top - 1));
}

#endif /* GE_BACKEND_SCALED_H */
