/*
 * dictionary_spill_child.c: the keys and the rows of a leaf into a dictionary of its own.
 */
#include <stdlib.h>
#include <string.h>

#include "dictionary_spill.h"

/* Keys that are looked at together, and those that one thread copies. */
#define KEYS_AT_A_TIME (UINT32_C(1) << 20)
#define BYTES_AT_A_TIME (UINT64_C(32) << 20)
#define KEYS_OF_PART 16384u

GeStatus
ge_spill_child(GeDictionary *dictionary, GeDictionary **child, GeError *error)
{
	GE_TRY(ge_dictionary_create(dictionary->context, dictionary->kind, child, error));
	(*child)->level = dictionary->level + 1;
	return GE_OK;
}

/* Keys of a leaf that were picked: those at `places`, ascending. */
typedef struct GePickedKeys
{
	const GeKeyStore *keys;
	const uint32_t *places;
	uint32_t n;
} GePickedKeys;

/* Part number `part` of them: [*from, *from + n). */
static uint32_t
part_of_picked(const GePickedKeys *picked, uint32_t part, uint32_t *from)
{
	*from = part * KEYS_OF_PART;
	return picked->n - *from < KEYS_OF_PART ? picked->n - *from : KEYS_OF_PART;
}

static bool
stand_together(const uint32_t *places, uint32_t n)
{
	return places[n - 1] - places[0] == n - 1;
}

/* A GeStepFill: keys that stand together as they are. */
static int
copy_picked(const void *arg, uint32_t part, const GePartPlace *place)
{
	const GePickedKeys *picked = arg;
	const uint64_t *offsets = picked->keys->offsets;
	uint32_t from, n = part_of_picked(picked, part, &from), i, end = place->start;
	const uint32_t *places = picked->places + from;
	uint8_t *out = place->bytes;

	for (i = 0; place->values != NULL && i < n; i++)
		place->values[i] = picked->keys->values[places[i]];
	if (place->values != NULL)
		return 0;
	for (i = 0; i < n; i++)
		place->ends[i] = end += (uint32_t) (offsets[places[i] + 1] - offsets[places[i]]);
	if (stand_together(places, n) && end > place->start)
		memcpy(out, picked->keys->bytes + offsets[places[0]], end - place->start);
	for (i = 0; !stand_together(places, n) && i < n; i++)
	{
		uint64_t length = offsets[places[i] + 1] - offsets[places[i]];

		if (length > 0)
			memcpy(out, picked->keys->bytes + offsets[places[i]], length);
		out += length;
	}
	return 0;
}

static uint64_t
bytes_of_picked(const GePickedKeys *picked, uint32_t from, uint32_t n)
{
	const uint32_t *places = picked->places + from;
	const uint64_t *offsets = picked->keys->offsets;
	uint64_t bytes = 0;
	uint32_t i;

	if (stand_together(places, n))
		return offsets[places[n - 1] + 1] - offsets[places[0]];
	for (i = 0; i < n; i++)
		bytes += offsets[places[i] + 1] - offsets[places[i]];
	return bytes;
}

/* Add the keys of a leaf that were picked. */
static GeStatus
add_picked(GeDictionary *child, const GePickedKeys *picked, uint32_t *locals,
		   GeError *error)
{
	GeStepPart parts[KEYS_AT_A_TIME / KEYS_OF_PART];
	uint32_t n = (picked->n + KEYS_OF_PART - 1) / KEYS_OF_PART, i, from;

	for (i = 0; i < n; i++)
	{
		parts[i].n_rows = part_of_picked(picked, i, &from);
		parts[i].n_bytes = child->kind == GE_KEY_BYTES
							   ? bytes_of_picked(picked, from, parts[i].n_rows)
							   : 0;
	}
	return ge_dictionary_add_parts(child, parts, n, copy_picked, picked, locals, error);
}

