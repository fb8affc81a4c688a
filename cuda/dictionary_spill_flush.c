/*
 * dictionary_spill_flush.c: the rows that wait get their ids, leaf after leaf.
 */
#include <stdlib.h>
#include <string.h>

#include "dictionary_spill.h"
#include "host_threads.h"

#define IDS_PER_TASK (UINT64_C(1) << 18)

/* The leaves that come out of a flush, and what stands between them. */
typedef struct GeLeafList
{
	GeLeaf *leaves;
	uint32_t n, capacity;
	GeSplitters splitters;
} GeLeafList;

/* What ids of a child become: by local id. */
typedef struct GeIdMap
{
	const uint32_t *ids;
	uint32_t *rows;
	uint64_t n_rows;
} GeIdMap;

static void
map_some(void *arg, uint64_t task)
{
	const GeIdMap *map = arg;
	uint64_t i = task * IDS_PER_TASK, end = i + IDS_PER_TASK;

	for (; i < end && i < map->n_rows; i++)
		map->rows[i] = map->ids[map->rows[i]];
}

static GeStatus
reserve_leaf(GeLeafList *list, GeError *error)
{
	uint32_t capacity = 2 * list->capacity + 64;

	if (list->n < list->capacity)
		return GE_OK;
	GE_TRY(
		ge_host_resize((void **) &list->leaves, capacity * sizeof *list->leaves, error));
	list->capacity = capacity;
	return GE_OK;
}

/* Move a leaf to the end of the list, with its keys alone. */
static GeStatus
append_leaf(GeLeafList *list, GeLeaf *leaf, GeError *error)
{
	GeLeaf *to;

	GE_TRY(reserve_leaf(list, error));
	to = &list->leaves[list->n++];
	memset(to, 0, sizeof *to);
	to->keys = leaf->keys;
	to->ids = leaf->ids;
	leaf->ids = NULL;
	memset(&leaf->keys, 0, sizeof leaf->keys);
	return GE_OK;
}

/* The child was spilled: its leaves take the leaf's place. */
static GeStatus
take_leaves(GeLeafList *list, GeDictionary *child, const uint32_t *map, GeError *error)
{
	GeSpill *spill = child->spill;
	uint32_t i, j;

	for (i = 0; i < spill->n_leaves; i++)
	{
		GeLeaf *leaf = &spill->leaves[i];

		for (j = 0; j < leaf->keys.n; j++)
			leaf->ids[j] = map[leaf->ids[j]];
		if (i > 0)
			GE_TRY(ge_splitters_append(&list->splitters, child->kind, &spill->splitters,
									   i - 1, 1, error));
		GE_TRY(append_leaf(list, leaf, error));
	}
	return GE_OK;
}

/* Room for the bytes of n new keys at once, if they are as long as the rows' keys. */
static GeStatus
reserve_key_bytes(GeLeaf *leaf, uint32_t n, GeError *error)
{
	uint64_t bytes = 0;
	uint32_t i;

	for (i = 0; i < leaf->n_chunks; i++)
		bytes += leaf->chunks[i].n_bytes;
	bytes = (uint64_t) ((double) bytes / (double) leaf->n_rows * n);
	return ge_key_store_reserve_bytes(&leaf->keys, bytes + bytes / 64, error);
}

/* The child holds the leaf's keys: those that are new go to the leaf. */
static GeStatus
take_new_keys(GeLeafList *list, GeLeaf *leaf, GeDictionary *child, const uint32_t *map,
			  const uint32_t *new_locals, uint32_t n, GeError *error)
{
	uint32_t done, piece, i, n_known = leaf->keys.n;

	GE_TRY(ge_host_resize((void **) &leaf->ids,
						  ((uint64_t) n_known + n) * sizeof(uint32_t), error));
	GE_TRY(ge_key_store_reserve(&leaf->keys, child->kind, n, error));
	if (child->kind == GE_KEY_BYTES)
		GE_TRY(reserve_key_bytes(leaf, n, error));
	for (i = 0; i < n; i++)
		leaf->ids[n_known + i] = map[new_locals[i]];
	for (done = 0; done < n; done += piece)
	{
		uint32_t most = ge_spill_ids_at_a_time(child->context);

		piece = n - done < most ? n - done : most;
		GE_TRY(ge_dictionary_append_keys(child, new_locals + done, piece, &leaf->keys,
										 error));
	}
	return append_leaf(list, leaf, error);
}

