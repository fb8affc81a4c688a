/*
 * ordered_rows.cu: rows of an order kept, brought into their lines, and their encodings.
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
__launch_bounds__(BLOCK) keep_kernel(GeTargetView target, GeRowsView rows,
									 GeKeptRow *kept, double *weights, uint32_t *places)
{
	uint64_t row = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;
	uint64_t ordinal = rows.first_ordinal + row;
	GeKeptRow kept_row;
	uint32_t place;

	if (row >= rows.n_rows)
		return;
	place = rows.places[row];
	kept_row.visible = rows.visible[row];
	kept_row.id = load_id(rows, (uint32_t) row);
	kept_row.target = rows.targets[row];
	if (place >= target.folds.n_rows || kept_row.visible > place ||
		kept_row.id > target.n_categories)
	{
		raise_flag(target, GE_FLAG_BAD_ROW);
		return;
	}
	if (rows.is_null != NULL && rows.is_null[row] != 0)
		kept_row.id |= GE_NULL_BIT;
	kept[ordinal] = kept_row;
	places[ordinal] = place;
	if (weights != NULL)
		weights[ordinal] = rows.weights[row];
}

cudaError_t
ge_cuda_ordered_keep_launch(const GeTargetView *target, const GeRowsView *rows,
							GeKeptRow *kept, double *weights, uint32_t *places,
							cudaStream_t stream)
{
	if (rows->n_rows == 0)
		return cudaSuccess;
	keep_kernel<<<blocks_for(rows->n_rows), BLOCK, 0, stream>>>(*target, *rows, kept,
																weights, places);
	return cudaGetLastError();
}

static __global__ void
__launch_bounds__(BLOCK) count_kernel(uint32_t *numbers, uint32_t n)
{
	uint64_t i = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;

	if (i < n)
		numbers[i] = (uint32_t) i;
}

cudaError_t
ge_cuda_ordered_count_launch(uint32_t *numbers, uint32_t n, cudaStream_t stream)
{
	count_kernel<<<blocks_for(n), BLOCK, 0, stream>>>(numbers, n);
	return cudaGetLastError();
}

static __global__ void
__launch_bounds__(BLOCK) arrange_kernel(GeOrderedView ordered, const uint32_t *ordinals,
										const GeKeptRow *kept, const double *weights)
{
	uint64_t place = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;
	GeKeptRow row;

	if (place >= ordered.all.n_rows)
		return;
	row = kept[ordinals[place]];
	ordered.all.ids[place] = row.id;
	ordered.all.targets[place] = row.target;
	ordered.links[place] = (uint64_t) row.visible << 32 | place;
	if (weights != NULL)
		ordered.all.weights[place] = weights[ordinals[place]];
}

cudaError_t
ge_cuda_ordered_arrange_launch(const GeOrderedView *ordered, const uint32_t *ordinals,
							   const GeKeptRow *kept, const double *weights,
							   cudaStream_t stream)
{
	arrange_kernel<<<blocks_for(ordered->all.n_rows), BLOCK, 0, stream>>>(
		*ordered, ordinals, kept, weights);
	return cudaGetLastError();
}

static __global__ void
__launch_bounds__(BLOCK) gather_kernel(GeOrderedView ordered)
{
	uint64_t row = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;
	const GeLine &sorted = ordered.sorted;
	uint32_t place, id;

	if (row >= sorted.n_rows)
		return;
	place = (uint32_t) ordered.links[row];
	id = sorted.ids[row] & ~GE_NULL_BIT;
	ordered.sorted_places[row] = place;
	sorted.targets[row] = ordered.all.targets[place];
	if (sorted.weights != NULL)
		sorted.weights[row] = ordered.all.weights[place];
	if (row == 0 || (sorted.ids[row - 1] & ~GE_NULL_BIT) != id)
		ordered.starts[id] = (uint32_t) row;
}

cudaError_t
ge_cuda_ordered_gather_launch(const GeOrderedView *ordered, cudaStream_t stream)
{
	gather_kernel<<<blocks_for(ordered->sorted.n_rows), BLOCK, 0, stream>>>(*ordered);
	return cudaGetLastError();
}

static __global__ void
__launch_bounds__(BLOCK)
	ordered_rows_kernel(GeTargetView target, GeRowsView rows, double *out)
{
	uint64_t row = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;
	bool finite = true;
	uint32_t sorted_row;

	if (row >= rows.n_rows)
		return;
	sorted_row = target.sorted_rows[target.places[rows.first_ordinal + row]];
	for (uint32_t f = 0; f < target.finishing.n; f++)
	{
		double encoding = target.encodings[f * target.folds.n_rows + sorted_row];

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
