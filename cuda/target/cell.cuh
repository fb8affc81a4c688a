/*
 * cell.cuh: adding targets to cells.
 *
 * CPU twin: src/cpu/sum_cell.h and .c; the layouts are kernels.h's.  What is added
 * is an integer mantissa at a bit position of the cell's unit, which works in any order.
 */
#ifndef GE_CUDA_TARGET_CELL_CUH
#define GE_CUDA_TARGET_CELL_CUH

#include "backend/exact_sum.h"
#include "target/figures.h"
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

/* The greater of both into *word; returns what was there. */
static __device__ __forceinline__ uint64_t
raise_word(uint64_t *word, uint64_t value)
{
	return atomicMax((unsigned long long *) word, (unsigned long long) value);
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

/* A carry pass over the sums of a cell or record, so that no word of them overflows. */
static __device__ __forceinline__ void
carry_sums(const GeDeviceCell &layout, int64_t *sums)
{
	ge_sum_carry(sums + 1, (int) layout.n_bins + 1);
	if (layout.squares.at != 0)
		ge_sum_carry(sums + layout.squares.at, (int) layout.squares.n_bins + 1);
	if (layout.weights.at != 0)
		ge_sum_carry(sums + layout.weights.at, (int) layout.weights.n_bins + 1);
}

/* The record of this thread: its own words, or, if it has one alone, those of scratch. */
template <int WORDS>
static __device__ __forceinline__ int64_t *
record_of_thread(const GeTargetView &target, int64_t *local)
{
	uint64_t thread = (uint64_t) blockIdx.x * blockDim.x + threadIdx.x;

	return WORDS > 1 ? local
					 : target.finishing.scratch +
						   thread * ge_cuda_figures_words(&target.layout);
}

#endif /* GE_CUDA_TARGET_CELL_CUH */