/* Take over what a child has found: ids for its new keys, the keys, ids of rows. */
static GeStatus
adopt(GeDictionary *dictionary, GeLeaf *leaf, GeDictionary *child, uint32_t *map,
	  uint32_t *new_locals, GeLeafList *list, GeError *error)
{
	GeIdMap rows = {map, leaf->row_ids, leaf->n_rows};
	uint32_t i, n_new = 0;

	for (i = 1; i <= child->n_keys; i++)
		if (map[i] == 0)
		{
			map[i] = dictionary->n_keys + ++n_new;
			new_locals[n_new - 1] = i;
		}
	if ((uint64_t) dictionary->n_keys + n_new > GE_MAX_CATEGORIES)
		return ge_fail(error, GE_TOO_MANY_CATEGORIES, "more than %u categories",
					   GE_MAX_CATEGORIES);
	dictionary->n_keys += n_new;
	GE_TRY(ge_host_run(dictionary->context,
					   (leaf->n_rows + IDS_PER_TASK - 1) / IDS_PER_TASK, map_some, &rows,
					   error));
	if (child->spill != NULL)
		return take_leaves(list, child, map, error);
	return take_new_keys(list, leaf, child, map, new_locals, n_new, error);
}

/* The same with the memory for it; locals: ids of the leaf's known keys in the child. */
static GeStatus
adopt_child(GeDictionary *dictionary, GeLeaf *leaf, GeDictionary *child,
			const uint32_t *locals, GeLeafList *list, GeError *error)
{
	uint32_t *map = calloc((uint64_t) child->n_keys + 1, sizeof *map), i;
	uint32_t *new_locals = malloc(((uint64_t) child->n_keys + 1) * sizeof *new_locals);
	GeStatus status;

	if (map == NULL || new_locals == NULL)
		status = ge_fail(error, GE_OUT_OF_MEMORY, "out of host memory for %u ids",
						 child->n_keys);
	else
	{
		for (i = 0; i < leaf->keys.n; i++)
			map[locals[i]] = leaf->ids[i];
		status = adopt(dictionary, leaf, child, map, new_locals, list, error);
	}
	free(map);
	free(new_locals);
	return status;
}

/* Known keys, then rows, through the child, and whatever waits in it. */
static GeStatus
run_child(GeDictionary *dictionary, GeLeaf *leaf, uint32_t number, GeDictionary *child,
		  uint32_t *locals, GeError *error)
{
	uint32_t n;

	GE_TRY(ge_spill_add_known(child, leaf, 1, UINT32_MAX, locals, &n, error));
	GE_TRY(ge_spill_add_rows(dictionary, number, child, error));
	GE_TRY(ge_dictionary_run_steps(dictionary->context, error));
	return ge_spill_complete(child, error);
}

static GeStatus
complete_leaf(GeDictionary *dictionary, uint32_t number, GeLeafList *list, GeError *error)
{
	GeLeaf *leaf = &dictionary->spill->leaves[number];
	GeDictionary *child = NULL;
	uint32_t *locals;
	GeStatus status;

	if (leaf->n_rows == 0)
		return append_leaf(list, leaf, error);
	locals = malloc(((uint64_t) leaf->keys.n + 1) * sizeof *locals);
	if (locals == NULL)
		return ge_fail(error, GE_OUT_OF_MEMORY, "out of host memory for %u keys",
					   leaf->keys.n);
	status = ge_spill_child(dictionary, &child, error);
	if (status == GE_OK)
		status = run_child(dictionary, leaf, number, child, locals, error);
	if (status == GE_OK)
		status = adopt_child(dictionary, leaf, child, locals, list, error);
	ge_dictionary_free(child);
	free(locals);
	return status;
}

