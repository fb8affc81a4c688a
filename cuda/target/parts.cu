/*
 * parts.cu: counting rows into cells with parts, by reductions in device memory.
 *
 * CPU twin: src/cpu/target_parts.c (ge_cell_add_row).  Any bins, any cells, weights or none;
 * grouped.cu is faster for many rows of few bins.
 */
#include "target/fold.cuh"
#include "target/parts.cuh"

#define BLOCK 256

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
			!add_row<SharedWords>(target, target.cells + cell * target.layout.n_words,
								  rows.targets[r],
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
