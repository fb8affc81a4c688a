/*
 * ordered_quantiles.cu: quantiles of the rows before each row in an order.
 *
 * CPU twin: src/cpu/target_ordered_quantiles.c.  A target has one rank, among all rows; the
 * targets before a row, of all categories or of its own, are the ranks of a range of a line.
 */
#include "backend/finish.h"
#include "backend/order_key.h"
#include "target/ordered.cuh"
#include "target/ordered_quantiles.h"
#include "target/ranks.cuh"

#define BLOCK 128

/* by_place[places[rows[i]]] = i */
static __global__ void
__launch_bounds__(BLOCK) places_kernel(const uint32_t *rows, const uint32_t *places,
									   uint32_t n, uint32_t *by_place)
{
	uint64_t i = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;

	if (i < n)
		by_place[places[rows[i]]] = (uint32_t) i;
}

static __global__ void
__launch_bounds__(BLOCK) sorted_kernel(const uint64_t *links, uint32_t n,
									   const uint32_t *by_place, uint32_t *sorted)
{
	uint64_t i = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;

	if (i < n)
		sorted[i] = by_place[(uint32_t) links[i]];
}

static uint32_t
blocks_for(uint32_t n)
{
	return n / BLOCK + (n % BLOCK != 0);
}

cudaError_t
ge_cuda_ordered_ranks_launch(const GeTargetView *target, const GeOrderedView *ordered,
							 const uint32_t *rows, uint32_t *by_place, uint32_t *sorted,
							 cudaStream_t stream)
{
	uint32_t n = ordered->all.n_rows;

	places_kernel<<<blocks_for(n), BLOCK, 0, stream>>>(rows, target->places, n, by_place);
	sorted_kernel<<<blocks_for(n), BLOCK, 0, stream>>>(ordered->links, n, by_place,
													   sorted);
	return cudaGetLastError();
}

/* Targets among rows [begin, end) of one segment, which begins there. */
static __device__ __forceinline__ uint32_t
count_targets(const GeLine &line, uint32_t begin, uint32_t end)
{
	uint32_t first = end - end % GE_STEP_ROWS, row = first > begin ? first : begin;
	uint32_t n = first > begin ? (uint32_t) line.sums[first / GE_STEP_ROWS - 1] : 0;

	for (; row < end; row++)
		n += (line.ids[row] & GE_NULL_BIT) == 0 ? 1 : 0;
	return n;
}

/* Of the n > 0 targets at places [begin, end); rows without one have greater ranks. */
static __device__ __forceinline__ double
quantile_of(const GeRanks &ranks, const uint64_t *keys, uint32_t begin, uint32_t end,
			uint32_t n, uint32_t percent)
{
	GeQuantile place = ge_quantile_place(n, percent);
	uint32_t at = (uint32_t) place.at;
	double least = ge_order_value(keys[find_rank(ranks, begin, end, at)]);

	return place.fraction == 0
			   ? least
			   : ge_quantile(least,
							 ge_order_value(keys[find_rank(ranks, begin, end, at + 1)]),
							 place.fraction);
}

static __global__ void
__launch_bounds__(BLOCK)
	quantiles_kernel(GeTargetView target, GeOrderedView ordered, GeOrderedRanks ranks)
{
	uint64_t row = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;
	uint32_t n_all, n;
	Learner learner;

	if (row >= ordered.sorted.n_rows)
		return;
	learner = learner_of(target, ordered, (uint32_t) row);
	n_all = count_targets(ordered.all, 0, learner.visible);
	n = learner.is_missing ? 0
						   : count_targets(ordered.sorted, learner.begin, learner.end);
	for (uint32_t f = 0; f < target.finishing.n && n_all > 0; f++)
	{
		const GeFinish *finish = &target.finishing.finishes[f];

		if (finish->kind == GE_FINISH_QUANTILE)
			ordered.encodings[(uint64_t) f * ordered.all.n_rows + row] =
				n > 0 ? quantile_of(ranks.sorted, ranks.keys, learner.begin, learner.end,
									n, finish->percent)
					  : quantile_of(ranks.all, ranks.keys, 0, learner.visible, n_all,
									finish->percent);
	}
}

cudaError_t
ge_cuda_ordered_quantiles_launch(const GeTargetView *target, const GeOrderedView *ordered,
								 const GeOrderedRanks *ranks, cudaStream_t stream)
{
	quantiles_kernel<<<blocks_for(ordered->sorted.n_rows), BLOCK, 0, stream>>>(
		*target, *ordered, *ranks);
	return cudaGetLastError();
}
