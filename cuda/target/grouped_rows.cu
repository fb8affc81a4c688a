/*
 * grouped_rows.cu: the cells of rows, and where the groups of sorted rows begin.
 */
#include "target/fold.cuh"
#include "target/grouped.h"

#define BLOCK 256
#define ROWS 4 /* of a thread, read together */

template <bool BY_POSITION>
static __global__ void
__launch_bounds__(BLOCK)
	cells_kernel(GeTargetView target, GeRowsView rows, uint32_t *cells)
{
	uint64_t first = (uint64_t) blockIdx.x * BLOCK * ROWS + threadIdx.x;
	uint32_t ids[ROWS];

#pragma unroll
	for (int i = 0; i < ROWS; i++)
	{
		uint64_t row = first + i * BLOCK;

		ids[i] = row < rows.n_rows ? load_id(rows, (uint32_t) row) : 0;
	}
#pragma unroll
	for (int i = 0; i < ROWS; i++)
	{
		uint64_t row = first + i * BLOCK, cell = NO_CELL;

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
	uint32_t blocks = (rows->n_rows - 1) / (BLOCK * ROWS) + 1;

	if (folds_by_position(target->folds.split))
		cells_kernel<true><<<blocks, BLOCK, 0, stream>>>(*target, *rows, cells);
	else
		cells_kernel<false><<<blocks, BLOCK, 0, stream>>>(*target, *rows, cells);
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
	grouping.chunk_ends[group] = (end - first + GE_CHUNK_ROWS - 1) / GE_CHUNK_ROWS;
}

cudaError_t
ge_cuda_grouped_offsets_launch(const GeGrouping *grouping, cudaStream_t stream)
{
	offsets_kernel<<<(grouping->n_groups - 1) / BLOCK + 1, BLOCK, 0, stream>>>(*grouping);
	return cudaGetLastError();
}
