/*
 * dictionary_int64.c: integer keys to ids.
 *
 * As dictionary_bytes.c, but an entry is the key itself.
 */
#include "cpu/dictionary.h"

/* Keys that are looked up together: their rows, tags, and where they may be. */
typedef struct GeInt64Block
{
	uint32_t n;
	uint32_t rows[GE_KEY_BLOCK];
	uint32_t tags[GE_KEY_BLOCK];
	uint32_t hints[GE_KEY_BLOCK]; /* an id with the same tag, or GE_ID_MISSING */
} GeInt64Block;

static uint32_t
find_or_add(GeDictionary *dictionary, int64_t key, uint32_t tag, GeWork *work,
			GeStatus *status)
{
	uint64_t slot = ge_first_slot(dictionary, tag);
	uint32_t id;

	for (; dictionary->slots[slot].id != GE_ID_MISSING;
		 slot = ge_next_slot(dictionary, slot))
		if (dictionary->slots[slot].tag == tag &&
			*ge_dictionary_value(dictionary, dictionary->slots[slot].id) == key)
			return dictionary->slots[slot].id;
	*status = ge_dictionary_reserve(dictionary, work);
	if (*status != GE_OK)
		return GE_ID_MISSING;
	id = ge_dictionary_take_slot(dictionary, ge_first_slot(dictionary, tag), tag);
	*ge_dictionary_value(dictionary, id) = key;
	return id;
}

/* Take rows from *row on until the block is full; ids of missing keys are set here. */
static void
fill_block(const GeDictionary *dictionary, const GeKeys *keys, uint32_t *row,
		   GeInt64Block *block, uint32_t *ids)
{
	uint32_t n = 0, i = *row;

	for (; i < keys->n_rows && n < GE_KEY_BLOCK; i++)
	{
		ids[i] = GE_ID_MISSING;
		if (keys->is_missing != NULL && keys->is_missing[i])
			continue;
		block->rows[n] = i;
		block->tags[n] = ge_hash_words(&dictionary->seed, (uint64_t) keys->values[i], 0);
		__builtin_prefetch(&dictionary->slots[ge_first_slot(dictionary, block->tags[n])]);
		n++;
	}
	block->n = n;
	*row = i;
}

static void
find_hints(const GeDictionary *dictionary, GeInt64Block *block)
{
	uint32_t j;

	for (j = 0; j < block->n; j++)
	{
		block->hints[j] = ge_find_tag(dictionary, block->tags[j]);
		if (block->hints[j] != GE_ID_MISSING)
			__builtin_prefetch(ge_dictionary_value(dictionary, block->hints[j]));
	}
}

GeStatus
ge_dictionary_add_int64(GeDictionary *dictionary, const GeKeys *keys, uint32_t *ids,
						GeWork *work)
{
	GeInt64Block block;
	uint32_t row = 0, j;
	GeStatus status = GE_OK;

	while (row < keys->n_rows)
	{
		fill_block(dictionary, keys, &row, &block, ids);
		find_hints(dictionary, &block);
		for (j = 0; j < block.n; j++)
		{
			int64_t key = keys->values[block.rows[j]];
			uint32_t id = block.hints[j];

			if (id == GE_ID_MISSING || *ge_dictionary_value(dictionary, id) != key)
				id = find_or_add(dictionary, key, block.tags[j], work, &status);
			if (status != GE_OK)
				return status;
			ids[block.rows[j]] = id;
		}
		if (ge_work_step(work, 16 * GE_KEY_BLOCK) != GE_OK)
			return GE_CANCELLED;
	}
	return GE_OK;
}
