/*
 * quantiles.cu: targets brought into order, and quantiles of them.
 *
 * CPU twin: src/cpu/target_quantiles.c.  A thread for each encoding.
 */
#include "target/fold.cuh"
#include "target/parts.cuh"
#include "target/quantiles.h"

#define BLOCK 256
/* The key of rows without a target: above all others. */
#define LAST_KEY UINT64_MAX
#define NO_FOLD UINT64_MAX

static uint32_t
blocks_for(uint64_t n)
{
	return (uint32_t) ((n + BLOCK - 1) / BLOCK);
}

static __device__ __forceinline__ uint64_t
thread_number()
{
	return (uint64_t) blockIdx.x * BLOCK + threadIdx.x;
}

/* ------------------------------------------------------------------------ the order */

static __global__ void
__launch_bounds__(BLOCK) keys_kernel(GeTargetView target, GeCollected rows, uint32_t n,
									 uint64_t *keys, uint32_t *numbers)
{
	uint64_t i = thread_number();

	if (i >= n)
		return;
	keys[i] = rows.is_null[i] != 0
				  ? LAST_KEY
				  : ge_order_key(double_of_target(target, rows.targets[i]));
	numbers[i] = (uint32_t) i;
}

cudaError_t
ge_cuda_quantiles_keys_launch(const GeTargetView *target, const GeCollected *rows,
							  uint32_t n, uint64_t *keys, uint32_t *numbers,
							  cudaStream_t stream)
{
	keys_kernel<<<blocks_for(n), BLOCK, 0, stream>>>(*target, *rows, n, keys, numbers);
	return cudaGetLastError();
}

static __global__ void
__launch_bounds__(BLOCK)
	numbers_kernel(uint32_t k, const uint64_t *cells, const uint32_t *rows,
				   const uint32_t *order, uint32_t n, GeSortedNumber number,
				   uint64_t *keys, uint32_t *numbers)
{
	uint64_t i = thread_number(), cell;

	if (i >= n)
		return;
	cell = cells[rows[order != NULL ? order[i] : i]];
	keys[i] = number == GE_SORTED_ID	 ? cell / k
			  : number == GE_SORTED_CELL ? cell
										 : cell % k;
	numbers[i] = (uint32_t) i;
}

cudaError_t
ge_cuda_quantiles_numbers_launch(const GeTargetView *target, const uint64_t *cells,
								 const uint32_t *rows, const uint32_t *order, uint32_t n,
								 GeSortedNumber number, uint64_t *keys, uint32_t *numbers,
								 cudaStream_t stream)
{
	numbers_kernel<<<blocks_for(n), BLOCK, 0, stream>>>(target->k, cells, rows, order, n,
														number, keys, numbers);
	return cudaGetLastError();
}

static __global__ void
__launch_bounds__(BLOCK)
	gather_kernel(const uint64_t *keys, const uint32_t *order, uint32_t n, uint64_t *out)
{
	uint64_t i = thread_number();

	if (i < n)
		out[i] = keys[order[i]];
}

cudaError_t
ge_cuda_quantiles_gather_launch(const uint64_t *keys, const uint32_t *order, uint32_t n,
								uint64_t *out, cudaStream_t stream)
{
	gather_kernel<<<blocks_for(n), BLOCK, 0, stream>>>(keys, order, n, out);
	return cudaGetLastError();
}

static __global__ void
__launch_bounds__(BLOCK)
	places_kernel(uint32_t k, const uint64_t *cells, const uint32_t *starts, uint32_t n,
				  uint32_t *places)
{
	uint64_t i = thread_number();

	if (i < n)
		places[i] -= starts[cells[i] / k];
}

cudaError_t
ge_cuda_quantiles_places_launch(const GeTargetView *target, const uint64_t *cells,
								const uint32_t *starts, uint32_t n, uint32_t *places,
								cudaStream_t stream)
{
	places_kernel<<<blocks_for(n), BLOCK, 0, stream>>>(target->k, cells, starts, n,
													   places);
	return cudaGetLastError();
}

static __global__ void
__launch_bounds__(BLOCK) counts_kernel(GeDeviceCell layout, const uint64_t *cells,
									   uint64_t n, uint32_t *counts)
{
	uint64_t i = thread_number();

	if (i > n)
		return;
	counts[i] =
		i > 0 ? (uint32_t) record_word(layout, cells + (i - 1) * layout.n_words, 0) : 0;
}

cudaError_t
ge_cuda_quantiles_counts_launch(const GeDeviceCell *layout, const uint64_t *cells,
								uint64_t n, uint32_t *counts, cudaStream_t stream)
{
	counts_kernel<<<blocks_for(n + 1), BLOCK, 0, stream>>>(*layout, cells, n, counts);
	return cudaGetLastError();
}

