/*
 * open.c: contexts opened and closed.
 *
 * The CUDA context of the process is created by the first ge_cuda_context_open() and stays;
 * a GeContext owns streams, a memory pool and pinned buffers.  The driver starts threads
 * of its own: calls that may do so are made in a thread where all signals are blocked
 * (runtime/start.h), so that none of the server's signals is ever delivered to them.
 */
#include "open.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/float_mode.h"
#include "dictionary/step.h"
#include "runtime/devices.h"
#include "runtime/estimate.h"
#include "runtime/free_memory.h"
#include "runtime/host_threads.h"
#include "runtime/idle.h"
#include "runtime/start.h"
#include "target/partition.h"

/* Streams, events, the pool: every context needs them. */
static GeStatus
create_streams(GeContext *context, GeError *error)
{
	int i;

	GE_CUDA(cudaStreamCreateWithFlags(&context->copy_in, cudaStreamNonBlocking));
	GE_CUDA(cudaStreamCreateWithFlags(&context->compute, cudaStreamNonBlocking));
	GE_CUDA(cudaStreamCreateWithFlags(&context->copy_out, cudaStreamNonBlocking));
	GE_CUDA(cudaEventCreateWithFlags(&context->order, cudaEventDisableTiming));
	GE_CUDA(cudaEventCreateWithFlags(&context->ready, cudaEventDisableTiming));
	for (i = 0; i < 2; i++)
		GE_CUDA(cudaEventCreateWithFlags(&context->row_blocks[i].done,
										 cudaEventDisableTiming));
	return GE_OK;
}

static GeStatus
create_pool(GeContext *context, GeError *error)
{
	struct cudaMemPoolProps properties;
	uint64_t keep_everything = UINT64_MAX;
	int supported = 0;

	GE_CUDA(cudaDeviceGetAttribute(&supported, cudaDevAttrMemoryPoolsSupported,
								   context->device));
	if (!supported)
		return GE_OK;
	memset(&properties, 0, sizeof properties);
	properties.allocType = cudaMemAllocationTypePinned;
	properties.location.type = cudaMemLocationTypeDevice;
	properties.location.id = context->device;
	GE_CUDA(cudaMemPoolCreate(&context->pool, &properties));
	context->has_pool = true;
	GE_CUDA(cudaMemPoolSetAttribute(context->pool, cudaMemPoolAttrReleaseThreshold,
									&keep_everything));
	return GE_OK;
}

/* Of the n devices the usable one with the most free memory; 0 if none is usable. */
static int
find_roomiest(int n)
{
	uint64_t most = 0;
	int i, best = -1;

	for (i = 0; i < n && n > 1; i++)
	{
		GeError ignored;
		uint64_t bytes;

		if (ge_cuda_device_check(i, &ignored) != GE_OK)
			continue;
		bytes = ge_cuda_free_memory(i);
		if (best >= 0 && bytes <= most)
			continue;
		best = i;
		most = bytes;
	}
	return best < 0 ? 0 : best;
}

/* The device asked for, or the roomiest. */
static GeStatus
choose_device(const GeContextOptions *options, int *device, GeError *error)
{
	int n;

	GE_TRY(ge_cuda_device_count(&n, error));
	if (options->device >= n)
		return ge_cuda_fail(error, GE_DEVICE_UNUSABLE, "there is no device %d: %d found",
							options->device, n);
	*device = options->device >= 0 ? options->device : find_roomiest(n);
	return ge_cuda_device_check(*device, error);
}

static GeStatus
start_device(void *arg, GeError *error)
{
	GeContext *context = arg;
	struct cudaDeviceProp properties;

	GE_TRY(choose_device(&context->options, &context->device, error));
	GE_TRY(ge_cuda_use_device(context->device, error));
	GE_CUDA(cudaFree(NULL)); /* creates the CUDA context of the process */
	GE_CUDA(cudaGetDeviceProperties(&properties, context->device));
	snprintf(context->name, sizeof context->name, "%d: %.140s", context->device,
			 properties.name);
	context->n_processors = properties.multiProcessorCount;
	context->shared_bytes = (uint32_t) properties.sharedMemPerBlockOptin;
	GE_TRY(create_streams(context, error));
	GE_TRY(create_pool(context, error));
	GE_TRY(ge_cuda_estimate_check_free(context, error));
	return ge_cuda_transfer_open(context, error);
}

