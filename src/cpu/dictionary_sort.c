/*
 * dictionary_sort.c: ids in ascending order of their keys.
 *
 * Four passes over the keys, in order of ids: 1. find the common beginning of all keys,
 * which is skipped; 2. find the bits in which their windows vary; 3. count the keys of
 * each bucket, by the leading bits that vary; 4. put (window, id) into its bucket.  In a
 * pass each slice of the ids is a task.  Then each bucket is a task, which sorts the
 * bucket (window_sort.h) and writes its ids.
 *
 * If nearly all ids ascend as they are, as those of an encoder do, only the others are
 * sorted, and merged in (key_order.h).
 *
 * Memory while it runs: 16 bytes for each id, and for each thread as much for the ids of
 * the largest bucket that it sorts.  The slots are freed before, because the largest need
 * for memory of a job comes later.
 */
#include <stdlib.h>

#include "cpu/cpu_backend.h"
#include "cpu/key_order.h"
#include "cpu/window_sort.h"

/* Fewer ids than this are one slice and one bucket. */
#define LEAST_IDS_OF_SLICE UINT64_C(32768)
#define SLICES_PER_THREAD 4

/* Fewer ids than this that ascend, for each other one: all are sorted. */
#define ASCENDING_PER_OTHER 16

#define BUCKET_BITS 12
#define MAX_BUCKETS (1u << BUCKET_BITS)

/* The findings of a slice of the ids, and the places of its pairs. */
typedef struct GeSortSlice
{
	uint32_t first; /* ids first..end-1 */
	uint32_t end;
	uint32_t prefix;  /* bytes that its keys share with the first key of all */
	uint64_t varying; /* bits in which its windows differ from the first of all */
	uint64_t places[MAX_BUCKETS]; /* pairs of each bucket, then where they begin */
} GeSortSlice;

typedef struct GeScratch
{
	GePair *pairs;
	uint64_t n;
} GeScratch;

/* One call of dictionary_sort(). */
typedef struct GeSortJob
{
	const GeDictionary *dictionary;
	uint32_t first;
	uint32_t count;
	uint32_t *ids; /* the result */
	GePair *pairs; /* in order of buckets */
	GeSortSlice *slices;
	uint32_t n_slices;
	uint32_t n_buckets; /* a power of two */
	uint32_t depth;		/* of the windows: bytes that all keys share */
	uint32_t shift;		/* of a window, to give its bucket */
	uint64_t ends[MAX_BUCKETS];
	GeScratch scratch[GE_MAX_THREADS];
} GeSortJob;

static inline uint64_t
window_of(const GeSortJob *job, uint32_t id)
{
	if (job->dictionary->kind == GE_KEY_INT64)
		return (uint64_t) *ge_dictionary_value(job->dictionary, id) ^ UINT64_C(1) << 63;
	return ge_key_window(job->dictionary, id, job->depth);
}

static inline uint32_t
bucket_of(const GeSortJob *job, uint64_t window)
{
	return (uint32_t) (window >> job->shift) & (job->n_buckets - 1);
}

/* Task: the bytes that the keys of a slice share with the first key of all. */
static GeStatus
share_slice(void *arg, uint64_t task, uint32_t worker, GeWork *work)
{
	GeSortJob *job = arg;
	GeSortSlice *slice = &job->slices[task];
	GeKeyView first, key;
	uint32_t id;

	(void) worker;
	ge_view_key(job->dictionary, job->first, &first);
	slice->prefix = first.length;
	for (id = slice->first; id < slice->end && slice->prefix > 0; id++)
	{
		ge_view_key(job->dictionary, id, &key);
		if (key.length < slice->prefix)
			slice->prefix = key.length;
		slice->prefix = ge_common_bytes(first.bytes, key.bytes, slice->prefix);
		if (ge_work_step(work, 8 + slice->prefix) != GE_OK)
			return GE_CANCELLED;
	}
	return GE_OK;
}

/* Task: the bits in which the windows of a slice differ from the first of all. */
static GeStatus
vary_slice(void *arg, uint64_t task, uint32_t worker, GeWork *work)
{
	GeSortJob *job = arg;
	GeSortSlice *slice = &job->slices[task];
	uint64_t first = window_of(job, job->first), varying = 0;
	uint32_t id;

	(void) worker;
	for (id = slice->first; id < slice->end; id++)
	{
		varying |= window_of(job, id) ^ first;
		if (ge_work_step(work, 4) != GE_OK)
			return GE_CANCELLED;
	}
	slice->varying = varying;
	return GE_OK;
}

