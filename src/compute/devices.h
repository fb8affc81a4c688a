/*
 * devices.h: which devices there are, and which of them a call takes.
 */
#ifndef GE_COMPUTE_DEVICES_H
#define GE_COMPUTE_DEVICES_H

#include "backend/backend.h"

/*
 * The device that gpu_encode.devices leads to, as GeContextOptions names it.  False with
 * *error filled if none of several is usable.
 */
extern bool ge_compute_pick_device(const GeBackend *cuda, int32_t *device,
								   GeError *error);

#endif /* GE_COMPUTE_DEVICES_H */
