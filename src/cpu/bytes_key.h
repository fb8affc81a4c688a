/*
 * bytes_key.h: a key of bytes as two words, the form in which it is compared.
 *
 * A key of up to GE_INLINE_KEY bytes is wholly in the words: its bytes in memory order,
 * zeros, and its length in the last byte.  A longer key has its first eight bytes in the
 * first word and GE_LONG_KEY in the last byte.  The other seven bytes of the second word
 * are the key's reference into the arena in an entry, and all ones (no reference) in a
 * key that is looked up.  So if both words are equal, the keys are equal.  Words are
 * little-endian numbers on every machine, so byte j of an inline key is bits 8j..8j+7.
 */
#ifndef GE_CPU_BYTES_KEY_H
#define GE_CPU_BYTES_KEY_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "cpu/hash.h"

#define GE_INLINE_KEY 15u
#define GE_LONG_KEY 0xffu
#define GE_LONG_WORD ((uint64_t) GE_LONG_KEY << 56)
#define GE_REFERENCE_MASK ((UINT64_C(1) << 56) - 1)

/* What a dictionary keeps of a key; the words are numbers, not bytes in memory order. */
typedef struct GeBytesEntry
{
	uint64_t words[2];
} GeBytesEntry;

static inline uint64_t
ge_little_endian(uint64_t word)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	return __builtin_bswap64(word);
#else
	return word;
#endif
}

static inline uint64_t
ge_load_word(const uint8_t *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof word);
	return ge_little_endian(word);
}

/* The bytes of the two words that an inline key of each length has. */
#define GE_KEEP(n) ((n) <= 0 ? 0 : ~UINT64_C(0) >> (64 - 8 * ((n) < 8 ? (n) : 8)))
#define GE_MASKS(n)                                                                      \
	{                                                                                    \
		GE_KEEP(n), GE_KEEP((n) -8)                                                      \
	}
static const uint64_t ge_key_masks[GE_INLINE_KEY + 1][2] = {
	GE_MASKS(0),  GE_MASKS(1),	GE_MASKS(2),  GE_MASKS(3), GE_MASKS(4),	 GE_MASKS(5),
	GE_MASKS(6),  GE_MASKS(7),	GE_MASKS(8),  GE_MASKS(9), GE_MASKS(10), GE_MASKS(11),
	GE_MASKS(12), GE_MASKS(13), GE_MASKS(14), GE_MASKS(15)};

/* Up to eight bytes as a word, without reading beyond them. */
static inline uint64_t
ge_load_bytes(const uint8_t *bytes, uint32_t n)
{
	uint64_t word = 0;

	if (n > 0)
		memcpy(&word, bytes, n < 8 ? n : 8);
	return ge_little_endian(word);
}

static inline bool
ge_is_long(const GeBytesEntry *entry)
{
	return entry->words[1] >= GE_LONG_WORD;
}

/*
 * The words of a key.  readable is how many bytes may be read from `bytes` on, at least
 * length: with 16 of them the key is loaded without a branch on its length.
 */
static inline GeBytesEntry
ge_bytes_words(const uint8_t *bytes, uint32_t length, uint64_t readable)
{
	GeBytesEntry key;

	if (length > GE_INLINE_KEY)
	{
		key.words[0] = ge_load_word(bytes);
		key.words[1] = GE_LONG_WORD | GE_REFERENCE_MASK;
		return key;
	}
	if (readable >= 16)
	{
		key.words[0] = ge_load_word(bytes) & ge_key_masks[length][0];
		key.words[1] = ge_load_word(bytes + 8) & ge_key_masks[length][1];
	}
	else
	{
		key.words[0] = ge_load_bytes(bytes, length);
		key.words[1] = length > 8 ? ge_load_bytes(bytes + 8, length - 8) : 0;
	}
	key.words[1] |= (uint64_t) length << 56;
	return key;
}

/* The length of an inline key. */
static inline uint32_t
ge_inline_length(const GeBytesEntry *entry)
{
	return (uint32_t) (entry->words[1] >> 56);
}

/* The tag of a long key. */
static inline uint32_t
ge_hash_long(const GeHashSeed *seed, const uint8_t *bytes, uint32_t length)
{
	uint64_t state = length;
	uint32_t i;

	/* length is over 15, so the last 16 bytes can be read as they are */
	for (i = 0; length - i > 16; i += 16)
		state = ge_hash_step(seed, state, ge_load_word(bytes + i),
							 ge_load_word(bytes + i + 8));
	state = ge_hash_step(seed, state, ge_load_word(bytes + length - 16),
						 ge_load_word(bytes + length - 8));
	return ge_hash_finish(seed, state);
}

#endif /* GE_CPU_BYTES_KEY_H */
