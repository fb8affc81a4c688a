/*
 * cub_ops.cu: the only file that includes CUB, which takes long to compile.
 */
#include "runtime/cub_ops.h"

#include <cub/device/device_radix_sort.cuh>
#include <cub/device/device_scan.cuh>
#include <cub/device/device_select.cuh>
#include <cuda/std/functional>

cudaError_t
ge_cuda_sort_pairs(void *temp, size_t *temp_bytes, uint64_t *keys[2], uint32_t *values[2],
				   uint64_t n, int bits, bool *in_second, cudaStream_t stream)
{
	cub::DoubleBuffer<uint64_t> key_buffers(keys[0], keys[1]);
	cub::DoubleBuffer<uint32_t> value_buffers(values[0], values[1]);
	cudaError_t code = cub::DeviceRadixSort::SortPairs(temp, *temp_bytes, key_buffers,
													   value_buffers, n, 0, bits, stream);

	*in_second = key_buffers.selector != 0;
	return code;
}

cudaError_t
ge_cuda_sort_keys(void *temp, size_t *temp_bytes, uint64_t *keys[2], uint64_t n, int bits,
				  bool *in_second, cudaStream_t stream)
{
	cub::DoubleBuffer<uint64_t> key_buffers(keys[0], keys[1]);
	cudaError_t code = cub::DeviceRadixSort::SortKeys(temp, *temp_bytes, key_buffers, n,
													  0, bits, stream);

	*in_second = key_buffers.selector != 0;
	return code;
}

cudaError_t
ge_cuda_sort_rows(void *temp, size_t *temp_bytes, const uint32_t *keys, uint32_t *out,
				  const uint64_t *values, uint64_t *values_out, uint32_t n, int begin,
				  int end, cudaStream_t stream)
{
	if (values_out == NULL)
		return cub::DeviceRadixSort::SortKeys(temp, *temp_bytes, keys, out, n, begin, end,
											  stream);
	return cub::DeviceRadixSort::SortPairs(temp, *temp_bytes, keys, out, values,
										   values_out, n, begin, end, stream);
}

cudaError_t
ge_cuda_sort_numbers(void *temp, size_t *temp_bytes, const uint32_t *keys, uint32_t *out,
					 const uint32_t *values, uint32_t *values_out, uint32_t n, int bits,
					 cudaStream_t stream)
{
	return cub::DeviceRadixSort::SortPairs(temp, *temp_bytes, keys, out, values,
										   values_out, n, 0, bits, stream);
}

cudaError_t
ge_cuda_unique_keys(void *temp, size_t *temp_bytes, const uint64_t *keys, uint64_t *out,
					uint64_t *n_out, uint64_t n, cudaStream_t stream)
{
	return cub::DeviceSelect::Unique(temp, *temp_bytes, keys, out, n_out, (int64_t) n,
									 stream);
}

cudaError_t
ge_cuda_running_sum(void *temp, size_t *temp_bytes, const uint32_t *in, uint32_t *out,
					uint64_t n, cudaStream_t stream)
{
	return cub::DeviceScan::InclusiveSum(temp, *temp_bytes, in, out, n, stream);
}

struct Greatest
{
	__host__ __device__ uint64_t
	operator()(uint64_t a, uint64_t b) const
	{
		return a > b ? a : b;
	}
};

cudaError_t
ge_cuda_running_words(void *temp, size_t *temp_bytes, const uint32_t *segments,
					  uint64_t *words, uint32_t n, bool adds, cudaStream_t stream)
{
	if (adds)
		return cub::DeviceScan::InclusiveSumByKey(temp, *temp_bytes, segments, words,
												  words, n, ::cuda::std::equal_to<>{},
												  stream);
	return cub::DeviceScan::InclusiveScanByKey(temp, *temp_bytes, segments, words, words,
											   Greatest(), n, ::cuda::std::equal_to<>{},
											   stream);
}

cudaError_t
ge_cuda_running_sum_wide(void *temp, size_t *temp_bytes, uint64_t *lengths, uint64_t n,
						 cudaStream_t stream)
{
	return cub::DeviceScan::InclusiveSum(temp, *temp_bytes, lengths, lengths, n, stream);
}
