/*
 * compute.c: operations of backend.h for the PostgreSQL side.
 *
 * The only file that sees both sides.  Objects of a backend are remembered in the
 * GeCompute and freed, context last, by a callback of the memory context in which it was
 * opened; that happens on error and at the end alike.
 */
#include "postgres.h"

#include <signal.h>
#include <unistd.h>

#include "commands/tablespace.h"
#include "common/pg_prng.h"
#include "libpq/pqsignal.h"
#include "miscadmin.h"
#include "nodes/pg_list.h"
#include "storage/fd.h"
#include "utils/memutils.h"

#include "compute.h"
#include "compute_cuda.h"
#include "compute_status.h"
#include "settings.h"

struct GeCompute
{
	const GeBackend *backend;
	GeContext *context;
	List *dictionaries; /* in memory_context */
	List *targets;
	MemoryContext memory_context;
	MemoryContextCallback callback;
	char reason[160];
};

/* Called from any thread: reads two flags that signal handlers set. */
static bool
cancelled(void *arg)
{
	return QueryCancelPending || ProcDiePending;
}

static void
check(const GeCompute *compute, GeStatus status, const GeError *error, const char *column)
{
	ge_compute_check(compute->backend->name, status, error, column);
}

static void
free_backend(void *arg)
{
	GeCompute *compute = arg;
	ListCell *cell;

	if (compute->context == NULL)
		return;
	foreach (cell, compute->targets)
		compute->backend->target_free(lfirst(cell));
	foreach (cell, compute->dictionaries)
		compute->backend->dictionary_free(lfirst(cell));
	compute->backend->close(compute->context);
	compute->context = NULL;
	compute->targets = compute->dictionaries = NIL;
}

/* Where the server keeps temporary files for this session. */
static const char *
temp_directory(void)
{
	char path[MAXPGPATH];
	Oid tablespace;

	PrepareTempTablespaces();
	tablespace = GetNextTempTableSpace();
	TempTablespacePath(path, OidIsValid(tablespace) ? tablespace : MyDatabaseTableSpace);
	return pstrdup(path);
}

/* Open a backend with every signal blocked: it may start threads of its own. */
static GeStatus
open_backend(GeCompute *compute, const GeBackend *backend, GeError *error)
{
	GeContextOptions options = {
		.abi = GE_BACKEND_ABI,
		.threads = ge_setting_threads > 0 ? ge_setting_threads
										  : (int) sysconf(_SC_NPROCESSORS_ONLN),
		.device = -1,
		.idle_timeout = ge_setting_context_idle_timeout,
		.memory_limit = (uint64) ge_setting_gpu_memory_limit * 1024 * 1024,
		.temp_directory = temp_directory(),
		.hash_seed = pg_prng_uint64(&pg_global_prng_state),
		.hash_mask = ~UINT64CONST(0),
		.cancelled = cancelled,
	};
	sigset_t all, before;
	GeStatus status;

	compute->backend = backend;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	status = backend->open(&options, &compute->context, error);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return status;
}

/* Try the GPU; false with a reason where it cannot be had. */
static bool
open_cuda(GeCompute *compute, GeError *error)
{
	const GeBackend *cuda = ge_cuda_library_load(error);

	return cuda != NULL && open_backend(compute, cuda, error) == GE_OK;
}

/* gpu_encode.backend = auto: the GPU for jobs big enough, where one is usable. */
static bool
try_auto_cuda(GeCompute *compute, double expected_rows)
{
	GeError error = {0};

	if (ge_compute_device_lost())
		snprintf(compute->reason, sizeof compute->reason,
				 "the GPU failed earlier in this session");
	else if (expected_rows < ge_setting_min_gpu_rows)
		snprintf(compute->reason, sizeof compute->reason, "fewer than %d rows",
				 ge_setting_min_gpu_rows);
	else if (open_cuda(compute, &error))
	{
		snprintf(compute->reason, sizeof compute->reason, "at least %d rows",
				 ge_setting_min_gpu_rows);
		return true;
	}
	else
		snprintf(compute->reason, sizeof compute->reason, "%s", error.message);
	return false;
}

