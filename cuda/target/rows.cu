/*
 * rows.cu: the out-of-fold encoding of every row.
 *
 * CPU twin: src/cpu/target_dense.c and target_sorted.c (rows).  A row reads the encoding
 * of its cell.  Where cells are sparse, a row whose cell holds no target (its own is
 * NULL) has S' = S_c and N' = N_c.  A thread takes ROWS rows, a block apart.
 */
#include "target/cell.cuh"
#include "target/fold.cuh"

#define BLOCK 256
#define ROWS 4

static __device__ __forceinline__ double
encoding_without_cell(const GeTargetView &target, uint64_t key)
{
	uint64_t id = key / target.k;
	uint32_t fold = (uint32_t) (key - id * target.k);
	GePrior prior = target.fold_priors != NULL ? target.fold_priors[fold] : target.prior;
	double encoding = prior.unseen;

	if (id != GE_ID_MISSING || target.missing_is_category)
	{
		encoding = ge_finish_plain_mean(
			&target.finish, (uint64_t) target.category_sums[id * target.layout.sum_words],
			target.category_rounded[id], prior);
	}
	return encoding;
}

static __device__ __forceinline__ double
encoding_of(const GeTargetView &target, uint64_t key)
{
	uint64_t cell = key;

	if (key == NO_CELL)
		return 0;
	if (target.keys != NULL)
		cell = search_cell(target, key);
	if (cell == NO_CELL)
		return encoding_without_cell(target, key);
	return __ldg(&target.encodings[cell]);
}

template <bool BY_POSITION>
static __global__ void
__launch_bounds__(BLOCK) rows_kernel(GeTargetView target, GeRowsView rows, double *out)
{
	for (uint64_t tile = (uint64_t) blockIdx.x * BLOCK * ROWS; tile < rows.n_rows;
		 tile += (uint64_t) gridDim.x * BLOCK * ROWS)
	{
		uint64_t first = tile + threadIdx.x;
		double encodings[ROWS];
		bool finite = true;

#pragma unroll
		for (int i = 0; i < ROWS; i++)
		{
			uint64_t row = first + i * BLOCK;

			encodings[i] = 0;
			if (row < rows.n_rows)
				encodings[i] = encoding_of(
					target, key_of<BY_POSITION>(target, rows, (uint32_t) row,
												load_id(rows, (uint32_t) row)));
			finite = finite && !isinf(encodings[i]);
		}
#pragma unroll
		for (int i = 0; i < ROWS; i++)
			if (first + i * BLOCK < rows.n_rows)
				__stcs(&out[first + i * BLOCK], encodings[i]);
		if (!finite)
			raise_flag(target, GE_FLAG_OVERFLOW);
	}
}

cudaError_t
ge_cuda_target_rows_launch(const GeTargetView *target, const GeRowsView *rows,
						   double *out, int n_processors, cudaStream_t stream)
{
	uint64_t tiles = ((uint64_t) rows->n_rows + BLOCK * ROWS - 1) / (BLOCK * ROWS);
	uint64_t most = (uint64_t) n_processors * 32;

	if (tiles == 0)
		return cudaSuccess;
	if (folds_by_position(target->folds.split))
		rows_kernel<true><<<(uint32_t) (tiles < most ? tiles : most), BLOCK, 0, stream>>>(
			*target, *rows, out);
	else
		rows_kernel<false>
			<<<(uint32_t) (tiles < most ? tiles : most), BLOCK, 0, stream>>>(*target,
																			 *rows, out);
	return cudaGetLastError();
}
