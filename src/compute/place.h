/*
 * place.h: the parts of a job placed on devices.
 *
 * A part stays whole: it is a column with its dictionary and the target encoded by it, or a
 * combination of columns.  Plain C, no PostgreSQL header.
 */
#ifndef GE_COMPUTE_PLACE_H
#define GE_COMPUTE_PLACE_H

#include "backend/estimate.h"

typedef struct GeWorkPart
{
	double bytes; /* of its rows, to the device and back: copies take most of the time */
	GeEstimate estimate;
	int beside; /* an earlier part whose device serves this one best; -1: none */
} GeWorkPart;

/*
 * Place n_parts parts on n_devices devices: device[i] is that of part i, estimates[d] what
 * all parts of device d hold.  room[d]: bytes of memory that device d has, 0: not known.
 * Largest parts first, each to the device with room that has the fewest bytes so far; parts
 * that are beside others come last, and go there if there is room.  If a part has room
 * nowhere, it goes where most is left.
 */
extern void ge_place(const GeWorkPart *parts, int n_parts, const uint64_t *room,
					 int n_devices, int *device, GeEstimate *estimates);

#endif /* GE_COMPUTE_PLACE_H */
