/*
 * arena.c: chunks that double from 16 kB to 64 MB; a longer key has one of its own.
 */
#include "cpu/arena.h"

#include <stdlib.h>

#include "cpu/memory.h"

#define SMALLEST_CHUNK (UINT64_C(16) << 10)
#define LARGEST_CHUNK (UINT64_C(64) << 20)
#define MAX_CHUNKS (UINT32_C(1) << 24)

void
ge_arena_free(GeArena *arena)
{
	uint32_t i;

	for (i = 0; i < arena->n_chunks; i++)
		ge_free_zeroed(arena->chunks[i].bytes, arena->chunks[i].size);
	free(arena->chunks);
	memset(arena, 0, sizeof *arena);
}

/* Room for one more chunk in the list of chunks. */
static bool
extend_list(GeArena *arena)
{
	uint32_t room = arena->room > 0 ? 2 * arena->room : 8;
	GeArenaChunk *chunks;

	if (arena->n_chunks < arena->room)
		return true;
	if (room > MAX_CHUNKS)
		return false;
	chunks = realloc(arena->chunks, room * sizeof *chunks);
	if (chunks == NULL)
		return false;
	arena->chunks = chunks;
	arena->room = room;
	return true;
}

static bool
add_chunk(GeArena *arena, uint64_t needed)
{
	GeArenaChunk chunk;
	uint64_t size = SMALLEST_CHUNK;

	if (arena->n_chunks > 0)
		size = 2 * arena->chunks[arena->n_chunks - 1].size;
	if (size > LARGEST_CHUNK)
		size = LARGEST_CHUNK;
	chunk.size = needed > size ? needed : size;
	if (!extend_list(arena))
		return false;
	chunk.bytes = ge_alloc_zeroed(chunk.size);
	if (chunk.bytes == NULL)
		return false;
	arena->chunks[arena->n_chunks++] = chunk;
	arena->used = 0;
	return true;
}

bool
ge_arena_add(GeArena *arena, const uint8_t *bytes, uint32_t length, uint64_t *reference)
{
	uint64_t needed = (uint64_t) length + sizeof length;
	GeArenaChunk *last;
	uint8_t *record;

	if ((arena->n_chunks == 0 ||
		 arena->chunks[arena->n_chunks - 1].size - arena->used < needed) &&
		!add_chunk(arena, needed))
		return false;
	last = &arena->chunks[arena->n_chunks - 1];
	record = last->bytes + arena->used;
	memcpy(record, &length, sizeof length);
	memcpy(record + sizeof length, bytes, length);
	*reference = (uint64_t) (arena->n_chunks - 1) << 32 | arena->used;
	arena->used += needed;
	return true;
}
