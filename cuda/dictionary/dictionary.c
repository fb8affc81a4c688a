/*
 * dictionary.c: dictionaries made, filled and freed.
 *
 * CPU twin: src/cpu/dictionary.c.
 */
#include "dictionary/dictionary.h"

#include <stdlib.h>
#include <string.h>

#include "dictionary/step.h"

GeStatus
ge_cuda_dictionary_create(GeContext *context, GeKeyKind kind, GeDictionary **dictionary,
						  GeError *error)
{
	GeDictionary *made;

	*dictionary = NULL;
	GE_TRY(ge_cuda_poll(context, error)); /* needs no device */
	made = calloc(1, sizeof *made);
	if (made == NULL)
		return ge_cuda_fail(error, GE_OUT_OF_MEMORY,
							"out of host memory for a dictionary");
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
ge_cuda_dictionary_free(GeDictionary *dictionary)
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
	ge_cuda_drain(context);
	ge_cuda_steps_forget(dictionary);
	ge_cuda_dictionary_free_table(dictionary);
	context->n_dictionaries--;
	free(dictionary);
}

/* The rows of one batch, in as many steps as they take; the last one may wait for more. */
static GeStatus
add_keys(GeDictionary *dictionary, const GeKeys *keys, uint32_t *ids, GeError *error)
{
	uint32_t first = 0, n;

	if (keys->kind != dictionary->kind)
		return ge_cuda_fail(error, GE_INTERNAL,
							"keys of another kind than the dictionary's");
	GE_TRY(ge_cuda_dictionary_start(dictionary, error));
	while (first < keys->n_rows)
	{
		if (dictionary->filling == NULL)
			GE_TRY(
				ge_cuda_step_begin(dictionary,
								   keys->kind == GE_KEY_BYTES
									   ? keys->offsets[first + 1] - keys->offsets[first]
									   : 0,
								   error));
		n = ge_cuda_step_room(dictionary->filling, keys, first);
		if (n == 0)
		{
			GE_TRY(ge_cuda_step_launch(dictionary, error));
			continue;
		}
		GE_TRY(ge_cuda_poll(dictionary->context, error));
		GE_TRY(ge_cuda_step_append(dictionary->filling, keys, first, n, ids, error));
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
		const GeStep *step;

		GE_TRY(add_keys(dictionaries[d], &keys[d], ids[d], error));
		step = dictionaries[d]->filling;
		if (step != NULL && step->view.n_rows == step->row_capacity)
			GE_TRY(ge_cuda_step_launch(dictionaries[d], error));
	}
	return GE_OK;
}

/* Bring all steps to their end. */
static GeStatus
flush_all(GeContext *context, GeError *error)
{
	GeDictionary *dictionary;

	for (dictionary = context->dictionaries; dictionary != NULL;
		 dictionary = dictionary->next)
		if (dictionary->filling != NULL)
			GE_TRY(ge_cuda_step_launch(dictionary, error));
	while (context->steps_in_flight != NULL)
		GE_TRY(ge_cuda_step_advance(context, error));
	for (dictionary = context->dictionaries; dictionary != NULL;
		 dictionary = dictionary->next)
		GE_TRY(ge_cuda_dictionary_settle(dictionary, error));
	return GE_OK;
}

/* After a failure the steps in flight may be of any dictionary: the context is done. */
static GeStatus
check_unbroken(GeContext *context, GeError *error)
{
	GE_TRY(ge_cuda_enter(context, error));
	if (context->is_broken)
		return ge_cuda_fail(error, GE_INTERNAL,
							"an earlier operation on this context's dictionaries failed");
	return GE_OK;
}

GeStatus
ge_cuda_dictionary_add(GeContext *context, uint32_t n, GeDictionary *const *dictionaries,
					   const GeKeys *keys, uint32_t *const *ids, GeError *error)
{
	GeStatus status;

	GE_TRY(check_unbroken(context, error));
	status = add_all(n, dictionaries, keys, ids, error);
	context->is_broken = status != GE_OK;
	return status;
}

GeStatus
ge_cuda_dictionary_flush(GeContext *context, GeError *error)
{
	GeStatus status;

	GE_TRY(check_unbroken(context, error));
	status = flush_all(context, error);
	context->is_broken = status != GE_OK;
	return status;
}

uint32_t
ge_cuda_dictionary_size(const GeDictionary *dictionary)
{
	return dictionary->n_keys;
}
