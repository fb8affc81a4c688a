/*
 * grouped.cuh: what a thread has of a cell, and the cells of a block in shared memory.
 *
 * Cells in shared memory have words of 32 bits, as 64-bit atomics there are loops; one array
 * for each word, so that cells spread over the banks:
 *
 *   count | sum: SUM_BINS + 1 words | squares: SQUARE_BINS + 1 words | least, greatest: 64 bits
 *
 * A sum is a number in two's complement; a word's carry goes to the next one.
 */
#ifndef GE_CUDA_TARGET_GROUPED_CUH
#define GE_CUDA_TARGET_GROUPED_CUH

#include "target/grouped.h"
#include "target/parts.cuh"

/* ------------------------------------------------------------------ of a thread */

/* The words of 64 bits that hold the squares of a run. */
static __host__ __device__ constexpr int
square_words(int square_bins)
{
	return square_bins == 0 ? 1 : (square_bins + 1) / 2 + 1;
}

/* What a thread has of one cell. */
template <int SQUARE_BINS> struct Run
{
	__int128 sum;
	uint64_t squares[square_words(SQUARE_BINS)];
	uint64_t least, greatest;
};

/* squares += x^2: below 2^(32 SQUARE_BINS). */
template <int SQUARE_BINS>
static __device__ __forceinline__ void
add_square(Run<SQUARE_BINS> *run, const Scaled &x)
{
	constexpr int N = square_words(SQUARE_BINS);
	unsigned __int128 square = (unsigned __int128) x.mantissa * x.mantissa, total = 0;
	int shift = 2 * x.position;

	if (SQUARE_BINS <= 4)
		square <<= shift;
#pragma unroll
	for (int i = 0; i < N; i++)
	{
		/* bits 64 i.. of the square */
		int right = SQUARE_BINS <= 4 ? 64 * i : 64 * i - shift;
		uint64_t word = right >= 128  ? 0
						: right >= 0  ? (uint64_t) (square >> right)
						: right > -64 ? (uint64_t) (square << -right)
									  : 0;

		total += (unsigned __int128) run->squares[i] + word;
		run->squares[i] = (uint64_t) total;
		total >>= 64;
	}
}

/* Add a row.  False: its target lies outside the bins. */
template <int SUM_BINS, int SQUARE_BINS>
static __device__ __forceinline__ bool
add_to_run(const GeTargetView &target, Run<SQUARE_BINS> *run, uint64_t bits)
{
	const GeDeviceCell &layout = target.layout;
	bool fits = true;
	Scaled x;

	if (layout.least_at != 0 || layout.greatest_at != 0)
	{
		uint64_t key = ge_order_key(double_of_target(target, bits));

		run->least = ~key > run->least ? ~key : run->least;
		run->greatest = key > run->greatest ? key : run->greatest;
	}
	if (!layout.has_sum)
		return true;
	fits = scale_target(layout, target.is_integer, bits, &x);
	if (fits)
	{
		unsigned __int128 wide = (unsigned __int128) x.mantissa << x.position;

		run->sum += x.negative ? -(__int128) wide : (__int128) wide;
		if (SQUARE_BINS > 0 && SQUARE_BINS < 2 * SUM_BINS)
			fits =
				length_of((unsigned __int128) x.mantissa * x.mantissa) + 2 * x.position <=
				32 * SQUARE_BINS;
		if (SQUARE_BINS > 0)
			add_square<SQUARE_BINS>(run, x);
	}
	return fits;
}

/* ------------------------------------------------------------------ of a block */

/* Arrays in shared memory: cells of the group, then a tile of rows. */
struct Block
{
	uint64_t *extremes; /* least by cell, then greatest */
	uint64_t *values;	/* of the tile's rows, by cell */
	uint32_t *words;	/* word w of cell c: words[w * n_cells + c] */
	uint32_t *counts;	/* rows of the tile by cell, then where a cell's rows begin */
	uint16_t *cells;	/* of the values */
	uint32_t n_cells;
};

extern __shared__ uint64_t group_memory[];

template <int SUM_BINS, int SQUARE_BINS>
static __host__ __device__ constexpr uint32_t
words_of_cell()
{
	return 1 + SUM_BINS + 1 + (SQUARE_BINS > 0 ? SQUARE_BINS + 1 : 0);
}

/* Two words of 64 bits, others of 32, and a count. */
static uint32_t
bytes_of_cell(uint32_t words)
{
	return 16 + 4 * (words + 1);
}

static size_t
shared_bytes(uint32_t words, uint32_t n_cells)
{
	return (size_t) n_cells * bytes_of_cell(words) +
		   GE_TILE_ROWS * (sizeof(uint64_t) + sizeof(uint16_t));
}

template <int SUM_BINS, int SQUARE_BINS>
static __device__ __forceinline__ Block
lay_out(uint32_t n_cells)
{
	Block block;

	block.n_cells = n_cells;
	block.extremes = group_memory;
	block.values = block.extremes + 2 * n_cells;
	block.words = (uint32_t *) (block.values + GE_TILE_ROWS);
	block.counts = block.words + words_of_cell<SUM_BINS, SQUARE_BINS>() * n_cells;
	block.cells = (uint16_t *) (block.counts + n_cells);
	return block;
}

/* The words at[0], at[stride], ... += the number in two's complement, N words of 32 bits. */
template <int N>
static __device__ __forceinline__ void
add_shared(uint32_t *at, uint32_t stride, const uint64_t *number)
{
	uint32_t carry = 0;

#pragma unroll
	for (int i = 0; i < N; i++, at += stride)
	{
		uint64_t value = (uint64_t) (uint32_t) (number[i / 2] >> 32 * (i % 2)) + carry;
		uint32_t low = (uint32_t) value, before = 0;

		if (low != 0)
			before = atomicAdd(at, low);
		carry = (uint32_t) (value >> 32) + (before + low < before ? 1 : 0);
	}
}

static __device__ __forceinline__ void
raise_shared(uint64_t *at, uint64_t value)
{
	if (value > *(volatile uint64_t *) at)
		raise_word(at, value);
}

/* What a thread has of a cell, to the block's cell. */
template <int SUM_BINS, int SQUARE_BINS>
static __device__ __forceinline__ void
flush_run(const GeDeviceCell &layout, const Block &block, uint32_t cell,
		  const Run<SQUARE_BINS> &run)
{
	uint64_t sum[2] = {(uint64_t) run.sum, (uint64_t) (run.sum >> 64)};
	uint32_t *words = block.words + block.n_cells + cell;

	add_shared<SUM_BINS + 1>(words, block.n_cells, sum);
	if (SQUARE_BINS > 0)
		add_shared<SQUARE_BINS + 1>(words + (SUM_BINS + 1) * block.n_cells, block.n_cells,
									run.squares);
	if (layout.least_at != 0)
		raise_shared(&block.extremes[cell], run.least);
	if (layout.greatest_at != 0)
		raise_shared(&block.extremes[block.n_cells + cell], run.greatest);
}

#endif /* GE_CUDA_TARGET_GROUPED_CUH */
