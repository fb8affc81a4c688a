/*
 * free_memory.c: the free memory of a device.
 *
 * cudaMemGetInfo() makes a context of half a gigabyte on the device.  The driver's
 * management library (NVML) needs no context.  Without that library the free memory is
 * unknown.
 */
#include "runtime/free_memory.h"

#include <cuda_runtime_api.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>

/* What is used of nvml.h: a handle, and a structure of its first version. */
typedef struct NvmlDevice NvmlDevice;
typedef struct NvmlMemory
{
	unsigned long long total;
	unsigned long long free;
	unsigned long long used;
} NvmlMemory;

static int (*by_bus)(const char *bus, NvmlDevice **device);
static int (*memory_info)(NvmlDevice *device, NvmlMemory *memory);

/* Load the library; it stays for the life of the process. */
static void
load(void)
{
	void *library = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
	int (*init)(void);

	if (library == NULL)
		return;
	init = (int (*)(void)) dlsym(library, "nvmlInit_v2");
	by_bus = (int (*)(const char *, NvmlDevice **)) dlsym(
		library, "nvmlDeviceGetHandleByPciBusId_v2");
	if (init != NULL && by_bus != NULL && init() == 0)
		memory_info = (int (*)(NvmlDevice *, NvmlMemory *)) dlsym(
			library, "nvmlDeviceGetMemoryInfo");
}

uint64_t
ge_cuda_free_memory(int device)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	char bus[32];
	NvmlDevice *handle = NULL;
	NvmlMemory memory = {0};

	(void) pthread_once(&once, load);
	if (memory_info == NULL ||
		cudaDeviceGetPCIBusId(bus, sizeof bus, device) != cudaSuccess ||
		by_bus(bus, &handle) != 0 || memory_info(handle, &memory) != 0)
		return 0;
	return memory.free;
}
