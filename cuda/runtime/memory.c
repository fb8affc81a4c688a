/*
 * memory.c: device memory of one context, counted against its limit.
 *
 * Memory is allocated and freed on the compute stream.  Code that uses it on another
 * stream first orders that stream after the compute stream (ge_cuda_order).  A request
 * that does not fit is GE_OUT_OF_MEMORY, with the bytes needed and the bytes available,
 * and changes nothing.
 */
#include "runtime/context.h"

GeStatus
ge_cuda_memory_available(GeContext *context, uint64_t *bytes, GeError *error)
{
	size_t device_free, total;
	uint64_t reserved = 0, used = 0;

	GE_CUDA(cudaMemGetInfo(&device_free, &total));
	if (context->has_pool)
	{
		GE_CUDA(cudaMemPoolGetAttribute(context->pool, cudaMemPoolAttrReservedMemCurrent,
										&reserved));
		GE_CUDA(
			cudaMemPoolGetAttribute(context->pool, cudaMemPoolAttrUsedMemCurrent, &used));
	}
	*bytes = device_free + (reserved - used);
	if (context->options.memory_limit != 0)
	{
		uint64_t limit = context->options.memory_limit;
		uint64_t left = limit > context->memory_used ? limit - context->memory_used : 0;

		if (left < *bytes)
			*bytes = left;
	}
	return GE_OK;
}

static GeStatus
fail_out_of_memory(GeContext *context, size_t bytes, GeError *error)
{
	GeError ignored;
	uint64_t available = 0;

	(void) ge_cuda_memory_available(context, &available, &ignored);
	return ge_cuda_fail(
		error, GE_OUT_OF_MEMORY,
		"out of device memory: %zu bytes needed, %llu available, %llu in use", bytes,
		(unsigned long long) available, (unsigned long long) context->memory_used);
}

/* Takes part in the counting of faults, so that a simulated failure takes nothing. */
static cudaError_t
take(GeContext *context, void **data, size_t bytes)
{
	cudaError_t ge_code = cudaSuccess;

	(void) ge_code;
	if (context->has_pool)
		return GE_CUDA_CALL(
			cudaMallocFromPoolAsync(data, bytes, context->pool, context->compute));
	return GE_CUDA_CALL(cudaMalloc(data, bytes));
}

GeStatus
ge_cuda_buffer_reserve(GeContext *context, GeBuffer *buffer, size_t bytes, GeError *error)
{
	cudaError_t code = cudaSuccess;
	void *data = NULL;

	if (buffer->bytes >= bytes && buffer->data != NULL)
		return GE_OK;
	ge_cuda_buffer_free(context, buffer);
	bytes = (bytes + 255) & ~(size_t) 255;
	if (bytes == 0)
		bytes = 256;
	if (context->options.memory_limit != 0 &&
		context->memory_used + bytes > context->options.memory_limit)
		return fail_out_of_memory(context, bytes, error);
	code = take(context, &data, bytes);
	if (code == cudaErrorMemoryAllocation)
	{
		/* what was freed but is cached in pieces too small */
		(void) cudaGetLastError();
		GE_TRY(ge_cuda_wait_compute(context, error));
		if (context->has_pool)
			GE_CUDA(cudaMemPoolTrimTo(context->pool, 0));
		code = take(context, &data, bytes);
		if (code == cudaErrorMemoryAllocation)
		{
			(void) cudaGetLastError();
			return fail_out_of_memory(context, bytes, error);
		}
	}
	if (code != cudaSuccess)
		return ge_cuda_call_failed(code, "cudaMalloc", __FILE__, __LINE__, error);
	buffer->data = data;
	buffer->bytes = bytes;
	context->memory_used += bytes;
	return GE_OK;
}

GeStatus
ge_cuda_buffer_reserve_zeroed(GeContext *context, GeBuffer *buffer, size_t bytes,
							  GeError *error)
{
	GE_TRY(ge_cuda_buffer_reserve(context, buffer, bytes, error));
	GE_CUDA(cudaMemsetAsync(buffer->data, 0, bytes, context->compute));
	return GE_OK;
}

static GeStatus
copy_buffer(GeContext *context, const GeBuffer *to, const GeBuffer *from, size_t bytes,
			GeError *error)
{
	GE_CUDA(cudaMemcpyAsync(to->data, from->data, bytes, cudaMemcpyDeviceToDevice,
							context->compute));
	return GE_OK;
}

GeStatus
ge_cuda_buffer_grow(GeContext *context, GeBuffer *buffer, size_t bytes, size_t keep,
					GeError *error)
{
	GeBuffer grown = {0};
	GeStatus status = GE_OK;

	if (buffer->bytes >= bytes && buffer->data != NULL)
		return GE_OK;
	if (bytes < 2 * buffer->bytes)
		bytes = 2 * buffer->bytes;
	GE_TRY(ge_cuda_buffer_reserve(context, &grown, bytes, error));
	if (keep > 0)
		status = copy_buffer(context, &grown, buffer, keep, error);
	ge_cuda_buffer_free(context, status == GE_OK ? buffer : &grown);
	if (status == GE_OK)
		*buffer = grown;
	return status;
}

void
ge_cuda_buffer_free(GeContext *context, GeBuffer *buffer)
{
	if (buffer->data == NULL)
		return;
	if (context->has_pool)
		(void) cudaFreeAsync(buffer->data, context->compute);
	else
		(void) cudaFree(buffer->data);
	context->memory_used -= buffer->bytes;
	buffer->data = NULL;
	buffer->bytes = 0;
}
