/*
 * devices.c: which devices there are, and which of them a call may take.
 */
#include "postgres.h"

#include "lib/stringinfo.h"

#include "compute/compute.h"
#include "compute/cuda_library.h"
#include "compute/devices.h"
#include "compute/internal.h"
#include "compute/status.h"
#include "base/settings.h"

int
ge_compute_devices(GeDeviceInfo *infos, const char **backends)
{
	GeError error = {0};
	int32 n_cpu = 0, n_cuda = 0;
	const GeBackend *cuda;

	ge_compute_check(
		"cpu",
		ge_compute_cpu_backend->process.devices(infos, 1, &n_cpu, NULL, NULL, &error),
		&error, NULL);
	cuda = ge_cuda_library_load(&error);
	if (cuda != NULL &&
		cuda->process.devices(infos + n_cpu, GE_MAX_DEVICES - n_cpu, &n_cuda,
							  ge_compute_cancelled, NULL, &error) != GE_OK)
	{
		if (error.status == GE_CANCELLED)
			ge_compute_check("cuda", error.status, &error, NULL);
		n_cuda = 0;
	}
	n_cuda = Min(n_cuda, GE_MAX_DEVICES - n_cpu);
	if (n_cuda == 0)
	{
		infos[n_cpu] = (GeDeviceInfo){.usable = false};
		snprintf(infos[n_cpu].reason, sizeof infos[n_cpu].reason, "%.255s",
				 error.message);
		n_cuda = 1;
	}
	for (int i = 0; i < n_cpu + n_cuda; i++)
		backends[i] = i < n_cpu ? "cpu" : "cuda";
	return n_cpu + n_cuda;
}

/* Ask the backend; false with *error if it cannot tell. */
static bool
ask(const GeBackend *cuda, GeDeviceInfo *infos, int *n, GeError *error)
{
	int32 n_infos = 0;

	if (cuda->process.devices(infos, GE_MAX_DEVICES, &n_infos, ge_compute_cancelled, NULL,
							  error) != GE_OK)
		return false;
	*n = Min(n_infos, GE_MAX_DEVICES);
	return true;
}

/* Why none of the devices can be taken. */
static void
refuse_all(const GeDeviceInfo *infos, int n_infos, const int *wanted, int n,
		   uint64 excluded, GeError *error)
{
	StringInfoData reasons;

	initStringInfo(&reasons);
	error->status = GE_DEVICE_UNUSABLE;
	for (int i = 0; i < n; i++)
	{
		const char *reason =
			wanted[i] < n_infos ? infos[wanted[i]].reason : "there is no such device";

		if ((excluded >> wanted[i] & 1) != 0)
		{
			reason = "it failed earlier in this session";
			error->status = GE_DEVICE_LOST;
		}
		appendStringInfo(&reasons, "%s%d: %s", i > 0 ? "; " : "", wanted[i], reason);
	}
	snprintf(error->message, sizeof error->message,
			 "no device in gpu_encode.devices is usable (%s)", reasons.data);
	pfree(reasons.data);
}

/* Put a device behind those that have as much memory free, or more. */
static void
take(GeUsableDevices *usable, int device, uint64 free_bytes)
{
	int at = usable->n++;

	for (; at > 0 && usable->free_bytes[at - 1] < free_bytes; at--)
	{
		usable->device[at] = usable->device[at - 1];
		usable->free_bytes[at] = usable->free_bytes[at - 1];
	}
	usable->device[at] = device;
	usable->free_bytes[at] = free_bytes;
}

bool
ge_compute_usable_devices(const GeBackend *cuda, uint64_t excluded,
						  GeUsableDevices *usable, GeError *error)
{
	GeDeviceInfo *infos = palloc0_array(GeDeviceInfo, GE_MAX_DEVICES);
	int wanted[GE_MAX_DEVICES], n_infos = 0;
	int n = ge_compute_listed_devices(wanted);

	usable->n = 0;
	if (!ask(cuda, infos, &n_infos, error))
	{
		pfree(infos);
		return false;
	}
	for (; n == 0 && usable->n < n_infos; usable->n++)
		wanted[usable->n] = usable->n;
	n = Max(n, usable->n);
	usable->n = 0;
	for (int i = 0; i < n; i++)
		if (wanted[i] < n_infos && infos[wanted[i]].usable &&
			(excluded >> wanted[i] & 1) == 0)
			take(usable, wanted[i], infos[wanted[i]].free_bytes);
	if (usable->n == 0)
		refuse_all(infos, n_infos, wanted, n, excluded, error);
	pfree(infos);
	return usable->n > 0;
}

int
ge_compute_listed_devices(int *devices)
{
	const char *problem = NULL;

	return ge_settings_parse_devices(ge_setting_devices, devices, &problem);
}
