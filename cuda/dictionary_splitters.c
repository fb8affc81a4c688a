/*
 * dictionary_splitters.c: splitters sampled, joined and sent to the device.
 *
 * Every so many-th key in the order of ids is sampled; ids tell next to nothing about
 * keys, but where they do (rows in order) leaves differ in size, which splitting them
 * again makes good.
 */
#include "dictionary_splitters.h"

#include <stdlib.h>
#include <string.h>

#include "key_store.h"

/* Leaves at a time, and sampled keys for each; fewer in tests. */
#ifndef GE_SPILL_LEAVES
#define GE_SPILL_LEAVES 64
#endif
#define SAMPLES_PER_LEAF 64
#define LEAST_SAMPLES_PER_LEAF 4

typedef struct GeSample
{
	int64_t value;
	const uint8_t *bytes; /* NULL: value */
	uint64_t length;
} GeSample;

static int
compare_samples(const void *a, const void *b)
{
	const GeSample *x = a, *y = b;
	uint64_t shorter = x->length < y->length ? x->length : y->length;
	int order = 0;

	if (x->bytes == NULL)
		return x->value < y->value ? -1 : x->value > y->value;
	if (shorter > 0)
		order = memcmp(x->bytes, y->bytes, shorter);
	return order != 0 ? order : x->length < y->length ? -1 : x->length > y->length;
}

/* Room for one more splitter of so many words. */
static GeStatus
reserve(GeSplitters *splitters, GeKeyKind kind, uint64_t n_words, GeError *error)
{
	uint32_t capacity = 2 * splitters->capacity + 64;
	uint64_t word_capacity = 2 * (splitters->n_words + n_words) + 256;

	if (splitters->n == splitters->capacity)
	{
		if (kind == GE_KEY_INT64)
			GE_TRY(ge_host_resize((void **) &splitters->values,
								  capacity * sizeof(int64_t), error));
		else
		{
			GE_TRY(ge_host_resize((void **) &splitters->starts,
								  capacity * sizeof(uint32_t), error));
			GE_TRY(ge_host_resize((void **) &splitters->lengths,
								  capacity * sizeof(uint32_t), error));
		}
		splitters->capacity = capacity;
	}
	if (kind == GE_KEY_INT64 || splitters->n_words + n_words <= splitters->word_capacity)
		return GE_OK;
	GE_TRY(ge_host_resize((void **) &splitters->words, word_capacity * sizeof(uint64_t),
						  error));
	splitters->word_capacity = word_capacity;
	return GE_OK;
}

static GeStatus
append_one(GeSplitters *splitters, GeKeyKind kind, const GeSample *key, GeError *error)
{
	uint64_t n_words = (key->length + 7) / 8;

	GE_TRY(reserve(splitters, kind, n_words, error));
	if (kind == GE_KEY_INT64)
		splitters->values[splitters->n++] = key->value;
	else
	{
		uint64_t *words = splitters->words + splitters->n_words;

		memset(words, 0, n_words * sizeof *words);
		if (key->length > 0)
			memcpy(words, key->bytes, key->length);
		splitters->starts[splitters->n] = (uint32_t) splitters->n_words;
		splitters->lengths[splitters->n++] = (uint32_t) key->length;
		splitters->n_words += n_words;
	}
	return GE_OK;
}

GeStatus
ge_splitters_append(GeSplitters *splitters, GeKeyKind kind, const GeSplitters *other,
					uint32_t first, uint32_t n, GeError *error)
{
	uint32_t i;

	for (i = first; i < first + n; i++)
	{
		GeSample key = {0};

		if (kind == GE_KEY_INT64)
			key.value = other->values[i];
		else
		{
			key.bytes = (const uint8_t *) (other->words + other->starts[i]);
			key.length = other->lengths[i];
		}
		GE_TRY(append_one(splitters, kind, &key, error));
	}
	return GE_OK;
}