/* The next keys of a leaf with ids in first..last: how many were looked at. */
static uint32_t
pick_keys(const GeLeaf *leaf, GeKeyKind kind, uint32_t from, uint32_t first,
		  uint32_t last, uint32_t *places, uint32_t *n)
{
	uint64_t n_bytes = 0;
	uint32_t i;

	*n = 0;
	for (i = from; i < leaf->keys.n && *n < KEYS_AT_A_TIME; i++)
	{
		uint64_t bytes = 0;

		if (leaf->ids[i] < first || leaf->ids[i] > last)
			continue;
		if (kind == GE_KEY_BYTES)
			bytes = leaf->keys.offsets[i + 1] - leaf->keys.offsets[i];
		if (*n > 0 && n_bytes + bytes > BYTES_AT_A_TIME)
			break;
		n_bytes += bytes;
		places[(*n)++] = i;
	}
	return i - from;
}

GeStatus
ge_spill_add_known(GeDictionary *child, const GeLeaf *leaf, uint32_t first, uint32_t last,
				   uint32_t *locals, uint32_t *n, GeError *error)
{
	uint32_t most = leaf->keys.n < KEYS_AT_A_TIME ? leaf->keys.n : KEYS_AT_A_TIME;
	uint32_t *places = malloc((most + 1) * sizeof *places), from = 0, n_picked;
	GeStatus status = GE_OK;

	*n = 0;
	if (places == NULL)
		status = ge_fail(error, GE_OUT_OF_MEMORY, "out of host memory for keys");
	while (status == GE_OK && from < leaf->keys.n)
	{
		from += pick_keys(leaf, child->kind, from, first, last, places, &n_picked);
		if (n_picked > 0)
			status = add_picked(child, &(GePickedKeys){&leaf->keys, places, n_picked},
								locals + *n, error);
		*n += n_picked;
	}
	free(places);
	return status;
}

/* Rows of a leaf on their way back. */
typedef struct GeReturningRows
{
	const GeSpillFiles *files;
	uint32_t file;
	const GeRowChunk *chunks;
} GeReturningRows;

/* A GeStepFill: the rows of a chunk. */
static int
read_chunk(const void *arg, uint32_t part, const GePartPlace *place)
{
	const GeReturningRows *rows = arg;
	const GeRowChunk *chunk = &rows->chunks[part];
	uint64_t ends_bytes = chunk->n_rows * sizeof(uint32_t);
	uint32_t shift = place->start - chunk->base, i;
	int failed;

	if (place->values != NULL)
		return ge_spill_get(rows->files, rows->file, chunk->at, place->values,
							chunk->n_rows * sizeof(int64_t));
	failed = ge_spill_get(rows->files, rows->file, chunk->at, place->ends, ends_bytes);
	for (i = 0; failed == 0 && i < chunk->n_rows; i++)
		place->ends[i] += shift;
	return failed != 0 ? failed
					   : ge_spill_get(rows->files, rows->file, chunk->at + ends_bytes,
									  place->bytes, chunk->n_bytes);
}

GeStatus
ge_spill_add_rows(GeDictionary *dictionary, uint32_t number, GeDictionary *child,
				  GeError *error)
{
	const GeLeaf *leaf = &dictionary->spill->leaves[number];
	GeReturningRows rows = {&dictionary->spill->files, number % GE_SPILL_FILES,
							leaf->chunks};
	GeStepPart *parts = malloc((leaf->n_chunks + (size_t) 1) * sizeof *parts);
	GeStatus status;
	uint32_t i;

	if (parts == NULL)
		return ge_fail(error, GE_OUT_OF_MEMORY, "out of host memory for rows");
	for (i = 0; i < leaf->n_chunks; i++)
		parts[i] = (GeStepPart){leaf->chunks[i].n_rows, leaf->chunks[i].n_bytes};
	status = ge_dictionary_add_parts(child, parts, leaf->n_chunks, read_chunk, &rows,
									 leaf->row_ids, error);
	free(parts);
	return status;
}
