/*
 * key_window.h: a key of bytes seen through a window of 64 bits at some depth.
 *
 * The window at depth d is bytes d..d+6 of the key, the first one highest, zeros where
 * the key has ended, and in the lowest byte how many bytes there are from d on, 8 for
 * more than seven.  Of keys that are the same before d, the one with the smaller window
 * is the smaller key (bytes first, then length); keys whose windows are equal are the
 * same before d + 7 and go on.
 */
#ifndef GE_CPU_KEY_WINDOW_H
#define GE_CPU_KEY_WINDOW_H

#include "cpu/dictionary.h"

#define GE_WINDOW_BYTES 7u

/* A key's bytes, wherever they are; inline_bytes holds them when they are in the entry. */
typedef struct GeKeyView
{
	const uint8_t *bytes;
	uint32_t length;
	uint8_t inline_bytes[16];
} GeKeyView;

static inline void
ge_view_key(const GeDictionary *dictionary, uint32_t id, GeKeyView *view)
{
	const GeBytesEntry *entry = ge_dictionary_entry(dictionary, id);
	uint64_t words[2];

	if (ge_is_long(entry))
	{
		view->bytes = ge_arena_key(&dictionary->arena,
								   entry->words[1] & GE_REFERENCE_MASK, &view->length);
		return;
	}
	words[0] = ge_little_endian(entry->words[0]);
	words[1] = ge_little_endian(entry->words[1]);
	memcpy(view->inline_bytes, words, sizeof words);
	view->bytes = view->inline_bytes;
	view->length = ge_inline_length(entry);
}

/* word: the key's bytes from the depth on, the first one lowest, then zeros. */
static inline uint64_t
ge_window_of_word(uint64_t word, uint32_t n_left)
{
	return (__builtin_bswap64(word) & ~UINT64_C(0xff)) | (n_left < 8 ? n_left : 8);
}

/* The window of a key that is at least `depth` bytes long. */
static inline uint64_t
ge_key_window(const GeDictionary *dictionary, uint32_t id, uint32_t depth)
{
	const GeBytesEntry *entry = ge_dictionary_entry(dictionary, id);
	const uint8_t *bytes;
	uint32_t length;

	if (!ge_is_long(entry))
	{
		unsigned __int128 key = (unsigned __int128) (entry->words[1] & GE_REFERENCE_MASK)
									<< 64 |
								entry->words[0];

		return ge_window_of_word((uint64_t) (key >> 8 * depth),
								 ge_inline_length(entry) - depth);
	}
	bytes =
		ge_arena_key(&dictionary->arena, entry->words[1] & GE_REFERENCE_MASK, &length);
	if (length - depth >= 8)
		return ge_window_of_word(ge_load_word(bytes + depth), length - depth);
	if (length == depth)
		return 0;
	/* a long key has eight bytes before its end */
	return ge_window_of_word(
		ge_load_word(bytes + length - 8) >> 8 * (8 - (length - depth)), length - depth);
}

/* How many of the first `limit` bytes of a and b are the same. */
static inline uint32_t
ge_common_bytes(const uint8_t *a, const uint8_t *b, uint32_t limit)
{
	uint32_t i = 0;

	while (limit - i >= 8 && ge_load_word(a + i) == ge_load_word(b + i))
		i += 8;
	while (i < limit && a[i] == b[i])
		i++;
	return i;
}

#endif /* GE_CPU_KEY_WINDOW_H */
