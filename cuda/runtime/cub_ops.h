/*
 * cub_ops.h: the device-wide algorithms of CUB that are used, as C sees them.
 *
 * Each takes temporary device memory: called with temp NULL it only says in *temp_bytes
 * how much.  The order of equal keys is kept.
 */
#ifndef GE_CUDA_CUB_OPS_H
#define GE_CUDA_CUB_OPS_H

#include <cuda_runtime_api.h>
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C"
{
#endif

	/*
	 * Sort n keys ascending by their bits [0, bits), values with them.  Both arrays of
	 * a pair are overwritten; *in_second says in which the result is.
	 */
	cudaError_t ge_cuda_sort_pairs(void *temp, size_t *temp_bytes, uint64_t *keys[2],
								   uint32_t *values[2], uint64_t n, int bits,
								   bool *in_second, cudaStream_t stream);
	cudaError_t ge_cuda_sort_keys(void *temp, size_t *temp_bytes, uint64_t *keys[2],
								  uint64_t n, int bits, bool *in_second,
								  cudaStream_t stream);
	/*
	 * Sort n keys by their bits [begin, end) into out, values with them into values_out,
	 * or the keys alone when values_out is NULL.  keys and values stay as they are.
	 */
	cudaError_t ge_cuda_sort_rows(void *temp, size_t *temp_bytes, const uint32_t *keys,
								  uint32_t *out, const uint64_t *values,
								  uint64_t *values_out, uint32_t n, int begin, int end,
								  cudaStream_t stream);
	/* The same for values of 32 bits and the bits [0, bits) of keys. */
	cudaError_t ge_cuda_sort_numbers(void *temp, size_t *temp_bytes, const uint32_t *keys,
									 uint32_t *out, const uint32_t *values,
									 uint32_t *values_out, uint32_t n, int bits,
									 cudaStream_t stream);
	/* The distinct ones of n sorted keys into out, their number into *n_out (device). */
	cudaError_t ge_cuda_unique_keys(void *temp, size_t *temp_bytes, const uint64_t *keys,
									uint64_t *out, uint64_t *n_out, uint64_t n,
									cudaStream_t stream);
	/* out[i] = in[0] + ... + in[i]; out may be in. */
	cudaError_t ge_cuda_running_sum(void *temp, size_t *temp_bytes, const uint32_t *in,
									uint32_t *out, uint64_t n, cudaStream_t stream);
	/* The same for 64 bits, in place. */
	cudaError_t ge_cuda_running_sum_wide(void *temp, size_t *temp_bytes,
										 uint64_t *lengths, uint64_t n,
										 cudaStream_t stream);
	/*
	 * words[i] = the sum (or the greatest) of the words up to i of its segment.  Words of one
	 * segment lie together.
	 */
	cudaError_t ge_cuda_running_words(void *temp, size_t *temp_bytes,
									  const uint32_t *segments, uint64_t *words,
									  uint32_t n, bool adds, cudaStream_t stream);

#ifdef __cplusplus
}
#endif

#endif /* GE_CUDA_CUB_OPS_H */
