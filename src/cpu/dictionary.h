/*
 * dictionary.h: how the CPU backend holds the distinct keys of one column.
 *
 * Three parts.  The slots are an open-addressing table of (tag, id) with linear probing:
 * tag is a 32-bit hash whose leading slot_bits bits are the first slot to look at, so the
 * table grows from its own tags, in order, without looking at a key.  The entries are one
 * fixed-size cell for each id, in segments that never move.  The arena holds the bytes of
 * keys that do not fit into an entry.  A tag only filters: equality is decided by the
 * bytes of the keys.
 *
 * Memory for each category: 10.7 to 21.3 bytes of slots (half as much again while the
 * table grows), 16 bytes of entry (8 for int64 keys) and, for a key longer than
 * GE_INLINE_KEY bytes, its length + 4 in the arena. dictionary_sort frees the slots,
 * because keys are rarely added later.  A later add makes the slots again. 50 million
 * distinct keys of up to 15 bytes: 1.34 GB while keys are added, 1.6 GB while
 * dictionary_sort runs (16 bytes more for each key, and its largest bucket again for each
 * thread), 0.8 GB afterwards.
 */
#ifndef GE_CPU_DICTIONARY_H
#define GE_CPU_DICTIONARY_H

#include "cpu/arena.h"
#include "backend/backend.h"
#include "cpu/bytes_key.h"
#include "cpu/context.h"
#include "cpu/hash.h"
#include "cpu/memory.h"

typedef struct GeSlot
{
	uint32_t tag;
	uint32_t id; /* GE_ID_MISSING: the slot is empty */
} GeSlot;

struct GeDictionary
{
	GeContext *context;
	GeKeyKind kind;
	uint32_t size; /* categories: the ids 1..size are in use */
	uint32_t slot_bits;
	GeSlot *slots; /* 2^slot_bits of them; NULL from a sort to the next add */
	GeHashSeed seed;
	GeSegments entries; /* of id - 1: int64_t, or GeBytesEntry */
	GeArena arena;
};

static inline int64_t *
ge_dictionary_value(const GeDictionary *dictionary, uint32_t id)
{
	return ge_segments_at(&dictionary->entries, id - 1, sizeof(int64_t));
}

static inline GeBytesEntry *
ge_dictionary_entry(const GeDictionary *dictionary, uint32_t id)
{
	return ge_segments_at(&dictionary->entries, id - 1, sizeof(GeBytesEntry));
}

/* The first slot to look at for a tag. */
static inline uint64_t
ge_first_slot(const GeDictionary *dictionary, uint32_t tag)
{
	return tag >> (32 - dictionary->slot_bits);
}

static inline uint64_t
ge_next_slot(const GeDictionary *dictionary, uint64_t slot)
{
	return (slot + 1) & ((UINT64_C(1) << dictionary->slot_bits) - 1);
}

/* The first id with this tag, or GE_ID_MISSING: a hint where to look for the key. */
static inline uint32_t
ge_find_tag(const GeDictionary *dictionary, uint32_t tag)
{
	uint64_t slot = ge_first_slot(dictionary, tag);

	while (dictionary->slots[slot].id != GE_ID_MISSING &&
		   dictionary->slots[slot].tag != tag)
		slot = ge_next_slot(dictionary, slot);
	return dictionary->slots[slot].id;
}

/* dictionary_slots.c: room for one more category, in slots and entries. */
extern GeStatus ge_dictionary_reserve(GeDictionary *dictionary, GeWork *work);
/* Called before keys are looked up: make the slots again if they were freed. */
extern GeStatus ge_dictionary_get_slots(GeDictionary *dictionary, GeWork *work);
/* Free the slots until the next ge_dictionary_get_slots(). */
extern void ge_dictionary_drop_slots(GeDictionary *dictionary);

/* Put the new id size + 1 with this tag into the first empty slot from `slot` on. */
static inline uint32_t
ge_dictionary_take_slot(GeDictionary *dictionary, uint64_t slot, uint32_t tag)
{
	while (dictionary->slots[slot].id != GE_ID_MISSING)
		slot = ge_next_slot(dictionary, slot);
	dictionary->slots[slot].tag = tag;
	dictionary->slots[slot].id = ++dictionary->size;
	return dictionary->size;
}

/* Keys looked up at a time: their cache misses overlap. */
#define GE_KEY_BLOCK 64

/* dictionary_int64.c, dictionary_bytes.c: dictionary_add for one column. */
extern GeStatus ge_dictionary_add_int64(GeDictionary *dictionary, const GeKeys *keys,
										uint32_t *ids, GeWork *work);
extern GeStatus ge_dictionary_add_bytes(GeDictionary *dictionary, const GeKeys *keys,
										uint32_t *ids, GeWork *work);

#endif /* GE_CPU_DICTIONARY_H */
