/*
 * devices.c: what CUDA devices there are, usable or not, and why not.
 *
 * Needs no driver: the static runtime answers cudaErrorInsufficientDriver or
 * cudaErrorNoDevice where there is none.  A device is usable when this library holds
 * machine code, or intermediate code that its driver can compile, for it.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "context.h"
#include "device_code.h"

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
		if (!ge_device_code_fits(properties.major, properties.minor))
			code = cudaErrorNoKernelImageForDevice;
	}
	info->usable = code == cudaSuccess && !ge_device_is_lost();
	if (ge_device_is_lost())
		snprintf(info->reason, sizeof info->reason,
				 "the device was lost earlier in this process");
	else if (code != cudaSuccess)
		snprintf(info->reason, sizeof info->reason, "%s", cudaGetErrorString(code));
	(void) cudaGetLastError();
}

static GeStatus
list_devices(GeDeviceInfo *infos, int32_t max, int32_t *n, GeError *error)
{
	int32_t i;
	int count = 0;

	GE_CUDA(cudaGetDeviceCount(&count));
	if (count == 0)
		return ge_fail(error, GE_DEVICE_UNUSABLE, "no CUDA device");
	*n = count;
	for (i = 0; i < count && i < max; i++)
		describe_device(&infos[i], i);
	return GE_OK;
}

GeStatus
ge_devices(GeDeviceInfo *infos, int32_t max, int32_t *n, GeError *error)
{
	sigset_t all, before;
	GeStatus status;

	*n = 0;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	status = list_devices(infos, max, n, error);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return status;
}
