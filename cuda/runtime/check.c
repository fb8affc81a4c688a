/*
 * check.c: from errors of the CUDA runtime to statuses and messages.
 */
#include "runtime/check.h"

#include <dlfcn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEVICES 64

/* Set by the first sticky error of a device; never cleared. */
static atomic_bool lost[MAX_DEVICES];

/* The device that this thread works on; -1: none. */
static _Thread_local int current_device = -1;

GeStatus
ge_cuda_fail(GeError *error, GeStatus status, const char *format, ...)
{
	va_list arguments;

	error->status = status;
	va_start(arguments, format);
	vsnprintf(error->message, sizeof error->message, format, arguments);
	va_end(arguments);
	return status;
}

GeStatus
ge_cuda_use_device(int device, GeError *error)
{
	current_device = device;
	GE_CUDA(cudaSetDevice(device));
	return GE_OK;
}

bool
ge_cuda_device_is_lost(int device)
{
	return device >= 0 && device < MAX_DEVICES && lost[device];
}

/* Without a device of its own the error is that of the driver, for all of them. */
static void
note_lost(void)
{
	int i;

	for (i = 0; i < MAX_DEVICES; i++)
		if (current_device < 0 || i == current_device)
			lost[i] = true;
}

/* Does the error end the process' CUDA context on the device? */
static bool
is_sticky(cudaError_t code)
{
	switch (code)
	{
		case cudaErrorIllegalAddress:
		case cudaErrorLaunchFailure:
		case cudaErrorLaunchTimeout:
		case cudaErrorHardwareStackError:
		case cudaErrorIllegalInstruction:
		case cudaErrorMisalignedAddress:
		case cudaErrorInvalidAddressSpace:
		case cudaErrorInvalidPc:
		case cudaErrorAssert:
		case cudaErrorECCUncorrectable:
		case cudaErrorNvlinkUncorrectable:
		case cudaErrorContextIsDestroyed:
		case cudaErrorDeviceUninitialized:
		case cudaErrorCudartUnloading:
		case cudaErrorDevicesUnavailable:
		case cudaErrorUnknown:
			return true;
		default:
			return false;
	}
}

/* Asked of the driver itself: the runtime tells nothing of one that is too old for it. */
static int
driver_version(void)
{
	void *driver = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
	int (*get_version)(int *) = NULL;
	int version = 0;

	if (driver != NULL)
		get_version = (int (*)(int *)) dlsym(driver, "cuDriverGetVersion");
	if (get_version != NULL && get_version(&version) != 0)
		version = 0;
	if (driver != NULL)
		dlclose(driver);
	return version;
}

/* The runtime gives one error for a driver that is too old and for no driver. */
static GeStatus
fail_driver(GeError *error)
{
	int has = driver_version(), needs = 0;

	(void) cudaRuntimeGetVersion(&needs);
	if (has == 0)
		return ge_cuda_fail(error, GE_DEVICE_UNUSABLE, "no NVIDIA driver is loaded");
	return ge_cuda_fail(error, GE_DEVICE_UNUSABLE,
						"the NVIDIA driver supports CUDA %d.%d, this build needs %d.%d",
						has / 1000, has % 1000 / 10, needs / 1000, needs % 1000 / 10);
}

static GeStatus
fail_no_device(GeError *error)
{
	const char *visible = getenv("CUDA_VISIBLE_DEVICES");

	if (visible == NULL)
		return ge_cuda_fail(error, GE_DEVICE_UNUSABLE, "no CUDA device");
	return ge_cuda_fail(
		error, GE_DEVICE_UNUSABLE,
		"no CUDA device: the server runs with CUDA_VISIBLE_DEVICES=\"%.80s\"", visible);
}

