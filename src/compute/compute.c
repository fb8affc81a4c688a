/*
 * compute.c: operations of backend.h for the PostgreSQL side.
 *
 * A GeCompute remembers every object of its backend.  A callback of the memory context in
 * which the GeCompute was opened frees them, the backend's context last: after an error
 * and at the end of the call.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "compute/cuda_library.h"
#include "compute/internal.h"
#include "compute/status.h"
#include "base/run_log.h"

const GeBackend *ge_compute_cpu_backend;

void
ge_compute_init(const GeBackend *cpu)
{
	ge_compute_cpu_backend = cpu;
}

/*
 * True for GE_OK.  False if the GPU's memory ended and the job can start again; the
 * GeCompute remembers this.  Any other status is raised as an error.
 */
static bool
try_check(GeCompute *compute, GeStatus status, const GeError *error, const char *column)
{
	if (status == GE_OUT_OF_MEMORY && compute->may_restart)
	{
		compute->exhausted = true;
		compute->error = *error;
		return false;
	}
	ge_compute_check(compute->backend->name, status, error, column);
	return true;
}

static void
check(GeCompute *compute, GeStatus status, const GeError *error, const char *column)
{
	if (!try_check(compute, status, error, column))
		ge_compute_raise(compute);
}

static void
free_backend(void *arg)
{
	GeCompute *compute = arg;
	ListCell *cell;

	if (compute->context == NULL)
		return;
	foreach (cell, compute->targets)
		compute->backend->target.free(lfirst(cell));
	foreach (cell, compute->dictionaries)
		compute->backend->dictionary.free(lfirst(cell));
	compute->backend->close(compute->context);
	if (compute->backend != ge_compute_cpu_backend)
		ge_compute_note_closed();
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

/* A GPU that was starting is ready now. */
static void
report_device(GeCompute *compute)
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

	compute->memory_context = CurrentMemoryContext;
	compute->callback.func = free_backend;
	compute->callback.arg = compute;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, &compute->callback);
	ge_stage_begin();
	ge_compute_choose(compute, work);
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

