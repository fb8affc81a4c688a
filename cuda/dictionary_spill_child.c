/*
 * dictionary_spill_child.c: the keys and the rows of a leaf into a dictionary of its own.
 */
#include <stdlib.h>
#include <string.h>

#include "dictionary_spill.h"

/* Keys that are added, and rows that are read, at a time. */
#define KEYS_AT_A_TIME (UINT32_C(1) << 18)
#define BYTES_AT_A_TIME (UINT64_C(32) << 20)
#define CHUNKS_AT_A_TIME 64u

GeStatus
ge_spill_child(GeDictionary *dictionary, GeDictionary **child, GeError *error)
{
	GE_TRY(ge_dictionary_create(dictionary->context, dictionary->kind, child, error));
	(*child)->level = dictionary->level + 1;
	return GE_OK;
}

/* Add the `n` keys of a leaf that were picked; those that stand together as they are. */
static GeStatus
add_known_keys(GeDictionary *child, const GeLeaf *leaf, const uint32_t *picked,
			   uint32_t n, uint32_t *offsets, int64_t *values, uint8_t *bytes,
			   uint32_t *locals, GeError *error)
{
	GeKeys keys = {.kind = child->kind, .n_rows = n};
	bool are_together = picked[n - 1] - picked[0] == n - 1;
	uint32_t i;

	if (are_together && child->kind == GE_KEY_BYTES)
	{
		const uint64_t *at = leaf->keys.offsets + picked[0];

		for (i = 0; i <= n; i++)
			offsets[i] = (uint32_t) (at[i] - at[0]);
		bytes = leaf->keys.bytes + at[0];
	}
	else if (child->kind == GE_KEY_INT64)
		for (i = 0; i < n; i++)
			values[i] = leaf->keys.values[picked[i]];
	else
		for (i = 0, offsets[0] = 0; i < n; i++)
		{
			const uint64_t *at = leaf->keys.offsets + picked[i];

			if (at[1] > at[0])
				memcpy(bytes + offsets[i], leaf->keys.bytes + at[0], at[1] - at[0]);
			offsets[i + 1] = offsets[i] + (uint32_t) (at[1] - at[0]);
		}
	keys.values = values;
	keys.offsets = offsets;
	keys.bytes = bytes;
	return ge_dictionary_add_keys(child, &keys, locals, error);
}

/* The next keys of a leaf with ids in first..last: how many were looked at. */
static uint32_t
pick_keys(const GeLeaf *leaf, GeKeyKind kind, uint32_t from, uint32_t first,
		  uint32_t last, uint32_t *picked, uint32_t *n, uint64_t *n_bytes)
{
	uint32_t i;

	*n = 0;
	*n_bytes = 0;
	for (i = from; i < leaf->keys.n && *n < KEYS_AT_A_TIME; i++)
	{
		uint64_t bytes = 0;

		if (leaf->ids[i] < first || leaf->ids[i] > last)
			continue;
		if (kind == GE_KEY_BYTES)
			bytes = leaf->keys.offsets[i + 1] - leaf->keys.offsets[i];
		if (*n > 0 && *n_bytes + bytes > BYTES_AT_A_TIME)
			break;
		*n_bytes += bytes;
		picked[(*n)++] = i;
	}
	return i - from;
}

GeStatus
ge_spill_add_known(GeDictionary *child, const GeLeaf *leaf, uint32_t first, uint32_t last,
				   uint32_t *locals, uint32_t *n, GeError *error)
{
	uint32_t most = leaf->keys.n < KEYS_AT_A_TIME ? leaf->keys.n : KEYS_AT_A_TIME;
	uint32_t *picked = malloc((most + 1) * sizeof *picked), from = 0, n_picked;
	uint32_t *offsets = malloc((most + (size_t) 1) * sizeof *offsets);
	int64_t *values = malloc((most + (size_t) 1) * sizeof *values);
	void *bytes = NULL;
	GeStatus status = GE_OK;

	*n = 0;
	if (picked == NULL || offsets == NULL || values == NULL)
		status = ge_fail(error, GE_OUT_OF_MEMORY, "out of host memory for keys");
	while (status == GE_OK && from < leaf->keys.n)
	{
		uint64_t n_bytes;

		from +=
			pick_keys(leaf, child->kind, from, first, last, picked, &n_picked, &n_bytes);
		status = ge_host_resize(&bytes, n_bytes, error);
		if (status == GE_OK && n_picked > 0)
			status = add_known_keys(child, leaf, picked, n_picked, offsets, values, bytes,
									locals + *n, error);
		*n += n_picked;
	}
	free(picked);
	free(offsets);
	free(values);
	free(bytes);
	return status;
}

