/*
 * target_sums.cu: counting rows into the cells of their category and fold.
 *
 * CPU twin: src/cpu/target_dense.c (adding).  S_cf = sum of the targets of the rows of
 * category c in fold f, N_cf their number.  A thread takes ROWS rows, a block apart, so
 * that their loads overlap.  Most rows add to their cell in device memory by reductions
 * of 64 bits.  Rows of hot categories add to cells of the block in shared memory, in
 * words of 32 bits (64-bit atomics there are loops), which go to device memory once.
 *
 *   shared cell: | count | bin 0 low | bin 0 high | bin 1 low | ... |
 *   of GE_CELL_HALF: | count | V |
 */
#include "target_cell.cuh"
#include "target_fold.cuh"
#include "target_hot.cuh"

#define BLOCK 512
#define ROWS 4
#define SHARED_BYTES (40 * 1024)

struct HotCells
{
	uint32_t *ids;	 /* shared copy of hot_ids; NULL: no category is hot */
	uint32_t *cells; /* shared: hot_slots * k of them */
	uint32_t words;	 /* of each */
};

/* Add to a 64-bit number in two shared words. */
static __device__ __forceinline__ void
add_shared(uint32_t *words, uint64_t value)
{
	uint32_t low = (uint32_t) value, high = (uint32_t) (value >> 32);
	uint32_t before = low != 0 ? atomicAdd(&words[0], low) : 0;

	high += before + low < before ? 1 : 0;
	if (high != 0)
		atomicAdd(&words[1], high);
}

template <GeCellForm FORM>
static __device__ __forceinline__ void
add_to_hot(uint32_t *cell, const Scaled &x)
{
	if (FORM == GE_CELL_HALF)
	{
		uint32_t value = (uint32_t) (x.mantissa << x.position);

		atomicAdd(&cell[0], 1u);
		if (value != 0)
			atomicAdd(&cell[1], x.negative ? 0 - value : value);
		return;
	}
	unsigned __int128 wide = (unsigned __int128) x.mantissa << x.position % 32;
	uint32_t *bin = cell + 1 + 2 * (x.position / 32);

	atomicAdd(&cell[0], 1u);
	for (; wide != 0; wide >>= 32, bin += 2)
		if ((uint32_t) wide != 0)
			add_shared(bin, x.negative ? 0 - (uint64_t) (uint32_t) wide
									   : (uint64_t) (uint32_t) wide);
}

/* The shared cells of a category, or NULL when it is not hot. */
static __device__ __forceinline__ uint32_t *
hot_cells_of(const GeTargetView &target, const HotCells &hot, uint32_t id)
{
	for (uint32_t choice = 0; choice < 2; choice++)
	{
		uint32_t slot = hot_slot(target.hot_slots, id, choice);

		if (hot.ids[slot] == id)
			return hot.cells + (size_t) slot * target.k * hot.words;
	}
	return NULL;
}

template <GeCellForm FORM>
static __device__ __forceinline__ void
add_row(const GeTargetView &target, const HotCells &hot, uint32_t id, uint64_t key,
		uint64_t bits)
{
	uint64_t cell = key;
	uint32_t *hot_cells = NULL;
	Scaled x;

	if (!scale_target(target.layout, target.is_integer, bits, &x))
	{
		raise_flag(target, GE_FLAG_BAD_ROW);
		return;
	}
	if (target.keys != NULL)
		cell = search_cell(target, key);
	else if (hot.ids != NULL)
		hot_cells = hot_cells_of(target, hot, id);
	if (hot_cells != NULL)
		add_to_hot<FORM>(
			hot_cells + (uint32_t) (key - (uint64_t) id * target.k) * hot.words, x);
	else
		add_to_cell<FORM>(target.layout, target.cells + cell * target.layout.n_words, x);
}

/* The rows first, first + BLOCK, ... of one thread. */
template <GeCellForm FORM>
static __device__ __forceinline__ void
add_rows(const GeTargetView &target, const GeRowsView &rows, const HotCells &hot,
		 uint32_t first)
{
	uint64_t keys[ROWS], targets[ROWS];
	uint32_t ids[ROWS];

#pragma unroll
	for (int i = 0; i < ROWS; i++)
	{
		uint32_t row = first + i * BLOCK;

		keys[i] = NO_CELL;
		if (row >= rows.n_rows || (rows.is_null != NULL && rows.is_null[row] != 0))
			continue;
		targets[i] = rows.targets[row];
		ids[i] = rows.keys == NULL ? load_id(rows, row) : 0;
		keys[i] = rows.keys == NULL ? key_of(target, rows, row, ids[i]) : rows.keys[row];
	}
#pragma unroll
	for (int i = 0; i < ROWS; i++)
		if (keys[i] != NO_CELL)
			add_row<FORM>(target, hot, ids[i], keys[i], targets[i]);
}

