/*
 * estimate.c: estimates, before a job begins, whether the job fits the device.
 */
#include "runtime/estimate.h"

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
	return compare(ge_estimate_bytes(&options->estimate), options->memory_limit,
				   "allowed", error);
}

GeStatus
ge_cuda_estimate_check_free(GeContext *context, GeError *error)
{
	uint64_t needed = ge_estimate_bytes(&context->options.estimate), available;

	if (needed == 0)
		return GE_OK;
	GE_TRY(ge_cuda_memory_available(context, &available, error));
	return compare(needed, available, "available", error);
}
