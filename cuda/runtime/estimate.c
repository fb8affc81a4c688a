/*
 * estimate.c: estimates, before a job begins, whether the job fits the device.
 *
 * Counts what ../cuda/README.md lists under "Memory", at its most: a table that has just
 * doubled beside the one that it replaces, arrays that have just doubled, a sort.  A
 * refused job might have fitted.  A job that is let in fits if the estimate is right.
 */
#include "runtime/estimate.h"

/* 32 bytes a slot, 3.4 slots a category; half as many in the old table; a sort. */
#define BYTES_OF_CATEGORY (UINT64_C(109) + 54 + 24)
/* A cell of three bins, as most fractions have, and its encoding. */
#define BYTES_OF_CELL UINT64_C(48)
/* Steps and blocks of rows in flight. */
#define BYTES_OF_START (UINT64_C(128) << 20)

/* 0: nothing is known. */
static uint64_t
bytes_needed(const GeEstimate *estimate)
{
	uint64_t bytes = estimate->categories * BYTES_OF_CATEGORY + 2 * estimate->key_bytes +
					 estimate->target_cells * BYTES_OF_CELL;

	return bytes == 0 ? 0 : bytes + BYTES_OF_START;
}

static GeStatus
compare(uint64_t needed, uint64_t there, const char *what, GeError *error)
{
	if (needed <= there)
		return GE_OK;
	return ge_cuda_fail(error, GE_OUT_OF_MEMORY,
						"about %llu MB of device memory needed, %llu MB %s",
						(unsigned long long) (needed >> 20) + 1,
						(unsigned long long) (there >> 20), what);
}

GeStatus
ge_cuda_estimate_check_limit(const GeContextOptions *options, GeError *error)
{
	if (options->memory_limit == 0)
		return GE_OK;
	return compare(bytes_needed(&options->estimate), options->memory_limit, "allowed",
				   error);
}

GeStatus
ge_cuda_estimate_check_free(GeContext *context, GeError *error)
{
	uint64_t needed = bytes_needed(&context->options.estimate), available;

	if (needed == 0)
		return GE_OK;
	GE_TRY(ge_cuda_memory_available(context, &available, error));
	return compare(needed, available, "available", error);
}
