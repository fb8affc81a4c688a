/*
 * rows.cu: the out-of-fold encodings of every row.
 *
 * CPU twin: src/cpu/target_dense_encode.c and target_sorted.c (rows).  A row reads the
 * encodings of its cell, and those that depend on its category alone there.  A thread takes
 * ROWS rows, a block apart.
 */
#include "target/cell.cuh"
#include "target/fold.cuh"

#define BLOCK 256
#define ROWS 4

/* The cell of a row with this key; NO_CELL, which is an error, if there is none. */
static __device__ __forceinline__ uint64_t
cell_of(const GeTargetView &target, uint64_t key)
{
	uint64_t cell = key;

	if (target.keys != NULL && key != NO_CELL)
	{
		cell = search_cell(target, key);
		if (cell == NO_CELL)
			raise_flag(target, GE_FLAG_BAD_ROW);
	}
	return cell;
}

static __device__ __forceinline__ double
encoding_of(const GeTargetView &target, uint64_t key)
{
	uint64_t cell = cell_of(target, key);

	return cell == NO_CELL ? 0 : __ldg(&target.encodings[cell]);
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

/*
 * The encodings of finishes number c.. by cell, N of them: N doubles that lie together are
 * asked for at once, as another request for their sector may find it gone.
 */
template <int N>
static __device__ __forceinline__ bool
write_cells(const GeTargetView &target, const GeRowsView &rows, const uint64_t *cells,
			uint64_t first, uint32_t c, double *out)
{
	const GeFinishView &finishing = target.finishing;
	double encodings[ROWS][N];
	bool finite = true;

#pragma unroll
	for (int i = 0; i < ROWS; i++)
	{
		uint64_t cell = cells[i] != NO_CELL ? cells[i] : 0;
		const double *from = target.encodings + cell * finishing.stride + c;

#pragma unroll
		for (int j = 0; j < N; j += 2)
			if (N == 1)
				encodings[i][0] = __ldg(from);
			else
				*(double2 *) &encodings[i][j] = __ldg((const double2 *) (from + j));
	}
#pragma unroll
	for (int j = 0; j < N; j++)
	{
		double *to;

		if (c + j >= finishing.n_by_cell)
			break;
		to = out + (uint64_t) finishing.order[c + j] * rows.n_rows;
#pragma unroll
		for (int i = 0; i < ROWS; i++)
			if (first + i * BLOCK < rows.n_rows)
			{
				__stcs(&to[first + i * BLOCK], encodings[i][j]);
				finite = finite && !isinf(encodings[i][j]);
			}
	}
	return finite;
}

/* All finishes by cell. */
static __device__ __forceinline__ bool
write_by_cell(const GeTargetView &target, const GeRowsView &rows, const uint64_t *cells,
			  uint64_t first, double *out)
{
	uint32_t n = target.finishing.n_by_cell;
	bool finite = true;

	if (n == 1)
		return write_cells<1>(target, rows, cells, first, 0, out);
	if (n == 2)
		return write_cells<2>(target, rows, cells, first, 0, out);
	for (uint32_t c = 0; c < n; c += 4)
		finite = write_cells<4>(target, rows, cells, first, c, out) && finite;
	return finite;
}

/* A finish that depends on the category alone. */
static __device__ __forceinline__ bool
write_full(const GeTargetView &target, const GeRowsView &rows, const uint32_t *ids,
		   uint64_t first, uint32_t f, double *out)
{
	const double *full = target.full + f * ((uint64_t) target.n_categories + 1);
	double encodings[ROWS];
	bool finite = true;

#pragma unroll
	for (int i = 0; i < ROWS; i++)
		encodings[i] = ids[i] <= target.n_categories ? __ldg(&full[ids[i]]) : 0;
#pragma unroll
	for (int i = 0; i < ROWS; i++)
	{
		if (first + i * BLOCK >= rows.n_rows)
			break;
		__stcs(&out[(uint64_t) f * rows.n_rows + first + i * BLOCK], encodings[i]);
		finite = finite && !isinf(encodings[i]);
	}
	return finite;
}

template <bool BY_POSITION>
static __global__ void
__launch_bounds__(BLOCK)
	finishes_kernel(GeTargetView target, GeRowsView rows, double *out)
{
	const GeFinishView &finishing = target.finishing;

	for (uint64_t tile = (uint64_t) blockIdx.x * BLOCK * ROWS; tile < rows.n_rows;
		 tile += (uint64_t) gridDim.x * BLOCK * ROWS)
	{
		uint64_t first = tile + threadIdx.x, cells[ROWS];
		uint32_t ids[ROWS];
		bool finite;

#pragma unroll
		for (int i = 0; i < ROWS; i++)
		{
			uint64_t row = first + i * BLOCK;

			cells[i] = NO_CELL;
			ids[i] = GE_NO_HOT;
			if (row >= rows.n_rows)
				continue;
			ids[i] = load_id(rows, (uint32_t) row);
			cells[i] = cell_of(target,
							   key_of<BY_POSITION>(target, rows, (uint32_t) row, ids[i]));
		}
		finite = write_by_cell(target, rows, cells, first, out);
		for (uint32_t c = finishing.n_by_cell; c < finishing.n; c++)
			finite =
				write_full(target, rows, ids, first, finishing.order[c], out) && finite;
		if (!finite)
			raise_flag(target, GE_FLAG_OVERFLOW);
	}
}

template <bool BY_POSITION>
static void
launch_rows(const GeTargetView *target, const GeRowsView *rows, double *out,
			uint32_t blocks, cudaStream_t stream)
{
	if (target->finishing.n == 1 && target->finishing.n_by_cell == 1)
		rows_kernel<BY_POSITION><<<blocks, BLOCK, 0, stream>>>(*target, *rows, out);
	else
		finishes_kernel<BY_POSITION><<<blocks, BLOCK, 0, stream>>>(*target, *rows, out);
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
		launch_rows<true>(target, rows, out, (uint32_t) (tiles < most ? tiles : most),
						  stream);
	else
		launch_rows<false>(target, rows, out, (uint32_t) (tiles < most ? tiles : most),
						   stream);
	return cudaGetLastError();
}
