/*
 * devices.h: which devices there are, and which of them a call may take.
 */
#ifndef GE_COMPUTE_DEVICES_H
#define GE_COMPUTE_DEVICES_H

#include "backend/backend.h"
#include "base/settings.h"

/* Devices that can be used, those with most free memory first. */
typedef struct GeUsableDevices
{
	int n;
	int device[GE_MAX_DEVICES];			 /* as GeContextOptions names it */
	uint64_t free_bytes[GE_MAX_DEVICES]; /* 0: not known */
} GeUsableDevices;

/* The devices that gpu_encode.devices lists; 0: the list is empty, so that all may serve. */
extern int ge_compute_listed_devices(int *devices);

/*
 * Those of the devices that gpu_encode.devices allows that are usable, without the excluded
 * ones (bits).  False with *error filled if there is none; GE_DEVICE_LOST if one was
 * excluded.
 */
extern bool ge_compute_usable_devices(const GeBackend *cuda, uint64_t excluded,
									  GeUsableDevices *usable, GeError *error);

#endif /* GE_COMPUTE_DEVICES_H */
