/*
 * arena.h: the bytes of long keys, each behind its length, in chunks that never move.
 *
 * A reference is the number of the chunk and the offset in it: chunk << 32 | offset,
 * below 2^56.
 */
#ifndef GE_CPU_ARENA_H
#define GE_CPU_ARENA_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef struct GeArenaChunk
{
	uint8_t *bytes;
	uint64_t size;
} GeArenaChunk;

typedef struct GeArena
{
	GeArenaChunk *chunks; /* n_chunks, of which the last one is being filled */
	uint32_t n_chunks;
	uint32_t room; /* in chunks[] */
	uint64_t used; /* bytes of the last chunk */
} GeArena;

extern void ge_arena_free(GeArena *arena);
/* Copy a key in.  False: no memory. */
extern bool ge_arena_add(GeArena *arena, const uint8_t *bytes, uint32_t length,
						 uint64_t *reference);

/* The record of a key: its length in four bytes, then its bytes. */
static inline const uint8_t *
ge_arena_record(const GeArena *arena, uint64_t reference)
{
	return arena->chunks[reference >> 32].bytes + (uint32_t) reference;
}

static inline const uint8_t *
ge_arena_key(const GeArena *arena, uint64_t reference, uint32_t *length)
{
	const uint8_t *record = ge_arena_record(arena, reference);

	memcpy(length, record, sizeof *length);
	return record + sizeof *length;
}

#endif /* GE_CPU_ARENA_H */
