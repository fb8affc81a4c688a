/*
 * room.c: room for more keys: slots, arrays by id, and blocks of key bytes.
 *
 * CPU twin: src/cpu/dictionary_slots.c.  The table grows only if the new keys of a step
 * would fill more than 7 of 10 slots.  The number of new keys is known then, so a column
 * of few categories keeps a small table, whatever its number of rows.  The table doubles
 * once more if the step predicts keys that would fill the grown table too.  This saves
 * half of the moves, and is done only if the table takes little of the available memory.
 */
#include <stdlib.h>
#include <string.h>

#include "dictionary/dictionary.h"

#define MOST_LOAD 7						   /* tenths of the slots that keys may take */
#define MOST_CAPACITY UINT64_C(0xfffffffe) /* positions are 32-bit numbers */
/*
 * A table that is larger than necessary takes at most this part of the available memory.
 */
#define AHEAD_PART 16
#define ARENA_BLOCK_LEAST ((uint64_t) 1 << 16)

static bool
table_is_full(const GeDictionary *dictionary, uint64_t unresolved)
{
	return (dictionary->n_keys_bound + unresolved) * 10 >
		   dictionary->capacity * MOST_LOAD;
}

static bool
arrays_are_full(const GeDictionary *dictionary, uint64_t unresolved)
{
	uint64_t n = dictionary->n_keys_bound + unresolved;

	return dictionary->kind == GE_KEY_INT64
			   ? dictionary->values.bytes < n * sizeof(int64_t)
			   : dictionary->key_bytes.bytes < n * sizeof(uint8_t *) ||
					 dictionary->key_lengths.bytes < n * sizeof(uint32_t);
}

/* An array by id for n keys. */
static GeStatus
grow_array(GeDictionary *dictionary, GeBuffer *buffer, uint64_t n, size_t width,
		   GeError *error)
{
	return ge_cuda_buffer_grow(dictionary->context, buffer, n * width,
							   dictionary->n_keys_bound * width, error);
}

/*
 * Keys in the end, if all rows are drawn alike: n keys that make up a share of n / N of the
 * rows are found in that share of a step.
 */
static uint64_t
expect_keys(uint64_t n_keys, uint64_t n_rows, uint64_t unresolved)
{
	uint64_t found = n_rows - unresolved;

	return found == 0 || n_keys > UINT64_MAX / n_rows ? UINT64_MAX
													  : n_keys * n_rows / found;
}

/* Twice the capacity, if the keys to come fill that and memory is plenty. */
static GeStatus
grow_ahead(GeDictionary *dictionary, uint64_t expected, uint64_t *capacity,
		   GeError *error)
{
	GeContext *context = dictionary->context;
	uint64_t ahead = 2 * *capacity, bytes = ahead * sizeof(GeSlot), available;

	if (ahead > MOST_CAPACITY || ahead / 10 * MOST_LOAD > expected)
		return GE_OK;
	GE_TRY(ge_cuda_memory_available(context, &available, error));
	if (bytes <= available / AHEAD_PART)
		*capacity = ahead;
	return GE_OK;
}

/* Slots, and the arrays by id, for `unresolved` more keys of n_rows rows. */
static GeStatus
make_slots(GeDictionary *dictionary, uint64_t n_rows, uint64_t unresolved, GeError *error)
{
	uint64_t n, needed, capacity = dictionary->capacity;

	if (table_is_full(dictionary, unresolved) || arrays_are_full(dictionary, unresolved))
		GE_TRY(ge_cuda_dictionary_settle(dictionary, error));
	n = dictionary->n_keys_bound + unresolved;
	if (n > GE_MAX_CATEGORIES)
		return ge_cuda_fail(error, GE_TOO_MANY_CATEGORIES, "more than %u categories",
							GE_MAX_CATEGORIES);
	if (table_is_full(dictionary, unresolved))
	{
		needed = n * 10 / MOST_LOAD + 1;
		while (capacity < needed)
			capacity *= 2;
		if (capacity > MOST_CAPACITY)
			capacity = MOST_CAPACITY;
		GE_TRY(grow_ahead(dictionary, expect_keys(dictionary->n_keys, n_rows, unresolved),
						  &capacity, error));
		GE_TRY(ge_cuda_dictionary_replace_table(dictionary, capacity, error));
	}
	if (dictionary->kind == GE_KEY_INT64)
		return grow_array(dictionary, &dictionary->values, n, sizeof(int64_t), error);
	GE_TRY(grow_array(dictionary, &dictionary->key_bytes, n, sizeof(uint8_t *), error));
	return grow_array(dictionary, &dictionary->key_lengths, n, sizeof(uint32_t), error);
}

/* An arena block with room for `bytes` more bytes. */
static GeStatus
make_arena(GeDictionary *dictionary, uint64_t bytes, GeError *error)
{
	GeContext *context = dictionary->context;
	GeDictionaryCounts *counts = dictionary->counts.data;
	uint64_t current = 0, size = ARENA_BLOCK_LEAST;
	GeBuffer *grown;

	if (dictionary->n_arenas > 0)
		current = dictionary->arenas[dictionary->n_arenas - 1].bytes;
	if (dictionary->arena_bound + bytes > current)
		GE_TRY(ge_cuda_dictionary_settle(dictionary, error));
	if (dictionary->arena_bound + bytes <= current)
		return GE_OK;
	grown = realloc(dictionary->arenas, (dictionary->n_arenas + 1) * sizeof(GeBuffer));
	if (grown == NULL)
		return ge_cuda_fail(error, GE_OUT_OF_MEMORY,
							"out of host memory for a dictionary");
	dictionary->arenas = grown;
	memset(&grown[dictionary->n_arenas], 0, sizeof(GeBuffer));
	while (size < bytes || size < 2 * current)
		size *= 2;
	GE_TRY(ge_cuda_buffer_reserve(context, &grown[dictionary->n_arenas], size, error));
	dictionary->n_arenas++;
	dictionary->arena_bound = 0;
	GE_CUDA(cudaMemsetAsync(&counts->arena_used, 0, sizeof counts->arena_used,
							context->compute));
	return GE_OK;
}

GeStatus
ge_cuda_dictionary_make_room(GeDictionary *dictionary, uint64_t n_rows,
							 uint64_t unresolved, uint64_t bytes, GeError *error)
{
	GE_TRY(make_slots(dictionary, n_rows, unresolved, error));
	if (dictionary->kind == GE_KEY_BYTES)
		GE_TRY(make_arena(dictionary, bytes, error));
	dictionary->n_keys_bound += unresolved;
	dictionary->arena_bound += dictionary->kind == GE_KEY_BYTES ? bytes : 0;
	return GE_OK;
}
