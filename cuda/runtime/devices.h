/*
 * devices.h: what CUDA devices there are.
 */
#ifndef GE_CUDA_DEVICES_H
#define GE_CUDA_DEVICES_H

#include "runtime/check.h"

/* How many devices there are, at least one. */
GeStatus ge_cuda_device_count(int *n, GeError *error);
/* GE_DEVICE_UNUSABLE if this build has no code for the device, GE_DEVICE_LOST if it is lost. */
GeStatus ge_cuda_device_check(int device, GeError *error);
/* The backend's operation. */
GeStatus ge_cuda_devices(GeDeviceInfo *infos, int32_t max, int32_t *n,
						 bool (*cancelled)(void *arg), void *cancelled_arg,
						 GeError *error);

#endif /* GE_CUDA_DEVICES_H */
