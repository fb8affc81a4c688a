/*
 * devices.c: which devices there are, and which of them a call takes.
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

/* Why none of the listed devices is usable. */
static void
refuse_all(const GeDeviceInfo *infos, int n_infos, const int *listed, int n,
		   GeError *error)
{
	StringInfoData reasons;

	initStringInfo(&reasons);
	for (int i = 0; i < n; i++)
		appendStringInfo(&reasons, "%s%d: %s", i > 0 ? "; " : "", listed[i],
						 listed[i] < n_infos ? infos[listed[i]].reason
											 : "there is no such device");
	error->status = GE_DEVICE_UNUSABLE;
	snprintf(error->message, sizeof error->message,
			 "no device in gpu_encode.devices is usable (%s)", reasons.data);
	pfree(reasons.data);
}

/* Of several listed devices, the usable one with the most free memory. */
static bool
pick_roomiest(const GeBackend *cuda, const int *listed, int n, int32 *device,
			  GeError *error)
{
	GeDeviceInfo *infos = palloc0_array(GeDeviceInfo, GE_MAX_DEVICES);
	const GeDeviceInfo *best = NULL;
	int32 n_infos = 0;

	if (cuda->process.devices(infos, GE_MAX_DEVICES, &n_infos, ge_compute_cancelled, NULL,
							  error) != GE_OK)
	{
		pfree(infos);
		return false;
	}
	n_infos = Min(n_infos, GE_MAX_DEVICES);
	for (int i = 0; i < n; i++)
	{
		const GeDeviceInfo *info = &infos[listed[i]];

		if (listed[i] < n_infos && info->usable &&
			(best == NULL || info->free_bytes > best->free_bytes))
			best = info;
	}
	if (best == NULL)
		refuse_all(infos, n_infos, listed, n, error);
	else
		*device = (int32) (best - infos);
	pfree(infos);
	return best != NULL;
}

bool
ge_compute_pick_device(const GeBackend *cuda, int32_t *device, GeError *error)
{
	int listed[GE_MAX_DEVICES];
	const char *problem = NULL;
	int n = ge_settings_parse_devices(ge_setting_devices, listed, &problem);

	if (n > 1)
		return pick_roomiest(cuda, listed, n, device, error);
	*device = n == 1 ? listed[0] : -1;
	return true;
}
