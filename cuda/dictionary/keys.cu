/*
 * keys.cu: gathering keys by their ids.
 *
 * CPU twin: src/cpu/dictionary_keys.c.  Values and lengths take a thread per id; bytes a
 * thread per 8 bytes of the answer, which finds its first key by binary search, so that
 * keys of any length are written alike and in whole words.
 */
#include "dictionary/keys_kernels.h"

#define BLOCK 256

static __global__ void
__launch_bounds__(BLOCK)
	values_kernel(const int64_t *values, const uint32_t *ids, uint32_t n, int64_t *out)
{
	uint64_t i = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;

	if (i < n)
		out[i] = values[ids[i] - 1];
}

cudaError_t
ge_cuda_keys_values_launch(const int64_t *values, const uint32_t *ids, uint32_t n,
						   int64_t *out, cudaStream_t stream)
{
	values_kernel<<<(n - 1) / BLOCK + 1, BLOCK, 0, stream>>>(values, ids, n, out);
	return cudaGetLastError();
}

static __global__ void
__launch_bounds__(BLOCK) lengths_kernel(const uint32_t *lengths, const uint32_t *ids,
										uint32_t n, uint64_t *out)
{
	uint64_t i = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;

	if (i < n)
		out[i] = lengths[ids[i] - 1];
}

cudaError_t
ge_cuda_keys_lengths_launch(const uint32_t *lengths, const uint32_t *ids, uint32_t n,
							uint64_t *out, cudaStream_t stream)
{
	lengths_kernel<<<(n - 1) / BLOCK + 1, BLOCK, 0, stream>>>(lengths, ids, n, out);
	return cudaGetLastError();
}

/* The first key that ends after `at`. */
static __device__ __forceinline__ uint32_t
key_at(const uint64_t *ends, uint32_t n, uint64_t at)
{
	uint32_t low = 0, high = n;

	while (low < high)
	{
		uint32_t middle = low + (high - low) / 2;

		if (ends[middle] <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static __global__ void
__launch_bounds__(BLOCK)
	bytes_kernel(const uint8_t *const *key_bytes, const uint32_t *ids,
				 const uint64_t *ends, uint32_t n, uint64_t first, uint64_t n_bytes,
				 uint64_t *out)
{
	uint64_t word = 0, i = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;
	uint32_t key;

	if (8 * i >= n_bytes)
		return;
	key = key_at(ends, n, first + 8 * i);
	for (uint32_t b = 0; b < 8 && 8 * i + b < n_bytes; b++)
	{
		uint64_t at = first + 8 * i + b, start;

		while (ends[key] <= at)
			key++;
		start = key > 0 ? ends[key - 1] : 0;
		word |= (uint64_t) key_bytes[ids[key] - 1][at - start] << 8 * b;
	}
	out[i] = word;
}

cudaError_t
ge_cuda_keys_bytes_launch(const uint8_t *const *key_bytes, const uint32_t *ids,
						  const uint64_t *ends, uint32_t n, uint64_t first,
						  uint64_t n_bytes, uint64_t *out, cudaStream_t stream)
{
	uint64_t words = (n_bytes + 7) / 8;

	bytes_kernel<<<(uint32_t) ((words - 1) / BLOCK + 1), BLOCK, 0, stream>>>(
		key_bytes, ids, ends, n, first, n_bytes, out);
	return cudaGetLastError();
}
