/*
 * folds.h: the folds of consecutive rows, faster than one by one.
 */
#ifndef GE_CPU_FOLDS_H
#define GE_CPU_FOLDS_H

#include "backend/backend.h"

/* floor(position * k / n), without a 128-bit division if the product fits. */
static inline uint32_t
ge_fold_of_position(const GeFolds *folds, uint64_t position)
{
	uint64_t product;

	if (!__builtin_mul_overflow(position, (uint64_t) folds->n_folds, &product))
		return (uint32_t) (product / folds->n_rows);
	return (uint32_t) ((unsigned __int128) position * folds->n_folds / folds->n_rows);
}

/*
 * The folds of the n rows from first_ordinal on; custom: their folds for
 * GE_SPLIT_CUSTOM, else not read.  GE_SPLIT_NONE and GE_SPLIT_ORDERED
 * put all rows into fold 0.
 */
extern void ge_folds_of_rows(const GeFolds *folds, uint64_t first_ordinal, uint32_t n,
							 const uint32_t *custom, uint32_t *out);

#endif /* GE_CPU_FOLDS_H */