static __device__ HotCells
start_hot_cells(const GeTargetView &target, uint32_t *shared)
{
	uint32_t slots = target.hot_slots, i;
	HotCells hot = {NULL, shared + slots, hot_words(target.layout)};

	if (slots == 0 || target.hot_ids[slots] == 0)
		return hot;
	hot.ids = shared;
	for (i = threadIdx.x; i < slots; i += BLOCK)
		hot.ids[i] = target.hot_ids[i];
	for (i = threadIdx.x; i < slots * target.k * hot.words; i += BLOCK)
		hot.cells[i] = 0;
	__syncthreads();
	return hot;
}

/* Add a shared cell to its cell in device memory. */
template <GeCellForm FORM>
static __device__ __forceinline__ void
flush_hot_cell(const GeCellLayout &layout, const uint32_t *shared, uint64_t *cell)
{
	uint32_t count = shared[0];
	int64_t first;

	if (FORM == GE_CELL_HALF)
	{
		add_word(cell, ((uint64_t) shared[1] << 32) + count);
		return;
	}
	first = (int64_t) ((uint64_t) shared[2] << 32 | shared[1]);
	if (FORM == GE_CELL_ONE)
	{
		add_word(cell, (uint64_t) first);
		add_word(cell + 1, count);
	}
	else if (FORM == GE_CELL_TWO)
	{
		int64_t second = (int64_t) ((uint64_t) shared[4] << 32 | shared[3]);
		__int128 v = ((__int128) second << 32) + first;

		add_two_words(cell, (uint64_t) v, (int64_t) (v >> 64), count);
	}
	else
	{
		add_word(cell, count);
		for (uint32_t i = 0; i < layout.n_bins; i++)
			add_word(cell + 1 + i,
					 (uint64_t) shared[2 + 2 * i] << 32 | shared[1 + 2 * i]);
	}
}

template <GeCellForm FORM>
static __device__ void
finish_hot_cells(const GeTargetView &target, const HotCells &hot)
{
	__syncthreads();
	for (uint32_t i = threadIdx.x; i < target.hot_slots * target.k; i += BLOCK)
	{
		const uint32_t *shared = hot.cells + i * hot.words;
		uint64_t id = hot.ids[i / target.k];

		if (shared[0] != 0)
			flush_hot_cell<FORM>(target.layout, shared,
								 target.cells + (id * target.k + i % target.k) *
													target.layout.n_words);
	}
}

template <GeCellForm FORM>
static __global__ void
__launch_bounds__(BLOCK) add_kernel(GeTargetView target, GeRowsView rows)
{
	extern __shared__ uint32_t shared[];
	HotCells hot = start_hot_cells(target, shared);

	for (uint64_t tile = (uint64_t) blockIdx.x * BLOCK * ROWS; tile < rows.n_rows;
		 tile += (uint64_t) gridDim.x * BLOCK * ROWS)
		add_rows<FORM>(target, rows, hot, (uint32_t) tile + threadIdx.x);
	if (hot.ids != NULL)
		finish_hot_cells<FORM>(target, hot);
}

cudaError_t
ge_target_add_launch(const GeTargetView *target, const GeRowsView *rows, int n_processors,
					 cudaStream_t stream)
{
	uint64_t tiles = ((uint64_t) rows->n_rows + BLOCK * ROWS - 1) / (BLOCK * ROWS);
	uint64_t most = (uint64_t) n_processors * 4;
	uint32_t blocks = (uint32_t) (tiles < most ? tiles : most);
	size_t shared = target->hot_slots == 0
						? 0
						: target->hot_slots * sizeof(uint32_t) *
							  (1 + (size_t) target->k * hot_words(target->layout));

	if (blocks == 0)
		return cudaSuccess;
	if (target->layout.form == GE_CELL_HALF)
		add_kernel<GE_CELL_HALF><<<blocks, BLOCK, shared, stream>>>(*target, *rows);
	else if (target->layout.form == GE_CELL_ONE)
		add_kernel<GE_CELL_ONE><<<blocks, BLOCK, shared, stream>>>(*target, *rows);
	else if (target->layout.form == GE_CELL_TWO)
		add_kernel<GE_CELL_TWO><<<blocks, BLOCK, shared, stream>>>(*target, *rows);
	else
		add_kernel<GE_CELL_BINS><<<blocks, BLOCK, shared, stream>>>(*target, *rows);
	return cudaGetLastError();
}

uint32_t
ge_target_hot_slots(const GeCellLayout *layout, uint32_t k)
{
	uint64_t bytes = sizeof(uint32_t) * (1 + (uint64_t) k * hot_words(*layout));
	uint32_t slots = 512;

	while (slots >= 4 && slots * bytes > SHARED_BYTES)
		slots /= 2;
	return slots >= 4 ? slots : 0;
}
