/*
 * choice.c: which backend a call takes, and why.
 *
 * gpu_encode.backend = auto takes the GPU when it pays: the rule is at weigh().  If the
 * GPU cannot be used (none usable, too little memory, one lost earlier), auto takes the
 * CPU and 'cuda' raises an error.
 */
#include "postgres.h"

#include <math.h>
#include <unistd.h>

#include "common/pg_prng.h"
#include "utils/timestamp.h"

#include "backend/finish.h"
#include "compute/cuda_library.h"
#include "compute/devices.h"
#include "compute/internal.h"
#include "compute/status.h"
#include "base/settings.h"

/* Lookups that save what the start of a GPU costs, for each of gpu_encode.min_gpu_rows. */
#define START_LOOKUPS 4

/* Up to this time the GPU context of an earlier call still exists. */
static TimestampTz warm_until = DT_NOBEGIN;

/*
 * Open a backend.  Without an estimate nothing depends on the outcome, so the backend may
 * start while the call goes on.
 */
static GeStatus
open_backend(GeCompute *compute, const GeBackend *backend, int32 device,
			 const GeEstimate *estimate, GeError *error)
{
	const GeEstimate unknown = {0};
	GeContextOptions options = {
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

	compute->backend = backend;
	return backend->open(&options, &compute->context, &compute->traits, error);
}

void
ge_compute_open_cpu(GeCompute *compute)
{
	GeError error = {0};

	ge_compute_check("cpu",
					 open_backend(compute, ge_compute_cpu_backend, -1, NULL, &error),
					 &error, NULL);
}

/*
 * Open the GPU.  False with the reason: the GPU is known to be unusable, or its backend
 * cannot compute the statistics.
 */
static bool
open_cuda(GeCompute *compute, const GeComputeWork *work, const GeEstimate *estimate,
		  GeError *error)
{
	const GeBackend *cuda = ge_cuda_library_load(error);
	int32 device;

	return cuda != NULL &&
		   ge_abilities_check(cuda->target.abilities, &work->needs, error) == GE_OK &&
		   ge_compute_pick_device(cuda, &device, error) &&
		   open_backend(compute, cuda, device, estimate, error) == GE_OK;
}

void
ge_compute_note_closed(void)
{
	warm_until =
		ge_setting_context_idle_timeout == 0
			? DT_NOEND
			: TimestampTzPlusMilliseconds(GetCurrentTimestamp(),
										  (int64) ge_setting_context_idle_timeout * 1000);
}

/*
 * Does the GPU pay?  With a context: from gpu_encode.min_gpu_rows rows on.  Without one,
 * from START_LOOKUPS times as many lookups on, because lookups are what the GPU saves (77
 * ns each, test/bench/RESULTS-gpu.md). reason explains the answer.
 */
static bool
weigh(const GeComputeWork *work, char *reason, size_t size)
{
	double least = (double) ge_setting_min_gpu_rows * START_LOOKUPS;
	bool pays = work->lookups >= least;

	if (work->rows < ge_setting_min_gpu_rows)
	{
		snprintf(reason, size, "about %.0f rows, fewer than gpu_encode.min_gpu_rows",
				 work->rows);
		return false;
	}
	if (GetCurrentTimestamp() < warm_until)
	{
		snprintf(reason, size, "about %.0f rows, and the GPU is started", work->rows);
		return true;
	}
	snprintf(
		reason, size,
		"about %.0f rows, as much as %.0f lookups in large dictionaries: %s the GPU's "
		"start, which pays from %.0f on",
		work->rows, work->lookups, pays ? "worth" : "not worth", least);
	return pays;
}

/* gpu_encode.backend = auto: the GPU if it pays, is usable, and has room. */
static bool
try_auto_cuda(GeCompute *compute, const GeComputeWork *work)
{
	GeError error = {0};

	if (ge_compute_device_lost())
		snprintf(compute->reason, sizeof compute->reason,
				 "the GPU failed earlier in this session");
	else if (weigh(work, compute->reason, sizeof compute->reason))
	{
		if (open_cuda(compute, work, &work->estimate, &error))
			return compute->may_restart = true;
		if (error.status == GE_CANCELLED)
			ge_compute_check("cuda", error.status, &error, NULL);
		if (error.status == GE_DEVICE_LOST)
			ge_compute_note_lost();
		snprintf(compute->reason, sizeof compute->reason, "%.250s", error.message);
	}
	return false;
}

void
ge_compute_choose(GeCompute *compute, const GeComputeWork *work)
{
	GeError error = {0};

	snprintf(compute->reason, sizeof compute->reason, "as set");
	if (ge_setting_backend == GE_BACKEND_CUDA)
	{
		/* finds out by trying */
		if (!open_cuda(compute, work, NULL, &error))
			ge_compute_check("cuda", error.status, &error, NULL);
		compute->starts_later = true;
	}
	else if (ge_setting_backend == GE_BACKEND_CPU || !try_auto_cuda(compute, work))
		ge_compute_open_cpu(compute);
}
