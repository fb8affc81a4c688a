/*
 * devices.c: the CUDA devices of the host: usable, or the reason why not.
 *
 * Needs no driver: without a driver the static runtime returns
 * cudaErrorInsufficientDriver or cudaErrorNoDevice.  A device is usable if this library
 * has machine code for it, or intermediate code that its driver can compile.
 */
#include "runtime/devices.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "runtime/device_code.h"
#include "runtime/free_memory.h"
#include "runtime/start.h"

static void
describe_driver(char *text, size_t size)
{
	int version = 0;

	if (cudaDriverGetVersion(&version) == cudaSuccess && version > 0)
		snprintf(text, size, "CUDA %d.%d", version / 1000, version % 1000 / 10);
	(void) cudaGetLastError();
}

static void
describe_device(GeDeviceInfo *info, int device)
{
	struct cudaDeviceProp properties;
	GeError error = {0};
	cudaError_t code;

	memset(info, 0, sizeof *info);
	snprintf(info->device, sizeof info->device, "%d", device);
	describe_driver(info->driver, sizeof info->driver);
	code = cudaGetDeviceProperties(&properties, device);
	if (code == cudaSuccess)
	{
		snprintf(info->name, sizeof info->name, "%.127s", properties.name);
		snprintf(info->compute_capability, sizeof info->compute_capability, "%d.%d",
				 properties.major, properties.minor);
		info->memory_bytes = properties.totalGlobalMem;
		info->free_bytes = ge_cuda_free_memory(device);
	}
	info->usable = code == cudaSuccess && ge_cuda_device_check(device, &error) == GE_OK;
	if (code != cudaSuccess)
		snprintf(info->reason, sizeof info->reason, "%s", cudaGetErrorString(code));
	else
		snprintf(info->reason, sizeof info->reason, "%.255s", error.message);
	(void) cudaGetLastError();
}

GeStatus
ge_cuda_device_count(int *n, GeError *error)
{
	GE_CUDA(cudaGetDeviceCount(n));
	if (*n == 0)
		return ge_cuda_call_failed(cudaErrorNoDevice, "cudaGetDeviceCount", __FILE__,
								   __LINE__, error);
	return GE_OK;
}

GeStatus
ge_cuda_device_check(int device, GeError *error)
{
	int major, minor;

	if (ge_cuda_device_is_lost(device))
		return ge_cuda_fail(error, GE_DEVICE_LOST,
							"the device was lost earlier in this process");
	GE_CUDA(cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device));
	GE_CUDA(cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, device));
	if (!ge_cuda_device_code_fits(major, minor))
		return ge_cuda_fail(
			error, GE_DEVICE_UNUSABLE,
			"device %d has compute capability %d.%d, for which this build has "
			"no code",
			device, major, minor);
	return GE_OK;
}

static GeStatus
list_devices(GeDeviceInfo *infos, int32_t max, int32_t *n, GeError *error)
{
	int32_t i;
	int count = 0;

	GE_TRY(ge_cuda_device_count(&count, error));
	*n = count;
	for (i = 0; i < count && i < max; i++)
		describe_device(&infos[i], i);
	return GE_OK;
}

static GeStatus
count_devices(void *unused, GeError *error)
{
	int n;

	(void) unused;
	return ge_cuda_device_count(&n, error);
}

/* The driver's start, which takes long, in a thread; it stays for the whole process. */
static GeStatus
start_driver(bool (*cancelled)(void *arg), void *cancelled_arg, GeError *error)
{
	const GeStartJob job = {count_devices, NULL, NULL};
	GeStart *start = ge_cuda_start_begin(&job);
	GeStatus status;

	if (start == NULL)
		return ge_cuda_fail(error, GE_OUT_OF_MEMORY, "no thread to start the driver in");
	status = ge_cuda_start_wait(start, cancelled, cancelled_arg, error);
	(void) ge_cuda_start_end(start);
	return status;
}

GeStatus
ge_cuda_devices(GeDeviceInfo *infos, int32_t max, int32_t *n,
				bool (*cancelled)(void *arg), void *cancelled_arg, GeError *error)
{
	sigset_t all, before;
	GeStatus status;

	*n = 0;
	GE_TRY(start_driver(cancelled, cancelled_arg, error));
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	status = list_devices(infos, max, n, error);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return status;
}
