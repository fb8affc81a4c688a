/*
 * support.h: what every unit test needs: random numbers, memory, an open backend.
 *
 * Random numbers are splitmix64 from a given seed, so that every run tests the same.
 */
#ifndef GE_TEST_SUPPORT_H
#define GE_TEST_SUPPORT_H

#include <stddef.h>

#include "backend/backend.h"

static inline uint64_t
random_next(uint64_t *state)
{
	*state += UINT64_C(0x9E3779B97F4A7C15);
	return ge_splitmix64_mix(*state);
}

/* 0..n-1. */
static inline uint64_t
random_below(uint64_t *state, uint64_t n)
{
	return (uint64_t) ((unsigned __int128) random_next(state) * n >> 64);
}

/* Zeroed memory; exits the program where there is none. */
extern void *test_alloc(size_t count, size_t size);

/* Options as every test begins with: one thread, seed 42. */
extern GeContextOptions test_options(int32_t threads);

/* Open a backend, whatever its traits; exits the program where it cannot. */
extern GeContext *test_open(const GeBackend *backend, const GeContextOptions *options);

/* All that a mean needs, and the rows. */
#define MEAN_ACCUMULATORS (GE_COUNT_ROWS | GE_COUNT_TARGETS | GE_SUM_TARGETS)

/* Finish a target with a mean; totals and prior are left out. */
extern GeStatus test_finish(const GeBackend *backend, GeTarget *target, double smooth,
							bool prior_out_of_fold, GeError *error);

/* Same bits: a NaN is equal to itself, 0 is not -0. */
extern bool same_bits(double a, double b);

#endif /* GE_TEST_SUPPORT_H */
