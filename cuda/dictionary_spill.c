/*
 * dictionary_spill.c: dictionaries that begin to spill, are evicted and freed.
 */
#include "dictionary_spill.h"

#include <stdlib.h>
#include <string.h>

/* Leaves within leaves: each level takes as many keys as the device holds. */
#define MOST_LEVELS 64
/* A table that takes less than this part of the memory is left where it is. */
#define SMALL_TABLE_PART 64
#define MOST_IDS_AT_A_TIME (UINT32_C(1) << 20)

bool
ge_is_evicted(const GeDictionary *dictionary)
{
	return dictionary->spill != NULL && !dictionary->spill->is_resident;
}

GeStatus
ge_spill_begin(GeDictionary *dictionary, GeError *error)
{
	GeError why = *error;
	GeSpill *spill;

	GE_TRY(ge_dictionary_settle(dictionary, error));
	if (dictionary->level > 0 &&
		(dictionary->n_keys < 2 || dictionary->level >= MOST_LEVELS))
	{
		*error = why;
		return error->status;
	}
	spill = calloc(1, sizeof *spill);
	if (spill == NULL)
		return ge_fail(error, GE_OUT_OF_MEMORY, "out of host memory for a dictionary");
	dictionary->spill = spill;
	spill->is_resident = true;
	GE_TRY(ge_splitters_sample(&spill->splitters, dictionary, error));
	spill->leaves = calloc(spill->splitters.n + 1, sizeof *spill->leaves);
	if (spill->leaves == NULL)
		return ge_fail(error, GE_OUT_OF_MEMORY, "out of host memory for a dictionary");
	spill->n_leaves = spill->splitters.n + 1;
	return ge_splitters_send(&spill->splitters, dictionary->context, dictionary->kind,
							 &spill->device_splitters, &spill->view, error);
}

uint32_t
ge_spill_ids_at_a_time(const GeContext *context)
{
	uint64_t limit = context->options.memory_limit, n = limit / 4096;

	if (limit == 0 || n > MOST_IDS_AT_A_TIME)
		return MOST_IDS_AT_A_TIME;
	return n < 1024 ? 1024 : (uint32_t) n;
}

/* The leaf of every key of the table, by id - 1. */
static GeStatus
find_leaves(GeDictionary *dictionary, GeBuffer *buffer, uint32_t *leaves, GeError *error)
{
	GeContext *context = dictionary->context;
	uint32_t done, n, most = ge_spill_ids_at_a_time(context);
	GeTableView table;

	ge_dictionary_view(dictionary, &table);
	GE_TRY(ge_buffer_reserve(context, buffer, most * sizeof(uint32_t), error));
	for (done = 0; done < dictionary->n_keys; done += n)
	{
		n = dictionary->n_keys - done < most ? dictionary->n_keys - done : most;
		GE_CUDA(ge_route_ids_launch(&table, &dictionary->spill->view, done + 1, n,
									buffer->data, context->compute));
		GE_TRY(ge_download(context, leaves + done, buffer->data, n * sizeof(uint32_t),
						   error));
	}
	return GE_OK;
}

/* Fetch the keys of a leaf's ids from the table. */
static GeStatus
fetch_keys(GeDictionary *dictionary, GeLeaf *leaf, const uint32_t *ids, uint32_t n,
		   GeError *error)
{
	uint32_t done, piece, most = ge_spill_ids_at_a_time(dictionary->context);

	if (n == 0)
		return GE_OK;
	GE_TRY(ge_host_resize((void **) &leaf->ids, n * sizeof *leaf->ids, error));
	memcpy(leaf->ids, ids, n * sizeof *leaf->ids);
	GE_TRY(ge_key_store_reserve(&leaf->keys, dictionary->kind, n, error));
	for (done = 0; done < n; done += piece)
	{
		piece = n - done < most ? n - done : most;
		GE_TRY(
			ge_dictionary_append_keys(dictionary, ids + done, piece, &leaf->keys, error));
	}
	return GE_OK;
}

