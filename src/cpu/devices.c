/*
 * devices.c: the processor as the one device of this backend.
 */
#include "cpu/cpu_backend.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
 * The processor's name as Linux gives it ("model name : ..."); "CPU" if Linux gives none.
 */
static void
read_processor_name(char *name, size_t size)
{
	FILE *file = fopen("/proc/cpuinfo", "r");
	char line[256];

	snprintf(name, size, "CPU");
	if (file == NULL)
		return;
	while (fgets(line, sizeof line, file) != NULL)
	{
		char *value = strchr(line, ':');

		if (strncmp(line, "model name", 10) != 0 || value == NULL)
			continue;
		value += 1 + strspn(value + 1, " \t");
		value[strcspn(value, "\n")] = '\0';
		snprintf(name, size, "%.*s", (int) size - 1, value);
		break;
	}
	fclose(file);
}

GeStatus
ge_cpu_devices(GeDeviceInfo *infos, int32_t max, int32_t *n, bool (*cancelled)(void *arg),
			   void *cancelled_arg, GeError *error)
{
	long pages = sysconf(_SC_PHYS_PAGES), page_size = sysconf(_SC_PAGESIZE);

	(void) cancelled;
	(void) cancelled_arg;
	(void) error;
	*n = 1;
	if (max < 1)
		return GE_OK;
	memset(infos, 0, sizeof *infos);
	snprintf(infos->device, sizeof infos->device, "cpu");
	read_processor_name(infos->name, sizeof infos->name);
	if (pages > 0 && page_size > 0)
		infos->memory_bytes = (uint64_t) pages * (uint64_t) page_size;
	infos->usable = true;
	return GE_OK;
}