void
ge_compute_restart_on_cpu(GeCompute *compute)
{
	free_backend(compute);
	compute->may_restart = compute->exhausted = compute->raised = false;
	snprintf(compute->reason, sizeof compute->reason, "started again on the CPU: %.200s",
			 compute->error.message);
	ereport(NOTICE,
			(errmsg("the GPU ran out of memory: the call starts again on the CPU"),
			 errdetail_internal("%s", compute->error.message)));
	ge_stage_begin();
	ge_compute_open_cpu(compute);
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

/* Remember an object, so that it goes with the GeCompute. */
static void
remember(GeCompute *compute, List **list, void *object)
{
	MemoryContext old = MemoryContextSwitchTo(compute->memory_context);

	*list = lappend(*list, object);
	MemoryContextSwitchTo(old);
}

GeDictionary *
ge_compute_dictionary(GeCompute *compute, GeKeyKind kind)
{
	GeDictionary *dictionary = NULL;
	GeError error = {0};

	check(
		compute,
		compute->backend->dictionary.create(compute->context, kind, &dictionary, &error),
		&error, NULL);
	remember(compute, &compute->dictionaries, dictionary);
	return dictionary;
}

void
ge_compute_dictionary_free(GeCompute *compute, GeDictionary *dictionary)
{
	compute->dictionaries = list_delete_ptr(compute->dictionaries, dictionary);
	compute->backend->dictionary.free(dictionary);
}

bool
ge_compute_try_add(GeCompute *compute, uint32 n, GeDictionary *const *dictionaries,
				   const GeKeys *keys, uint32 *const *ids)
{
	GeError error = {0};

	return try_check(compute,
					 compute->backend->dictionary.add(compute->context, n, dictionaries,
													  keys, ids, &error),
					 &error, NULL);
}

void
ge_compute_add(GeCompute *compute, uint32 n, GeDictionary *const *dictionaries,
			   const GeKeys *keys, uint32 *const *ids)
{
	if (!ge_compute_try_add(compute, n, dictionaries, keys, ids))
		ge_compute_raise(compute);
}

bool
ge_compute_try_flush(GeCompute *compute)
{
	GeError error = {0};

	if (!try_check(compute, compute->backend->dictionary.flush(compute->context, &error),
				   &error, NULL))
		return false;
	report_device(compute);
	return true;
}

void
ge_compute_flush(GeCompute *compute)
{
	if (!ge_compute_try_flush(compute))
		ge_compute_raise(compute);
}

uint32
ge_compute_size(GeCompute *compute, const GeDictionary *dictionary)
{
	return compute->backend->dictionary.size(dictionary);
}

void
ge_compute_sort(GeCompute *compute, GeDictionary *dictionary, uint32 first, uint32 count,
				uint32 *ids)
{
	GeError error = {0};

	if (count > 0)
		check(compute,
			  compute->backend->dictionary.sort(dictionary, first, count, ids, &error),
			  &error, NULL);
}

void
ge_compute_keys(GeCompute *compute, GeDictionary *dictionary, GeKeyKind kind,
				const uint32 *ids, uint32 count, GeKeyList *keys)
{
	GeError error = {0};

	*keys = (GeKeyList){.kind = kind, .n = count};
	if (kind == GE_KEY_INT64)
		keys->values = palloc_extended(sizeof(int64) * Max(count, 1), MCXT_ALLOC_HUGE);
	else
	{
		keys->offsets =
			palloc_extended(sizeof(uint64) * ((Size) count + 1), MCXT_ALLOC_HUGE);
		check(compute,
			  compute->backend->dictionary.keys(dictionary, ids, count, NULL,
												keys->offsets, NULL, &error),
			  &error, NULL);
		keys->bytes = palloc_extended(Max(keys->offsets[count], 1), MCXT_ALLOC_HUGE);
	}
	check(compute,
		  compute->backend->dictionary.keys(dictionary, ids, count, keys->values,
											keys->offsets, keys->bytes, &error),
		  &error, NULL);
}

void
ge_key_list_free(GeKeyList *keys)
{
	if (keys->values != NULL)
		pfree(keys->values);
	if (keys->offsets != NULL)
		pfree(keys->offsets);
	if (keys->bytes != NULL)
		pfree(keys->bytes);
}

GeTarget *
ge_compute_target(GeCompute *compute, const GeTargetSpec *spec, const char *column)
{
	GeTarget *target = NULL;
	GeError error = {0};

	check(compute,
		  compute->backend->target.create(compute->context, spec, &target, &error),
		  &error, column);
	remember(compute, &compute->targets, target);
	return target;
}

void
ge_compute_target_add(GeCompute *compute, GeTarget *target, const GeTargetRows *rows,
					  const char *column)
{
	GeError error = {0};

	check(compute, compute->backend->target.add(target, rows, &error), &error, column);
}

void
ge_compute_target_finish(GeCompute *compute, GeTarget *target, const GeFinishSpec *spec,
						 GeTargetTotals *totals, double *unseen, const char *column)
{
	GeError error = {0};

	check(compute, compute->backend->target.finish(target, spec, totals, unseen, &error),
		  &error, column);
}

GeStatus
ge_compute_try_target_rows(const GeCompute *compute, GeTarget *target,
						   const GeTargetRows *rows, double *const *encodings,
						   GeError *error)
{
	return compute->backend->target.rows(target, rows, encodings, error);
}

void
ge_compute_report(GeCompute *compute, GeStatus status, const GeError *error,
				  const char *column)
{
	check(compute, status, error, column);
}

const GeTraits *
ge_compute_traits(const GeCompute *compute)
{
	return &compute->traits;
}

void
ge_compute_target_statistics(GeCompute *compute, GeTarget *target, uint32 first_id,
							 uint32 count, const GeTargetStatistics *statistics,
							 double *const *encodings, const char *column)
{
	GeError error = {0};

	check(compute,
		  compute->backend->target.statistics(target, first_id, count, statistics,
											  encodings, &error),
		  &error, column);
}

bool
ge_compute_has_cuda(void)
{
	return ge_cuda_library_exists();
}