/* Task: the ids of the waiting rows of one step. */
static void
place_step(void *arg, uint64_t task)
{
	GeSpill *spill = arg;
	const GeWaitingStep *step = &spill->steps[task];
	uint64_t *next = spill->before + task * spill->n_leaves, d;
	uint32_t i;

	for (d = step->first; d < step->first + step->n; d++)
	{
		const GeSegment *to = &spill->destinations[d];

		for (i = 0; i < to->n_rows; i++)
			if (to->ids[i] & GE_ID_WAITING)
			{
				uint32_t leaf = to->ids[i] & ~GE_ID_WAITING;

				to->ids[i] = spill->leaves[leaf].row_ids[next[leaf]++];
			}
	}
}

/* All ids are in place: the leaves of the list are the dictionary's. */
static GeStatus
take_list(GeDictionary *dictionary, GeLeafList *list, GeError *error)
{
	GeSpill *spill = dictionary->spill;
	uint32_t i;

	for (i = 0; i < spill->n_leaves; i++)
		ge_leaf_free(&spill->leaves[i]);
	free(spill->leaves);
	ge_splitters_free(&spill->splitters);
	spill->leaves = list->leaves;
	spill->n_leaves = list->n;
	spill->splitters = list->splitters;
	memset(list, 0, sizeof *list);
	spill->n_waiting = spill->n_steps = spill->n_destinations = 0;
	spill->step_capacity = 0; /* as many leaves go into before */
	ge_large_free(spill->row_ids, spill->row_id_bytes);
	spill->row_ids = NULL;
	free(spill->places);
	free(spill->leaf_starts);
	spill->places = spill->leaf_starts = NULL;
	GE_TRY(ge_spill_empty(dictionary->context, &spill->files, error));
	return ge_splitters_send(&spill->splitters, dictionary->context, dictionary->kind,
							 &spill->device_splitters, &spill->view, error);
}

static GeStatus
complete(GeDictionary *dictionary, GeLeafList *list, GeError *error)
{
	GeSpill *spill = dictionary->spill;
	uint64_t start = 0;
	uint32_t i;

	spill->row_id_bytes = spill->n_waiting * sizeof(uint32_t);
	GE_TRY(ge_large_allocate((void **) &spill->row_ids, spill->row_id_bytes, error));
	for (i = 0; i < spill->n_leaves; start += spill->leaves[i++].n_rows)
		spill->leaves[i].row_ids = spill->row_ids + start;
	for (i = 0; i < spill->n_leaves; i++)
	{
		if (i > 0)
			GE_TRY(ge_splitters_append(&list->splitters, dictionary->kind,
									   &spill->splitters, i - 1, 1, error));
		GE_TRY(complete_leaf(dictionary, i, list, error));
	}
	GE_TRY(ge_host_run(dictionary->context, spill->n_steps, place_step, spill, error));
	return take_list(dictionary, list, error);
}

GeStatus
ge_spill_complete(GeDictionary *dictionary, GeError *error)
{
	GeLeafList list = {0};
	GeStatus status;
	uint32_t i;

	if (dictionary->spill == NULL || dictionary->spill->n_waiting == 0)
		return GE_OK;
	ge_spill_room_free(dictionary->context); /* its share is for those who spill next */
	GE_TRY(ge_spill_evict(dictionary, error));
	GE_TRY(ge_spill_make_way(dictionary->context, dictionary, error));
	status = complete(dictionary, &list, error);
	for (i = 0; i < list.n; i++)
		ge_leaf_free(&list.leaves[i]);
	free(list.leaves);
	ge_splitters_free(&list.splitters);
	return status;
}
