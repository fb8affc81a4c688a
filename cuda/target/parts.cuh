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

#endif /* GE_CUDA_TARGET_PARTS_CUH */