/* Task: how many pairs of a slice go into which bucket. */
static GeStatus
count_slice(void *arg, uint64_t task, uint32_t worker, GeWork *work)
{
	GeSortJob *job = arg;
	GeSortSlice *slice = &job->slices[task];
	uint32_t id;

	(void) worker;
	for (id = slice->first; id < slice->end; id++)
	{
		slice->places[bucket_of(job, window_of(job, id))]++;
		if (ge_work_step(work, 4) != GE_OK)
			return GE_CANCELLED;
	}
	return GE_OK;
}

/* Task: put the pairs of a slice into their buckets. */
static GeStatus
place_slice(void *arg, uint64_t task, uint32_t worker, GeWork *work)
{
	GeSortJob *job = arg;
	GeSortSlice *slice = &job->slices[task];
	uint32_t id;

	(void) worker;
	for (id = slice->first; id < slice->end; id++)
	{
		uint64_t window = window_of(job, id);
		GePair *pair = &job->pairs[slice->places[bucket_of(job, window)]++];

		pair->key = window;
		pair->id = id;
		if (ge_work_step(work, 8) != GE_OK)
			return GE_CANCELLED;
	}
	return GE_OK;
}

/* Room for n pairs, kept by the worker for its next bucket. */
static GePair *
get_scratch(GeScratch *scratch, uint64_t n)
{
	if (scratch->n < n)
	{
		ge_free_zeroed(scratch->pairs, scratch->n * sizeof(GePair));
		scratch->pairs = ge_alloc_array(n, sizeof(GePair));
		scratch->n = scratch->pairs == NULL ? 0 : n;
	}
	return scratch->pairs;
}

/* Task: sort one bucket and write its ids. */
static GeStatus
sort_bucket(void *arg, uint64_t task, uint32_t worker, GeWork *work)
{
	GeSortJob *job = arg;
	uint64_t start = task == 0 ? 0 : job->ends[task - 1], n = job->ends[task] - start, i;
	GePair *pairs = job->pairs + start, *scratch = get_scratch(&job->scratch[worker], n);
	GeStatus status;

	if (n == 0)
		return GE_OK;
	if (scratch == NULL)
		return ge_cpu_no_memory(work->error, n * sizeof *pairs, "sorting a dictionary");
	status = ge_sort_windows(job->dictionary, pairs, scratch, n, job->depth, work);
	if (status != GE_OK)
		return status;
	for (i = 0; i < n; i++)
		job->ids[start + i] = pairs[i].id;
	return GE_OK;
}

/* Turn the counts of slices into places: bucket after bucket, in it slice after slice. */
static void
counts_to_places(GeSortJob *job)
{
	uint64_t place = 0;
	uint32_t b, s;

	for (b = 0; b < job->n_buckets; b++)
	{
		for (s = 0; s < job->n_slices; s++)
		{
			uint64_t count = job->slices[s].places[b];

			job->slices[s].places[b] = place;
			place += count;
		}
		job->ends[b] = place;
	}
}

static GeStatus
run_slices(GeSortJob *job, GeFallibleTask task, GeError *error)
{
	GeContext *context = job->dictionary->context;

	return ge_context_run(context, ge_threads_max(context->threads), job->n_slices, task,
						  job, error);
}

static void
cut_slices(GeSortJob *job)
{
	uint32_t s;

	for (s = 0; s < job->n_slices; s++)
	{
		uint64_t start = (uint64_t) job->count * s / job->n_slices;
		uint64_t end = (uint64_t) job->count * (s + 1) / job->n_slices;

		job->slices[s].first = job->first + (uint32_t) start;
		job->slices[s].end = job->first + (uint32_t) end;
	}
}

