/*
 * ordered_rows.cu: rows of an order kept by their places, sorted, and their encodings.
 *
 * CPU twin: src/cpu/target_ordered.c, src/cpu/target_sorted.c (rows).
 */
#include "target/fold.cuh"
#include "target/ordered.h"

#define BLOCK 256

static uint32_t
blocks_for(uint32_t n)
{
	return n / BLOCK + (n % BLOCK != 0);
}

static __global__ void
__launch_bounds__(BLOCK)
	keep_kernel(GeTargetView target, GeRowsView rows, GeKeptRows kept)
{
	uint64_t row = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;
	uint32_t place, visible, id;

	if (row >= rows.n_rows)
		return;
	place = rows.places[row];
	visible = rows.visible[row];
	id = load_id(rows, (uint32_t) row);
	if (place >= target.folds.n_rows || visible > place || id > target.n_categories)
	{
		raise_flag(target, GE_FLAG_BAD_ROW);
		return;
	}
	if (rows.is_null != NULL && rows.is_null[row] != 0)
		id |= GE_NULL_BIT;
	kept.ids[place] = id;
	kept.targets[place] = rows.targets[row];
	if (kept.weights != NULL)
		kept.weights[place] = rows.weights[row];
	kept.links[place] = (uint64_t) visible << 32 | place;
	kept.places[rows.first_ordinal + row] = place;
}

cudaError_t
ge_cuda_ordered_keep_launch(const GeTargetView *target, const GeRowsView *rows,
							const GeKeptRows *kept, cudaStream_t stream)
{
	if (rows->n_rows == 0)
		return cudaSuccess;
	keep_kernel<<<blocks_for(rows->n_rows), BLOCK, 0, stream>>>(*target, *rows, *kept);
	return cudaGetLastError();
}

static __global__ void
__launch_bounds__(BLOCK)
	gather_kernel(GeOrderedView ordered, uint64_t *targets, double *weights)
{
	uint64_t row = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;
	uint32_t place;

	if (row >= ordered.sorted.n_rows)
		return;
	place = (uint32_t) ordered.links[row];
	targets[row] = ordered.all.targets[place];
	if (weights != NULL)
		weights[row] = ordered.all.weights[place];
}

cudaError_t
ge_cuda_ordered_gather_launch(const GeOrderedView *ordered, uint64_t *targets,
							  double *weights, cudaStream_t stream)
{
	gather_kernel<<<blocks_for(ordered->sorted.n_rows), BLOCK, 0, stream>>>(
		*ordered, targets, weights);
	return cudaGetLastError();
}

static __global__ void
__launch_bounds__(BLOCK) starts_kernel(GeOrderedView ordered)
{
	uint64_t row = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;
	const uint32_t *ids = ordered.sorted.ids;

	if (row < ordered.sorted.n_rows &&
		(row == 0 || (ids[row] & ~GE_NULL_BIT) != (ids[row - 1] & ~GE_NULL_BIT)))
		ordered.starts[ids[row] & ~GE_NULL_BIT] = (uint32_t) row;
}

cudaError_t
ge_cuda_ordered_starts_launch(const GeOrderedView *ordered, cudaStream_t stream)
{
	starts_kernel<<<blocks_for(ordered->sorted.n_rows), BLOCK, 0, stream>>>(*ordered);
	return cudaGetLastError();
}

static __global__ void
__launch_bounds__(BLOCK)
	ordered_rows_kernel(GeTargetView target, GeRowsView rows, double *out)
{
	uint64_t row = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;
	bool finite = true;
	uint32_t place;

	if (row >= rows.n_rows)
		return;
	place = target.places[rows.first_ordinal + row];
	for (uint32_t f = 0; f < target.finishing.n; f++)
	{
		double encoding = target.encodings[f * target.folds.n_rows + place];

		__stcs(&out[(uint64_t) f * rows.n_rows + row], encoding);
		finite = finite && !isinf(encoding);
	}
	if (!finite)
		raise_flag(target, GE_FLAG_OVERFLOW);
}

cudaError_t
ge_cuda_ordered_rows_launch(const GeTargetView *target, const GeRowsView *rows,
							double *out, cudaStream_t stream)
{
	if (rows->n_rows == 0)
		return cudaSuccess;
	ordered_rows_kernel<<<blocks_for(rows->n_rows), BLOCK, 0, stream>>>(*target, *rows,
																		out);
	return cudaGetLastError();
}
