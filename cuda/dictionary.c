/*
 * dictionary.c: dictionaries made, filled, grown and freed.
 *
 * CPU twin: src/cpu/dictionary.c.  The table is grown only when the rows that a step did
 * not find would fill more than 6 of 10 slots: how many those are is known by then, so a
 * column of few categories keeps a small table however many rows it has.
 */
#include "dictionary.h"

#include <stdlib.h>
#include <string.h>

#include "dictionary_spill.h"

#define FIRST_CAPACITY 1024
#define MOST_CAPACITY UINT64_C(0xfffffffe) /* positions are 32-bit numbers */
#define ARENA_BLOCK_LEAST ((uint64_t) 1 << 16)

GeStatus
ge_dictionary_create(GeContext *context, GeKeyKind kind, GeDictionary **dictionary,
					 GeError *error)
{
	GeDictionary *made;

	*dictionary = NULL;
	GE_TRY(ge_enter(context, error));
	made = calloc(1, sizeof *made);
	if (made == NULL)
		return ge_fail(error, GE_OUT_OF_MEMORY, "out of host memory for a dictionary");
	made->context = context;
	made->kind = kind;
	made->next_step_rows = GE_STEP_ROWS_LEAST;
	made->is_settled = true;
	made->next = context->dictionaries;
	context->dictionaries = made;
	context->n_dictionaries++;
	*dictionary = made;
	return GE_OK;
}

void
ge_dictionary_free_table(GeDictionary *dictionary)
{
	GeContext *context = dictionary->context;
	uint32_t i;

	ge_buffer_free(context, &dictionary->counts);
	ge_buffer_free(context, &dictionary->slots);
	ge_buffer_free(context, &dictionary->values);
	ge_buffer_free(context, &dictionary->key_bytes);
	ge_buffer_free(context, &dictionary->key_lengths);
	for (i = 0; i < dictionary->n_arenas; i++)
		ge_buffer_free(context, &dictionary->arenas[i]);
	dictionary->n_arenas = 0;
	dictionary->capacity = 0;
	dictionary->n_keys_bound = dictionary->arena_bound = 0;
	dictionary->is_settled = true;
}

void
ge_dictionary_free(GeDictionary *dictionary)
{
	GeContext *context;
	GeDictionary **at;

	if (dictionary == NULL)
		return;
	context = dictionary->context;
	for (at = &context->dictionaries; *at != NULL; at = &(*at)->next)
		if (*at == dictionary)
		{
			*at = dictionary->next;
			break;
		}
	ge_drain(context);
	ge_steps_forget(dictionary);
	ge_dictionary_free_table(dictionary);
	ge_spill_free(dictionary);
	free(dictionary->arenas);
	context->n_dictionaries--;
	free(dictionary);
}

void
ge_dictionary_view(const GeDictionary *dictionary, GeTableView *view)
{
	memset(view, 0, sizeof *view);
	view->slots = dictionary->slots.data;
	view->capacity = dictionary->capacity;
	view->seed = dictionary->context->options.hash_seed;
	view->mask = dictionary->context->options.hash_mask;
	view->counts = dictionary->counts.data;
	view->values = dictionary->values.data;
	view->key_bytes = dictionary->key_bytes.data;
	view->key_lengths = dictionary->key_lengths.data;
	if (dictionary->n_arenas > 0)
		view->arena = dictionary->arenas[dictionary->n_arenas - 1].data;
}

/* Clear a new table and move what an old one holds. */
static GeStatus
fill_table(GeContext *context, const GeTableView *from, const GeTableView *to,
		   GeError *error)
{
	GE_CUDA(
		cudaMemsetAsync(to->slots, 0, to->capacity * sizeof(GeSlot), context->compute));
	if (from->capacity > 0)
		GE_CUDA(ge_dictionary_rehash_launch(from, to, context->compute));
	return GE_OK;
}

/* A table of `capacity` slots with all that the present one holds; that one, on failure. */
static GeStatus
replace_table(GeDictionary *dictionary, uint64_t capacity, GeError *error)
{
	GeContext *context = dictionary->context;
	GeBuffer slots = {0};
	GeTableView from, to;
	GeStatus status;

	GE_TRY(ge_buffer_reserve(context, &slots, capacity * sizeof(GeSlot), error));
	ge_dictionary_view(dictionary, &from);
	to = from;
	to.slots = slots.data;
	to.capacity = capacity;
	status = fill_table(context, &from, &to, error);
	ge_buffer_free(context, status == GE_OK ? &dictionary->slots : &slots);
	GE_TRY(status);
	dictionary->slots = slots;
	dictionary->capacity = capacity;
	return GE_OK;
}

