/*
 * fold.h: the fold of a row from its ordinal, for host and device.
 *
 * n rows, k = min(n_folds, n) folds, i the 0-based ordinal:
 *   interleaved  i mod k
 *   contiguous   floor(i * k / n)
 *   random       floor(p(i) * k / n), p a keyed permutation of 0..n-1: eight Feistel
 *                rounds with MurmurHash3's finalizer over the two halves of the ordinal,
 *                keys from splitmix64, repeated until the result is below n
 *   custom       given row by row as dense numbers 0..k-1
 *   ordered      no folds: the rows stand in an order, in which they may tie.  A row has a
 *                place, 0..n-1, each once, and learns from the rows with the places
 *                0..visible-1, visible <= place.  A row of a later place may learn from
 *                fewer rows (months differ in length).  n < 2^32
 */
#ifndef GE_BACKEND_FOLD_H
#define GE_BACKEND_FOLD_H

#include <stdint.h>

#include "backend/exact_sum.h" /* GE_HD */

typedef enum GeSplit
{
	GE_SPLIT_NONE, /* no folds: full statistics only */
	GE_SPLIT_INTERLEAVED,
	GE_SPLIT_CONTIGUOUS,
	GE_SPLIT_RANDOM,
	GE_SPLIT_CUSTOM,
	GE_SPLIT_ORDERED
} GeSplit;

#define GE_FOLD_ROUNDS 8

typedef struct GeFolds
{
	GeSplit split;
	uint64_t n_rows;
	uint32_t n_folds; /* k: at most n_rows (0 for NONE and ORDERED) */
	uint32_t low_bits;
	uint32_t high_bits;
	uint32_t keys[GE_FOLD_ROUNDS];
} GeFolds;

static inline GE_HD uint64_t
ge_splitmix64_mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

static inline GE_HD uint32_t
ge_fmix32(uint32_t h)
{
	h = (h ^ (h >> 16)) * UINT32_C(0x85EBCA6B);
	h = (h ^ (h >> 13)) * UINT32_C(0xC2B2AE35);
	return h ^ (h >> 16);
}

/* n_folds is what the user asked for; for GE_SPLIT_CUSTOM the number of distinct folds. */
static inline void
ge_folds_init(GeFolds *folds, GeSplit split, uint64_t n_rows, uint32_t n_folds,
			  int64_t seed)
{
	uint32_t width = 8, r;

	while (width < 64 && n_rows > 0 && (n_rows - 1) >> width != 0)
		width++;
	folds->split = split;
	folds->n_rows = n_rows;
	folds->n_folds = n_folds < n_rows ? n_folds : (uint32_t) n_rows;
	if (split == GE_SPLIT_NONE || split == GE_SPLIT_ORDERED)
		folds->n_folds = 0;
	folds->high_bits = width / 2;
	folds->low_bits = width - width / 2;
	for (r = 0; r < GE_FOLD_ROUNDS; r++)
		folds->keys[r] =
			(uint32_t) (ge_splitmix64_mix((uint64_t) seed +
										  (r + 1) * UINT64_C(0x9E3779B97F4A7C15)) >>
						32);
}

/* p(ordinal): the image of ordinal under the keyed permutation of 0..n_rows-1. */
static inline GE_HD uint64_t
ge_fold_permute(const GeFolds *folds, uint64_t ordinal)
{
	uint32_t low_mask = (uint32_t) ((UINT64_C(1) << folds->low_bits) - 1);
	uint32_t high_mask = (uint32_t) ((UINT64_C(1) << folds->high_bits) - 1);
	uint32_t low, high, r;

	do
	{
		low = (uint32_t) ordinal & low_mask;
		high = (uint32_t) (ordinal >> folds->low_bits) & high_mask;
		for (r = 0; r < GE_FOLD_ROUNDS; r += 2)
		{
			high ^= ge_fmix32(low + folds->keys[r]) & high_mask;
			low ^= ge_fmix32(high + folds->keys[r + 1]) & low_mask;
		}
		ordinal = (uint64_t) high << folds->low_bits | low;
	} while (ordinal >= folds->n_rows);
	return ordinal;
}

/* The fold of a row; not for GE_SPLIT_NONE, GE_SPLIT_CUSTOM and GE_SPLIT_ORDERED. */
static inline GE_HD uint32_t
ge_fold_of_row(const GeFolds *folds, uint64_t ordinal)
{
	if (folds->split == GE_SPLIT_INTERLEAVED)
		return (uint32_t) (ordinal % folds->n_folds);
	if (folds->split == GE_SPLIT_RANDOM)
		ordinal = ge_fold_permute(folds, ordinal);
	return (uint32_t) ((unsigned __int128) ordinal * folds->n_folds / folds->n_rows);
}

#endif /* GE_BACKEND_FOLD_H */
