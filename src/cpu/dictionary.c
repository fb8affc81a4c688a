/*
 * dictionary.c: creating, freeing, and adding to several columns at once.
 *
 * Each column of an add is one task; the column with the most work is first.  The number
 * of threads does not change the ids.
 */
#include "cpu/dictionary.h"

#include <stdlib.h>

#include "cpu/cpu_backend.h"

#define FIRST_SLOT_BITS 8

/* With fewer keys for each thread, waking a thread costs more than its work saves. */
#define KEYS_PER_THREAD 16384

GeStatus
ge_cpu_dictionary_create(GeContext *context, GeKeyKind kind, GeDictionary **dictionary,
						 GeError *error)
{
	GeDictionary *created = calloc(1, sizeof *created);

	*dictionary = NULL;
	if (created == NULL)
		return ge_cpu_no_memory(error, sizeof *created, "a dictionary");
	created->context = context;
	created->kind = kind;
	created->slot_bits = FIRST_SLOT_BITS;
	ge_hash_seed_init(&created->seed, context->options.hash_seed,
					  context->options.hash_mask);
	ge_segments_init(&created->entries,
					 kind == GE_KEY_INT64 ? sizeof(int64_t) : sizeof(GeBytesEntry));
	created->slots = ge_alloc_zeroed(sizeof(GeSlot) << FIRST_SLOT_BITS);
	if (created->slots == NULL)
	{
		free(created);
		return ge_cpu_no_memory(error, sizeof(GeSlot) << FIRST_SLOT_BITS,
								"the slots of a dictionary");
	}
	*dictionary = created;
	return GE_OK;
}

void
ge_cpu_dictionary_free(GeDictionary *dictionary)
{
	if (dictionary == NULL)
		return;
	ge_dictionary_drop_slots(dictionary);
	ge_segments_free(&dictionary->entries);
	ge_arena_free(&dictionary->arena);
	free(dictionary);
}

uint32_t
ge_cpu_dictionary_size(const GeDictionary *dictionary)
{
	return dictionary->size;
}

/* One call of dictionary_add; order[] lists the columns, the most work first. */
typedef struct GeAddJob
{
	GeDictionary *const *dictionaries;
	const GeKeys *keys;
	uint32_t *const *ids;
	const uint32_t *order;
} GeAddJob;

static GeStatus
add_column(void *arg, uint64_t task, uint32_t worker, GeWork *work)
{
	GeAddJob *job = arg;
	uint32_t d = job->order[task];
	GeDictionary *dictionary = job->dictionaries[d];
	GeStatus status;

	(void) worker;
	if (job->keys[d].kind != dictionary->kind)
		return ge_cpu_fail(work->error, GE_INTERNAL,
						   "keys of kind %d for a dictionary of kind %d",
						   (int) job->keys[d].kind, (int) dictionary->kind);
	status = ge_dictionary_get_slots(dictionary, work);
	if (status != GE_OK)
		return status;
	if (dictionary->kind == GE_KEY_INT64)
		return ge_dictionary_add_int64(dictionary, &job->keys[d], job->ids[d], work);
	return ge_dictionary_add_bytes(dictionary, &job->keys[d], job->ids[d], work);
}

/* An estimate of a column's work: cache misses grow with the table, hashing with bytes. */
static uint64_t
estimate_work(const GeDictionary *dictionary, const GeKeys *keys)
{
	uint64_t work = (uint64_t) keys->n_rows * dictionary->slot_bits;

	if (keys->kind == GE_KEY_BYTES && keys->n_rows > 0)
		work += keys->offsets[keys->n_rows] - keys->offsets[0];
	return work;
}

/* Fill order[] with 0..n-1, most work first; n is the number of columns: small. */
static uint64_t
order_columns(const GeAddJob *job, uint32_t n, uint32_t *order)
{
	uint64_t n_keys = 0;
	uint32_t d, i;

	for (d = 0; d < n; d++)
	{
		uint64_t work = estimate_work(job->dictionaries[d], &job->keys[d]);

		for (i = d; i > 0; i--)
		{
			uint32_t before = order[i - 1];

			if (estimate_work(job->dictionaries[before], &job->keys[before]) >= work)
				break;
			order[i] = before;
		}
		order[i] = d;
		n_keys += job->keys[d].n_rows;
	}
	return n_keys;
}

GeStatus
ge_cpu_dictionary_add(GeContext *context, uint32_t n, GeDictionary *const *dictionaries,
					  const GeKeys *keys, uint32_t *const *ids, GeError *error)
{
	GeAddJob job = {dictionaries, keys, ids, NULL};
	uint32_t *order = malloc(((size_t) n + 1) * sizeof *order);
	uint64_t n_threads;
	GeStatus status;

	if (order == NULL)
		return ge_cpu_no_memory(error, ((uint64_t) n + 1) * sizeof *order,
								"the order of columns");
	n_threads = order_columns(&job, n, order) / KEYS_PER_THREAD;
	job.order = order;
	status = ge_context_run(context, n_threads < n ? (uint32_t) n_threads : n, n,
							add_column, &job, error);
	free(order);
	return status;
}
