/*
 * choice.c: which backend a call takes, and why.
 *
 * gpu_encode.backend = auto takes the GPU when it pays: the rule is at weigh().  If the
 * GPU cannot be used (none usable, too little memory, all lost earlier), auto takes the
 * CPU and 'cuda' raises an error.
 */
#include "postgres.h"

#include "base/settings.h"
#include "compute/internal.h"
#include "compute/status.h"

/* Lookups that save what the start of a GPU costs, for each of gpu_encode.min_gpu_rows. */
#define START_LOOKUPS 4

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
	if (ge_compute_is_warm())
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

/* gpu_encode.backend = auto: GPUs if they pay, are usable, and have room. */
static bool
try_auto_cuda(GeCompute *compute)
{
	GeError error = {0};

	compute->excluded = ge_compute_lost();
	if (compute->excluded != ~UINT64CONST(0) &&
		!weigh(compute->work, compute->reason, sizeof compute->reason))
		return false;
	if (compute->excluded == ~UINT64CONST(0))
		error.status = GE_DEVICE_LOST;
	else if (ge_compute_open_cuda(compute, true, &error))
		return compute->may_restart = true;
	if (error.status == GE_CANCELLED)
		ge_compute_check("cuda", error.status, &error, NULL);
	if (error.status == GE_DEVICE_LOST && compute->excluded == 0)
		ge_compute_note_lost(-1);
	if (error.status == GE_DEVICE_LOST && compute->excluded != 0)
		snprintf(error.message, sizeof error.message,
				 "the GPU failed earlier in this session");
	snprintf(compute->reason, sizeof compute->reason, "%.250s", error.message);
	return false;
}

void
ge_compute_choose(GeCompute *compute)
{
	GeError error = {0};

	snprintf(compute->reason, sizeof compute->reason, "as set");
	if (ge_setting_backend == GE_BACKEND_CUDA)
	{
		/* finds out by trying */
		if (!ge_compute_open_cuda(compute, false, &error))
			ge_compute_check("cuda", error.status, &error, NULL);
		compute->starts_later = true;
	}
	else if (ge_setting_backend == GE_BACKEND_CPU || !try_auto_cuda(compute))
		ge_compute_open_cpu(compute);
}
