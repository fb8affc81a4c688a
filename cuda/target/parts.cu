/*
 * parts.cu: counting rows into cells with parts, by reductions in device memory.
 *
 * CPU twin: src/cpu/target_parts.c (ge_cell_add_row).  Any bins, any cells, weights or none;
 * grouped.cu is faster for many rows of few bins.
 */
#include "target/fold.cuh"
#include "target/parts.cuh"

#define BLOCK 256

/* part += +-mantissa * 2^exponent, digit by digit.  False: it lies outside the bins. */
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
			add_word(bin, negative ? 0 - digit : digit);
	}
	return true;
}

/* y y, or w y y in two halves. */
static __device__ __forceinline__ bool
add_square(const GeSumPart &part, uint64_t *cell, const Odd &y, const Odd &weight)
{
	unsigned __int128 square = (unsigned __int128) y.mantissa * y.mantissa;
	uint64_t low = (uint64_t) square, high = (uint64_t) (square >> 64);
	uint64_t *sum = cell + part.at;
	int exponent = 2 * y.exponent + weight.exponent;

	if (weight.mantissa == 1)
		return add_digits(sum, part.low_bin, part.n_bins, square, exponent, false);
	return (low == 0 ||
			add_digits(sum, part.low_bin, part.n_bins,
					   (unsigned __int128) low * weight.mantissa, exponent, false)) &&
		   (high == 0 ||
			add_digits(sum, part.low_bin, part.n_bins,
					   (unsigned __int128) high * weight.mantissa, exponent + 64, false));
}

static __device__ __forceinline__ void
add_extremes(const GeDeviceCell &layout, uint64_t *cell, double y)
{
	uint64_t key = ge_order_key(y);

	if (layout.least_at != 0)
		raise_word(cell + layout.least_at, ~key);
	if (layout.greatest_at != 0)
		raise_word(cell + layout.greatest_at, key);
}

/* Count a row in.  False: its target or its weight lies outside the bins. */
static __device__ __forceinline__ bool
add_row(const GeTargetView &target, uint64_t *cell, uint64_t bits, const double *weight)
{
	const GeDeviceCell &layout = target.layout;
	Odd y = odd_of_target(target, bits), w = {1, 0, false};

	add_word(cell, 1);
	if (weight != NULL)
	{
		w = odd_of_double(*weight);
		if (w.mantissa == 0)
			return true;
		if (!add_digits(cell + layout.weights.at, layout.weights.low_bin,
						layout.weights.n_bins, w.mantissa, w.exponent, false))
			return false;
	}
	add_extremes(layout, cell, double_of_target(target, bits));
	if (y.mantissa == 0)
		return true;
	return (!layout.has_sum || add_digits(cell + 1, layout.low_bin, layout.n_bins,
										  (unsigned __int128) y.mantissa * w.mantissa,
										  y.exponent + w.exponent, y.negative)) &&
		   (layout.squares.at == 0 || add_square(layout.squares, cell, y, w));
}

template <bool BY_POSITION>
static __global__ void
__launch_bounds__(BLOCK) add_parts_kernel(GeTargetView target, GeRowsView rows)
{
	uint64_t row = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;

	for (; row < rows.n_rows; row += (uint64_t) gridDim.x * BLOCK)
	{
		uint32_t r = (uint32_t) row;
		uint64_t cell;

		if (rows.is_null != NULL && rows.is_null[r] != 0)
			continue;
		cell = rows.keys == NULL ? key_of<BY_POSITION>(target, rows, r, load_id(rows, r))
								 : search_cell(target, rows.keys[r]);
		if (cell != NO_CELL &&
			!add_row(target, target.cells + cell * target.layout.n_words, rows.targets[r],
					 rows.weights != NULL ? rows.weights + r : NULL))
			raise_flag(target, GE_FLAG_BAD_ROW);
	}
}

cudaError_t
ge_cuda_target_add_parts_launch(const GeTargetView *target, const GeRowsView *rows,
								int n_processors, cudaStream_t stream)
{
	uint64_t blocks = ((uint64_t) rows->n_rows + BLOCK - 1) / BLOCK;
	uint64_t most = (uint64_t) n_processors * 16;

	if (blocks == 0)
		return cudaSuccess;
	blocks = blocks < most ? blocks : most;
	if (folds_by_position(target->folds.split))
		add_parts_kernel<true><<<(uint32_t) blocks, BLOCK, 0, stream>>>(*target, *rows);
	else
		add_parts_kernel<false><<<(uint32_t) blocks, BLOCK, 0, stream>>>(*target, *rows);
	return cudaGetLastError();
}
