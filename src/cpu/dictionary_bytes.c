/*
 * dictionary_bytes.c: keys of bytes to ids.
 *
 * Keys go through in blocks, so that the cache misses of one overlap with those of the
 * others: hash all and prefetch their slots; find a slot with the tag and prefetch its
 * entry; for long keys prefetch the bytes; compare.  A key that is not at its hint is
 * looked up alone, and added if it is new.
 */
#include "cpu/dictionary.h"

/* Keys that are looked up together. */
typedef struct GeBytesBlock
{
	uint32_t n;
	bool any_long;
	uint64_t n_bytes; /* of the long keys */
	uint32_t rows[GE_KEY_BLOCK];
	uint32_t tags[GE_KEY_BLOCK];
	GeBytesEntry keys[GE_KEY_BLOCK];
	uint32_t hints[GE_KEY_BLOCK]; /* an id with the same tag, or GE_ID_MISSING */
	const GeBytesEntry *entries[GE_KEY_BLOCK]; /* of the hints; no_entry if missing */
} GeBytesBlock;

/* No key is equal to this one. */
static const GeBytesEntry no_entry = {{0, GE_LONG_WORD}};

static bool
equal_long(const GeDictionary *dictionary, const GeBytesEntry *entry,
		   const uint8_t *bytes, uint32_t length)
{
	uint32_t entry_length;
	const uint8_t *entry_bytes = ge_arena_key(
		&dictionary->arena, entry->words[1] & GE_REFERENCE_MASK, &entry_length);

	return entry_length == length && memcmp(entry_bytes, bytes, length) == 0;
}

static inline bool
equal_key(const GeDictionary *dictionary, const GeBytesEntry *entry,
		  const GeBytesEntry *key, const uint8_t *bytes, uint32_t length)
{
	if (entry->words[0] != key->words[0])
		return false;
	if (!ge_is_long(key))
		return entry->words[1] == key->words[1];
	return ge_is_long(entry) && equal_long(dictionary, entry, bytes, length);
}

static uint32_t
find_or_add(GeDictionary *dictionary, const GeBytesEntry *key, uint32_t tag,
			const uint8_t *bytes, uint32_t length, GeWork *work, GeStatus *status)
{
	uint64_t slot = ge_first_slot(dictionary, tag);
	uint64_t reference = 0;
	GeBytesEntry *entry;
	uint32_t id;

	for (; dictionary->slots[slot].id != GE_ID_MISSING;
		 slot = ge_next_slot(dictionary, slot))
	{
		id = dictionary->slots[slot].id;
		if (dictionary->slots[slot].tag == tag &&
			equal_key(dictionary, ge_dictionary_entry(dictionary, id), key, bytes,
					  length))
			return id;
	}
	*status = ge_dictionary_reserve(dictionary, work);
	if (*status == GE_OK && ge_is_long(key) &&
		!ge_arena_add(&dictionary->arena, bytes, length, &reference))
		*status = ge_cpu_no_memory(work->error, length, "the bytes of a dictionary");
	if (*status != GE_OK)
		return GE_ID_MISSING;
	id = ge_dictionary_take_slot(dictionary, ge_first_slot(dictionary, tag), tag);
	entry = ge_dictionary_entry(dictionary, id);
	*entry = *key;
	if (ge_is_long(key))
		entry->words[1] = GE_LONG_WORD | reference;
	return id;
}

