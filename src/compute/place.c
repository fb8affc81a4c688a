/*
 * place.c: the parts of a job placed on devices.
 */
#include "compute/place.h"

#include <stdbool.h>

/* What is on a device so far. */
typedef struct Devices
{
	int n;
	const uint64_t *room;
	GeEstimate *estimates;
	double bytes[64];
} Devices;

static GeEstimate
sum_of(const GeEstimate *a, const GeEstimate *b)
{
	return (GeEstimate){.categories = a->categories + b->categories,
						.key_bytes = a->key_bytes + b->key_bytes,
						.target_bytes = a->target_bytes + b->target_bytes};
}

/* Bytes that a device has left with a part; negative: it does not fit. */
static double
left_with(const Devices *devices, int d, const GeWorkPart *part)
{
	GeEstimate sum = sum_of(&devices->estimates[d], &part->estimate);

	if (devices->room[d] == 0)
		return (double) UINT64_MAX - (double) ge_estimate_bytes(&sum);
	return (double) devices->room[d] - (double) ge_estimate_bytes(&sum);
}

static int
choose(const Devices *devices, const GeWorkPart *part, int beside)
{
	int best = 0;

	if (beside >= 0 && left_with(devices, beside, part) >= 0)
		return beside;
	for (int d = 1; d < devices->n; d++)
	{
		double left = left_with(devices, d, part),
			   best_left = left_with(devices, best, part);

		if (left >= 0 && best_left >= 0 ? devices->bytes[d] < devices->bytes[best]
										: left > best_left)
			best = d;
	}
	return best;
}

/* Does part a come before part b? */
static bool
is_before(const GeWorkPart *parts, int a, int b)
{
	bool a_is_beside = parts[a].beside >= 0, b_is_beside = parts[b].beside >= 0;

	if (a_is_beside != b_is_beside)
		return b_is_beside;
	if (parts[a].bytes != parts[b].bytes)
		return parts[a].bytes > parts[b].bytes;
	return a < b;
}

/* The first part without a device; -1: there is none. */
static int
next_part(const GeWorkPart *parts, int n_parts, const int *device)
{
	int next = -1;

	for (int i = 0; i < n_parts; i++)
		if (device[i] < 0 && (next < 0 || is_before(parts, i, next)))
			next = i;
	return next;
}

void
ge_place(const GeWorkPart *parts, int n_parts, const uint64_t *room, int n_devices,
		 int *device, GeEstimate *estimates)
{
	Devices devices = {.n = n_devices, .room = room, .estimates = estimates};
	int i;

	for (i = 0; i < n_parts; i++)
		device[i] = -1;
	for (int d = 0; d < n_devices; d++)
		estimates[d] = (GeEstimate){0};
	while ((i = next_part(parts, n_parts, device)) >= 0)
	{
		int d = choose(&devices, &parts[i],
					   parts[i].beside < 0 ? -1 : device[parts[i].beside]);

		device[i] = d;
		devices.bytes[d] += parts[i].bytes;
		estimates[d] = sum_of(&estimates[d], &parts[i].estimate);
	}
}
