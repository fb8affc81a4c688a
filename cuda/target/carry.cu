/*
 * carry.cu: carry passes, counts of rows without a target, and the collecting of rows for
 * sparse cells.
 *
 * CPU twins: none for the carry pass (the CPU's cells need none; exact_sum.h's
 * ge_sum_carry is its meaning); src/cpu/target_dense.c for the count of rows without a
 * target; src/cpu/target_sorted.c for collecting the rows of sparse cells.
 */
#include "target/cell.cuh"
#include "target/fold.cuh"

#define BLOCK 256

static __global__ void
__launch_bounds__(BLOCK) carry_kernel(GeTargetView target)
{
	const GeDeviceCell &layout = target.layout;
	uint64_t i = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;
	int64_t *cell = (int64_t *) target.cells + i * layout.n_words;

	if (i >= target.n_cells)
		return;
	carry_sums(layout, cell);
}

cudaError_t
ge_cuda_target_carry_launch(const GeTargetView *target, cudaStream_t stream)
{
	carry_kernel<<<(uint32_t) ((target->n_cells + BLOCK - 1) / BLOCK), BLOCK, 0,
				   stream>>>(*target);
	return cudaGetLastError();
}

/* Equal ids of a warp are counted by one of its threads. */
static __global__ void
__launch_bounds__(BLOCK) null_kernel(GeTargetView target, GeRowsView rows)
{
	uint32_t row = blockIdx.x * BLOCK + threadIdx.x, id = 0;
	bool counts = row < rows.n_rows && rows.is_null[row] != 0;
	uint32_t active, same;

	if (counts)
		id = load_id(rows, row);
	if (counts && id > target.n_categories)
	{
		raise_flag(target, GE_FLAG_BAD_ROW);
		counts = false;
	}
	active = __ballot_sync(0xffffffff, counts);
	if (!counts)
		return;
	same = __match_any_sync(active, id);
	if (threadIdx.x % 32 == __ffs(same) - 1)
		atomicAdd((unsigned long long *) &target.null_rows[id],
				  (unsigned long long) __popc(same));
}

cudaError_t
ge_cuda_target_null_launch(const GeTargetView *target, const GeRowsView *rows,
						   cudaStream_t stream)
{
	if (rows->n_rows == 0)
		return cudaSuccess;
	null_kernel<<<(rows->n_rows - 1) / BLOCK + 1, BLOCK, 0, stream>>>(*target, *rows);
	return cudaGetLastError();
}

/* A row that is out of range is one without a target: the flag is what counts. */
template <bool BY_POSITION>
static __global__ void
__launch_bounds__(BLOCK)
	collect_kernel(GeTargetView target, GeRowsView rows, GeCollected collected)
{
	uint32_t row = blockIdx.x * BLOCK + threadIdx.x;
	bool is_null;
	uint64_t key;

	if (row >= rows.n_rows)
		return;
	key = key_of<BY_POSITION>(target, rows, row, load_id(rows, row));
	is_null = key == NO_CELL || (rows.is_null != NULL && rows.is_null[row] != 0);
	collected.keys[row] = key == NO_CELL ? 0 : key;
	collected.targets[row] = rows.targets[row];
	collected.is_null[row] = is_null;
	if (collected.weights != NULL)
		collected.weights[row] = rows.weights[row];
}

cudaError_t
ge_cuda_target_collect_launch(const GeTargetView *target, const GeRowsView *rows,
							  const GeCollected *collected, cudaStream_t stream)
{
	if (rows->n_rows == 0)
		return cudaSuccess;
	if (folds_by_position(target->folds.split))
		collect_kernel<true><<<(rows->n_rows - 1) / BLOCK + 1, BLOCK, 0, stream>>>(
			*target, *rows, *collected);
	else
		collect_kernel<false><<<(rows->n_rows - 1) / BLOCK + 1, BLOCK, 0, stream>>>(
			*target, *rows, *collected);
	return cudaGetLastError();
}
