/*
 * exact_sum.h: exact sums of doubles and integers, for host and device.
 *
 * A finite x is written in digits to the base 2^32: bin j = -34..31 holds
 * d_j(x) = sgn(x) * (floor(|x| / 2^(32 j)) mod 2^32).  A sum is one int64 for every
 * bin from low to high: A_j = sum of d_j(x), so V = sum of A_j * 2^(32 j) is the sum,
 * exactly, in any order of adding.  Fewer than 2^31 - 2 rows may be added between two
 * carry passes (ge_sum_carry), which never change V.
 */
#ifndef GE_BACKEND_EXACT_SUM_H
#define GE_BACKEND_EXACT_SUM_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#ifdef __FAST_MATH__
#error "gpu_encode computes exactly: build without -ffast-math"
#endif

#ifdef __CUDACC__
#define GE_HD __host__ __device__
#else
#define GE_HD
#endif

#define GE_LOWEST_BIN (-34)
#define GE_HIGHEST_BIN 31
#define GE_MAX_BINS (GE_HIGHEST_BIN - GE_LOWEST_BIN + 1)
/* Sums of products of three doubles, w y y, have the bins 3 * -34..3 * 31 + 2. */
#define GE_MAX_PRODUCT_BINS (3 * GE_MAX_BINS)
/* Rows that may be added to an accumulator before a carry pass is due. */
#define GE_ROWS_BETWEEN_CARRIES 2147483646
/* Digits of a canonical sum: two more than its bins, for carries out of the top bin. */
#define GE_SUM_DIGITS(low, high) ((high) - (low) + 3)

/* The zeros above the highest bit of x, which is not 0. */
static inline GE_HD int
ge_leading_zeros(uint64_t x)
{
#ifdef __CUDA_ARCH__
	return __clzll((long long) x);
#else
	return __builtin_clzll(x);
#endif
}

/* The zeros below the lowest bit of x, which is not 0. */
static inline GE_HD int
ge_trailing_zeros(uint64_t x)
{
#ifdef __CUDA_ARCH__
	return __ffsll((long long) x) - 1;
#else
	return __builtin_ctzll(x);
#endif
}

/* |x| = mantissa * 2^exponent with an integer mantissa below 2^53; x must be finite. */
static inline GE_HD void
ge_double_split(double x, uint64_t *mantissa, int *exponent, bool *negative)
{
	uint64_t bits;
	int biased;

	memcpy(&bits, &x, sizeof bits);
	*negative = bits >> 63;
	biased = (int) (bits >> 52 & 0x7ff);
	*mantissa = bits & ((UINT64_C(1) << 52) - 1);
	if (biased != 0)
		*mantissa |= UINT64_C(1) << 52;
	else
		biased = 1;
	*exponent = biased - 1075;
}

/* floor(exponent / 32): the bin in which 2^exponent lies. */
static inline GE_HD int
ge_bin_of_exponent(int exponent)
{
	return (exponent + 2048) / 32 - 64;
}

/* Widen [*low, *high] to the bins with a digit of x that is not 0 (none for x = 0). */
static inline GE_HD void
ge_bins_touched_double(double x, int *low, int *high)
{
	uint64_t mantissa;
	int exponent, first, last;
	bool negative;

	ge_double_split(x, &mantissa, &exponent, &negative);
	if (mantissa == 0)
		return;
	first = ge_bin_of_exponent(exponent + ge_trailing_zeros(mantissa));
	last = ge_bin_of_exponent(exponent + 63 - ge_leading_zeros(mantissa));
	if (first < *low)
		*low = first;
	if (last > *high)
		*high = last;
}

/* The same for an integer: bins 0 and 1. */
static inline GE_HD void
ge_bins_touched_int64(int64_t x, int *low, int *high)
{
	uint64_t magnitude = x < 0 ? 0 - (uint64_t) x : (uint64_t) x;
	int first, last;

	if (magnitude == 0)
		return;
	first = (uint32_t) magnitude != 0 ? 0 : 1;
	last = magnitude >> 32 != 0 ? 1 : 0;
	if (first < *low)
		*low = first;
	if (last > *high)
		*high = last;
}

/* Add the digits of x to bins[j - low]; every bin that x touches must be there. */
static inline GE_HD void
ge_sum_add_double(int64_t *bins, int low, double x)
{
	uint64_t mantissa;
	int exponent, bin, shift;
	bool negative;
	unsigned __int128 wide;

	ge_double_split(x, &mantissa, &exponent, &negative);
	bin = ge_bin_of_exponent(exponent);
	shift = exponent - 32 * bin;
	wide = (unsigned __int128) mantissa << shift; /* below 2^84: three digits */
	for (; wide != 0; wide >>= 32, bin++)
	{
		int64_t digit = (int64_t) (uint32_t) wide;

		if (digit != 0)
			bins[bin - low] += negative ? -digit : digit;
	}
}

