/*
 * pair_sort.h: sorting (key, id) pairs by key.
 *
 * Radix sort in all cases but the smallest, so no order of the input makes it slow.
 * Bytes that are equal in all keys cost nothing.  Input that does not fit into the cache
 * is first cut into buckets that fit.  Pairs with equal keys end up in any order.
 */
#ifndef GE_CPU_PAIR_SORT_H
#define GE_CPU_PAIR_SORT_H

#include "cpu/status.h"

typedef struct GePair
{
	uint64_t key;
	uint32_t id;
} GePair;

/* Sort n pairs; scratch has room for n more. */
extern GeStatus ge_pair_sort(GePair *pairs, GePair *scratch, uint64_t n, GeWork *work);

/* How far to shift keys right so that only their highest n_bits varying bits remain. */
static inline uint32_t
ge_bucket_shift(uint64_t varying, uint32_t n_bits)
{
	uint32_t width = varying == 0 ? 0 : 64 - (uint32_t) __builtin_clzll(varying);

	return width > n_bits ? width - n_bits : 0;
}

#endif /* GE_CPU_PAIR_SORT_H */