/* What a dictionary has from its first row on. */
static GeStatus
start(GeDictionary *dictionary, GeError *error)
{
	GeContext *context = dictionary->context;

	if (dictionary->counts.data == NULL)
	{
		GE_TRY(ge_buffer_reserve(context, &dictionary->counts, sizeof(GeDictionaryCounts),
								 error));
		GE_CUDA(cudaMemsetAsync(dictionary->counts.data, 0, sizeof(GeDictionaryCounts),
								context->compute));
	}
	if (dictionary->capacity == 0)
		return replace_table(dictionary, FIRST_CAPACITY, error);
	return GE_OK;
}

GeStatus
ge_dictionary_settle(GeDictionary *dictionary, GeError *error)
{
	GeDictionaryCounts counts;

	if (dictionary->is_settled || dictionary->spill != NULL)
		return GE_OK; /* a table that spills has stopped growing */
	GE_TRY(ge_read_back(dictionary->context, &counts, dictionary->counts.data,
						sizeof counts, error));
	dictionary->n_keys = counts.n_keys;
	dictionary->n_keys_bound = counts.n_keys;
	dictionary->arena_bound = counts.arena_used;
	dictionary->is_settled = true;
	return GE_OK;
}

static bool
table_is_full(const GeDictionary *dictionary, uint64_t unresolved)
{
	return (dictionary->n_keys_bound + unresolved) * 10 > dictionary->capacity * 6;
}

/*
 * Steps and what spilling needs have their share of a memory limit, in use or not: may
 * tables take `bytes` more?
 */
static GeStatus
check_share(GeContext *context, uint64_t bytes, GeError *error)
{
	uint64_t limit = context->options.memory_limit, held = 0;

	if (limit == 0)
		return GE_OK;
	if (context->step_bytes < limit / 4)
		held += limit / 4 - context->step_bytes;
	if (context->spill_room == NULL)
		held += limit / 8;
	if (context->memory_used + held + bytes <= limit)
		return GE_OK;
	return ge_fail(
		error, GE_OUT_OF_MEMORY,
		"out of device memory: %llu bytes needed for a dictionary, %llu in use, "
		"%llu held back, the limit is %llu",
		(unsigned long long) bytes, (unsigned long long) context->memory_used,
		(unsigned long long) held, (unsigned long long) limit);
}

/* An array by id for n keys. */
static GeStatus
grow_array(GeDictionary *dictionary, GeBuffer *buffer, uint64_t n, size_t width,
		   GeError *error)
{
	GeContext *context = dictionary->context;
	uint64_t bytes = n * width;

	if (buffer->data != NULL && buffer->bytes >= bytes)
		return GE_OK;
	if (bytes < 2 * buffer->bytes)
		bytes = 2 * buffer->bytes;
	GE_TRY(check_share(context, bytes, error));
	return ge_buffer_grow(context, buffer, bytes, dictionary->n_keys_bound * width,
						  error);
}

