/*
 * parts.cuh: targets, and their products with themselves and with weights, as exact digits.
 *
 * CPU twin: src/cpu/target_parts.c.  The lowest bits of both factors are 1, so that a product
 * touches no bin below those of its part if the factors touch none below theirs.
 */
#ifndef GE_CUDA_TARGET_PARTS_CUH
#define GE_CUDA_TARGET_PARTS_CUH

#include "backend/order_key.h"
#include "target/cell.cuh"
#include "target/kernels.h"

/* An odd number times a power of two, or 0. */
struct Odd
{
	uint64_t mantissa;
	int exponent;
	bool negative;
};

static __device__ __forceinline__ Odd
make_odd(Odd number)
{
	int zeros = __ffsll((long long) number.mantissa) - 1;

	if (number.mantissa != 0)
	{
		number.mantissa >>= zeros;
		number.exponent += zeros;
	}
	return number;
}

static __device__ __forceinline__ Odd
odd_of_double(double x)
{
	Odd number;

	ge_double_split(x, &number.mantissa, &number.exponent, &number.negative);
	return make_odd(number);
}

static __device__ __forceinline__ Odd
odd_of_target(const GeTargetView &target, uint64_t bits)
{
	if (!target.is_integer)
		return odd_of_double(__longlong_as_double((long long) bits));
	return make_odd({(int64_t) bits < 0 ? 0 - bits : bits, 0, (int64_t) bits < 0});
}

/* A target as a double, for least and greatest. */
static __device__ __forceinline__ double
double_of_target(const GeTargetView &target, uint64_t bits)
{
	return target.is_integer ? (double) (int64_t) bits
							 : __longlong_as_double((long long) bits);
}

static __device__ __forceinline__ int
length_of(unsigned __int128 x)
{
	uint64_t high = (uint64_t) (x >> 64);

	return high != 0 ? 128 - __clzll((long long) high)
					 : 64 - __clzll((long long) (uint64_t) x);
}

/* Does mantissa * 2^exponent lie in n bins from `low` on? */
static __device__ __forceinline__ bool
fits_bins(unsigned __int128 mantissa, int exponent, int low, uint32_t n_bins)
{
	int position = exponent - 32 * low;

	return position >= 0 && position + length_of(mantissa) <= 32 * (int) n_bins;
}

/* Words of a cell that many threads change, and words that one thread has for itself. */
struct SharedWords
{
	static __device__ __forceinline__ void
	add(uint64_t *word, uint64_t value)
	{
		add_word(word, value);
	}
	static __device__ __forceinline__ void
	raise(uint64_t *word, uint64_t value)
	{
		raise_word(word, value);
	}
};

struct OwnWords
{
	static __device__ __forceinline__ void
	add(uint64_t *word, uint64_t value)
	{
		*word += value;
	}
	static __device__ __forceinline__ void
	raise(uint64_t *word, uint64_t value)
	{
		*word = value > *word ? value : *word;
	}
};

/* part += +-mantissa * 2^exponent, digit by digit.  False: it lies outside the bins. */
template <class WORDS>
static __device__ __forceinline__ bool
add_digits(uint64_t *part, int low, uint32_t n_bins, unsigned __int128 mantissa,
		   int exponent, bool negative)
{
	int position = exponent - 32 * low, shift = position % 32;
	uint64_t *bin = part + position / 32;

	if (!fits_bins(mantissa, exponent, low, n_bins))
		return false;
	for (; mantissa != 0; mantissa >>= 32 - shift, shift = 0, bin++)
	{
		uint64_t digit = (uint32_t) (mantissa << shift);

		if (digit != 0)
			WORDS::add(bin, negative ? 0 - digit : digit);
	}
	return true;
}

/* y y, or w y y in two halves. */
template <class WORDS>
static __device__ __forceinline__ bool
add_square(const GeSumPart &part, uint64_t *cell, const Odd &y, const Odd &weight)
{
	unsigned __int128 square = (unsigned __int128) y.mantissa * y.mantissa;
	uint64_t low = (uint64_t) square, high = (uint64_t) (square >> 64);
	uint64_t *sum = cell + part.at;
	int exponent = 2 * y.exponent + weight.exponent;

	if (weight.mantissa == 1)
		return add_digits<WORDS>(sum, part.low_bin, part.n_bins, square, exponent, false);
	return (low == 0 || add_digits<WORDS>(sum, part.low_bin, part.n_bins,
										  (unsigned __int128) low * weight.mantissa,
										  exponent, false)) &&
		   (high == 0 || add_digits<WORDS>(sum, part.low_bin, part.n_bins,
										   (unsigned __int128) high * weight.mantissa,
										   exponent + 64, false));
}

template <class WORDS>
static __device__ __forceinline__ void
add_extremes(const GeDeviceCell &layout, uint64_t *cell, double y)
{
	uint64_t key = ge_order_key(y);

	if (layout.least_at != 0)
		WORDS::raise(cell + layout.least_at, ~key);
	if (layout.greatest_at != 0)
		WORDS::raise(cell + layout.greatest_at, key);
}

/* Count a row in.  False: its target or its weight lies outside the bins. */
template <class WORDS>
static __device__ __forceinline__ bool
add_row(const GeTargetView &target, uint64_t *cell, uint64_t bits, const double *weight)
{
	const GeDeviceCell &layout = target.layout;
	Odd y = odd_of_target(target, bits), w = {1, 0, false};

	WORDS::add(cell, 1);
	if (weight != NULL)
	{
		w = odd_of_double(*weight);
		if (w.mantissa == 0)
			return true;
		if (!add_digits<WORDS>(cell + layout.weights.at, layout.weights.low_bin,
							   layout.weights.n_bins, w.mantissa, w.exponent, false))
			return false;
	}
	add_extremes<WORDS>(layout, cell, double_of_target(target, bits));
	if (y.mantissa == 0)
		return true;
	return (!layout.has_sum ||
			add_digits<WORDS>(cell + 1, layout.low_bin, layout.n_bins,
							  (unsigned __int128) y.mantissa * w.mantissa,
							  y.exponent + w.exponent, y.negative)) &&
		   (layout.squares.at == 0 || add_square<WORDS>(layout.squares, cell, y, w));
}

#endif /* GE_CUDA_TARGET_PARTS_CUH */
