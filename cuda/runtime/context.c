/*
 * context.c: the start of an operation, waiting, the order of streams.
 */
#include "runtime/context.h"

#include <time.h>

#include "cpu/float_mode.h"
#include "runtime/start.h"

/* How long ge_cuda_wait_event() asks without a pause, and how long its pauses are. */
#define SPIN_NANOSECONDS 100000
#define NAP_NANOSECONDS 50000

static int64_t
now_nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t) now.tv_sec * 1000000000 + now.tv_nsec;
}

GeStatus
ge_cuda_poll(GeContext *context, GeError *error)
{
	const GeContextOptions *options = &context->options;

	if (options->cancelled != NULL && options->cancelled(options->cancelled_arg))
		return ge_cuda_fail(error, GE_CANCELLED, "cancelled");
	return GE_OK;
}

GeStatus
ge_cuda_wait_start(const GeContext *context, GeError *error)
{
	return ge_cuda_start_wait(context->start, context->options.cancelled,
							  context->options.cancelled_arg, error);
}

GeStatus
ge_cuda_enter(GeContext *context, GeError *error)
{
	GE_TRY(ge_cuda_wait_start(context, error));
	if (ge_cuda_device_is_lost(context->device))
		return ge_cuda_fail(error, GE_DEVICE_LOST,
							"the device was lost earlier in this process");
	GE_TRY(ge_cuda_use_device(context->device, error));
	ge_float_mode_reset();
	return ge_cuda_poll(context, error);
}

GeStatus
ge_cuda_wait_event(GeContext *context, cudaEvent_t event, GeError *error)
{
	const struct timespec nap = {0, NAP_NANOSECONDS};
	int64_t start = now_nanoseconds();

	for (;;)
	{
		cudaError_t state = cudaEventQuery(event);

		if (state != cudaErrorNotReady)
		{
			GE_CUDA(state);
			return GE_OK;
		}
		(void) cudaGetLastError();
		GE_TRY(ge_cuda_poll(context, error));
		if (now_nanoseconds() - start > SPIN_NANOSECONDS)
			nanosleep(&nap, NULL);
	}
}

GeStatus
ge_cuda_wait_compute(GeContext *context, GeError *error)
{
	GE_CUDA(cudaEventRecord(context->ready, context->compute));
	return ge_cuda_wait_event(context, context->ready, error);
}

GeStatus
ge_cuda_order(GeContext *context, cudaStream_t earlier, cudaStream_t later,
			  GeError *error)
{
	GE_CUDA(cudaEventRecord(context->order, earlier));
	GE_CUDA(cudaStreamWaitEvent(later, context->order, 0));
	return GE_OK;
}

static void
synchronize_streams(const GeContext *context)
{
	cudaStream_t streams[] = {context->copy_in, context->compute, context->copy_out};
	int i;

	for (i = 0; i < 3; i++)
		if (streams[i] != NULL)
			(void) cudaStreamSynchronize(streams[i]);
}

void
ge_cuda_drain(GeContext *context)
{
	if (!ge_cuda_start_is_over(context->start))
		return; /* the device was given nothing */
	(void) cudaSetDevice(context->device);
	synchronize_streams(context);
	(void) cudaGetLastError();
}
