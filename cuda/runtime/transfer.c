/*
 * transfer.c: copies between host memory of callers and the device, through pinned
 * memory.
 *
 * Copies in go through a ring of pinned chunks: a chunk is written again only after the
 * event recorded when it was left.  So the host fills one piece while earlier ones
 * travel, and no copy reads memory of the caller after a call has returned.  Copies out
 * alternate between two chunks in this way.  If they are large, several threads empty a
 * chunk: one thread alone is slower than the device, and touches new memory slowly.
 */
#include "runtime/context.h"

#include <string.h>

#include "runtime/host_threads.h"

#define BYTES_PER_TASK ((size_t) 256 << 10)

static GeStatus
open_pinned(GePinned *pinned, size_t bytes, GeError *error)
{
	void *data = NULL;

	GE_CUDA(cudaHostAlloc(&data, bytes, cudaHostAllocDefault));
	pinned->data = data;
	GE_CUDA(cudaEventCreateWithFlags(&pinned->free, cudaEventDisableTiming));
	return GE_OK;
}

static void
close_pinned(GePinned *pinned)
{
	if (pinned->data != NULL)
		(void) cudaFreeHost(pinned->data);
	if (pinned->free != NULL)
		(void) cudaEventDestroy(pinned->free);
	memset(pinned, 0, sizeof *pinned);
}

GeStatus
ge_cuda_transfer_open(GeContext *context, GeError *error)
{
	void *data = NULL;

	GE_CUDA(cudaHostAlloc(&data, GE_READ_BACK_BYTES, cudaHostAllocDefault));
	context->read_back = data;
	context->staging_at = -1;
	context->staging_used = GE_STAGING_CHUNK_BYTES;
	return GE_OK;
}

void
ge_cuda_transfer_close(GeContext *context)
{
	int i;

	for (i = 0; i < GE_STAGING_CHUNKS; i++)
		close_pinned(&context->staging[i]);
	for (i = 0; i < GE_RETURN_CHUNKS; i++)
		close_pinned(&context->returning[i]);
	if (context->read_back != NULL)
		(void) cudaFreeHost(context->read_back);
	context->read_back = NULL;
}

/* Leave the chunk being filled and go to the next, which may have to become free. */
static GeStatus
next_chunk(GeContext *context, GeError *error)
{
	int next = (context->staging_at + 1) % GE_STAGING_CHUNKS;
	GePinned *chunk = &context->staging[next];

	if (context->staging_at >= 0)
		GE_CUDA(cudaEventRecord(context->staging[context->staging_at].free,
								context->copy_in));
	if (chunk->free == NULL)
	{
		close_pinned(chunk); /* a half-opened one of an earlier error */
		GE_TRY(open_pinned(chunk, GE_STAGING_CHUNK_BYTES, error));
	}
	else
		GE_TRY(ge_cuda_wait_event(context, chunk->free, error));
	context->staging_at = next;
	context->staging_used = 0;
	return GE_OK;
}

GeStatus
ge_cuda_staging_reserve(GeContext *context, size_t bytes, void **data, GeError *error)
{
	bytes = (bytes + 63) & ~(size_t) 63;
	if (context->staging_used + bytes > GE_STAGING_CHUNK_BYTES)
		GE_TRY(next_chunk(context, error));
	*data = context->staging[context->staging_at].data + context->staging_used;
	context->staging_used += bytes;
	return GE_OK;
}

GeStatus
ge_cuda_send(GeContext *context, void *device, const void *pinned, size_t bytes,
			 GeError *error)
{
	GE_CUDA(
		cudaMemcpyAsync(device, pinned, bytes, cudaMemcpyHostToDevice, context->copy_in));
	return GE_OK;
}

