/*
 * grouped.cu: the kernels of grouped.h.
 *
 * Cells in shared memory have words of 32 bits, as 64-bit atomics there are loops; one array
 * for each word, so that cells spread over the banks:
 *
 *   count | sum: SUM_BINS + 1 words | squares: SQUARE_BINS + 1 words | least, greatest: 64 bits
 *
 * A sum is a number in two's complement; a word's carry goes to the next one.
 */
#include "target/fold.cuh"
#include "target/grouped.h"
#include "target/parts.cuh"

#define BLOCK 256
/* Rows of a thread: an odd number of words apart, its neighbours use other banks. */
#define RUN 13
#define TILE (BLOCK * RUN)
#define CHUNK_ROWS (4 * TILE)
#define KEY_BLOCK 256
#define KEY_ROWS 4

/* ------------------------------------------------------------------ rows by group */

template <bool BY_POSITION>
static __global__ void
__launch_bounds__(KEY_BLOCK)
	cells_kernel(GeTargetView target, GeRowsView rows, uint32_t *cells)
{
	uint64_t first = (uint64_t) blockIdx.x * KEY_BLOCK * KEY_ROWS + threadIdx.x;
	uint32_t ids[KEY_ROWS];

#pragma unroll
	for (int i = 0; i < KEY_ROWS; i++)
	{
		uint64_t row = first + i * KEY_BLOCK;

		ids[i] = row < rows.n_rows ? load_id(rows, (uint32_t) row) : 0;
	}
#pragma unroll
	for (int i = 0; i < KEY_ROWS; i++)
	{
		uint64_t row = first + i * KEY_BLOCK, cell = NO_CELL;

		if (row >= rows.n_rows)
			continue;
		if (rows.is_null == NULL || rows.is_null[row] == 0)
			cell = key_of<BY_POSITION>(target, rows, (uint32_t) row, ids[i]);
		cells[row] = (uint32_t) (cell == NO_CELL ? target.n_cells : cell);
	}
}

cudaError_t
ge_cuda_grouped_cells_launch(const GeTargetView *target, const GeRowsView *rows,
							 uint32_t *cells, cudaStream_t stream)
{
	uint32_t blocks = (rows->n_rows - 1) / (KEY_BLOCK * KEY_ROWS) + 1;

	if (folds_by_position(target->folds.split))
		cells_kernel<true><<<blocks, KEY_BLOCK, 0, stream>>>(*target, *rows, cells);
	else
		cells_kernel<false><<<blocks, KEY_BLOCK, 0, stream>>>(*target, *rows, cells);
	return cudaGetLastError();
}