/* Add the rows of one chunk, which was read into data. */
static GeStatus
add_chunk(GeDictionary *child, const GeRowChunk *chunk, uint8_t *data, uint32_t *offsets,
		  uint32_t *ids, GeError *error)
{
	GeKeys keys = {.kind = child->kind, .n_rows = chunk->n_rows};
	const uint32_t *ends = (const uint32_t *) (const void *) data;
	uint32_t i;

	if (child->kind == GE_KEY_INT64)
		keys.values = (const int64_t *) (const void *) data;
	else
	{
		for (i = 0, offsets[0] = 0; i < chunk->n_rows; i++)
			offsets[i + 1] = ends[i] - chunk->base;
		keys.offsets = offsets;
		keys.bytes = data + chunk->n_rows * sizeof(uint32_t);
	}
	return ge_dictionary_add_keys(child, &keys, ids, error);
}

static uint64_t
chunk_bytes(const GeRowChunk *chunk, GeKeyKind kind)
{
	return kind == GE_KEY_INT64
			   ? chunk->n_rows * sizeof(int64_t)
			   : chunk->n_rows * sizeof(uint32_t) + (uint64_t) chunk->n_bytes;
}

/* Memory through which chunks are read. */
typedef struct GeChunkRoom
{
	GeSpillPiece pieces[CHUNKS_AT_A_TIME];
	void *data;
	void *offsets;
} GeChunkRoom;

/* Read the next chunks of a leaf together: *n of them. */
static GeStatus
read_chunks(GeDictionary *dictionary, const GeLeaf *leaf, uint32_t number, uint32_t first,
			GeChunkRoom *room, uint32_t *n, GeError *error)
{
	uint64_t bytes = 0, most_rows = 0;
	uint32_t i;

	for (*n = 0; first + *n < leaf->n_chunks && *n < CHUNKS_AT_A_TIME; (*n)++)
	{
		const GeRowChunk *chunk = &leaf->chunks[first + *n];
		GeSpillPiece *piece = &room->pieces[*n];

		memset(piece, 0, sizeof *piece);
		piece->bytes[0] = chunk_bytes(chunk, dictionary->kind);
		if (*n > 0 && bytes + piece->bytes[0] > BYTES_AT_A_TIME)
			break;
		piece->file = number % GE_SPILL_FILES;
		piece->at = chunk->at;
		bytes += (piece->bytes[0] + 7) & ~UINT64_C(7);
		most_rows = chunk->n_rows > most_rows ? chunk->n_rows : most_rows;
	}
	GE_TRY(ge_host_resize(&room->data, bytes, error));
	GE_TRY(ge_host_resize(&room->offsets, (most_rows + 1) * sizeof(uint32_t), error));
	for (i = 0, bytes = 0; i < *n; i++)
	{
		room->pieces[i].data[0] = (uint8_t *) room->data + bytes;
		bytes += (room->pieces[i].bytes[0] + 7) & ~UINT64_C(7);
	}
	return ge_spill_read(dictionary->context, &dictionary->spill->files, room->pieces, *n,
						 error);
}

GeStatus
ge_spill_add_rows(GeDictionary *dictionary, uint32_t number, GeDictionary *child,
				  GeError *error)
{
	const GeLeaf *leaf = &dictionary->spill->leaves[number];
	GeChunkRoom *room = calloc(1, sizeof *room);
	GeStatus status = GE_OK;
	uint64_t at = 0;
	uint32_t first, n = 0, i;

	if (room == NULL)
		return ge_fail(error, GE_OUT_OF_MEMORY, "out of host memory for rows");
	for (first = 0; status == GE_OK && first < leaf->n_chunks; first += n)
	{
		status = read_chunks(dictionary, leaf, number, first, room, &n, error);
		for (i = 0; status == GE_OK && i < n; i++)
		{
			const GeRowChunk *chunk = &leaf->chunks[first + i];

			status = add_chunk(child, chunk, room->pieces[i].data[0], room->offsets,
							   leaf->row_ids + at, error);
			at += chunk->n_rows;
		}
	}
	free(room->data);
	free(room->offsets);
	free(room);
	return status;
}
