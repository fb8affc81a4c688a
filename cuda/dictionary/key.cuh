/*
 * key.cuh: keys of a step as 8-byte words, their hash, and their equality.
 *
 * A key is read as words of 8 bytes, the first byte lowest, zeros after its end; keys are
 * equal when their lengths and all their words are.
 *
 *   hash = fold(sum over i of fold(word_i ^ (seed + (i + 1) A), rot(seed) + (i + 1) B) ^
 *          length C, seed | 1) & mask,   fold(a, b) = high ^ low half of a * b
 *
 * A sum, so that a block can hash a long key in parallel; the seed is random for each run.
 */
#ifndef GE_CUDA_DICTIONARY_KEY_CUH
#define GE_CUDA_DICTIONARY_KEY_CUH

#include "dictionary/kernels.h"

struct Key
{
	uint64_t first; /* words 0 and 1 */
	uint64_t second;
	uint64_t hash;
	uint32_t length;
	uint32_t at; /* offset of the key in step.bytes */
};

static __device__ __forceinline__ uint64_t
fold_product(uint64_t a, uint64_t b)
{
	return __umul64hi(a, b) ^ (a * b);
}

static __device__ __forceinline__ uint64_t
hash_word(uint64_t word, uint32_t i, uint64_t seed)
{
	uint64_t rotated = seed << 32 | seed >> 32;

	return fold_product(word ^ (seed + (i + 1) * UINT64_C(0xA0761D6478BD642F)),
						rotated + (i + 1) * UINT64_C(0xE7037ED1A0B428DB));
}

static __device__ __forceinline__ uint64_t
hash_finish(uint64_t sum, uint32_t length, uint64_t seed, uint64_t mask)
{
	return fold_product(sum ^ (length * UINT64_C(0x8EBC6AF09C88C6E3)), seed | 1) & mask;
}

/* The slot at which the search for a key with this hash starts. */
static __device__ __forceinline__ uint64_t
first_position(const GeTableView &table, uint64_t hash)
{
	return __umul64hi(hash * UINT64_C(0x9E3779B97F4A7C15), table.capacity);
}

static __device__ __forceinline__ uint64_t
next_position(const GeTableView &table, uint64_t position)
{
	return position + 1 == table.capacity ? 0 : position + 1;
}

/* The up to 8 bytes from `at`, of which `left` >= 1 belong to the key, as a word. */
static __device__ __forceinline__ uint64_t
load_word(const uint8_t *bytes, uint32_t at, uint32_t left)
{
	const uint64_t *aligned = (const uint64_t *) (bytes + (at & ~7u));
	uint32_t skipped = at & 7;
	uint64_t word = aligned[0] >> (8 * skipped);

	if (skipped != 0 && left > 8 - skipped)
		word |= aligned[1] << (64 - 8 * skipped);
	return left >= 8 ? word : word & ((UINT64_C(1) << (8 * left)) - 1);
}

/* Word i of a key of the step. */
static __device__ __forceinline__ uint64_t
key_word(const GeStepView &step, const Key &key, uint32_t i)
{
	return load_word(step.bytes, key.at + 8 * i, key.length - 8 * i);
}

static __device__ __forceinline__ uint32_t
words_of(uint32_t length)
{
	return length / 8 + (length % 8 != 0);
}

/* The key of a row, but for its hash. */
static __device__ __forceinline__ Key
load_key(const GeStepView &step, uint32_t row)
{
	Key key;

	if (step.values != NULL)
	{
		key.first = (uint64_t) step.values[row];
		key.second = 0;
		key.length = 8;
		key.at = 0;
		return key;
	}
	key.at = step.offsets[row];
	key.length = step.offsets[row + 1] - key.at;
	key.first = key.length > 0 ? load_word(step.bytes, key.at, key.length) : 0;
	key.second = key.length > 8 ? load_word(step.bytes, key.at + 8, key.length - 8) : 0;
	return key;
}

static __device__ __forceinline__ uint64_t
hash_key(const GeStepView &step, const GeTableView &table, const Key &key)
{
	uint64_t sum = hash_word(key.first, 0, table.seed);
	uint32_t i;

	if (key.length > 8)
		sum += hash_word(key.second, 1, table.seed);
	for (i = 2; 8 * i < key.length; i++)
		sum += hash_word(key_word(step, key, i), i, table.seed);
	return hash_finish(sum, key.length, table.seed, table.mask);
}

/* Is the key the one of a slot that has an id?  By one thread. */
static __device__ __forceinline__ bool
equals_slot(const GeStepView &step, const Key &key, const GeSlot &slot)
{
	uint32_t i;

	if (slot.hash_low != (uint32_t) key.hash || slot.length != key.length ||
		slot.hash_high != (uint32_t) (key.hash >> 32))
		return false;
	if (key.length <= GE_SHORT_KEY)
		return slot.first == key.first && slot.second == key.second;
	for (i = 0; 8 * i < key.length; i++)
		if (((const uint64_t *) slot.first)[i] != key_word(step, key, i))
			return false;
	return true;
}

/* Is the key the one of another row of the step?  By one thread. */
static __device__ __forceinline__ bool
equals_row(const GeStepView &step, const Key &key, uint32_t row)
{
	Key other = load_key(step, row);
	uint32_t i;

	if (other.length != key.length || other.first != key.first ||
		other.second != key.second)
		return false;
	for (i = 2; 8 * i < key.length; i++)
		if (key_word(step, other, i) != key_word(step, key, i))
			return false;
	return true;
}

static __device__ __forceinline__ bool
is_missing(const GeStepView &step, uint32_t row)
{
	return step.missing != NULL && step.missing[row] != 0;
}

/* The part of a slot that changes while keys are inserted, read past the L1 cache. */
static __device__ __forceinline__ uint64_t
load_claim(const GeSlot *slot)
{
	return *(const volatile uint64_t *) slot;
}

static __device__ __forceinline__ uint32_t
claim_reference(uint64_t claim)
{
	return (uint32_t) claim;
}

static __device__ __forceinline__ uint32_t
claim_hash_low(uint64_t claim)
{
	return (uint32_t) (claim >> 32);
}

/* Claim an empty slot for a row: what the slot held before (0: it is the row's now). */
static __device__ __forceinline__ uint64_t
claim_slot(GeSlot *slot, uint64_t hash, uint32_t row)
{
	return atomicCAS((unsigned long long *) slot, 0ULL,
					 (unsigned long long) (hash << 32 | GE_SLOT_PENDING | row));
}

/* Fill the body of a slot that was claimed; assign adds id and address. */
static __device__ __forceinline__ void
fill_slot(GeSlot *slot, const Key &key)
{
	slot->hash_high = (uint32_t) (key.hash >> 32);
	slot->length = key.length;
	slot->first = key.first;
	slot->second = key.second;
}

#endif /* GE_CUDA_DICTIONARY_KEY_CUH */
