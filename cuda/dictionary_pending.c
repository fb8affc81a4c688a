/*
 * dictionary_pending.c: rows that are added before the device is there.
 */
#include "dictionary_pending.h"

#include "key_store.h"

#include <stdlib.h>
#include <string.h>

#include "start.h"

/* Large, for huge pages: taking small ones anew takes as long as copying into them. */
#define BLOCK_BYTES (UINT64_C(32) << 20)

/* Rows of one dictionary, in the block that holds their keys. */
typedef struct GeKept
{
	struct GeKept *next;
	GeDictionary *dictionary; /* NULL: it went */
	GeKeys keys;
	uint32_t *ids;
} GeKept;

typedef struct GeKeptBlock
{
	struct GeKeptBlock *next;
	uint64_t bytes;
	uint64_t used;
} GeKeptBlock;

struct GePending
{
	GeKept *first;
	GeKept **end; /* where the next goes */
	GeKeptBlock *blocks;
	uint64_t bytes; /* of all blocks */
};

static uint64_t
padded(uint64_t bytes)
{
	return (bytes + 63) & ~UINT64_C(63);
}

static uint64_t
bytes_of(const GeKeys *keys)
{
	uint64_t n = keys->n_rows, bytes = padded(sizeof(GeKept));

	if (keys->is_missing != NULL)
		bytes += padded(n);
	if (keys->kind == GE_KEY_INT64)
		return bytes + padded(n * sizeof(int64_t));
	return bytes + padded((n + 1) * sizeof(uint32_t)) +
		   padded(keys->offsets[n] - keys->offsets[0]);
}

bool
ge_pending_wants(const GeContext *context, uint32_t n, const GeKeys *keys)
{
	uint64_t bytes = context->pending != NULL ? context->pending->bytes : 0;
	uint32_t i;

	if (ge_start_is_over(context->start))
		return false;
	for (i = 0; i < n; i++)
		bytes += bytes_of(&keys[i]);
	return bytes <= GE_PENDING_BYTES;
}

/* A block with so much room. */
static GeStatus
take_block(struct GePending *pending, uint64_t bytes, GeError *error)
{
	GeKeptBlock *block = pending->blocks;
	uint64_t size = padded(sizeof *block) + bytes;
	void *data = NULL;

	if (block != NULL && block->used + bytes <= block->bytes)
		return GE_OK;
	if (size < BLOCK_BYTES)
		size = BLOCK_BYTES;
	GE_TRY(ge_large_allocate(&data, size, error));
	block = data;
	block->next = pending->blocks;
	block->bytes = size;
	block->used = padded(sizeof *block);
	pending->blocks = block;
	pending->bytes += size;
	return GE_OK;
}

static void *
take(GeKeptBlock *block, uint64_t bytes)
{
	void *data = (uint8_t *) block + block->used;

	block->used += padded(bytes);
	return data;
}

static void *
take_copy(GeKeptBlock *block, const void *data, uint64_t bytes)
{
	return memcpy(take(block, bytes), data, bytes);
}

/* Offsets begin at 0 in the copy. */
static void
copy_bytes(GeKeptBlock *block, GeKeys *copy, const GeKeys *keys)
{
	uint32_t n = keys->n_rows, first = keys->offsets[0], i;
	uint32_t *offsets = take(block, ((uint64_t) n + 1) * sizeof *offsets);

	for (i = 0; i <= n; i++)
		offsets[i] = keys->offsets[i] - first;
	copy->offsets = offsets;
	copy->bytes = take_copy(block, keys->bytes + first, offsets[n]);
}

static GeStatus
keep(struct GePending *pending, GeDictionary *dictionary, const GeKeys *keys,
	 uint32_t *ids, GeError *error)
{
	GeKept *kept;

	GE_TRY(take_block(pending, bytes_of(keys), error));
	kept = take(pending->blocks, sizeof *kept);
	*kept = (GeKept){.dictionary = dictionary, .keys = *keys, .ids = ids};
	if (keys->is_missing != NULL)
		kept->keys.is_missing =
			take_copy(pending->blocks, keys->is_missing, keys->n_rows);
	if (keys->kind == GE_KEY_INT64)
		kept->keys.values =
			take_copy(pending->blocks, keys->values, keys->n_rows * sizeof(int64_t));
	else
		copy_bytes(pending->blocks, &kept->keys, keys);
	*pending->end = kept;
	pending->end = &kept->next;
	return GE_OK;
}

GeStatus
ge_pending_keep(GeContext *context, uint32_t n, GeDictionary *const *dictionaries,
				const GeKeys *keys, uint32_t *const *ids, GeError *error)
{
	uint32_t i;

	GE_TRY(ge_poll(context, error));
	if (context->pending == NULL)
	{
		context->pending = calloc(1, sizeof *context->pending);
		if (context->pending == NULL)
			return ge_fail(error, GE_OUT_OF_MEMORY, "out of host memory for rows");
		context->pending->end = &context->pending->first;
	}
	for (i = 0; i < n; i++)
		GE_TRY(keep(context->pending, dictionaries[i], &keys[i], ids[i], error));
	return GE_OK;
}

GeStatus
ge_pending_add(GeContext *context, GeError *error)
{
	GeKept *kept = context->pending != NULL ? context->pending->first : NULL;

	for (; kept != NULL; kept = kept->next)
		if (kept->dictionary != NULL)
			GE_TRY(
				ge_dictionary_add_rows(kept->dictionary, &kept->keys, kept->ids, error));
	ge_pending_free(context);
	return GE_OK;
}

void
ge_pending_forget(const GeDictionary *dictionary)
{
	struct GePending *pending = dictionary->context->pending;
	GeKept *kept = pending != NULL ? pending->first : NULL;

	for (; kept != NULL; kept = kept->next)
		if (kept->dictionary == dictionary)
			kept->dictionary = NULL;
}

void
ge_pending_free(GeContext *context)
{
	struct GePending *pending = context->pending;

	while (pending != NULL && pending->blocks != NULL)
	{
		GeKeptBlock *block = pending->blocks;

		pending->blocks = block->next;
		ge_large_free(block, block->bytes);
	}
	free(pending);
	context->pending = NULL;
}
