/*
 * gpu_bench_codes.cuh: codes from ids, and sums of results.
 *
 * The sums tell whether two programs' results agree: each result counts as often as a
 * number of its row says, so that the order of rows matters.
 */
#ifndef GE_GPU_BENCH_CODES_CUH
#define GE_GPU_BENCH_CODES_CUH

#include <cstdint>

#include "gpu_bench_data.cuh"

#define SUM_BLOCKS 1024

static __global__ void
rank_kernel(const uint32_t *sorted, uint32_t n, uint32_t *ranks)
{
	uint64_t i = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;

	if (i < n)
		ranks[sorted[i]] = (uint32_t) i;
}

static __global__ void
codes_kernel(const uint32_t *ids, uint64_t n, const uint32_t *ranks, uint32_t *codes)
{
	uint64_t i = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;

	if (i < n)
		codes[i] = ranks[ids[i]];
}

static __global__ void
sum_codes_kernel(const uint32_t *codes, uint64_t n, unsigned long long *sum)
{
	unsigned long long mine = 0;

	for (uint64_t i = (uint64_t) blockIdx.x * BLOCK + threadIdx.x; i < n;
		 i += SUM_BLOCKS * BLOCK)
		mine += codes[i] * (i + 1);
	atomicAdd(sum, mine);
}

static __global__ void
sum_encodings_kernel(const double *encodings, uint64_t n, double *sum)
{
	double mine = 0;

	for (uint64_t i = (uint64_t) blockIdx.x * BLOCK + threadIdx.x; i < n;
		 i += SUM_BLOCKS * BLOCK)
		mine += isnan(encodings[i]) ? 0 : encodings[i] * (double) (i % 1000 + 1);
	atomicAdd(sum, mine);
}

#endif /* GE_GPU_BENCH_CODES_CUH */
