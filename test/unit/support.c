/*
 * support.c: what every unit test needs.
 */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *
test_alloc(size_t count, size_t size)
{
	void *block = calloc(count > 0 ? count : 1, size);

	if (block == NULL)
	{
		printf("Bail out! no memory for %zu times %zu bytes\n", count, size);
		exit(1);
	}
	return block;
}

GeContextOptions
test_options(int32_t threads)
{
	GeContextOptions options = {.abi = GE_BACKEND_ABI,
								.threads = threads,
								.device = -1,
								.hash_seed = 42,
								.hash_mask = ~UINT64_C(0)};

	return options;
}

GeContext *
test_open(const GeBackend *backend, const GeContextOptions *options)
{
	GeContext *context;
	GeTraits traits;
	GeError error;

	if (backend->open(options, &context, &traits, &error) != GE_OK)
	{
		printf("Bail out! cannot open %s: %s\n", backend->name, error.message);
		exit(1);
	}
	return context;
}

GeStatus
test_finish(const GeBackend *backend, GeTarget *target, double smooth,
			bool prior_out_of_fold, GeError *error)
{
	GeFinish mean = {.kind = GE_FINISH_MEAN, .smooth = smooth};
	GeFinishSpec spec = {
		.n_finishes = 1, .finishes = &mean, .prior_out_of_fold = prior_out_of_fold};
	GeTargetTotals totals;
	double unseen;

	return backend->target.finish(target, &spec, &totals, &unseen, error);
}

bool
same_bits(double a, double b)
{
	return memcmp(&a, &b, sizeof a) == 0;
}
