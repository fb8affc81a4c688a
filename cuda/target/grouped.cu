/*
 * grouped.cu: rows of groups added up.
 *
 * A block takes a chunk of a group's rows, tile by tile: in shared memory it brings the rows of
 * a tile into the order of their cells, and each thread adds up a run of them.
 */
#include "target/fold.cuh"
#include "target/grouped.cuh"

#define BLOCK 256
/* Rows of a thread: an odd number of words apart, so that neighbours use other banks. */
#define RUN 13

static_assert(BLOCK * RUN == GE_TILE_ROWS, "a tile is the rows of all threads");

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
	chunk->first = grouping.offsets[low] + (number - begin) * GE_CHUNK_ROWS;
	chunk->end = min(grouping.offsets[low + 1], chunk->first + GE_CHUNK_ROWS);
	chunk->is_alone = grouping.chunk_ends[low] - begin == 1;
	return true;
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
			raise_word(&cells[i], word);
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
	for (uint32_t first = chunk.first; first < chunk.end; first += GE_TILE_ROWS)
	{
		uint32_t n = order_tile(target, grouping, block, first,
								min(chunk.end, first + GE_TILE_ROWS));

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
	uint32_t blocks = grouping->n_rows / GE_CHUNK_ROWS + grouping->n_groups;
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
