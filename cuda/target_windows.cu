/*
 * target_windows.cu: rows brought together by windows of ids.
 *
 * No CPU twin: another order of adding, the same sums.  A block counts its rows by window
 * in shared memory, takes that much room of each window at once, and writes them.
 */
#include "target_fold.cuh"
#include "target_windows_kernels.h"

#define BLOCK 512

static __device__ __forceinline__ bool
has_target(const GeRowsView &rows, uint32_t row)
{
	return row < rows.n_rows && (rows.is_null == NULL || rows.is_null[row] == 0);
}

/* The window of a row and its cell there; false: it has no target, or is not valid. */
template <bool BY_POSITION>
static __device__ __forceinline__ bool
place_row(const GeTargetView &target, const GeRowsView &rows, const GeWindowSplit &split,
		  uint32_t row, uint32_t *window, uint32_t *cell)
{
	uint64_t key;
	uint32_t id;

	if (!has_target(rows, row))
		return false;
	id = load_id(rows, row);
	key = key_of<BY_POSITION>(target, rows, row, id);
	if (key == NO_CELL)
		return false;
	*window = id / split.width;
	*cell = (uint32_t) (key - (uint64_t) *window * split.width * target.k);
	return true;
}

template <bool BY_POSITION>
static __global__ void
__launch_bounds__(BLOCK)
	count_kernel(GeTargetView target, GeRowsView rows, GeWindowSplit split)
{
	extern __shared__ uint32_t counts[];
	uint32_t row = blockIdx.x * BLOCK + threadIdx.x, window = 0, cell;

	for (uint32_t i = threadIdx.x; i < split.n_windows; i += BLOCK)
		counts[i] = 0;
	__syncthreads();
	if (place_row<BY_POSITION>(target, rows, split, row, &window, &cell))
		atomicAdd(&counts[window], 1u);
	__syncthreads();
	for (uint32_t i = threadIdx.x; i < split.n_windows; i += BLOCK)
		if (counts[i] != 0)
			atomicAdd(&split.counts[i], counts[i]);
}

template <bool BY_POSITION>
static __global__ void
__launch_bounds__(BLOCK)
	split_kernel(GeTargetView target, GeRowsView rows, GeWindowSplit split)
{
	extern __shared__ uint32_t counts[]; /* rows, then where the first of them goes */
	uint32_t row = blockIdx.x * BLOCK + threadIdx.x, window = 0, cell = 0, at = 0;
	bool has;

	for (uint32_t i = threadIdx.x; i < split.n_windows; i += BLOCK)
		counts[i] = 0;
	__syncthreads();
	has = place_row<BY_POSITION>(target, rows, split, row, &window, &cell);
	if (has)
		at = atomicAdd(&counts[window], 1u);
	__syncthreads();
	for (uint32_t i = threadIdx.x; i < split.n_windows; i += BLOCK)
		if (counts[i] != 0)
			counts[i] = atomicAdd(&split.counts[i], counts[i]);
	__syncthreads();
	if (!has)
		return;
	split.cells[counts[window] + at] = cell;
	split.targets[counts[window] + at] = rows.targets[row];
}

static uint32_t
blocks_for(uint32_t n)
{
	return (n - 1) / BLOCK + 1;
}

cudaError_t
ge_windows_count_launch(const GeTargetView *target, const GeRowsView *rows,
						const GeWindowSplit *split, cudaStream_t stream)
{
	size_t shared = split->n_windows * sizeof(uint32_t);

	if (folds_by_position(target->folds.split))
		count_kernel<true>
			<<<blocks_for(rows->n_rows), BLOCK, shared, stream>>>(*target, *rows, *split);
	else
		count_kernel<false>
			<<<blocks_for(rows->n_rows), BLOCK, shared, stream>>>(*target, *rows, *split);
	return cudaGetLastError();
}

cudaError_t
ge_windows_split_launch(const GeTargetView *target, const GeRowsView *rows,
						const GeWindowSplit *split, cudaStream_t stream)
{
	size_t shared = split->n_windows * sizeof(uint32_t);

	if (folds_by_position(target->folds.split))
		split_kernel<true>
			<<<blocks_for(rows->n_rows), BLOCK, shared, stream>>>(*target, *rows, *split);
	else
		split_kernel<false>
			<<<blocks_for(rows->n_rows), BLOCK, shared, stream>>>(*target, *rows, *split);
	return cudaGetLastError();
}

static __global__ void
__launch_bounds__(BLOCK) widen_kernel(const uint32_t *cells, uint64_t *keys, uint32_t n)
{
	uint32_t i = blockIdx.x * BLOCK + threadIdx.x;

	if (i < n)
		keys[i] = cells[i];
}

cudaError_t
ge_windows_widen_launch(const uint32_t *cells, uint64_t *keys, uint32_t n,
						cudaStream_t stream)
{
	widen_kernel<<<blocks_for(n), BLOCK, 0, stream>>>(cells, keys, n);
	return cudaGetLastError();
}