static void
destroy_stream(cudaStream_t stream)
{
	if (stream != NULL)
		(void) cudaStreamDestroy(stream);
}

static void
destroy_event(cudaEvent_t event)
{
	if (event != NULL)
		(void) cudaEventDestroy(event);
}

/*
 * Close a context whose start is over.  Called by the caller of the start, or by the
 * thread that started the device if the caller has gone.
 */
static void
close_started(void *arg)
{
	GeContext *context = arg;
	int i;

	context->start = NULL;
	ge_cuda_drain(context);
	ge_cuda_host_threads_close(context);
	ge_cuda_steps_close(context);
	for (i = 0; i < 2; i++)
	{
		ge_cuda_buffer_free(context, &context->row_blocks[i].device);
		ge_cuda_buffer_free(context, &context->row_blocks[i].encodings);
		destroy_event(context->row_blocks[i].done);
	}
	ge_cuda_partition_free(context);
	ge_cuda_transfer_close(context);
	ge_cuda_drain(context);
	if (context->has_pool)
		(void) cudaMemPoolDestroy(context->pool);
	destroy_event(context->order);
	destroy_event(context->ready);
	destroy_stream(context->copy_in);
	destroy_stream(context->compute);
	destroy_stream(context->copy_out);
	(void) cudaGetLastError();
	ge_cuda_idle_closed(context->device, context->options.idle_timeout);
	free(context);
}

/* Start the device, and wait for that unless options.may_start_later. */
static GeStatus
start(GeContext *context, GeError *error)
{
	const GeStartJob job = {start_device, close_started, context};

	context->start = ge_cuda_start_begin(&job);
	if (context->start == NULL)
		return ge_cuda_fail(error, GE_OUT_OF_MEMORY, "no thread to start the device in");
	return context->options.may_start_later ? GE_OK : ge_cuda_wait_start(context, error);
}

GeStatus
ge_cuda_context_open(const GeContextOptions *options, GeContext **context,
					 GeTraits *traits, GeError *error)
{
	GeContext *made;
	GeStatus status;

	*context = NULL;
#ifdef GE_CUDA_FAULTS
	ge_cuda_fault_arm(options->device);
#endif
	if (options->abi != GE_BACKEND_ABI)
		return ge_cuda_fail(error, GE_INTERNAL, "the caller has ABI %u, this library %u",
							options->abi, GE_BACKEND_ABI);
	if (ge_cuda_device_is_lost(options->device))
		return ge_cuda_fail(error, GE_DEVICE_LOST,
							"the device was lost earlier in this process");
	GE_TRY(ge_cuda_estimate_check_limit(options, error));
	ge_float_mode_reset();
	if (!ge_float_mode_check())
		return ge_cuda_fail(error, GE_INTERNAL,
							"this build does not compute the documented formulae");
	made = calloc(1, sizeof *made);
	if (made == NULL)
		return ge_cuda_fail(error, GE_OUT_OF_MEMORY, "out of host memory for a context");
	made->options = *options;
	ge_cuda_idle_opening();
	status = start(made, error);
	if (status != GE_OK)
	{
		ge_cuda_context_close(made);
		return status;
	}
	*context = made;
	traits->rows_per_call = GE_PREFERRED_ROWS;
	traits->concurrent_rows = 0; /* one call of target.rows at a time */
	return GE_OK;
}

void
ge_cuda_context_close(GeContext *context)
{
	if (context == NULL || !ge_cuda_start_end(context->start))
		return;
#ifdef GE_CUDA_FAULTS
	ge_cuda_fault_report(context->options.device);
#endif
	close_started(context);
}

const char *
ge_cuda_context_device_name(const GeContext *context)
{
	return ge_cuda_start_is_over(context->start) ? context->name : "";
}
