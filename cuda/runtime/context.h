/*
 * context.h: a backend context: its streams, its memory and its way to wait.
 *
 * Three streams: copies in, kernels, copies out.  All kernels run on the one compute
 * stream, so kernels on one object are always ordered; ge_cuda_order() orders copies
 * against them.  Device memory comes from a pool of the context on the compute stream and
 * is counted against GeContextOptions.memory_limit.  Functions return a GeStatus and fill
 * *error; every wait polls cancelled().
 */
#ifndef GE_CUDA_CONTEXT_H
#define GE_CUDA_CONTEXT_H

#include <cuda_runtime_api.h>

#include "backend/backend.h"
#include "runtime/check.h"

#ifdef __cplusplus
extern "C"
{
#endif

#define GE_STAGING_CHUNKS 6
#define GE_STAGING_CHUNK_BYTES ((size_t) 4 << 20)
/* What one piece of a copy through pinned memory holds: small enough to overlap. */
#define GE_STAGING_PIECE_BYTES ((size_t) 1 << 20)
#define GE_RETURN_CHUNKS 2
#define GE_READ_BACK_BYTES 65536
#define GE_PREFERRED_ROWS (UINT32_C(1) << 20)

	struct GeStart; /* start.h */
	struct GeStep;	/* dictionary/step.h */
	struct GeThreads;
	struct GeReturn; /* dictionary/step.h */

	/* Device memory of one owner; all zeros: none. */
	typedef struct GeBuffer
	{
		void *data;
		size_t bytes;
	} GeBuffer;

	/* Pinned host memory and the event after which it may be written again. */
	typedef struct GePinned
	{
		uint8_t *data;
		cudaEvent_t free;
	} GePinned;

	/* Rows of a target on their way to a kernel: filled by copy_in, read by compute. */
	typedef struct GeRowBlock
	{
		GeBuffer device;
		GeBuffer encodings; /* what compute answers */
		cudaEvent_t done;	/* compute has read it */
		bool in_use;		/* done was recorded */
	} GeRowBlock;

	struct GeContext
	{
		GeContextOptions options;
		struct GeStart *start; /* of the device; NULL: it is being closed */
		int device;
		char name[160];
		int n_processors; /* streaming multiprocessors */
		cudaStream_t copy_in;
		cudaStream_t compute;
		cudaStream_t copy_out;
		cudaEvent_t order; /* used by ge_cuda_order() alone */
		cudaEvent_t ready; /* waited for by ge_cuda_wait_compute() */
		cudaMemPool_t pool;
		bool has_pool;
		uint64_t memory_used; /* bytes of device memory handed out */

		GePinned staging[GE_STAGING_CHUNKS]; /* ring of copies in */
		int staging_at;						 /* the chunk being filled */
		size_t staging_used;				 /* bytes of it handed out */
		GePinned returning[GE_RETURN_CHUNKS];
		uint8_t *read_back; /* pinned: small answers of kernels */
		GeRowBlock row_blocks[2];
		int row_block_at;

		uint32_t shared_bytes;		/* shared memory that a block may have */
		GeBuffer partition_keys[2]; /* target/partition.c: rows before and after */
		GeBuffer partition_targets; /*   their sort, kept from call to call */
		GeBuffer partition_temp;
		GeBuffer partition_offsets;

		struct GeStep *steps_in_flight; /* oldest first */
		int n_steps_in_flight;
		struct GeStep *free_steps;
		struct GeReturn *free_returns;
		struct GeDictionary *dictionaries; /* all that were not freed */
		uint32_t n_dictionaries;
		struct GeThreads *host_threads; /* host_threads.h; NULL: not needed yet */
		bool is_broken; /* an add or a flush failed: steps in flight are unreliable */
	};

	/* Wait until the device has started; the status of that. */
	GeStatus ge_cuda_wait_start(const GeContext *context, GeError *error);
	/* The start of every operation: the device is there (start.h), and the calling thread
	 * works on it. */
	GeStatus ge_cuda_enter(GeContext *context, GeError *error);
	/* GE_CANCELLED when cancelled() says so. */
	GeStatus ge_cuda_poll(GeContext *context, GeError *error);
	/* Wait on the host for an event, or for all that compute was given. */
	GeStatus ge_cuda_wait_event(GeContext *context, cudaEvent_t event, GeError *error);
	GeStatus ge_cuda_wait_compute(GeContext *context, GeError *error);
	/* Work given to `later` from now on starts after the work that `earlier` has. */
	GeStatus ge_cuda_order(GeContext *context, cudaStream_t earlier, cudaStream_t later,
						   GeError *error);
	/* Wait for everything, whatever fails: before memory goes. */
	void ge_cuda_drain(GeContext *context);

	/* ------------------------------------------------------------ memory.c */

	/* Have at least bytes in *buffer; its contents are lost. */
	GeStatus ge_cuda_buffer_reserve(GeContext *context, GeBuffer *buffer, size_t bytes,
									GeError *error);
	/* The same, and all of it is zero. */
	GeStatus ge_cuda_buffer_reserve_zeroed(GeContext *context, GeBuffer *buffer,
										   size_t bytes, GeError *error);
	/* At least bytes in *buffer, of which the first `keep` stay. */
	GeStatus ge_cuda_buffer_grow(GeContext *context, GeBuffer *buffer, size_t bytes,
								 size_t keep, GeError *error);
	void ge_cuda_buffer_free(GeContext *context, GeBuffer *buffer);
	/* Bytes that may still be asked for: of the limit, and of the device. */
	GeStatus ge_cuda_memory_available(GeContext *context, uint64_t *bytes,
									  GeError *error);

	/* ---------------------------------------------------------- transfer.c */

	/* Pinned room of `bytes` (at most GE_STAGING_CHUNK_BYTES) for one ge_cuda_send(). */
	GeStatus ge_cuda_staging_reserve(GeContext *context, size_t bytes, void **data,
									 GeError *error);
	/* Copy in what was reserved and filled. */
	GeStatus ge_cuda_send(GeContext *context, void *device, const void *pinned,
						  size_t bytes, GeError *error);
	/* Copy in from any host memory, which may change as soon as this returns. */
	GeStatus ge_cuda_upload(GeContext *context, void *device, const void *host,
							size_t bytes, GeError *error);
	/* Copy out, after all that compute was given, into any host memory. */
	GeStatus ge_cuda_download(GeContext *context, void *host, const void *device,
							  size_t bytes, GeError *error);
	/* The same for at most GE_READ_BACK_BYTES, cheaper. */
	GeStatus ge_cuda_read_back(GeContext *context, void *host, const void *device,
							   size_t bytes, GeError *error);
	GeStatus ge_cuda_transfer_open(GeContext *context, GeError *error);
	void ge_cuda_transfer_close(GeContext *context);

#ifdef __cplusplus
}
#endif

#endif /* GE_CUDA_CONTEXT_H */