GeStatus
ge_cuda_upload(GeContext *context, void *device, const void *host, size_t bytes,
			   GeError *error)
{
	size_t done, piece;

	for (done = 0; done < bytes; done += piece)
	{
		void *pinned = NULL;

		piece =
			bytes - done < GE_STAGING_PIECE_BYTES ? bytes - done : GE_STAGING_PIECE_BYTES;
		GE_TRY(ge_cuda_staging_reserve(context, piece, &pinned, error));
		memcpy(pinned, (const uint8_t *) host + done, piece);
		GE_TRY(ge_cuda_send(context, (uint8_t *) device + done, pinned, piece, error));
	}
	return GE_OK;
}

/* Start the copy of one piece into the chunk that its number takes. */
static GeStatus
start_return(GeContext *context, size_t number, const void *device, size_t bytes,
			 GeError *error)
{
	GePinned *chunk = &context->returning[number % GE_RETURN_CHUNKS];

	GE_CUDA(cudaMemcpyAsync(chunk->data, device, bytes, cudaMemcpyDeviceToHost,
							context->copy_out));
	GE_CUDA(cudaEventRecord(chunk->free, context->copy_out));
	return GE_OK;
}

/* A copy from pinned memory to the caller's. */
typedef struct GeCopyOut
{
	uint8_t *to;
	const uint8_t *from;
	size_t bytes;
} GeCopyOut;

static void
copy_some(void *arg, uint64_t task)
{
	const GeCopyOut *copy = arg;
	size_t at = task * BYTES_PER_TASK, left = copy->bytes - at;

	memcpy(copy->to + at, copy->from + at, left < BYTES_PER_TASK ? left : BYTES_PER_TASK);
}

/* Copy what has come back in the chunk that piece `number` takes to the caller. */
static GeStatus
take_return(GeContext *context, size_t number, void *to, size_t bytes, GeError *error)
{
	const GePinned *chunk = &context->returning[number % GE_RETURN_CHUNKS];
	GeCopyOut copy = {to, chunk->data, bytes};

	GE_TRY(ge_cuda_wait_event(context, chunk->free, error));
	if (bytes < GE_STAGING_CHUNK_BYTES)
	{
		memcpy(to, chunk->data, bytes);
		return GE_OK;
	}
	return ge_cuda_host_run(context, (bytes + BYTES_PER_TASK - 1) / BYTES_PER_TASK,
							copy_some, &copy, error);
}

/* A piece travels while the one before it is copied to the caller. */
GeStatus
ge_cuda_download(GeContext *context, void *host, const void *device, size_t bytes,
				 GeError *error)
{
	size_t at, piece = 0, before, i;

	for (i = 0; i < GE_RETURN_CHUNKS; i++)
		if (context->returning[i].free == NULL)
		{
			close_pinned(&context->returning[i]);
			GE_TRY(open_pinned(&context->returning[i], GE_STAGING_CHUNK_BYTES, error));
		}
	GE_TRY(ge_cuda_order(context, context->compute, context->copy_out, error));
	for (at = 0, i = 0; at < bytes || piece > 0; at += piece, i++)
	{
		before = piece;
		piece = bytes - at < GE_STAGING_CHUNK_BYTES ? bytes - at : GE_STAGING_CHUNK_BYTES;
		if (piece > 0)
			GE_TRY(start_return(context, i, (const uint8_t *) device + at, piece, error));
		if (before > 0)
			GE_TRY(take_return(context, i - 1, (uint8_t *) host + at - before, before,
							   error));
	}
	return GE_OK;
}

GeStatus
ge_cuda_read_back(GeContext *context, void *host, const void *device, size_t bytes,
				  GeError *error)
{
	if (bytes > GE_READ_BACK_BYTES)
		return ge_cuda_download(context, host, device, bytes, error);
	GE_CUDA(cudaMemcpyAsync(context->read_back, device, bytes, cudaMemcpyDeviceToHost,
							context->compute));
	GE_TRY(ge_cuda_wait_compute(context, error));
	memcpy(host, context->read_back, bytes);
	return GE_OK;
}