/* Take rows from *row on until the block is full; ids of missing keys are set here. */
static void
fill_block(const GeDictionary *dictionary, const GeKeys *keys, uint32_t *row,
		   GeBytesBlock *block, uint32_t *ids)
{
	const GeHashSeed *seed = &dictionary->seed;
	uint32_t end = keys->offsets[keys->n_rows];
	uint32_t n = 0, i = *row;

	block->any_long = false;
	block->n_bytes = 0;
	for (; i < keys->n_rows && n < GE_KEY_BLOCK; i++)
	{
		uint32_t start = keys->offsets[i], length = keys->offsets[i + 1] - start;
		GeBytesEntry key;

		ids[i] = GE_ID_MISSING;
		if (keys->is_missing != NULL && keys->is_missing[i])
			continue;
		key = ge_bytes_words(keys->bytes + start, length, end - start);
		block->rows[n] = i;
		block->keys[n] = key;
		if (ge_is_long(&key))
		{
			block->tags[n] = ge_hash_long(seed, keys->bytes + start, length);
			block->any_long = true;
			block->n_bytes += length;
		}
		else
			block->tags[n] = ge_hash_words(seed, key.words[0], key.words[1]);
		__builtin_prefetch(&dictionary->slots[ge_first_slot(dictionary, block->tags[n])]);
		n++;
	}
	block->n = n;
	*row = i;
}

static void
find_hints(const GeDictionary *dictionary, GeBytesBlock *block)
{
	uint32_t j;

	for (j = 0; j < block->n; j++)
	{
		uint32_t id = ge_find_tag(dictionary, block->tags[j]);

		block->hints[j] = id;
		block->entries[j] =
			id == GE_ID_MISSING ? &no_entry : ge_dictionary_entry(dictionary, id);
		__builtin_prefetch(block->entries[j]);
	}
}

static void
prefetch_long(const GeDictionary *dictionary, const GeBytesBlock *block)
{
	uint32_t j;

	for (j = 0; j < block->n; j++)
		if (block->hints[j] != GE_ID_MISSING && ge_is_long(block->entries[j]))
			__builtin_prefetch(ge_arena_record(
				&dictionary->arena, block->entries[j]->words[1] & GE_REFERENCE_MASK));
}

/* The id of key j of a block, if the comparison of words did not decide. */
static uint32_t
resolve_key(GeDictionary *dictionary, const GeKeys *keys, const GeBytesBlock *block,
			uint32_t j, GeWork *work, GeStatus *status)
{
	uint32_t row = block->rows[j];
	const uint8_t *bytes = keys->bytes + keys->offsets[row];
	uint32_t length = keys->offsets[row + 1] - keys->offsets[row];

	if (block->hints[j] != GE_ID_MISSING &&
		equal_key(dictionary, block->entries[j], &block->keys[j], bytes, length))
		return block->hints[j];
	return find_or_add(dictionary, &block->keys[j], block->tags[j], bytes, length, work,
					   status);
}

static GeStatus
resolve_block(GeDictionary *dictionary, const GeKeys *keys, const GeBytesBlock *block,
			  uint32_t *ids, GeWork *work)
{
	GeStatus status = GE_OK;
	uint32_t j;

	for (j = 0; j < block->n; j++)
	{
		const GeBytesEntry *entry = block->entries[j], *key = &block->keys[j];
		uint32_t id = block->hints[j];

		if (entry->words[0] != key->words[0] || entry->words[1] != key->words[1])
		{
			id = resolve_key(dictionary, keys, block, j, work, &status);
			if (status != GE_OK)
				return status;
		}
		ids[block->rows[j]] = id;
	}
	return GE_OK;
}

GeStatus
ge_dictionary_add_bytes(GeDictionary *dictionary, const GeKeys *keys, uint32_t *ids,
						GeWork *work)
{
	GeBytesBlock block;
	uint32_t row = 0;
	GeStatus status;

	while (row < keys->n_rows)
	{
		fill_block(dictionary, keys, &row, &block, ids);
		find_hints(dictionary, &block);
		if (block.any_long)
			prefetch_long(dictionary, &block);
		status = resolve_block(dictionary, keys, &block, ids, work);
		if (status == GE_OK)
			status = ge_work_step(work, 32 * GE_KEY_BLOCK + block.n_bytes);
		if (status != GE_OK)
			return status;
	}
	return GE_OK;
}