static GeStatus
run_sort(GeSortJob *job, GeError *error)
{
	GeContext *context = job->dictionary->context;
	GeStatus status = GE_OK;
	uint64_t varying = 0;
	uint32_t s;

	cut_slices(job);
	if (job->dictionary->kind == GE_KEY_BYTES)
		status = run_slices(job, share_slice, error);
	if (status != GE_OK)
		return status;
	job->depth = job->slices[0].prefix;
	for (s = 1; s < job->n_slices; s++)
		if (job->slices[s].prefix < job->depth)
			job->depth = job->slices[s].prefix;
	status = run_slices(job, vary_slice, error);
	if (status != GE_OK)
		return status;
	for (s = 0; s < job->n_slices; s++)
		varying |= job->slices[s].varying;
	job->shift = ge_bucket_shift(varying, BUCKET_BITS);
	status = run_slices(job, count_slice, error);
	if (status != GE_OK)
		return status;
	counts_to_places(job);
	status = run_slices(job, place_slice, error);
	if (status != GE_OK)
		return status;
	return ge_context_run(context, ge_threads_max(context->threads), job->n_buckets,
						  sort_bucket, job, error);
}

static void
free_job(GeSortJob *job)
{
	uint32_t i;

	for (i = 0; i < GE_MAX_THREADS; i++)
		ge_free_zeroed(job->scratch[i].pairs, job->scratch[i].n * sizeof(GePair));
	ge_free_zeroed(job->slices, job->n_slices * sizeof *job->slices);
	ge_free_zeroed(job->pairs, job->count * sizeof *job->pairs);
	free(job);
}

/* A job with its memory; NULL: there is none. */
static GeSortJob *
create_job(const GeDictionary *dictionary, uint32_t first, uint32_t count, uint32_t *ids)
{
	uint64_t n_slices = ge_threads_max(dictionary->context->threads) * SLICES_PER_THREAD;
	GeSortJob *job = calloc(1, sizeof *job);

	if (job == NULL)
		return NULL;
	if (n_slices > 1 + count / LEAST_IDS_OF_SLICE)
		n_slices = 1 + count / LEAST_IDS_OF_SLICE;
	job->dictionary = dictionary;
	job->first = first;
	job->count = count;
	job->ids = ids;
	job->n_slices = (uint32_t) n_slices;
	job->n_buckets = n_slices > 1 ? MAX_BUCKETS : 1;
	job->pairs = ge_alloc_array(count, sizeof *job->pairs);
	job->slices = ge_alloc_array(n_slices, sizeof *job->slices);
	if (job->pairs != NULL && job->slices != NULL)
		return job;
	free_job(job);
	return NULL;
}

/* Sort by windows. */
static GeStatus
sort_all(const GeDictionary *dictionary, uint32_t first, uint32_t count, uint32_t *ids,
		 GeError *error)
{
	GeSortJob *job;
	GeStatus status;

	if (count == 0)
		return GE_OK;
	job = create_job(dictionary, first, count, ids);
	if (job == NULL)
		return ge_cpu_no_memory(error, count * sizeof(GePair), "sorting a dictionary");
	status = run_sort(job, error);
	free_job(job);
	return status;
}

/* The first n ids ascend as they are: sort the others, and merge them in. */
static GeStatus
sort_others(const GeDictionary *dictionary, uint32_t first, uint32_t n, uint32_t count,
			uint32_t *ids, GeWork *work)
{
	uint32_t n_others = count - n;
	uint32_t *others = ge_alloc_array(n_others, sizeof *others);
	GeStatus status;

	if (others == NULL)
		return ge_cpu_no_memory(work->error, n_others * sizeof *others,
								"sorting a dictionary");
	status = sort_all(dictionary, first + n, n_others, others, work->error);
	if (status == GE_OK)
		status = ge_merge_ascending(dictionary, first, n, others, n_others, ids, work);
	ge_free_zeroed(others, n_others * sizeof *others);
	return status;
}

GeStatus
ge_cpu_dictionary_sort(GeDictionary *dictionary, uint32_t first, uint32_t count,
					   uint32_t *ids, GeError *error)
{
	GeWork work = {&dictionary->context->options, error, 0};
	uint32_t n_ascending;
	GeStatus status;

	if (first == GE_ID_MISSING ||
		(uint64_t) first + count > (uint64_t) dictionary->size + 1)
		return ge_cpu_fail(error, GE_INTERNAL, "there are no categories %u to %llu of %u",
						   first, (unsigned long long) first + count, dictionary->size);
	ge_dictionary_drop_slots(dictionary);
	if (count == 0)
		return GE_OK;
	status = ge_count_ascending(dictionary, first, count, &n_ascending, &work);
	if (status != GE_OK)
		return status;
	if (count - n_ascending > n_ascending / ASCENDING_PER_OTHER)
		return sort_all(dictionary, first, count, ids, error);
	return sort_others(dictionary, first, n_ascending, count, ids, &work);
}
