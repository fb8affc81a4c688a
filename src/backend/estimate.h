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

#include "backend/target.h"

/* The estimate of what a job holds on a device at the same time; zeros: not known. */
typedef struct GeEstimate
{
	uint64_t categories;   /* of all its dictionaries */
	uint64_t key_bytes;	   /* of their keys; 8 for an integer */
	uint64_t target_bytes; /* ge_estimate_target_bytes() of all its targets */
} GeEstimate;

/* 32 bytes a slot, 3.4 slots a category; half as many in the old table; a sort. */
#define GE_BYTES_OF_CATEGORY (UINT64_C(109) + 54 + 24)
/* Steps and blocks of rows in flight. */
#define GE_BYTES_OF_START (UINT64_C(128) << 20)

/* The words of a cell whose fractions have three bins, as most have, and of the weights two. */
static inline uint64_t
ge_estimate_cell_words(uint32_t accumulators)
{
	bool weighted = (accumulators & GE_SUM_WEIGHTS) != 0;
	uint64_t words = 5;

	if (weighted)
		words += 3 + 2;
	if ((accumulators & GE_SUM_SQUARES) != 0)
		words += weighted ? 7 + 2 : 7;
	words += (accumulators & GE_LEAST_TARGET) != 0;
	return words + ((accumulators & GE_GREATEST_TARGET) != 0);
}

/* Do so many bytes of cells pay, for all ids and folds?  Else only what has rows has cells. */
static inline bool
ge_dense_cells_pay(double bytes, uint64_t n_rows)
{
	return bytes <= 0x1p28 || bytes <= 128.0 * (double) n_rows;
}

/* Of a row: sorted by its target, if there are quantiles, and by its place in an order. */
static inline uint64_t
ge_estimate_row_bytes(uint32_t accumulators, uint32_t n_finishes, bool ordered)
{
	bool quantiles = (accumulators & GE_ALL_TARGETS) != 0;
	uint64_t bytes = quantiles ? 69 : 0;

	if (!ordered)
		return bytes;
	bytes += 64 + 2 * ge_estimate_cell_words(accumulators) + 8 * n_finishes;
	bytes += (accumulators & GE_SUM_WEIGHTS) != 0 ? 16 : 0;
	return bytes + (quantiles ? 24 : 0);
}

/*
 * A target of so many rows with so many ids in k folds: its cells and their encodings,
 * where a cell is more than a count and a sum what is kept of each id, and rows that are
 * sorted.
 */
static inline uint64_t
ge_estimate_target_bytes(uint32_t accumulators, uint32_t n_finishes, uint64_t n_rows,
						 uint64_t n_ids, uint32_t k, bool ordered)
{
	uint64_t words = ge_estimate_cell_words(accumulators) + n_finishes;
	uint64_t kept = words > 6 ? 8 * n_ids * (words + 2) : 0;

	kept += n_rows * ge_estimate_row_bytes(accumulators, n_finishes, ordered);
	if (ge_dense_cells_pay(8.0 * (double) words * (double) n_ids * k, n_rows))
		return kept + 8 * n_ids * words * k;
	/* rows are kept and their keys sorted; then each may have a cell of its own */
	return kept + n_rows * (8 * words + 41);
}

/* Bytes of device memory; 0: nothing is known. */
static inline uint64_t
ge_estimate_bytes(const GeEstimate *estimate)
{
	uint64_t bytes = estimate->categories * GE_BYTES_OF_CATEGORY +
					 2 * estimate->key_bytes + estimate->target_bytes;

	return bytes == 0 ? 0 : bytes + GE_BYTES_OF_START;
}

#endif /* GE_BACKEND_ESTIMATE_H */
