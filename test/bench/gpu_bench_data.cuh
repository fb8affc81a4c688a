/*
 * gpu_bench_data.cuh: the data of gpu_bench, made on the device.
 */
#ifndef GE_GPU_BENCH_DATA_CUH
#define GE_GPU_BENCH_DATA_CUH

#include <cstdint>

#include "backend/fold.h"

#define BLOCK 256
#define STRING_BYTES 12

static inline uint32_t
blocks_for(uint64_t n)
{
	return (uint32_t) ((n + BLOCK - 1) / BLOCK);
}

/* How values are drawn. */
enum Draw
{
	UNIFORM,
	ZIPF,	  /* exponent 1.2 */
	ONE_VALUE /* one value in 99 % of the rows */
};

static __device__ uint64_t
hash_of(uint64_t i, uint64_t seed)
{
	return ge_splitmix64_mix((i + 1) * UINT64_C(0x9E3779B97F4A7C15) + seed);
}

/* A number below n; Zipf by inverting the integral of x^-1.2. */
static __device__ uint32_t
draw(uint64_t i, uint32_t n, int how, uint64_t seed)
{
	uint64_t h = hash_of(i, seed);
	double u = (double) (h >> 11) * 0x1p-53, x;

	if (how == ONE_VALUE && u < 0.99)
		return 0;
	if (how != ZIPF)
		return (uint32_t) __umul64hi(hash_of(i, seed + 1), n);
	x = pow(1 - u * (1 - pow((double) n + 1, -0.2)), -5.0) - 1;
	return x < n ? (uint32_t) x : n - 1;
}

static __global__ void
strings_kernel(uint8_t *bytes, uint32_t *offsets, uint64_t n, uint32_t n_distinct,
			   int how)
{
	uint64_t i = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;
	uint32_t value;

	if (i > n)
		return;
	offsets[i] = (uint32_t) (i * STRING_BYTES);
	if (i == n)
		return;
	value = draw(i, n_distinct, how, 1) * 2654435761u; /* a bijection: no order */
	bytes[i * STRING_BYTES] = 'u';
	bytes[i * STRING_BYTES + 1] = '_';
	for (int digit = STRING_BYTES - 1; digit > 1; digit--, value /= 10)
		bytes[i * STRING_BYTES + digit] = '0' + value % 10;
}

static __global__ void
rows_kernel(uint32_t *ids, uint64_t *targets, uint64_t n, uint32_t n_distinct, int how,
			bool binary)
{
	uint64_t i = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;
	uint64_t h = hash_of(i, 77);

	if (i >= n)
		return;
	ids[i] = 1 + (uint32_t) ((draw(i, n_distinct, how, 5) * UINT64_C(2654435761)) %
							 n_distinct);
	targets[i] = binary ? h & 1 : (uint64_t) __double_as_longlong((h >> 11) * 0x1p-53);
}

/* Places of rows in an order: their ordinals, or a permutation of them. */
static __global__ void
places_kernel(uint32_t *places, GeFolds folds, bool shuffled)
{
	uint64_t i = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;

	if (i < folds.n_rows)
		places[i] = (uint32_t) (shuffled ? ge_fold_permute(&folds, i) : i);
}

#endif /* GE_GPU_BENCH_DATA_CUH */