GeStatus
ge_cuda_call_failed(cudaError_t code, const char *call, const char *file, int line,
					GeError *error)
{
	const char *base = strrchr(file, '/');
	int call_length = (int) strcspn(call, "( ");

	base = base != NULL ? base + 1 : file;
	(void) cudaGetLastError(); /* an error that is not sticky goes no further */
	switch (code)
	{
		case cudaErrorInsufficientDriver:
			return fail_driver(error);
		case cudaErrorNoDevice:
			return fail_no_device(error);
		case cudaErrorMemoryAllocation:
			return ge_cuda_fail(error, GE_OUT_OF_MEMORY,
								"out of memory on the device or of pinned host memory in "
								"%.*s (%s:%d)",
								call_length, call, base, line);
		case cudaErrorInitializationError:
		case cudaErrorSystemDriverMismatch:
		case cudaErrorCompatNotSupportedOnDevice:
		case cudaErrorNoKernelImageForDevice:
		case cudaErrorInvalidDevice:
		case cudaErrorOperatingSystem:
		case cudaErrorSystemNotReady:
			return ge_cuda_fail(error, GE_DEVICE_UNUSABLE, "%s",
								cudaGetErrorString(code));
		default:
			break;
	}
	if (is_sticky(code))
	{
		note_lost();
		return ge_cuda_fail(error, GE_DEVICE_LOST,
							"the device was lost: %s in %.*s (%s:%d)",
							cudaGetErrorString(code), call_length, call, base, line);
	}
	return ge_cuda_fail(error, GE_INTERNAL, "CUDA error %d, %s, in %.*s (%s:%d)",
						(int) code, cudaGetErrorString(code), call_length, call, base,
						line);
}

#ifdef GE_CUDA_FAULTS
static long fault_at;			/* the call that fails; 0: none */
static atomic_long fault_calls; /* checked calls since ge_cuda_fault_arm() */
static int fault_error = 2;		/* cudaErrorMemoryAllocation */
static int fault_device = -1;	/* whose calls count; -1: all */

/* The number that a variable of the environment holds, or `otherwise`. */
static long
number_of(const char *variable, long otherwise)
{
	const char *text = getenv(variable);

	return text != NULL ? strtol(text, NULL, 10) : otherwise;
}

/* The content of a file, which a test rewrites while the process runs. */
static void
read_fault_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char line[64] = "", *rest;

	if (file == NULL)
		return;
	if (fgets(line, sizeof line, file) != NULL)
	{
		fault_at = strtol(line, &rest, 10);
		fault_error = (int) strtol(rest, NULL, 10);
	}
	fclose(file);
}

void
ge_cuda_fault_arm(int device)
{
	const char *path = getenv("GE_CUDA_FAULT_FILE");
	int i;

	fault_device = (int) number_of("GE_CUDA_FAULT_DEVICE", -1);
	if (fault_device >= 0 && fault_device != device)
		return;
	fault_at = number_of("GE_CUDA_FAULT_AT", 0);
	fault_error = (int) number_of("GE_CUDA_FAULT_ERROR", cudaErrorMemoryAllocation);
	if (path != NULL)
		read_fault_file(path);
	fault_calls = 0;
	for (i = 0; i < MAX_DEVICES; i++)
		lost[i] = false; /* only simulated losses come before this in a test build */
}

void
ge_cuda_fault_report(int device)
{
	const char *path = getenv("GE_CUDA_FAULT_FILE");
	long calls = atomic_load(&fault_calls);
	char text[1024];
	FILE *file;

	if (fault_device >= 0 && fault_device != device)
		return;
	snprintf(text, sizeof text, "%ld", calls);
	setenv("GE_CUDA_FAULT_CALLS", text, 1);
	if (path == NULL)
		return;
	snprintf(text, sizeof text, "%s.calls", path);
	file = fopen(text, "w");
	if (file == NULL)
		return;
	fprintf(file, "%ld\n", calls);
	fclose(file);
}

cudaError_t
ge_cuda_fault_due(void)
{
	long call;

	if (fault_device >= 0 && fault_device != current_device)
		return cudaSuccess;
	call = atomic_fetch_add(&fault_calls, 1) + 1;
	if (fault_at == 0 || call < fault_at)
		return cudaSuccess;
	if (call > fault_at && !is_sticky((cudaError_t) fault_error))
		return cudaSuccess;
	return (cudaError_t) fault_error;
}
#endif
