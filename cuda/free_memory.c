/*
 * free_memory.c: how much memory of a device nobody uses.
 *
 * cudaMemGetInfo() makes a context of half a gigabyte on every device that it is asked
 * for.  The driver's management library tells without one; where that is missing, nothing
 * is known.
 */
#include "free_memory.h"

#include <cuda_runtime_api.h>
#include <dlfcn.h>
#include <stdbool.h>
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

/* Load the library, once; it stays for the life of the process. */
static bool
load(void)
{
	static bool was_tried;
	void *library;
	int (*init)(void);

	if (was_tried)
		return memory_info != NULL;
	was_tried = true;
	library = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
	if (library == NULL)
		return false;
	init = (int (*)(void)) dlsym(library, "nvmlInit_v2");
	by_bus = (int (*)(const char *, NvmlDevice **)) dlsym(
		library, "nvmlDeviceGetHandleByPciBusId_v2");
	if (init != NULL && by_bus != NULL && init() == 0)
		memory_info = (int (*)(NvmlDevice *, NvmlMemory *)) dlsym(
			library, "nvmlDeviceGetMemoryInfo");
	return memory_info != NULL;
}

uint64_t
ge_free_memory(int device)
{
	char bus[32];
	NvmlDevice *handle = NULL;
	NvmlMemory memory = {0};

	if (!load() || cudaDeviceGetPCIBusId(bus, sizeof bus, device) != cudaSuccess ||
		by_bus(bus, &handle) != 0 || memory_info(handle, &memory) != 0)
		return 0;
	return memory.free;
}