/* The first row of a group; one group alone has all rows, in any order. */
static __device__ __forceinline__ uint32_t
first_row(const GeGrouping &grouping, uint32_t group)
{
	uint32_t low = 0, high = grouping.n_rows;

	if (group == grouping.n_groups)
		return high;
	while (grouping.n_groups > 1 && low < high)
	{
		uint32_t middle = low + (high - low) / 2;

		if (grouping.cells[middle] >> grouping.shift < group)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static __global__ void
__launch_bounds__(BLOCK) offsets_kernel(GeGrouping grouping)
{
	uint32_t group = blockIdx.x * BLOCK + threadIdx.x, first, end;

	if (group >= grouping.n_groups)
		return;
	first = first_row(grouping, group);
	end = first_row(grouping, group + 1);
	grouping.offsets[group] = first;
	if (group + 1 == grouping.n_groups)
		grouping.offsets[group + 1] = end;
	grouping.chunk_ends[group] = (end - first + CHUNK_ROWS - 1) / CHUNK_ROWS;
}

cudaError_t
ge_cuda_grouped_offsets_launch(const GeGrouping *grouping, cudaStream_t stream)
{
	offsets_kernel<<<(grouping->n_groups - 1) / BLOCK + 1, BLOCK, 0, stream>>>(*grouping);
	return cudaGetLastError();
}

/* What one block adds: rows [first, end) of a group. */
struct Chunk
{
	uint32_t group;
	uint32_t first, end;
	bool is_alone; /* no other block has rows of this group */
};

/* False: there are fewer chunks. */
static __device__ __forceinline__ bool
find_chunk(const GeGrouping &grouping, uint32_t number, Chunk *chunk)
{
	uint32_t low = 0, high = grouping.n_groups, begin;

	while (low < high)
	{
		uint32_t middle = low + (high - low) / 2;

		if (grouping.chunk_ends[middle] <= number)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == grouping.n_groups)
		return false;
	begin = low > 0 ? grouping.chunk_ends[low - 1] : 0;
	chunk->group = low;
	chunk->first = grouping.offsets[low] + (number - begin) * CHUNK_ROWS;
	chunk->end = min(grouping.offsets[low + 1], chunk->first + CHUNK_ROWS);
	chunk->is_alone = grouping.chunk_ends[low] - begin == 1;
	return true;
}

/* ------------------------------------------------------------------ numbers of rows */

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

/* ------------------------------------------------------------------ a block's memory */

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
		   TILE * (sizeof(uint64_t) + sizeof(uint16_t));
}

template <int SUM_BINS, int SQUARE_BINS>
static __device__ __forceinline__ Block
lay_out(uint32_t n_cells)
{
	Block block;

	block.n_cells = n_cells;
	block.extremes = group_memory;
	block.values = block.extremes + 2 * n_cells;
	block.words = (uint32_t *) (block.values + TILE);
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
		atomicMax((unsigned long long *) at, (unsigned long long) value);
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

/* ------------------------------------------------------------------ a tile */

/* counts[]: from numbers of rows to where the rows of a cell begin; returns how many. */
static __device__ __forceinline__ uint32_t
scan_counts(const Block &block)
{
	__shared__ uint32_t warp_sums[BLOCK / 32];
	uint32_t per_thread = (block.n_cells + BLOCK - 1) / BLOCK;
	uint32_t first = min(threadIdx.x * per_thread, block.n_cells);
	uint32_t end = min(first + per_thread, block.n_cells), sum = 0, before, inclusive;
	uint32_t total = 0;

	for (uint32_t c = first; c < end; c++)
		sum += block.counts[c];
	inclusive = sum;
	for (int step = 1; step < 32; step *= 2)
	{
		uint32_t other = __shfl_up_sync(0xffffffff, inclusive, step);

		inclusive += threadIdx.x % 32 >= step ? other : 0;
	}
	if (threadIdx.x % 32 == 31)
		warp_sums[threadIdx.x / 32] = inclusive;
	__syncthreads();
	before = inclusive - sum;
	for (uint32_t w = 0; w < BLOCK / 32; w++)
	{
		before += w < threadIdx.x / 32 ? warp_sums[w] : 0;
		total += warp_sums[w];
	}
	for (uint32_t c = first; c < end; c++)
	{
		uint32_t count = block.counts[c];

		block.counts[c] = before;
		block.words[c] += count;
		before += count;
	}
	__syncthreads();
	return total;
}

/* Bring rows [first, end) of the group into the order of their cells; returns how many. */
static __device__ __forceinline__ uint32_t
order_tile(const GeTargetView &target, const GeGrouping &grouping, const Block &block,
		   uint32_t first, uint32_t end)
{
	uint32_t places[RUN], n_rows; /* cell << 16 | rank; ~0: none */
	uint64_t targets[RUN];

	for (uint32_t c = threadIdx.x; c < block.n_cells; c += BLOCK)
		block.counts[c] = 0;
#pragma unroll
	for (int i = 0; i < RUN; i++)
	{
		uint32_t row = first + i * BLOCK + threadIdx.x;

		places[i] = row < end ? __ldcs(&grouping.cells[row]) : UINT32_MAX;
		targets[i] = row < end ? __ldcs(&grouping.targets[row]) : 0;
	}
	__syncthreads();
#pragma unroll
	for (int i = 0; i < RUN; i++)
	{
		uint32_t cell = places[i] & ((1u << grouping.shift) - 1);

		if (places[i] >= target.n_cells)
			places[i] = UINT32_MAX;
		else
			places[i] = cell << 16 | atomicAdd(&block.counts[cell], 1u);
	}
	__syncthreads();
	n_rows = scan_counts(block);
#pragma unroll
	for (int i = 0; i < RUN; i++)
		if (places[i] != UINT32_MAX)
		{
			uint32_t cell = places[i] >> 16;
			uint32_t at = block.counts[cell] + (places[i] & 0xffff);

			block.values[at] = targets[i];
			block.cells[at] = (uint16_t) cell;
		}
	__syncthreads();
	return n_rows;
}

/* Add up the rows that a thread has of the n rows of the tile. */
template <int SUM_BINS, int SQUARE_BINS>
static __device__ __forceinline__ void
add_tile(const GeTargetView &target, const Block &block, uint32_t n)
{
	uint32_t run_rows = (n + BLOCK - 1) / BLOCK | 1, at = threadIdx.x * run_rows;
	uint32_t end = min(at + run_rows, n), cell;
	Run<SQUARE_BINS> run = {};
	bool fits = true;

	if (at >= n)
		return;
	cell = block.cells[at];
	for (; at < end; at++)
	{
		uint32_t next = block.cells[at];

		if (next != cell)
		{
			flush_run<SUM_BINS, SQUARE_BINS>(target.layout, block, cell, run);
			run = {};
			cell = next;
		}
		fits = add_to_run<SUM_BINS, SQUARE_BINS>(target, &run, block.values[at]) && fits;
	}
	flush_run<SUM_BINS, SQUARE_BINS>(target.layout, block, cell, run);
	if (!fits)
		raise_flag(target, GE_FLAG_BAD_ROW);
}

/* ------------------------------------------------------------------ a chunk */

/* Word w of a cell in device memory from the block's cell. */
template <int SUM_BINS, int SQUARE_BINS>
static __device__ __forceinline__ uint64_t
wide_word(const GeDeviceCell &layout, const Block &block, uint32_t cell, uint32_t w)
{
	uint32_t word;

	if (w >= layout.sums_end)
		return block.extremes[(w == layout.least_at ? 0 : block.n_cells) + cell];
	word = block.words[w * block.n_cells + cell];
	/* the highest word of the sum has its sign */
	return w == SUM_BINS + 1 ? (uint64_t) (int64_t) (int32_t) word : word;
}

/* Add the block's cells to those in device memory. */
template <int SUM_BINS, int SQUARE_BINS>
static __device__ __forceinline__ void
flush_cells(const GeTargetView &target, const Block &block, uint64_t first_cell,
			bool is_alone)
{
	const GeDeviceCell &layout = target.layout;
	uint64_t left = target.n_cells - first_cell;
	uint32_t n = (uint32_t) (left < block.n_cells ? left : block.n_cells);
	uint64_t *cells = target.cells + first_cell * layout.n_words;

	for (uint32_t i = threadIdx.x; i < n * layout.n_words; i += BLOCK)
	{
		uint32_t cell = i / layout.n_words, w = i - cell * layout.n_words;
		uint64_t word = wide_word<SUM_BINS, SQUARE_BINS>(layout, block, cell, w);

		if (word == 0)
			continue;
		if (w < layout.sums_end && is_alone)
			cells[i] += word;
		else if (w < layout.sums_end)
			add_word(&cells[i], word);
		else if (!is_alone)
			atomicMax((unsigned long long *) &cells[i], (unsigned long long) word);
		else if (word > cells[i])
			cells[i] = word;
	}
}

template <int SUM_BINS, int SQUARE_BINS>
static __global__ void
__launch_bounds__(BLOCK) add_kernel(GeTargetView target, GeGrouping grouping)
{
	constexpr uint32_t WORDS = words_of_cell<SUM_BINS, SQUARE_BINS>();
	Block block = lay_out<SUM_BINS, SQUARE_BINS>(1u << grouping.shift);
	uint64_t first_cell;
	Chunk chunk;

	if (!find_chunk(grouping, blockIdx.x, &chunk))
		return;
	first_cell = (uint64_t) chunk.group << grouping.shift;
	if (first_cell >= target.n_cells)
		return; /* rows without targets */
	for (uint32_t i = threadIdx.x; i < WORDS * block.n_cells; i += BLOCK)
		block.words[i] = 0;
	for (uint32_t i = threadIdx.x; i < 2 * block.n_cells; i += BLOCK)
		block.extremes[i] = 0;
	for (uint32_t first = chunk.first; first < chunk.end; first += TILE)
	{
		uint32_t n =
			order_tile(target, grouping, block, first, min(chunk.end, first + TILE));

		add_tile<SUM_BINS, SQUARE_BINS>(target, block, n);
		__syncthreads();
	}
	flush_cells<SUM_BINS, SQUARE_BINS>(target, block, first_cell, chunk.is_alone);
}

template <int SUM_BINS, int SQUARE_BINS>
static cudaError_t
launch_add(const GeTargetView *target, const GeGrouping *grouping, cudaStream_t stream)
{
	size_t shared =
		shared_bytes(words_of_cell<SUM_BINS, SQUARE_BINS>(), 1u << grouping->shift);
	uint32_t blocks = grouping->n_rows / CHUNK_ROWS + grouping->n_groups;
	cudaError_t code =
		cudaFuncSetAttribute(add_kernel<SUM_BINS, SQUARE_BINS>,
							 cudaFuncAttributeMaxDynamicSharedMemorySize, (int) shared);

	if (code == cudaSuccess)
		add_kernel<SUM_BINS, SQUARE_BINS>
			<<<blocks, BLOCK, shared, stream>>>(*target, *grouping);
	return code == cudaSuccess ? cudaGetLastError() : code;
}

/* Bins of the sum and of squares that there is a kernel for. */
typedef struct Kernel
{
	uint32_t sum_bins;
	uint32_t square_bins;
	uint32_t words;
	cudaError_t (*launch)(const GeTargetView *target, const GeGrouping *grouping,
						  cudaStream_t stream);
} Kernel;

#define KERNEL(sum, square)                                                              \
	{                                                                                    \
		sum, square, words_of_cell<sum, square>(), launch_add<sum, square>               \
	}

static const Kernel kernels[] = {KERNEL(1, 0), KERNEL(1, 1), KERNEL(1, 2), KERNEL(2, 0),
								 KERNEL(2, 4), KERNEL(3, 0), KERNEL(3, 6)};

static const Kernel *
find_kernel(const GeDeviceCell *layout)
{
	for (const Kernel &kernel : kernels)
		if (layout->weights.at == 0 && layout->n_bins == kernel.sum_bins &&
			layout->squares.n_bins == kernel.square_bins)
			return &kernel;
	return NULL;
}

uint32_t
ge_cuda_grouped_cell_bytes(const GeDeviceCell *layout)
{
	const Kernel *kernel = find_kernel(layout);

	return kernel != NULL ? bytes_of_cell(kernel->words) : 0;
}

cudaError_t
ge_cuda_grouped_add_launch(const GeTargetView *target, const GeGrouping *grouping,
						   cudaStream_t stream)
{
	return find_kernel(&target->layout)->launch(target, grouping, stream);
}
