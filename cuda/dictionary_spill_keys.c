/*
 * dictionary_spill_keys.c: an evicted dictionary's keys, sorted and by their ids.
 *
 * CPU twins: src/cpu/dictionary_sort.c, src/cpu/dictionary_keys.c.  Leaves are sorted one
 * after the other on the device; keys are gathered on the host.
 */
#include <stdlib.h>
#include <string.h>

#include "dictionary_spill.h"
#include "host_threads.h"

#define KEYS_PER_TASK 65536u

/* The keys of a leaf with ids in first..last, in order: their ids into `out`. */
static GeStatus
sort_leaf(GeDictionary *dictionary, const GeLeaf *leaf, uint32_t first, uint32_t last,
		  uint32_t *scratch, uint32_t *out, uint32_t *n, GeError *error)
{
	GeDictionary *child = NULL;
	uint32_t *locals = scratch, *id_of_local = scratch + leaf->keys.n, i, j;
	GeStatus status;

	GE_TRY(ge_spill_child(dictionary, &child, error));
	status = ge_spill_add_known(child, leaf, first, last, locals, n, error);
	if (status == GE_OK)
		status = ge_dictionary_run_steps(dictionary->context, error);
	if (status == GE_OK)
		status = ge_spill_complete(child, error);
	for (i = 0, j = 0; status == GE_OK && i < leaf->keys.n; i++)
		if (leaf->ids[i] >= first && leaf->ids[i] <= last)
			id_of_local[locals[j++]] = leaf->ids[i];
	if (status == GE_OK && *n > 0)
		status = ge_dictionary_sort_any(child, 1, *n, out, error);
	for (i = 0; status == GE_OK && i < *n; i++)
		out[i] = id_of_local[out[i]];
	ge_dictionary_free(child);
	return status;
}

GeStatus
ge_spill_sort(GeDictionary *dictionary, uint32_t first, uint32_t count, uint32_t *ids,
			  GeError *error)
{
	const GeSpill *spill = dictionary->spill;
	GeStatus status = GE_OK;
	uint64_t largest = 0;
	uint32_t *scratch, i, n = 0, done = 0;

	for (i = 0; i < spill->n_leaves; i++)
		largest = spill->leaves[i].keys.n > largest ? spill->leaves[i].keys.n : largest;
	scratch = malloc((2 * largest + 1) * sizeof *scratch);
	if (scratch == NULL)
		return ge_fail(error, GE_OUT_OF_MEMORY, "out of host memory for %llu keys",
					   (unsigned long long) largest);
	for (i = 0; status == GE_OK && i < spill->n_leaves; i++, done += n)
		status = sort_leaf(dictionary, &spill->leaves[i], first, first + count - 1,
						   scratch, ids + done, &n, error);
	free(scratch);
	return status;
}

/* Where the key of each id is. */
static GeStatus
find_places(GeDictionary *dictionary, GeError *error)
{
	GeSpill *spill = dictionary->spill;
	uint32_t i, j, start = 0;

	if (spill->places != NULL)
		return GE_OK;
	GE_TRY(ge_host_resize((void **) &spill->leaf_starts,
						  (spill->n_leaves + (uint64_t) 1) * sizeof(uint32_t), error));
	GE_TRY(ge_host_resize((void **) &spill->places,
						  (uint64_t) dictionary->n_keys * sizeof(uint32_t), error));
	for (i = 0; i < spill->n_leaves; i++)
	{
		const GeLeaf *leaf = &spill->leaves[i];

		spill->leaf_starts[i] = start;
		for (j = 0; j < leaf->keys.n; j++)
			spill->places[leaf->ids[j] - 1] = start + j;
		start += leaf->keys.n;
		GE_TRY(ge_poll(dictionary->context, error));
	}
	spill->leaf_starts[spill->n_leaves] = start;
	return GE_OK;
}

/* The leaf with the key at a place: the last one that starts there or before. */
static const GeLeaf *
leaf_at(const GeSpill *spill, uint32_t place)
{
	uint32_t low = 0, high = spill->n_leaves - 1;

	while (low < high)
	{
		uint32_t middle = high - (high - low) / 2;

		if (spill->leaf_starts[middle] <= place)
			low = middle;
		else
			high = middle - 1;
	}
	return &spill->leaves[low];
}

/* One call of ge_spill_keys. */
typedef struct GeKeysJob
{
	const GeSpill *spill;
	const uint32_t *ids;
	uint32_t count;
	int64_t *values;
	uint64_t *offsets;
	uint8_t *bytes; /* NULL: lengths into offsets[i + 1] */
} GeKeysJob;

static void
get_some(void *arg, uint64_t task)
{
	const GeKeysJob *job = arg;
	uint64_t i = task * KEYS_PER_TASK, end = i + KEYS_PER_TASK;

	for (; i < end && i < job->count; i++)
	{
		uint32_t place = job->spill->places[job->ids[i] - 1];
		const GeLeaf *leaf = leaf_at(job->spill, place);
		uint32_t at = place - job->spill->leaf_starts[leaf - job->spill->leaves];
		const uint64_t *key;

		if (job->values != NULL)
		{
			job->values[i] = leaf->keys.values[at];
			continue;
		}
		key = leaf->keys.offsets + at;
		if (job->bytes == NULL)
			job->offsets[i + 1] = key[1] - key[0];
		else if (key[1] > key[0])
			memcpy(job->bytes + job->offsets[i], leaf->keys.bytes + key[0],
				   key[1] - key[0]);
	}
}

GeStatus
ge_spill_keys(GeDictionary *dictionary, const uint32_t *ids, uint32_t count,
			  int64_t *values, uint64_t *offsets, uint8_t *bytes, GeError *error)
{
	GeKeysJob job = {.spill = dictionary->spill, .ids = ids, .count = count};
	uint64_t n_tasks = ((uint64_t) count + KEYS_PER_TASK - 1) / KEYS_PER_TASK;
	uint32_t i;

	GE_TRY(find_places(dictionary, error));
	job.offsets = offsets;
	if (dictionary->kind == GE_KEY_INT64)
		job.values = values;
	GE_TRY(ge_host_run(dictionary->context, n_tasks, get_some, &job, error));
	if (dictionary->kind == GE_KEY_INT64)
		return GE_OK;
	for (i = 0; i < count; i++)
		offsets[i + 1] += offsets[i];
	if (bytes == NULL)
		return GE_OK;
	job.bytes = bytes;
	return ge_host_run(dictionary->context, n_tasks, get_some, &job, error);
}