/* n keys of the dictionary, evenly by id, in ascending order of the keys. */
static GeStatus
fetch_samples(GeDictionary *dictionary, uint32_t n, uint32_t *ids, GeKeyStore *keys,
			  GeSample *samples, GeError *error)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		ids[i] = 1 + (uint32_t) ((uint64_t) i * dictionary->n_keys / n);
	GE_TRY(ge_dictionary_append_keys(dictionary, ids, n, keys, error));
	for (i = 0; i < n; i++)
	{
		samples[i].value = keys->values != NULL ? keys->values[i] : 0;
		if (keys->values != NULL)
			continue;
		samples[i].bytes = keys->bytes + keys->offsets[i];
		samples[i].length = keys->offsets[i + 1] - keys->offsets[i];
	}
	qsort(samples, n, sizeof *samples, compare_samples);
	return GE_OK;
}

GeStatus
ge_splitters_sample(GeSplitters *splitters, GeDictionary *dictionary, GeError *error)
{
	uint32_t most = GE_SPILL_LEAVES * SAMPLES_PER_LEAF, i, n_leaves;
	uint32_t n = dictionary->n_keys < most ? dictionary->n_keys : most;
	uint32_t *ids = malloc((n + 1) * sizeof *ids);
	GeSample *samples = calloc(n + 1, sizeof *samples);
	GeKeyStore keys = {0};
	GeStatus status = GE_OK;

	n_leaves = n / LEAST_SAMPLES_PER_LEAF;
	n_leaves = n_leaves > GE_SPILL_LEAVES ? GE_SPILL_LEAVES
			   : n_leaves >= 2			  ? n_leaves
			   : n >= 2					  ? 2
										  : 1;
	if (ids == NULL || samples == NULL)
		status = ge_fail(error, GE_OUT_OF_MEMORY, "out of host memory for splitters");
	if (status == GE_OK && n_leaves > 1)
		status = fetch_samples(dictionary, n, ids, &keys, samples, error);
	for (i = 1; status == GE_OK && i < n_leaves; i++)
		status = append_one(splitters, dictionary->kind,
							&samples[(uint64_t) i * n / n_leaves], error);
	free(ids);
	free(samples);
	ge_key_store_free(&keys);
	return status;
}

static GeStatus
send_array(GeContext *context, const GeBuffer *buffer, uint64_t *at, const void *data,
		   uint64_t bytes, const void **device, GeError *error)
{
	*device = (uint8_t *) buffer->data + *at;
	*at += (bytes + 255) & ~UINT64_C(255);
	return ge_upload(context, (void *) *device, data, bytes, error);
}

GeStatus
ge_splitters_send(const GeSplitters *splitters, GeContext *context, GeKeyKind kind,
				  GeBuffer *buffer, GeSplitterView *view, GeError *error)
{
	uint64_t n = splitters->n, at = 0;
	const void *device = NULL;

	memset(view, 0, sizeof *view);
	view->n = splitters->n;
	if (n == 0)
		return GE_OK;
	GE_TRY(ge_buffer_reserve(
		context, buffer, n * sizeof(uint64_t) + splitters->n_words * 8 + 1024, error));
	GE_TRY(ge_order(context, context->compute, context->copy_in, error));
	if (kind == GE_KEY_INT64)
	{
		GE_TRY(send_array(context, buffer, &at, splitters->values, n * sizeof(int64_t),
						  &device, error));
		view->values = device;
	}
	else
	{
		GE_TRY(send_array(context, buffer, &at, splitters->starts, n * sizeof(uint32_t),
						  &device, error));
		view->starts = device;
		GE_TRY(send_array(context, buffer, &at, splitters->lengths, n * sizeof(uint32_t),
						  &device, error));
		view->lengths = device;
		GE_TRY(send_array(context, buffer, &at, splitters->words,
						  splitters->n_words * sizeof(uint64_t), &device, error));
		view->words = device;
	}
	return ge_order(context, context->copy_in, context->compute, error);
}

void
ge_splitters_free(GeSplitters *splitters)
{
	free(splitters->values);
	free(splitters->starts);
	free(splitters->lengths);
	free(splitters->words);
	memset(splitters, 0, sizeof *splitters);
}
