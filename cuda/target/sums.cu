/*
 * sums.cu: counting rows into the cells of their category and fold.
 *
 * CPU twin: src/cpu/target_dense_add.c.  S_cf = sum of the targets of the rows of
 * category c in fold f, N_cf their number.  A thread takes ROWS rows, a block apart, so
 * that their loads overlap.  Most rows add to their cell in device memory by reductions
 * of 64 bits.  Rows of hot categories add to cells of the block in shared memory
 * (hot.cuh), which go to device memory once, when the block ends.
 */
#include "target/cell.cuh"
#include "target/fold.cuh"
#include "target/hot.cuh"

#define BLOCK 512
#define ROWS 2
#define BLOCKS_PER_PROCESSOR 4
/* What registers allow: some architectures have room for 1,024 or 1,536 threads alone. */
#if defined(__CUDA_ARCH__) && (__CUDA_ARCH__ == 800 || __CUDA_ARCH__ == 900)
#define RESIDENT_BLOCKS 4
#else
#define RESIDENT_BLOCKS 2
#endif

template <GeCellForm FORM>
static __device__ __forceinline__ void
add_row(const GeTargetView &target, bool any_hot, uint32_t id, uint64_t key,
		uint64_t bits)
{
	uint64_t cell = key;
	uint32_t hot = 0;
	Scaled x;

	if (!scale_target(target.layout, target.is_integer, bits, &x))
	{
		raise_flag(target, GE_FLAG_BAD_ROW);
		return;
	}
	if (target.keys != NULL)
		cell = search_cell(target, key);
	else if (any_hot)
		hot = hot_cells_of(target, id);
	if (hot != 0)
		add_to_hot<FORM>(hot + (uint32_t) (key - (uint64_t) id * target.k) *
								   hot_words(target.layout),
						 x);
	else
		add_to_cell<FORM>(target.layout, target.cells + cell * target.layout.n_words, x);
}

/* The rows first, first + BLOCK, ... of one thread. */
template <GeCellForm FORM, bool BY_POSITION>
static __device__ __forceinline__ void
add_rows(const GeTargetView &target, const GeRowsView &rows, bool any_hot, uint32_t first)
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
		targets[i] = __ldcs(&rows.targets[row]);
		ids[i] = rows.keys == NULL ? load_id(rows, row) : 0;
		keys[i] = rows.keys == NULL ? key_of<BY_POSITION>(target, rows, row, ids[i])
									: rows.keys[row];
	}
#pragma unroll
	for (int i = 0; i < ROWS; i++)
		if (keys[i] != NO_CELL)
			add_row<FORM>(target, any_hot, ids[i], keys[i], targets[i]);
}

/* Copy the hot ids and clear their cells.  False: there are none. */
static __device__ bool
start_hot_cells(const GeTargetView &target)
{
	uint32_t slots = target.hot_slots;
	uint32_t end = slots + slots * target.k * hot_words(target.layout);

	if (slots == 0 || target.hot_ids[slots] == 0)
		return false;
	for (uint32_t i = threadIdx.x; i < end; i += BLOCK)
		hot_memory[i] = i < slots ? target.hot_ids[i] : 0;
	__syncthreads();
	return true;
}

template <GeCellForm FORM>
static __device__ void
finish_hot_cells(const GeTargetView &target)
{
	uint32_t slots = target.hot_slots, words = hot_words(target.layout);

	__syncthreads();
	for (uint32_t i = threadIdx.x; i < slots * target.k; i += BLOCK)
	{
		uint64_t id = hot_memory[i / target.k], cell = id * target.k + i % target.k;

		if (hot_memory[slots + i * words] != 0)
			flush_hot_cell<FORM>(target.layout, slots + i * words,
								 target.cells + cell * target.layout.n_words);
	}
}

template <GeCellForm FORM, bool BY_POSITION>
static __global__ void
__launch_bounds__(BLOCK, RESIDENT_BLOCKS) add_kernel(GeTargetView target, GeRowsView rows)
{
	bool any_hot = start_hot_cells(target);

	for (uint64_t tile = (uint64_t) blockIdx.x * BLOCK * ROWS; tile < rows.n_rows;
		 tile += (uint64_t) gridDim.x * BLOCK * ROWS)
		add_rows<FORM, BY_POSITION>(target, rows, any_hot, (uint32_t) tile + threadIdx.x);
	if (any_hot)
		finish_hot_cells<FORM>(target);
}

static size_t
hot_bytes(const GeDeviceCell *layout, uint32_t k, uint32_t slots)
{
	return slots * sizeof(uint32_t) * (1 + (size_t) k * hot_words(*layout));
}

template <GeCellForm FORM>
static cudaError_t
launch_add(const GeTargetView *target, const GeRowsView *rows, int n_processors,
		   cudaStream_t stream)
{
	uint64_t tiles = ((uint64_t) rows->n_rows + BLOCK * ROWS - 1) / (BLOCK * ROWS);
	uint64_t most = (uint64_t) n_processors * BLOCKS_PER_PROCESSOR;
	uint32_t blocks = (uint32_t) (tiles < most ? tiles : most);
	size_t shared = hot_bytes(&target->layout, target->k, target->hot_slots);

	if (folds_by_position(target->folds.split))
		add_kernel<FORM, true><<<blocks, BLOCK, shared, stream>>>(*target, *rows);
	else
		add_kernel<FORM, false><<<blocks, BLOCK, shared, stream>>>(*target, *rows);
	return cudaGetLastError();
}

cudaError_t
ge_cuda_target_add_launch(const GeTargetView *target, const GeRowsView *rows,
						  int n_processors, cudaStream_t stream)
{
	if (rows->n_rows == 0)
		return cudaSuccess;
	switch (target->layout.form)
	{
		case GE_CELL_HALF:
			return launch_add<GE_CELL_HALF>(target, rows, n_processors, stream);
		case GE_CELL_ONE:
			return launch_add<GE_CELL_ONE>(target, rows, n_processors, stream);
		case GE_CELL_TWO:
			return launch_add<GE_CELL_TWO>(target, rows, n_processors, stream);
		default:
			return launch_add<GE_CELL_BINS>(target, rows, n_processors, stream);
	}
}

uint32_t
ge_cuda_target_hot_slots(const GeDeviceCell *layout, uint32_t k)
{
	uint32_t slots = 512;

	while (slots >= 4 && hot_bytes(layout, k, slots) > GE_HOT_BYTES)
		slots /= 2;
	return slots >= 4 ? slots : 0;
}