/* The same for an integer. */
static inline GE_HD void
ge_sum_add_int64(int64_t *bins, int low, int64_t x)
{
	uint64_t magnitude = x < 0 ? 0 - (uint64_t) x : (uint64_t) x;
	int64_t digit0 = (int64_t) (uint32_t) magnitude, digit1 = (int64_t) (magnitude >> 32);

	if (digit0 != 0)
		bins[0 - low] += x < 0 ? -digit0 : digit0;
	if (digit1 != 0)
		bins[1 - low] += x < 0 ? -digit1 : digit1;
}

/*
 * A carry pass over n bins: all but the last come into 0..2^32-1, V stays.  The last
 * keeps its sign and must have room (give it a bin above the highest touched one).
 */
static inline GE_HD void
ge_sum_carry(int64_t *bins, int n)
{
	int i;

	for (i = 0; i + 1 < n; i++)
	{
		bins[i + 1] += bins[i] >> 32;
		bins[i] &= 0xffffffff;
	}
}

/*
 * The canonical form of a sum: the n + 2 digits of |V| to the base 2^32 (lowest first),
 * each multiplied by the sign of V.  It depends on V alone.  digits may not be bins.
 */
static inline GE_HD void
ge_sum_canonical(const int64_t *bins, int n, int64_t *digits)
{
	int64_t carry = 0;
	int i;

	for (i = 0; i < n; i++)
	{
		/* bins[i] + carry without overflow: add the low halves first */
		int64_t low = (bins[i] & 0xffffffff) + (carry & 0xffffffff);

		digits[i] = low & 0xffffffff;
		carry = (bins[i] >> 32) + (carry >> 32) + (low >> 32);
	}
	digits[n] = carry & 0xffffffff;
	carry >>= 32;
	digits[n + 1] = carry & 0xffffffff;
	if (carry < 0)
	{
		/* two's complement over all digits: negate, then give every digit the sign */
		int64_t borrow = 1;

		for (i = 0; i < n + 2; i++)
		{
			int64_t digit = (digits[i] ^ 0xffffffff) + borrow;

			borrow = digit >> 32;
			digits[i] = -(digit & 0xffffffff);
		}
	}
}

/* m * 2^exponent for an integer m <= 2^53 if that is a double, or infinity. */
static inline GE_HD double
ge_scale(uint64_t mantissa, int exponent)
{
	uint64_t bits;
	double x;

	if (mantissa == 0)
		return 0;
	while (mantissa < UINT64_C(1) << 52 && exponent > -1074)
	{
		mantissa <<= 1;
		exponent--;
	}
	/* what is shifted out is 0: every sum of doubles is a multiple of 2^-1074 */
	while (mantissa >= UINT64_C(1) << 53 || exponent < -1074)
	{
		mantissa >>= 1;
		exponent++;
	}
	if (exponent > 971)
		bits = UINT64_C(0x7ff) << 52;
	else if (mantissa < UINT64_C(1) << 52)
		bits = mantissa; /* subnormal: exponent is -1074 */
	else
		bits =
			(uint64_t) (exponent + 1075) << 52 | (mantissa & ((UINT64_C(1) << 52) - 1));
	memcpy(&x, &bits, sizeof x);
	return x;
}

/*
 * head * 2^exponent and, if `more`, a little more, to the nearest double, ties to even;
 * the highest bit of head is 1.  Infinity beyond the range, +0 for what is nearest to 0.
 */
static inline GE_HD double
ge_round_head(uint64_t head, int exponent, bool more)
{
	/* 53 bits stay, fewer if what stays is subnormal */
	int dropped = exponent + 11 < -1074 ? -1074 - exponent : 11;
	uint64_t mantissa, half, rest;

	if (dropped > 64)
		return 0;
	half = UINT64_C(1) << (dropped - 1);
	rest = head & ((half << 1) - 1); /* all of head if 64 bits are dropped */
	mantissa = dropped == 64 ? 0 : head >> dropped;
	if (rest > half || (rest == half && (more || (mantissa & 1) != 0)))
		mantissa++;
	return ge_scale(mantissa, exponent + dropped);
}

/*
 * RN(V) for canonical digits whose lowest bin is low: the nearest double, ties to even,
 * rounded into subnormals, +0 for 0, infinity beyond the range.
 */
static inline GE_HD double
ge_sum_round(const int64_t *digits, int n, int low)
{
	int top = n - 1, i, shift = 0;
	uint64_t head;
	uint32_t next;
	bool negative, more;
	double x;

	while (top >= 0 && digits[top] == 0)
		top--;
	if (top < 0)
		return 0;
	negative = digits[top] < 0;
#define GE_DIGIT(i) ((i) < 0 ? 0 : (uint32_t) (negative ? -digits[i] : digits[i]))
	head = (uint64_t) GE_DIGIT(top) << 32 | GE_DIGIT(top - 1);
	next = GE_DIGIT(top - 2);
#undef GE_DIGIT
	while ((head << shift) >> 63 == 0)
		shift++;
	if (shift > 0)
		head = head << shift | next >> (32 - shift);
	more = (uint32_t) ((uint64_t) next << shift) != 0;
	for (i = top - 3; i >= 0 && !more; i--)
		more = digits[i] != 0;
	x = ge_round_head(head, 32 * (low + top - 1) - shift, more);
	return negative && x != 0 ? -x : x;
}

#endif /* GE_BACKEND_EXACT_SUM_H */