/* Slots, and the arrays by id, for `unresolved` more keys. */
static GeStatus
make_slots(GeDictionary *dictionary, uint64_t unresolved, GeError *error)
{
	uint64_t n, needed, capacity = dictionary->capacity;

	if (table_is_full(dictionary, unresolved))
		GE_TRY(ge_dictionary_settle(dictionary, error));
	n = dictionary->n_keys_bound + unresolved;
	if (n > GE_MAX_CATEGORIES)
		return ge_fail(error, GE_TOO_MANY_CATEGORIES, "more than %u categories",
					   GE_MAX_CATEGORIES);
	if (table_is_full(dictionary, unresolved))
	{
		needed = n * 10 / 6 + 1;
		while (capacity < needed)
			capacity *= 2;
		if (capacity > MOST_CAPACITY)
			capacity = MOST_CAPACITY;
		GE_TRY(check_share(dictionary->context, capacity * sizeof(GeSlot), error));
		GE_TRY(replace_table(dictionary, capacity, error));
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
		GE_TRY(ge_dictionary_settle(dictionary, error));
	if (dictionary->arena_bound + bytes <= current)
		return GE_OK;
	grown = realloc(dictionary->arenas, (dictionary->n_arenas + 1) * sizeof(GeBuffer));
	if (grown == NULL)
		return ge_fail(error, GE_OUT_OF_MEMORY, "out of host memory for a dictionary");
	dictionary->arenas = grown;
	memset(&grown[dictionary->n_arenas], 0, sizeof(GeBuffer));
	while (size < bytes || size < 2 * current)
		size *= 2;
	GE_TRY(check_share(context, size, error));
	GE_TRY(ge_buffer_reserve(context, &grown[dictionary->n_arenas], size, error));
	dictionary->n_arenas++;
	dictionary->arena_bound = 0;
	GE_CUDA(cudaMemsetAsync(&counts->arena_used, 0, sizeof counts->arena_used,
							context->compute));
	return GE_OK;
}

GeStatus
ge_dictionary_make_room(GeDictionary *dictionary, uint64_t unresolved, uint64_t bytes,
						GeError *error)
{
	GE_TRY(make_slots(dictionary, unresolved, error));
	if (dictionary->kind == GE_KEY_BYTES)
		GE_TRY(make_arena(dictionary, bytes, error));
	dictionary->n_keys_bound += unresolved;
	dictionary->arena_bound += dictionary->kind == GE_KEY_BYTES ? bytes : 0;
	return GE_OK;
}

/* The rows of one batch, in as many steps as they take. */
GeStatus
ge_dictionary_add_keys(GeDictionary *dictionary, const GeKeys *keys, uint32_t *ids,
					   GeError *error)
{
	uint32_t first = 0, n;

	if (keys->kind != dictionary->kind)
		return ge_fail(error, GE_INTERNAL, "keys of another kind than the dictionary's");
	GE_TRY(start(dictionary, error));
	while (first < keys->n_rows)
	{
		if (dictionary->filling == NULL)
			GE_TRY(ge_step_begin(dictionary,
								 keys->kind == GE_KEY_BYTES
									 ? keys->offsets[first + 1] - keys->offsets[first]
									 : 0,
								 error));
		n = ge_step_room(dictionary->filling, keys, first);
		if (n == 0)
		{
			GE_TRY(ge_step_launch(dictionary, error));
			continue;
		}
		GE_TRY(ge_poll(dictionary->context, error));
		GE_TRY(ge_step_append(dictionary->filling, keys, first, n, ids, error));
		first += n;
	}
	return GE_OK;
}

static GeStatus
add_all(uint32_t n, GeDictionary *const *dictionaries, const GeKeys *keys,
		uint32_t *const *ids, GeError *error)
{
	uint32_t d;

	for (d = 0; d < n; d++)
	{
		GeDictionary *dictionary = dictionaries[d];

		GE_TRY(ge_dictionary_add_keys(dictionary, &keys[d], ids[d], error));
		if (dictionary->filling != NULL &&
			dictionary->filling->view.n_rows == dictionary->filling->row_capacity)
			GE_TRY(ge_step_launch(dictionary, error));
	}
	return GE_OK;
}

GeStatus
ge_dictionary_run_steps(GeContext *context, GeError *error)
{
	GeDictionary *dictionary;

	for (dictionary = context->dictionaries; dictionary != NULL;
		 dictionary = dictionary->next)
		if (dictionary->filling != NULL)
			GE_TRY(ge_step_launch(dictionary, error));
	while (context->steps_in_flight != NULL)
		GE_TRY(ge_step_advance(context, error));
	for (dictionary = context->dictionaries; dictionary != NULL;
		 dictionary = dictionary->next)
		GE_TRY(ge_dictionary_settle(dictionary, error));
	return GE_OK;
}

static GeStatus
flush_all(GeContext *context, GeError *error)
{
	GeDictionary *dictionary;

	GE_TRY(ge_dictionary_run_steps(context, error));
	for (dictionary = context->dictionaries; dictionary != NULL;
		 dictionary = dictionary->next)
		GE_TRY(ge_spill_complete(dictionary, error));
	ge_spill_room_free(context);
	return GE_OK;
}

/* After a failure the steps in flight may be of any dictionary: the context is done. */
static GeStatus
check_unbroken(GeContext *context, GeError *error)
{
	GE_TRY(ge_enter(context, error));
	if (context->is_broken)
		return ge_fail(error, GE_INTERNAL,
					   "an earlier operation on this context's dictionaries failed");
	return GE_OK;
}

GeStatus
ge_dictionary_add(GeContext *context, uint32_t n, GeDictionary *const *dictionaries,
				  const GeKeys *keys, uint32_t *const *ids, GeError *error)
{
	GeStatus status;

	GE_TRY(check_unbroken(context, error));
	status = add_all(n, dictionaries, keys, ids, error);
	context->is_broken = status != GE_OK;
	return status;
}

GeStatus
ge_dictionary_flush(GeContext *context, GeError *error)
{
	GeStatus status;

	GE_TRY(check_unbroken(context, error));
	status = flush_all(context, error);
	context->is_broken = status != GE_OK;
	return status;
}

bool
ge_context_flush_is_cheap(const GeContext *context)
{
	const GeDictionary *dictionary;

	for (dictionary = context->dictionaries; dictionary != NULL;
		 dictionary = dictionary->next)
		if (dictionary->spill != NULL)
			return false;
	return true;
}

uint32_t
ge_dictionary_size(const GeDictionary *dictionary)
{
	return dictionary->n_keys;
}