/* The table's keys into the leaves: ids sorted by leaf, then fetched in that order. */
static GeStatus
move_keys(GeDictionary *dictionary, uint32_t *leaves, uint32_t *ids, uint32_t *ends,
		  GeError *error)
{
	GeSpill *spill = dictionary->spill;
	GeBuffer buffer = {0};
	uint32_t i, start;
	GeStatus status = find_leaves(dictionary, &buffer, leaves, error);

	ge_buffer_free(dictionary->context, &buffer);
	GE_TRY(status);
	for (i = 0; i < dictionary->n_keys; i++)
		ends[leaves[i] + 1]++;
	for (i = 0; i < spill->n_leaves; i++)
		ends[i + 1] += ends[i];
	for (i = 0; i < dictionary->n_keys; i++)
		ids[ends[leaves[i]]++] = i + 1;
	for (i = 0, start = 0; i < spill->n_leaves; start = ends[i++])
		GE_TRY(fetch_keys(dictionary, &spill->leaves[i], ids + start, ends[i] - start,
						  error));
	return GE_OK;
}

GeStatus
ge_spill_evict(GeDictionary *dictionary, GeError *error)
{
	uint64_t n = dictionary->n_keys;
	uint32_t *leaves, *ids, *ends;
	GeStatus status = GE_OK;

	if (dictionary->spill == NULL)
		GE_TRY(ge_spill_begin(dictionary, error));
	if (!dictionary->spill->is_resident)
		return GE_OK;
	leaves = malloc((n + 1) * sizeof *leaves);
	ids = malloc((n + 1) * sizeof *ids);
	ends = calloc((uint64_t) dictionary->spill->n_leaves + 2, sizeof *ends);
	if (leaves == NULL || ids == NULL || ends == NULL)
		status = ge_fail(error, GE_OUT_OF_MEMORY, "out of host memory for %llu keys",
						 (unsigned long long) n);
	if (status == GE_OK && n > 0)
		status = move_keys(dictionary, leaves, ids, ends, error);
	free(leaves);
	free(ids);
	free(ends);
	GE_TRY(status);
	ge_dictionary_free_table(dictionary);
	dictionary->spill->is_resident = false;
	return GE_OK;
}

static uint64_t
table_bytes(const GeDictionary *dictionary)
{
	uint64_t bytes = dictionary->slots.bytes + dictionary->values.bytes +
					 dictionary->key_bytes.bytes + dictionary->key_lengths.bytes;
	uint32_t i;

	for (i = 0; i < dictionary->n_arenas; i++)
		bytes += dictionary->arenas[i].bytes;
	return bytes;
}

GeStatus
ge_spill_make_way(GeContext *context, const GeDictionary *dictionary, GeError *error)
{
	uint64_t available, all = context->memory_used;
	GeDictionary *other;

	GE_TRY(ge_memory_available(context, &available, error));
	all += available;
	for (other = context->dictionaries; other != NULL; other = other->next)
		if (other != dictionary && !ge_is_evicted(other) &&
			table_bytes(other) > all / SMALL_TABLE_PART)
			GE_TRY(ge_spill_evict(other, error));
	return GE_OK;
}

void
ge_leaf_free(GeLeaf *leaf)
{
	ge_key_store_free(&leaf->keys);
	free(leaf->ids);
	free(leaf->chunks);
	memset(leaf, 0, sizeof *leaf);
}

void
ge_spill_free(GeDictionary *dictionary)
{
	GeSpill *spill = dictionary->spill;
	uint32_t i;

	if (spill == NULL)
		return;
	for (i = 0; i < spill->n_leaves; i++)
		ge_leaf_free(&spill->leaves[i]);
	free(spill->leaves);
	ge_splitters_free(&spill->splitters);
	ge_buffer_free(dictionary->context, &spill->device_splitters);
	ge_spill_close(&spill->files);
	free(spill->destinations);
	free(spill->steps);
	free(spill->before);
	free(spill->leaf_starts);
	free(spill->places);
	ge_large_free(spill->row_ids, spill->row_id_bytes);
	free(spill);
	dictionary->spill = NULL;
}
