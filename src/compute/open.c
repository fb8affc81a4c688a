/*
 * open.c: the CPU, a GPU or several GPUs opened for a call.
 *
 * gpu_encode.devices lists the GPUs that a call takes.  If the list is empty, the call takes
 * all usable GPUs if it pays or if one has not enough memory, else the one with the most free
 * memory.  A call never takes more GPUs than its work has parts.
 */
#include "postgres.h"

#include <unistd.h>

#include "common/pg_prng.h"
#include "utils/timestamp.h"

#include "backend/finish.h"
#include "base/settings.h"
#include "compute/cuda_library.h"
#include "compute/devices.h"
#include "compute/fleet.h"
#include "compute/internal.h"
#include "compute/status.h"

/* Lookups from which on several GPUs pay, for each of gpu_encode.min_gpu_rows. */
#define SEVERAL_LOOKUPS 100

/* Up to this time the GPU contexts of an earlier call still exist. */
static TimestampTz warm_until = DT_NOBEGIN;
/* The GPU of that call; -1: not known, or several. */
static int warm_device = -1;

/*
 * Options for a device.  Without an estimate nothing depends on the outcome, so the backend
 * may start while the call goes on.
 */
static GeContextOptions
make_options(int device, const GeEstimate *estimate)
{
	const GeEstimate unknown = {0};

	return (GeContextOptions){
		.abi = GE_BACKEND_ABI,
		.threads = ge_setting_threads > 0 ? ge_setting_threads
										  : (int) sysconf(_SC_NPROCESSORS_ONLN),
		.device = device,
		.idle_timeout = ge_setting_context_idle_timeout,
		.memory_limit = (uint64) ge_setting_gpu_memory_limit * 1024 * 1024,
		.estimate = estimate != NULL ? *estimate : unknown,
		.may_start_later = estimate == NULL,
		.hash_seed = pg_prng_uint64(&pg_global_prng_state),
		.hash_mask = ~UINT64CONST(0),
		.cancelled = ge_compute_cancelled,
	};
}

static GeStatus
open_one(GeCompute *compute, const GeBackend *backend, int device,
		 const GeEstimate *estimate, GeError *error)
{
	GeContextOptions options = make_options(device, estimate);

	compute->is_fleet = false;
	compute->backend = backend;
	return backend->open(&options, &compute->context, &compute->traits, error);
}

void
ge_compute_open_cpu(GeCompute *compute)
{
	GeError error = {0};

	ge_compute_check("cpu", open_one(compute, ge_compute_cpu_backend, -1, NULL, &error),
					 &error, NULL);
}

void
ge_compute_note_closed(int device)
{
	warm_device = device;
	warm_until =
		ge_setting_context_idle_timeout == 0
			? DT_NOEND
			: TimestampTzPlusMilliseconds(GetCurrentTimestamp(),
										  (int64) ge_setting_context_idle_timeout * 1000);
}

bool
ge_compute_is_warm(void)
{
	return GetCurrentTimestamp() < warm_until;
}

/* Parts of the work that can have a device of their own. */
static int
count_placeable(const GeComputeWork *work)
{
	int n = 0;

	for (int i = 0; i < work->n_parts; i++)
		n += work->parts[i].beside < 0 && work->parts[i].bytes > 0;
	return n;
}

/* What all parts of the work hold. */
static GeEstimate
total_estimate(const GeComputeWork *work)
{
	const uint64 room = 0;
	GeEstimate total;
	int *device = palloc_array(int, work->n_parts + 1);

	ge_place(work->parts, work->n_parts, &room, 1, device, &total);
	pfree(device);
	return total;
}

/* Memory of a device that the call may use; 0: not known. */
static uint64
room_of(uint64 free_bytes)
{
	uint64 limit = (uint64) ge_setting_gpu_memory_limit * 1024 * 1024;

	return limit != 0 && (free_bytes == 0 || limit < free_bytes) ? limit : free_bytes;
}

/* Place the parts on n devices, and open those. */
static GeStatus
open_fleet(GeCompute *compute, const GeBackend *cuda, const GeUsableDevices *usable,
		   int n, bool with_estimate, int *failed, GeError *error)
{
	const GeComputeWork *work = compute->work;
	GeContextOptions *options = palloc0_array(GeContextOptions, n);
	GeEstimate *estimates = palloc_array(GeEstimate, n);
	uint64 *room = palloc_array(uint64, n);
	GeStatus status;

	for (int i = 0; i < n; i++)
		room[i] = room_of(usable->free_bytes[i]);
	compute->device_of_part =
		MemoryContextAlloc(compute->memory_context, sizeof(int) * (work->n_parts + 1));
	ge_place(work->parts, work->n_parts, room, n, compute->device_of_part, estimates);
	for (int i = 0; i < n; i++)
		options[i] =
			make_options(usable->device[i], with_estimate ? &estimates[i] : NULL);
	compute->is_fleet = true;
	compute->backend = &ge_fleet_backend;
	status = ge_fleet_open(cuda, options, n, &compute->context, &compute->traits, failed,
						   error);
	pfree(options);
	pfree(estimates);
	pfree(room);
	return status;
}

