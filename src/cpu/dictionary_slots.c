/*
 * dictionary_slots.c: room for one more category; the slots freed and made again.
 *
 * The table doubles when three quarters of it are full.  Its first slots are ordered by
 * tag, so the old table is read and the new one written from front to back.
 */
#include "cpu/dictionary.h"

/* Slots moved between two looks at cancelled(). */
#define SLOTS_PER_STEP 65536

static GeStatus
move_slots(GeDictionary *dictionary, GeSlot *slots, uint32_t slot_bits, GeWork *work)
{
	uint64_t n = UINT64_C(1) << dictionary->slot_bits;
	uint64_t mask = (UINT64_C(1) << slot_bits) - 1;
	uint64_t i;

	for (i = 0; i < n; i++)
	{
		GeSlot old = dictionary->slots[i];
		uint64_t slot = old.tag >> (32 - slot_bits);

		if (i % SLOTS_PER_STEP == 0 && ge_work_step(work, 2 * SLOTS_PER_STEP) != GE_OK)
			return GE_CANCELLED;
		if (old.id == GE_ID_MISSING)
			continue;
		while (slots[slot].id != GE_ID_MISSING)
			slot = (slot + 1) & mask;
		slots[slot] = old;
	}
	return GE_OK;
}

static GeStatus
grow_slots(GeDictionary *dictionary, GeWork *work)
{
	uint32_t slot_bits = dictionary->slot_bits + 1;
	GeSlot *slots = ge_alloc_zeroed(sizeof(GeSlot) << slot_bits);
	GeStatus status;

	if (slots == NULL)
		return ge_cpu_no_memory(work->error, (uint64_t) sizeof(GeSlot) << slot_bits,
								"the slots of a dictionary");
	status = move_slots(dictionary, slots, slot_bits, work);
	if (status != GE_OK)
	{
		ge_free_zeroed(slots, (uint64_t) sizeof(GeSlot) << slot_bits);
		return status;
	}
	ge_free_zeroed(dictionary->slots, (uint64_t) sizeof(GeSlot) << dictionary->slot_bits);
	dictionary->slots = slots;
	dictionary->slot_bits = slot_bits;
	return GE_OK;
}

void
ge_dictionary_drop_slots(GeDictionary *dictionary)
{
	ge_free_zeroed(dictionary->slots, (uint64_t) sizeof(GeSlot) << dictionary->slot_bits);
	dictionary->slots = NULL;
}

static uint32_t
tag_of_bytes(const GeDictionary *dictionary, uint32_t id)
{
	const GeBytesEntry *entry = ge_dictionary_entry(dictionary, id);
	uint32_t length;
	const uint8_t *bytes;

	if (!ge_is_long(entry))
		return ge_hash_words(&dictionary->seed, entry->words[0], entry->words[1]);
	bytes =
		ge_arena_key(&dictionary->arena, entry->words[1] & GE_REFERENCE_MASK, &length);
	return ge_hash_long(&dictionary->seed, bytes, length);
}

/* The tag of a key that has been added. */
static uint32_t
tag_of(const GeDictionary *dictionary, uint32_t id)
{
	return dictionary->kind == GE_KEY_INT64
			   ? ge_hash_words(&dictionary->seed,
							   (uint64_t) *ge_dictionary_value(dictionary, id), 0)
			   : tag_of_bytes(dictionary, id);
}

GeStatus
ge_dictionary_get_slots(GeDictionary *dictionary, GeWork *work)
{
	uint64_t bytes = (uint64_t) sizeof(GeSlot) << dictionary->slot_bits;
	uint32_t id;

	if (dictionary->slots != NULL)
		return GE_OK;
	dictionary->slots = ge_alloc_zeroed(bytes);
	if (dictionary->slots == NULL)
		return ge_cpu_no_memory(work->error, bytes, "the slots of a dictionary");
	for (id = 1; id <= dictionary->size; id++)
	{
		uint32_t tag = tag_of(dictionary, id);
		uint64_t slot = ge_first_slot(dictionary, tag);

		while (dictionary->slots[slot].id != GE_ID_MISSING)
			slot = ge_next_slot(dictionary, slot);
		dictionary->slots[slot] = (GeSlot){tag, id};
		if (ge_work_step(work, 16) == GE_OK)
			continue;
		ge_dictionary_drop_slots(dictionary);
		return GE_CANCELLED;
	}
	return GE_OK;
}

GeStatus
ge_dictionary_reserve(GeDictionary *dictionary, GeWork *work)
{
	uint64_t size = (uint64_t) dictionary->size + 1;

	if (size > GE_MAX_CATEGORIES)
		return ge_cpu_fail(work->error, GE_TOO_MANY_CATEGORIES,
						   "a column has more than %u distinct values",
						   GE_MAX_CATEGORIES);
	if (size > ge_segments_capacity(&dictionary->entries) &&
		!ge_segments_grow(&dictionary->entries))
		return ge_cpu_no_memory(work->error, size * dictionary->entries.element_size,
								"the entries of a dictionary");
	if (4 * size > UINT64_C(3) << dictionary->slot_bits)
		return grow_slots(dictionary, work);
	return GE_OK;
}
