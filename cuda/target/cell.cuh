/*
 * cell.cuh: adding targets to cells, and sums to their nearest doubles.
 *
 * CPU twin: src/cpu/sum_cell.h and .c; the layouts are kernels.h's.  What is added
 * is an integer mantissa at a bit position of the cell's unit, which works in any order.
 */
#ifndef GE_CUDA_TARGET_CELL_CUH
#define GE_CUDA_TARGET_CELL_CUH

#include "backend/exact_sum.h"
#include "target/kernels.h"

/* |x| = mantissa * 2^position units. */
struct Scaled
{
	uint64_t mantissa;
	int position; /* >= 0 */
	bool negative;
};

/* False when x touches a bin outside the layout. */
static __device__ __forceinline__ bool
scale_target(const GeDeviceCell &layout, bool is_integer, uint64_t bits, Scaled *scaled)
{
	int exponent = 0;

	if (is_integer)
	{
		scaled->negative = (int64_t) bits < 0;
		scaled->mantissa = scaled->negative ? 0 - bits : bits;
	}
	else
		ge_double_split(__longlong_as_double((long long) bits), &scaled->mantissa,
						&exponent, &scaled->negative);
	scaled->position = exponent - 32 * layout.low_bin;
	if (scaled->mantissa == 0)
	{
		scaled->position = 0;
		return true;
	}
	if (scaled->position < 0)
	{
		int dropped = -scaled->position;

		if (dropped > 63 || (scaled->mantissa & ((UINT64_C(1) << dropped) - 1)) != 0)
			return false;
		scaled->mantissa >>= dropped;
		scaled->position = 0;
	}
	if (scaled->position + 64 - __clzll((long long) scaled->mantissa) >
		32 * (int) layout.n_bins)
		return false;
	return layout.form != GE_CELL_HALF ||
		   scaled->mantissa << scaled->position <= layout.largest;
}

static __device__ __forceinline__ void
add_word(uint64_t *word, uint64_t value)
{
	atomicAdd((unsigned long long *) word, (unsigned long long) value);
}

/* cell += +-(high 2^64 + low) with `count` more rows; GE_CELL_TWO. */
static __device__ __forceinline__ void
add_two_words(uint64_t *cell, uint64_t low, int64_t high, uint32_t count)
{
	uint64_t before = 0;

	if (low != 0)
		before = atomicAdd((unsigned long long *) cell, (unsigned long long) low);
	high += before + low < before ? 1 : 0;
	add_word(cell + 1, ((uint64_t) high << 32) + count);
}

/* Add one row's target to a cell in device memory. */
template <GeCellForm FORM>
static __device__ __forceinline__ void
add_to_cell(const GeDeviceCell &layout, uint64_t *cell, const Scaled &x)
{
	if (FORM == GE_CELL_HALF)
	{
		uint64_t value = x.mantissa << x.position;

		add_word(cell, ((x.negative ? 0 - value : value) << 32) + 1);
	}
	else if (FORM == GE_CELL_ONE)
	{
		uint64_t value = x.mantissa << x.position;

		if (value != 0)
			add_word(cell, x.negative ? 0 - value : value);
		add_word(cell + 1, 1);
	}
	else if (FORM == GE_CELL_TWO)
	{
		uint64_t value = x.mantissa << x.position;

		if (x.negative && value != 0)
			add_two_words(cell, 0 - value, -1, 1);
		else
			add_two_words(cell, value, 0, 1);
	}
	else
	{
		unsigned __int128 wide = (unsigned __int128) x.mantissa << x.position % 32;
		uint64_t *bin = cell + 1 + x.position / 32;

		add_word(cell, 1);
		for (; wide != 0; wide >>= 32, bin++)
			if ((uint32_t) wide != 0)
				add_word(bin, x.negative ? 0 - (uint64_t) (uint32_t) wide
										 : (uint64_t) (uint32_t) wide);
	}
}

/* Word w of the record (count, A_0, ..., A_b) that a cell is worth. */
static __device__ __forceinline__ int64_t
record_word(const GeDeviceCell &layout, const uint64_t *cell, uint32_t w)
{
	int64_t high;

	if (layout.form == GE_CELL_BINS)
		return (int64_t) cell[w];
	if (layout.form == GE_CELL_HALF)
		return w == 0	? (int64_t) (cell[0] & 0xffffffff)
			   : w == 1 ? (int64_t) cell[0] >> 32
						: 0;
	if (layout.form == GE_CELL_ONE)
		return w == 0	? (int64_t) cell[1]
			   : w == 1 ? (int64_t) (cell[0] & 0xffffffff)
						: (int64_t) cell[0] >> 32;
	high = (int64_t) cell[1] >> 32;
	return w == 0	? (int64_t) (cell[1] & 0xffffffff)
		   : w == 1 ? (int64_t) (cell[0] & 0xffffffff)
		   : w == 2 ? (int64_t) (cell[0] >> 32)
					: high;
}

/* RN of a sum of at most 128 bits, in units of 2^(32 low). */
static __device__ __forceinline__ double
round_wide(__int128 v, int low)
{
	bool negative = v < 0;
	unsigned __int128 magnitude = negative ? 0 - (unsigned __int128) v : v;
	uint64_t high = (uint64_t) (magnitude >> 64), head, rest;
	int shift;
	double x;

	if (magnitude == 0)
		return 0;
	shift = high != 0 ? __clzll((long long) high)
					  : 64 + __clzll((long long) (uint64_t) magnitude);
	magnitude <<= shift;
	head = (uint64_t) (magnitude >> 64);
	rest = head & 0x7ff;
	head >>= 11;
	if (rest > 0x400 || (rest == 0x400 && ((uint64_t) magnitude != 0 || (head & 1) != 0)))
		head++;
	x = ge_scale(head, 32 * low + 64 - shift + 11);
	return negative ? -x : x;
}

/*
 * RN of A_0..A_b (a record without its count), b = N bins if N > 0, else layout.n_bins.
 * Up to two bins the sum has less than 128 bits.
 */
template <int N>
static __device__ __forceinline__ double
round_record(const GeDeviceCell &layout, const int64_t *sum)
{
	int64_t digits[(N > 0 ? N : GE_MAX_BINS) + 3];
	int n = N > 0 ? N : (int) layout.n_bins;

	if (N == 1)
		return round_wide(((__int128) sum[1] << 32) + sum[0], layout.low_bin);
	if (N == 2)
		return round_wide(((__int128) sum[2] << 64) + ((__int128) sum[1] << 32) + sum[0],
						  layout.low_bin);
	ge_sum_canonical(sum, n + 1, digits);
	return ge_sum_round(digits, n + 3, layout.low_bin);
}

#endif /* GE_CUDA_TARGET_CELL_CUH */