/*
 * Open the usable devices, at least `least` and at most `most` of them.  One that cannot
 * start, or has no room for its parts while others may have, is left out.
 */
static bool
open_usable(GeCompute *compute, const GeBackend *cuda, bool with_estimate, int least,
			int most, GeError *error)
{
	GeEstimate total = total_estimate(compute->work);
	GeUsableDevices usable;

	most = Max(Min(most, count_placeable(compute->work)), 1);
	while (ge_compute_usable_devices(cuda, compute->excluded, &usable, error))
	{
		int n = Min(usable.n, most), failed = 0;
		GeStatus status;

		if (n < least)
			return false;
		if (n == 1)
			status = open_one(compute, cuda, usable.device[0],
							  with_estimate ? &total : NULL, error);
		else
			status = open_fleet(compute, cuda, &usable, n, with_estimate, &failed, error);
		if (status != GE_DEVICE_LOST && status != GE_DEVICE_UNUSABLE &&
			!(status == GE_OUT_OF_MEMORY && n > 1))
			return status == GE_OK;
		if (!with_estimate)
			return false;
		if (status == GE_DEVICE_LOST)
			ge_compute_note_lost(usable.device[failed]);
		compute->excluded |= UINT64CONST(1) << usable.device[failed];
	}
	return false;
}

/* Do several devices pay, if the list is empty? */
static bool
pays_several(const GeComputeWork *work)
{
	return count_placeable(work) > 1 &&
		   work->lookups >= (double) ge_setting_min_gpu_rows * SEVERAL_LOOKUPS;
}

/* The device of the last call, if it can serve again; -1: the backend chooses. */
static int
find_warm_device(void)
{
	if (!ge_compute_is_warm() || warm_device < 0 ||
		(ge_compute_lost() >> warm_device & 1) != 0)
		return -1;
	return warm_device;
}

/*
 * With an empty list: one device if several do not pay, without asking which there are.  If
 * that one has no room, several may have; if it is lost, there may be another.
 */
static bool
open_unlisted(GeCompute *compute, const GeBackend *cuda, bool with_estimate,
			  GeError *error)
{
	GeEstimate total = total_estimate(compute->work);
	GeError first = {0};
	GeStatus status = GE_OK;
	int least = 1, most = pays_several(compute->work) ? GE_MAX_DEVICES : 1;

	if (most == 1 && compute->excluded == 0)
	{
		status = open_one(compute, cuda, find_warm_device(),
						  with_estimate ? &total : NULL, &first);
		if (status == GE_OUT_OF_MEMORY)
		{
			least = 2;
			most = GE_MAX_DEVICES;
		}
		else if (status != GE_DEVICE_LOST)
		{
			*error = first;
			return status == GE_OK;
		}
	}
	if (open_usable(compute, cuda, with_estimate, least, most, error))
		return true;
	if ((status == GE_DEVICE_LOST && error->status != GE_CANCELLED) ||
		error->status == GE_OK)
		*error = first;
	return false;
}

bool
ge_compute_open_cuda(GeCompute *compute, bool with_estimate, GeError *error)
{
	const GeBackend *cuda = ge_cuda_library_load(error);
	GeEstimate total = total_estimate(compute->work);
	int listed[GE_MAX_DEVICES], n_listed = ge_compute_listed_devices(listed);

	if (cuda == NULL ||
		ge_abilities_check(cuda->target.abilities, &compute->work->needs, error) != GE_OK)
		return false;
	if (n_listed == 0)
		return open_unlisted(compute, cuda, with_estimate, error);
	if (n_listed == 1 && compute->excluded == 0)
		return open_one(compute, cuda, listed[0], with_estimate ? &total : NULL, error) ==
			   GE_OK;
	return open_usable(compute, cuda, with_estimate, 1, GE_MAX_DEVICES, error);
}

bool
ge_compute_open_others(GeCompute *compute)
{
	GeError error = {0};
	bool opened = open_usable(compute, ge_cuda_library_load(&error), true, 1,
							  GE_MAX_DEVICES, &error);

	if (!opened && error.status == GE_CANCELLED)
		ge_compute_check("cuda", error.status, &error, NULL);
	return opened;
}