/* ------------------------------------------------------------------------ quantiles */

/* The targets of a segment, without those of a cell. */
struct Targets
{
	const uint64_t *keys;
	const uint32_t *places;
	uint32_t n;
	uint32_t n_places;
};

static __device__ __forceinline__ Targets
targets_of(const GeValueOrder &order, uint64_t segment, uint64_t cell)
{
	Targets targets = {order.keys + order.starts[segment], NULL,
					   order.starts[segment + 1] - order.starts[segment], 0};

	if (cell != NO_FOLD)
	{
		targets.places = order.places + order.cell_starts[cell];
		targets.n_places = order.cell_starts[cell + 1] - order.cell_starts[cell];
	}
	return targets;
}

/* Target number j. */
static __device__ __forceinline__ double
target_at(const Targets &targets, uint32_t j)
{
	uint32_t low = 0, high = targets.n_places;

	while (low < high)
	{
		uint32_t middle = low + (high - low) / 2;

		if (targets.places[middle] - middle <= j)
			low = middle + 1;
		else
			high = middle;
	}
	return ge_order_value(targets.keys[j + low]);
}

/* *encoding becomes the quantile, if there are any targets. */
static __device__ __forceinline__ void
write_quantile(const Targets &targets, uint32_t percent, double *encoding)
{
	uint32_t n = targets.n - targets.n_places;
	GeQuantile place;
	double least;

	if (n == 0)
		return;
	place = ge_quantile_place(n, percent);
	least = target_at(targets, (uint32_t) place.at);
	*encoding = place.fraction == 0
					? least
					: ge_quantile(least, target_at(targets, (uint32_t) place.at + 1),
								  place.fraction);
}

static __device__ __forceinline__ bool
is_category(const GeTargetView &target, uint64_t id)
{
	return id != GE_ID_MISSING || target.missing_is_category;
}

static __global__ void
__launch_bounds__(BLOCK) write_cells_kernel(GeTargetView target, GeValueOrder categories)
{
	const GeFinishView &finishing = target.finishing;
	uint64_t i = thread_number(), cell = i / finishing.n_by_cell, id;
	uint32_t c = (uint32_t) (i % finishing.n_by_cell);
	const GeFinish *finish = &finishing.finishes[finishing.order[c]];

	if (cell >= target.n_cells || finish->kind != GE_FINISH_QUANTILE)
		return;
	id = (target.keys != NULL ? target.keys[cell] : cell) / target.k;
	if (is_category(target, id))
		write_quantile(targets_of(categories, id, cell), finish->percent,
					   &target.encodings[cell * finishing.stride + c]);
}

static __global__ void
__launch_bounds__(BLOCK) write_full_kernel(GeTargetView target, GeValueOrder categories)
{
	uint64_t i = thread_number(), n_ids = (uint64_t) target.n_categories + 1;
	uint64_t id = i % n_ids, f = i / n_ids;

	if (f >= target.finishing.n ||
		target.finishing.finishes[f].kind != GE_FINISH_QUANTILE ||
		!is_category(target, id))
		return;
	write_quantile(targets_of(categories, id, NO_FOLD),
				   target.finishing.finishes[f].percent, &target.full[i]);
}

cudaError_t
ge_cuda_quantiles_write_launch(const GeTargetView *target, const GeValueOrder *categories,
							   cudaStream_t stream)
{
	const GeFinishView *finishing = &target->finishing;
	uint64_t n_encodings = target->n_cells * finishing->n_by_cell;
	uint64_t n_full = ((uint64_t) target->n_categories + 1) * finishing->n;

	if (n_encodings > 0)
		write_cells_kernel<<<blocks_for(n_encodings), BLOCK, 0, stream>>>(*target,
																		  *categories);
	write_full_kernel<<<blocks_for(n_full), BLOCK, 0, stream>>>(*target, *categories);
	return cudaGetLastError();
}

static __global__ void
__launch_bounds__(BLOCK) priors_kernel(GeValueOrder all, uint64_t n_folds,
									   uint32_t percent, uint32_t stride, double *out)
{
	uint64_t fold = thread_number();

	if (fold <= n_folds)
		write_quantile(targets_of(all, 0, fold < n_folds ? fold : NO_FOLD), percent,
					   &out[fold * stride]);
}

cudaError_t
ge_cuda_quantiles_priors_launch(const GeValueOrder *all, uint64_t n_folds,
								uint32_t percent, uint32_t stride, double *out,
								cudaStream_t stream)
{
	priors_kernel<<<blocks_for(n_folds + 1), BLOCK, 0, stream>>>(*all, n_folds, percent,
																 stride, out);
	return cudaGetLastError();
}
