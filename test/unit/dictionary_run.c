/*
 * dictionary_run.c: columns of keys through a backend's dictionaries.
 */
#include "dictionary_run.h"

#include <stdlib.h>
#include <string.h>

#define MAX_COLUMNS 16

/* Add all rows of all columns, batch by batch; ids[c] has room for a column's rows. */
static GeStatus
add_all(const GeBackend *backend, GeContext *context, GeDictionary *const *dictionaries,
		KeyColumn *const *columns, uint32_t n, uint32_t largest_batch, uint32_t **ids)
{
	uint32_t n_rows = 0, first, length, c;
	uint64_t random = largest_batch;
	GeError error;

	for (c = 0; c < n; c++)
		n_rows = columns[c]->n_rows > n_rows ? columns[c]->n_rows : n_rows;
	for (first = 0; first < n_rows; first += length)
	{
		GeKeys keys[MAX_COLUMNS];
		uint32_t *batch_ids[MAX_COLUMNS];
		GeStatus status;

		length = 1 + (uint32_t) random_below(&random, largest_batch);
		for (c = 0; c < n; c++)
		{
			/* columns may differ in length: what is over gets no rows */
			uint32_t left = columns[c]->n_rows > first ? columns[c]->n_rows - first : 0;

			keys[c] = key_column_rows(columns[c], left > 0 ? first : 0,
									  length < left ? length : left);
			batch_ids[c] = ids[c] + (left > 0 ? first : 0);
		}
		status =
			backend->dictionary.add(context, n, dictionaries, keys, batch_ids, &error);
		if (status != GE_OK)
			return status;
	}
	return backend->dictionary.flush(context, &error);
}

/* The keys of `sorted` into a result. */
static GeStatus
get_keys(const GeBackend *backend, GeDictionary *dictionary, GeKeyKind kind,
		 const uint32_t *sorted, DictionaryResult *result)
{
	GeStatus status;
	GeError error;

	result->values = test_alloc(result->size, sizeof(int64_t));
	result->offsets = test_alloc((size_t) result->size + 1, sizeof(uint64_t));
	status = backend->dictionary.keys(dictionary, sorted, result->size, result->values,
									  result->offsets, NULL, &error);
	if (status != GE_OK || kind == GE_KEY_INT64)
		return status;
	result->bytes = test_alloc(result->offsets[result->size], 1);
	return backend->dictionary.keys(dictionary, sorted, result->size, NULL,
									result->offsets, result->bytes, &error);
}

/* From ids to codes, by sorting the dictionary in two parts of which only one is used. */
static GeStatus
finish_column(const GeBackend *backend, GeDictionary *dictionary, const KeyColumn *column,
			  const uint32_t *ids, DictionaryResult *result)
{
	uint32_t size = backend->dictionary.size(dictionary), i;
	uint32_t *sorted = test_alloc(size, sizeof *sorted);
	int64_t *rank = test_alloc((size_t) size + 1, sizeof *rank);
	GeStatus status;
	GeError error;

	result->size = size;
	result->codes = test_alloc(column->n_rows, sizeof *result->codes);
	status = backend->dictionary.sort(dictionary, 1, size, sorted, &error);
	rank[GE_ID_MISSING] = -1;
	for (i = 0; i < size && status == GE_OK; i++)
		rank[sorted[i]] = i;
	for (i = 0; i < column->n_rows && status == GE_OK; i++)
		result->codes[i] = ids[i] <= size ? rank[ids[i]] : -2;
	if (status == GE_OK)
		status = get_keys(backend, dictionary, column->keys.kind, sorted, result);
	free(rank);
	free(sorted);
	return status;
}

void
dictionary_run(const GeBackend *backend, GeContext *context, KeyColumn *const *columns,
			   uint32_t n, uint32_t largest_batch, DictionaryResult *results)
{
	GeDictionary *dictionaries[MAX_COLUMNS] = {NULL};
	uint32_t *ids[MAX_COLUMNS], c;
	GeStatus status = GE_OK;
	GeError error;

	for (c = 0; c < n; c++)
	{
		memset(&results[c], 0, sizeof results[c]);
		results[c].n_rows = columns[c]->n_rows;
		ids[c] = test_alloc(columns[c]->n_rows, sizeof(uint32_t));
		memset(ids[c], 0xff, columns[c]->n_rows * sizeof(uint32_t));
		if (status == GE_OK)
			status = backend->dictionary.create(context, columns[c]->keys.kind,
												&dictionaries[c], &error);
	}
	if (status == GE_OK)
		status = add_all(backend, context, dictionaries, columns, n, largest_batch, ids);
	for (c = 0; c < n; c++)
	{
		results[c].status = status;
		if (status == GE_OK)
			results[c].status =
				finish_column(backend, dictionaries[c], columns[c], ids[c], &results[c]);
		backend->dictionary.free(dictionaries[c]);
		free(ids[c]);
	}
}

void
dictionary_result_free(DictionaryResult *result)
{
	free(result->codes);
	free(result->values);
	free(result->offsets);
	free(result->bytes);
}

const char *
dictionary_fault(const DictionaryResult *result, const KeyColumn *column)
{
	uint32_t n_codes, row;
	int64_t *codes;
	bool same;

	if (result->status != GE_OK)
		return "the status";
	codes = key_column_codes(column, &n_codes);
	same = memcmp(codes, result->codes, column->n_rows * sizeof *codes) == 0;
	free(codes);
	if (result->size != n_codes)
		return "the number of categories";
	if (!same)
		return "a code";
	for (row = 0; row < column->n_rows; row++)
	{
		int64_t code = result->codes[row];
		uint64_t start = code >= 0 ? result->offsets[code] : 0;

		if (code >= 0 &&
			!key_column_equals(column, row, result->values[code], result->bytes + start,
							   result->offsets[code + 1] - start))
			return "a key";
	}
	return NULL;
}

const char *
dictionary_difference(const DictionaryResult *a, const DictionaryResult *b)
{
	if (a->status != b->status)
		return "the status";
	if (a->status != GE_OK)
		return NULL;
	if (a->size != b->size)
		return "the number of categories";
	if (memcmp(a->codes, b->codes, a->n_rows * sizeof *a->codes) != 0)
		return "a code";
	if (a->bytes == NULL)
		return memcmp(a->values, b->values, a->size * sizeof *a->values) == 0 ? NULL
																			  : "a value";
	if (memcmp(a->offsets, b->offsets, ((size_t) a->size + 1) * sizeof *a->offsets) !=
			0 ||
		memcmp(a->bytes, b->bytes, a->offsets[a->size]) != 0)
		return "a key";
	return NULL;
}
