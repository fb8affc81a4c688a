/*
 * fold_hash.c: the hash of a row's keys, and the fold that it gives.
 */
#include "postgres.h"
#include "port/pg_bitutils.h"
#include "port/pg_bswap.h"

#include "category/fold_hash.h"

#define PRIME_1 UINT64CONST(0x9E3779B185EBCA87)
#define PRIME_2 UINT64CONST(0xC2B2AE3D27D4EB4F)
#define PRIME_3 UINT64CONST(0x165667B19E3779F9)
#define PRIME_4 UINT64CONST(0x85EBCA77C2B2AE63)
#define PRIME_5 UINT64CONST(0x27D4EB2F165667C5)

/* Bytes that are hashed in one round of four lanes. */
#define STRIPE 32

static inline uint64
rotate(uint64 x, int bits)
{
	return x << bits | x >> (64 - bits);
}

/* Words stand lowest byte first. */
static inline uint64
little_endian_64(uint64 word)
{
#ifdef WORDS_BIGENDIAN
	return pg_bswap64(word);
#else
	return word;
#endif
}

static inline uint64
read_64(const uint8 *bytes)
{
	uint64 word;

	memcpy(&word, bytes, sizeof(word));
	return little_endian_64(word);
}

static inline uint32
read_32(const uint8 *bytes)
{
	return bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (uint32) bytes[3] << 24;
}

static inline uint64
round_of(uint64 lane, uint64 word)
{
	return rotate(lane + word * PRIME_2, 31) * PRIME_1;
}

/* All whole stripes; *bytes moves behind them. */
static uint64
hash_stripes(const uint8 **bytes, const uint8 *end, uint64 seed)
{
	static const int rotations[4] = {1, 7, 12, 18};
	uint64 lanes[4] = {seed + PRIME_1 + PRIME_2, seed + PRIME_2, seed, seed - PRIME_1};
	uint64 hash = 0;

	for (; end - *bytes >= STRIPE; *bytes += STRIPE)
		for (int i = 0; i < 4; i++)
			lanes[i] = round_of(lanes[i], read_64(*bytes + 8 * i));
	for (int i = 0; i < 4; i++)
		hash += rotate(lanes[i], rotations[i]);
	for (int i = 0; i < 4; i++)
		hash = (hash ^ round_of(0, lanes[i])) * PRIME_1 + PRIME_4;
	return hash;
}

uint64
ge_xxh64(const void *bytes, Size length, uint64 seed)
{
	const uint8 *next = bytes;
	const uint8 *end = next + length;
	uint64 hash = length >= STRIPE ? hash_stripes(&next, end, seed) : seed + PRIME_5;

	hash += length;
	for (; end - next >= 8; next += 8)
		hash = rotate(hash ^ round_of(0, read_64(next)), 27) * PRIME_1 + PRIME_4;
	if (end - next >= 4)
	{
		hash = rotate(hash ^ read_32(next) * PRIME_1, 23) * PRIME_2 + PRIME_3;
		next += 4;
	}
	for (; next < end; next++)
		hash = rotate(hash ^ *next * PRIME_5, 11) * PRIME_1;
	hash = (hash ^ hash >> 33) * PRIME_2;
	hash = (hash ^ hash >> 29) * PRIME_3;
	return hash ^ hash >> 32;
}

void
ge_fold_key_append(StringInfo keys, const char *string, Size length)
{
	uint64 prefix = little_endian_64(string != NULL ? length : GE_NULL_KEY_LENGTH);

	appendBinaryStringInfo(keys, (const char *) &prefix, sizeof(prefix));
	if (string != NULL)
		appendBinaryStringInfo(keys, string, (int) length);
}

uint32
ge_fold_of_keys(const StringInfoData *keys, int64 seed, uint32 n_folds)
{
	uint64 hash = ge_xxh64(keys->data, keys->len, (uint64) seed);

	return (uint32) ((uint128) hash * n_folds >> 64);
}
