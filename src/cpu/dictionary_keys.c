/*
 * dictionary_keys.c: from ids back to keys.
 */
#include "cpu/cpu_backend.h"
#include "cpu/dictionary.h"

/* The length of the key of an id. */
static uint32_t
key_length(const GeDictionary *dictionary, uint32_t id)
{
	const GeBytesEntry *entry = ge_dictionary_entry(dictionary, id);
	uint32_t length;

	if (!ge_is_long(entry))
		return ge_inline_length(entry);
	ge_arena_key(&dictionary->arena, entry->words[1] & GE_REFERENCE_MASK, &length);
	return length;
}

static void
copy_key(const GeDictionary *dictionary, uint32_t id, uint8_t *bytes)
{
	const GeBytesEntry *entry = ge_dictionary_entry(dictionary, id);
	uint64_t words[2];
	const uint8_t *key;
	uint32_t length;

	if (ge_is_long(entry))
	{
		key = ge_arena_key(&dictionary->arena, entry->words[1] & GE_REFERENCE_MASK,
						   &length);
		memcpy(bytes, key, length);
		return;
	}
	words[0] = ge_little_endian(entry->words[0]);
	words[1] = ge_little_endian(entry->words[1]);
	memcpy(bytes, words, ge_inline_length(entry));
}

GeStatus
ge_cpu_dictionary_keys(GeDictionary *dictionary, const uint32_t *ids, uint32_t count,
					   int64_t *values, uint64_t *offsets, uint8_t *bytes, GeError *error)
{
	GeWork work = {&dictionary->context->options, error, 0};
	uint64_t offset = 0;
	uint32_t i;

	if (dictionary->kind == GE_KEY_BYTES)
		offsets[0] = 0;
	for (i = 0; i < count; i++)
	{
		uint32_t length;

		if (ids[i] == GE_ID_MISSING || ids[i] > dictionary->size)
			return ge_cpu_fail(error, GE_INTERNAL, "there is no category %u of %u",
							   ids[i], dictionary->size);
		if (dictionary->kind == GE_KEY_INT64)
		{
			values[i] = *ge_dictionary_value(dictionary, ids[i]);
			length = sizeof *values;
		}
		else
		{
			length = key_length(dictionary, ids[i]);
			if (bytes != NULL && length > 0)
				copy_key(dictionary, ids[i], bytes + offset);
			offset += length;
			offsets[i + 1] = offset;
		}
		if (ge_work_step(&work, 64 + (bytes != NULL ? length : 0)) != GE_OK)
			return GE_CANCELLED;
	}
	return GE_OK;
}
