/*
 * estimate.h: the estimate of a job's device memory, before the job begins.
 *
 * Counts what cuda/README.md lists under "Memory", at its most: a table that has just
 * doubled beside the one that it replaces, arrays that have just doubled, a sort.  A
 * refused job might have fitted.  A job that is let in fits if the estimate is right.
 */
#ifndef GE_BACKEND_ESTIMATE_H
#define GE_BACKEND_ESTIMATE_H

#include <stdint.h>

/* The estimate of what a job holds on a device at the same time; zeros: not known. */
typedef struct GeEstimate
{
	uint64_t categories;   /* of all its dictionaries */
	uint64_t key_bytes;	   /* of their keys; 8 for an integer */
	uint64_t target_cells; /* (categories + 1) * folds, of all its targets */
} GeEstimate;

/* 32 bytes a slot, 3.4 slots a category; half as many in the old table; a sort. */
#define GE_BYTES_OF_CATEGORY (UINT64_C(109) + 54 + 24)
/* A cell of three bins, as most fractions have, and its encoding. */
#define GE_BYTES_OF_CELL UINT64_C(48)
/* Steps and blocks of rows in flight. */
#define GE_BYTES_OF_START (UINT64_C(128) << 20)

/* Bytes of device memory; 0: nothing is known. */
static inline uint64_t
ge_estimate_bytes(const GeEstimate *estimate)
{
	uint64_t bytes = estimate->categories * GE_BYTES_OF_CATEGORY +
					 2 * estimate->key_bytes + estimate->target_cells * GE_BYTES_OF_CELL;

	return bytes == 0 ? 0 : bytes + GE_BYTES_OF_START;
}

#endif /* GE_BACKEND_ESTIMATE_H */
