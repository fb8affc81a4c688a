/*
 * compute.c: a backend that runs for one call: opened, started again, closed.
 *
 * A GeCompute remembers every object of its backend.  A callback of the memory context in
 * which the GeCompute was opened frees them, the backend's context last: after an error
 * and at the end of the call.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "compute/cuda_library.h"
#include "compute/fleet.h"
#include "compute/internal.h"
#include "compute/status.h"
#include "base/run_log.h"

const GeBackend *ge_compute_cpu_backend;

void
ge_compute_init(const GeBackend *cpu)
{
	ge_compute_cpu_backend = cpu;
}

/* The device of a context; -1: there are several, or it is not there. */
static int
device_of_context(const GeCompute *compute)
{
	const char *name = compute->backend->device_name(compute->context);

	if (compute->is_fleet || name == NULL || name[0] == '\0')
		return -1;
	return (int) strtol(name, NULL, 10);
}

/* The device on which an operation failed; -1: it is not known. */
static int
failed_device(const GeCompute *compute)
{
	return compute->is_fleet
			   ? ge_fleet_device(compute->context, ge_fleet_failed(compute->context))
			   : device_of_context(compute);
}

bool
ge_compute_try_check(GeCompute *compute, GeStatus status, const GeError *error,
					 const char *column)
{
	if (status == GE_DEVICE_LOST)
		ge_compute_note_lost(failed_device(compute));
	if ((status == GE_OUT_OF_MEMORY || status == GE_DEVICE_LOST) && compute->may_restart)
	{
		compute->exhausted = true;
		compute->error = *error;
		return false;
	}
	ge_compute_check(compute->backend->name, status, error, column);
	return true;
}

static void
free_backend(void *arg)
{
	GeCompute *compute = arg;
	ListCell *cell;

	if (compute->context == NULL)
		return;
	foreach (cell, compute->targets)
		compute->backend->target.free(*(GeTarget **) lfirst(cell));
	foreach (cell, compute->dictionaries)
		compute->backend->dictionary.free(lfirst(cell));
	if (compute->backend != ge_compute_cpu_backend)
		ge_compute_note_closed(device_of_context(compute));
	compute->backend->close(compute->context);
	compute->context = NULL;
	compute->targets = compute->dictionaries = NIL;
}

/* Report the choice to last_run() and the log. */
static void
report_choice(const GeCompute *compute)
{
	const char *name = compute->backend->name;
	const char *device = compute->starts_later ? NULL : ge_compute_device(compute);

	ge_stage_end("backend", 0, -1, name, "%s%s%s", device != NULL ? device : "",
				 device != NULL ? ": " : "", compute->reason);
	ereport(DEBUG1, (errmsg_internal("gpu_encode computes on the %s backend: %s", name,
									 compute->reason)));
}

void
ge_compute_report_device(GeCompute *compute)
{
	if (compute->starts_later)
		ge_stage_explain("backend", "%s: %s", ge_compute_device(compute),
						 compute->reason);
	compute->starts_later = false;
}

GeCompute *
ge_compute_open(const GeComputeWork *work)
{
	GeCompute *compute = palloc0_object(GeCompute);

	compute->work = work;
	compute->memory_context = CurrentMemoryContext;
	compute->callback.func = free_backend;
	compute->callback.arg = compute;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, &compute->callback);
	ge_stage_begin();
	ge_compute_choose(compute);
	report_choice(compute);
	return compute;
}

bool
ge_compute_exhausted(const GeCompute *compute)
{
	return compute->exhausted;
}

void
ge_compute_raise(GeCompute *compute)
{
	compute->raised = true;
	ge_compute_check(compute->backend->name, compute->error.status, &compute->error,
					 NULL);
}

bool
ge_compute_raised(const GeCompute *compute)
{
	return compute->raised;
}

/* Leave out the device that failed, and open the others, or the CPU. */
static void
open_again(GeCompute *compute)
{
	int device = failed_device(compute);

	free_backend(compute);
	compute->excluded |= device < 0 ? ~UINT64CONST(0) : UINT64CONST(1) << device;
	compute->may_restart =
		compute->excluded != ~UINT64CONST(0) && ge_compute_open_others(compute);
	if (!compute->may_restart)
		ge_compute_open_cpu(compute);
}

void
ge_compute_restart(GeCompute *compute)
{
	const char *where;

	compute->exhausted = compute->raised = false;
	ge_stage_begin();
	open_again(compute);
	where =
		compute->may_restart ? psprintf("GPU %s", ge_compute_device(compute)) : "the CPU";
	snprintf(compute->reason, sizeof compute->reason, "started again on %.60s: %.180s",
			 compute->may_restart ? "other GPUs" : where, compute->error.message);
	ereport(
		NOTICE,
		(compute->error.status == GE_DEVICE_LOST
			 ? errmsg("the GPU failed: the call starts again on %s", where)
			 : errmsg("the GPU ran out of memory: the call starts again on %s", where),
		 errdetail_internal("%s", compute->error.message)));
	report_choice(compute);
}

void
ge_compute_settle(GeCompute *compute)
{
	compute->may_restart = false;
}

void
ge_compute_close(GeCompute *compute)
{
	free_backend(compute);
}

const char *
ge_compute_name(const GeCompute *compute)
{
	return compute->backend->name;
}

const char *
ge_compute_device(const GeCompute *compute)
{
	return compute->backend->device_name(compute->context);
}

bool
ge_compute_has_cuda(void)
{
	return ge_cuda_library_exists();
}
