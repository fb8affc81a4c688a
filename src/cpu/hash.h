/*
 * hash.h: seeded 32-bit tags of keys.
 *
 * A tag is a folded 64 x 64 bit product of key words and secrets drawn from the seed,
 * mixed once more.  The seed is random for each run, so nobody can prepare keys whose
 * tags collide; no result depends on it.
 */
#ifndef GE_CPU_HASH_H
#define GE_CPU_HASH_H

#include <stdint.h>

#include "backend/fold.h" /* ge_splitmix64_mix */

typedef struct GeHashSeed
{
	uint64_t secrets[3];
	uint64_t mask;
} GeHashSeed;

static inline void
ge_hash_seed_init(GeHashSeed *seed, uint64_t random, uint64_t mask)
{
	uint32_t i;

	for (i = 0; i < 3; i++)
		seed->secrets[i] =
			ge_splitmix64_mix(random + (i + 1) * UINT64_C(0x9E3779B97F4A7C15));
	seed->mask = mask;
}

/* The two halves of a * b, one laid over the other. */
static inline uint64_t
ge_fold_product(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128) a * b;

	return (uint64_t) product ^ (uint64_t) (product >> 64);
}

static inline uint32_t
ge_hash_finish(const GeHashSeed *seed, uint64_t hash)
{
	return (uint32_t) ((hash * UINT64_C(0x9E3779B97F4A7C15) >> 32) & seed->mask);
}

/* The tag of a key that fits into two words. */
static inline uint32_t
ge_hash_words(const GeHashSeed *seed, uint64_t first, uint64_t second)
{
	return ge_hash_finish(
		seed, ge_fold_product(first ^ seed->secrets[0], second ^ seed->secrets[1]));
}

/* One step over 16 bytes of a longer key; begin with its length as the state. */
static inline uint64_t
ge_hash_step(const GeHashSeed *seed, uint64_t state, uint64_t first, uint64_t second)
{
	return ge_fold_product(first ^ seed->secrets[0] ^ state, second ^ seed->secrets[1]) +
		   seed->secrets[2];
}

#endif /* GE_CPU_HASH_H */
