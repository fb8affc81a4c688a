/*
 * table.c: the hash table of a dictionary, made, replaced by a larger one and freed.
 */
#include <stdlib.h>
#include <string.h>

#include "dictionary/dictionary.h"

#define FIRST_CAPACITY 1024

void
ge_cuda_dictionary_view(const GeDictionary *dictionary, GeTableView *view)
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

GeStatus
ge_cuda_dictionary_settle(GeDictionary *dictionary, GeError *error)
{
	GeDictionaryCounts counts;

	if (dictionary->is_settled)
		return GE_OK;
	GE_TRY(ge_cuda_read_back(dictionary->context, &counts, dictionary->counts.data,
							 sizeof counts, error));
	dictionary->n_keys = counts.n_keys;
	dictionary->n_keys_bound = counts.n_keys;
	dictionary->arena_bound = counts.arena_used;
	dictionary->is_settled = true;
	return GE_OK;
}

/* Clear a new table and move what an old one holds. */
static GeStatus
fill_table(GeContext *context, const GeTableView *from, const GeTableView *to,
		   GeError *error)
{
	GE_CUDA(
		cudaMemsetAsync(to->slots, 0, to->capacity * sizeof(GeSlot), context->compute));
	if (from->capacity > 0)
		GE_CUDA(ge_cuda_dictionary_rehash_launch(from, to, context->compute));
	return GE_OK;
}

GeStatus
ge_cuda_dictionary_replace_table(GeDictionary *dictionary, uint64_t capacity,
								 GeError *error)
{
	GeContext *context = dictionary->context;
	GeBuffer slots = {0};
	GeTableView from, to;
	GeStatus status;

	GE_TRY(ge_cuda_buffer_reserve(context, &slots, capacity * sizeof(GeSlot), error));
	ge_cuda_dictionary_view(dictionary, &from);
	to = from;
	to.slots = slots.data;
	to.capacity = capacity;
	status = fill_table(context, &from, &to, error);
	ge_cuda_buffer_free(context, status == GE_OK ? &dictionary->slots : &slots);
	GE_TRY(status);
	dictionary->slots = slots;
	dictionary->capacity = capacity;
	return GE_OK;
}

GeStatus
ge_cuda_dictionary_start(GeDictionary *dictionary, GeError *error)
{
	GeContext *context = dictionary->context;

	if (dictionary->counts.data == NULL)
	{
		GE_TRY(ge_cuda_buffer_reserve(context, &dictionary->counts,
									  sizeof(GeDictionaryCounts), error));
		GE_CUDA(cudaMemsetAsync(dictionary->counts.data, 0, sizeof(GeDictionaryCounts),
								context->compute));
	}
	if (dictionary->capacity == 0)
		return ge_cuda_dictionary_replace_table(dictionary, FIRST_CAPACITY, error);
	return GE_OK;
}

void
ge_cuda_dictionary_free_table(GeDictionary *dictionary)
{
	GeContext *context = dictionary->context;
	uint32_t i;

	ge_cuda_buffer_free(context, &dictionary->counts);
	ge_cuda_buffer_free(context, &dictionary->slots);
	ge_cuda_buffer_free(context, &dictionary->values);
	ge_cuda_buffer_free(context, &dictionary->key_bytes);
	ge_cuda_buffer_free(context, &dictionary->key_lengths);
	for (i = 0; i < dictionary->n_arenas; i++)
		ge_cuda_buffer_free(context, &dictionary->arenas[i]);
	free(dictionary->arenas);
}