GeCompute *
ge_compute_open(double expected_rows)
{
	GeCompute *compute = palloc0_object(GeCompute);
	GeError error = {0};

	compute->memory_context = CurrentMemoryContext;
	compute->callback.func = free_backend;
	compute->callback.arg = compute;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, &compute->callback);
	snprintf(compute->reason, sizeof compute->reason, "as set");
	if (ge_setting_backend == GE_BACKEND_CUDA)
	{
		if (!open_cuda(compute, &error))
			ge_compute_check("cuda", error.status, &error, NULL);
	}
	else if (ge_setting_backend == GE_BACKEND_CPU ||
			 !try_auto_cuda(compute, expected_rows))
		check(compute, open_backend(compute, &ge_cpu_backend, &error), &error, NULL);
	ereport(DEBUG1, (errmsg_internal("gpu_encode computes on the %s backend: %s",
									 compute->backend->name, compute->reason)));
	return compute;
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

const char *
ge_compute_reason(const GeCompute *compute)
{
	return compute->reason;
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
		compute->backend->dictionary_create(compute->context, kind, &dictionary, &error),
		&error, NULL);
	remember(compute, &compute->dictionaries, dictionary);
	return dictionary;
}

void
ge_compute_dictionary_free(GeCompute *compute, GeDictionary *dictionary)
{
	compute->dictionaries = list_delete_ptr(compute->dictionaries, dictionary);
	compute->backend->dictionary_free(dictionary);
}

void
ge_compute_add(GeCompute *compute, uint32 n, GeDictionary *const *dictionaries,
			   const GeKeys *keys, uint32 *const *ids)
{
	GeError error = {0};

	check(compute,
		  compute->backend->dictionary_add(compute->context, n, dictionaries, keys, ids,
										   &error),
		  &error, NULL);
}

void
ge_compute_flush(GeCompute *compute)
{
	GeError error = {0};

	check(compute, compute->backend->flush(compute->context, &error), &error, NULL);
}

bool
ge_compute_flush_is_cheap(const GeCompute *compute)
{
	return compute->backend->flush_is_cheap(compute->context);
}

uint32
ge_compute_size(GeCompute *compute, const GeDictionary *dictionary)
{
	return compute->backend->dictionary_size(dictionary);
}

void
ge_compute_sort(GeCompute *compute, GeDictionary *dictionary, uint32 first, uint32 count,
				uint32 *ids)
{
	GeError error = {0};

	if (count > 0)
		check(compute,
			  compute->backend->dictionary_sort(dictionary, first, count, ids, &error),
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
			  compute->backend->dictionary_keys(dictionary, ids, count, NULL,
												keys->offsets, NULL, &error),
			  &error, NULL);
		keys->bytes = palloc_extended(Max(keys->offsets[count], 1), MCXT_ALLOC_HUGE);
	}
	check(compute,
		  compute->backend->dictionary_keys(dictionary, ids, count, keys->values,
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
		  compute->backend->target_create(compute->context, spec, &target, &error),
		  &error, column);
	remember(compute, &compute->targets, target);
	return target;
}

void
ge_compute_target_add(GeCompute *compute, GeTarget *target, const GeTargetRows *rows,
					  const char *column)
{
	GeError error = {0};

	check(compute, compute->backend->target_add(target, rows, &error), &error, column);
}

void
ge_compute_target_finish(GeCompute *compute, GeTarget *target, GeTargetTotals *totals,
						 const char *column)
{
	GeError error = {0};

	check(compute, compute->backend->target_finish(target, totals, &error), &error,
		  column);
}

void
ge_compute_target_rows(GeCompute *compute, GeTarget *target, const GeTargetRows *rows,
					   double *encodings, const char *column)
{
	GeError error = {0};

	check(compute, compute->backend->target_rows(target, rows, encodings, &error), &error,
		  column);
}

void
ge_compute_target_statistics(GeCompute *compute, GeTarget *target, uint32 first_id,
							 uint32 count, GeTargetStatistics *statistics,
							 const char *column)
{
	GeError error = {0};

	check(
		compute,
		compute->backend->target_statistics(target, first_id, count, statistics, &error),
		&error, column);
}

int
ge_compute_devices(GeDeviceInfo *infos, const char **backends)
{
	GeError error = {0};
	int32 n_cpu = 0, n_cuda = 0;
	const GeBackend *cuda;

	ge_compute_check("cpu", ge_cpu_backend.devices(infos, 1, &n_cpu, &error), &error,
					 NULL);
	cuda = ge_cuda_library_load(&error);
	if (cuda != NULL &&
		cuda->devices(infos + n_cpu, GE_MAX_DEVICES - n_cpu, &n_cuda, &error) != GE_OK)
		n_cuda = 0;
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

bool
ge_compute_has_cuda(void)
{
	return ge_cuda_library_exists();
}
