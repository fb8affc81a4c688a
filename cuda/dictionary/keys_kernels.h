/*
 * keys_kernels.h: the kernels that give keys back, as C sees them.
 */
#ifndef GE_CUDA_DICTIONARY_KEYS_KERNELS_H
#define GE_CUDA_DICTIONARY_KEYS_KERNELS_H

#include <cuda_runtime_api.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C"
{
#endif

	/* out[i] = values[ids[i] - 1]. */
	cudaError_t ge_cuda_keys_values_launch(const int64_t *values, const uint32_t *ids,
										   uint32_t n, int64_t *out, cudaStream_t stream);
	/* out[i] = lengths[ids[i] - 1]. */
	cudaError_t ge_cuda_keys_lengths_launch(const uint32_t *lengths, const uint32_t *ids,
											uint32_t n, uint64_t *out,
											cudaStream_t stream);
	/*
	 * Bytes [first, first + n_bytes) of all keys of ids[0..n) behind one another, into
	 * out (whole words of 8 bytes are written); ends[i] is the end of key i.
	 */
	cudaError_t ge_cuda_keys_bytes_launch(const uint8_t *const *key_bytes,
										  const uint32_t *ids, const uint64_t *ends,
										  uint32_t n, uint64_t first, uint64_t n_bytes,
										  uint64_t *out, cudaStream_t stream);

#ifdef __cplusplus
}
#endif

#endif /* GE_CUDA_DICTIONARY_KEYS_KERNELS_H */
