/*
 * dictionary_sort.c: ids in ascending order of their keys.
 *
 * Every key becomes a window of 64 bits whose order is that of the keys as far as it
 * reaches (key_window.h; an int64 key is wholly in it), and pairs of (window, id) are
 * radix-sorted.  First the bytes that all keys begin with are skipped.  The pairs are
 * then cut into buckets by their leading varying bits; each bucket is a task, which
 * sorts it, and sorts again whatever stays tied, by a window further on.  No byte of a
 * key is looked at more than twice, so nothing is quadratic, however long common
 * prefixes are.
 *
 * Memory while it runs: 32 bytes for each id.
 */
#include "cpu_backend.h"
#include "dictionary.h"
#include "key_window.h"
#include "pair_sort.h"

/* Ids of one task before the buckets; with no more than these there is one thread. */
#define IDS_PER_SLICE UINT64_C(32768)

#define BUCKET_BITS 12
#define MAX_BUCKETS (1u << BUCKET_BITS)

/* One call of dictionary_sort. */
typedef struct GeSortJob
{
	const GeDictionary *dictionary;
	uint32_t first;
	uint32_t count;
	uint32_t *ids;		/* the result */
	GePair *pairs;		/* in order of ids */
	GePair *bucketed;	/* in order of buckets */
	uint32_t *prefixes; /* of each slice: bytes that its keys share with the first key */
	uint64_t *varying;	/* of each slice: bits that differ from the first pair's */
	uint32_t depth;		/* of the windows: bytes that all keys share */
	uint32_t n_buckets; /* a power of two */
	uint64_t ends[MAX_BUCKETS]; /* of each bucket in bucketed[] */
} GeSortJob;

static uint64_t
int64_window(int64_t value)
{
	return (uint64_t) value ^ UINT64_C(1) << 63;
}

/*
 * How many bytes from `depth` on all keys of the pairs share with the key of `first`, at
 * most `limit`.
 */
static GeStatus
share_prefix(const GeDictionary *dictionary, uint32_t first, const GePair *pairs,
			 uint64_t n, uint32_t depth, uint32_t *prefix, GeWork *work)
{
	GeKeyView a, b;
	uint32_t shared;
	uint64_t i;

	ge_view_key(dictionary, first, &a);
	shared = a.length - depth;
	for (i = 0; i < n && shared > 0; i++)
	{
		ge_view_key(dictionary, pairs[i].id, &b);
		if (b.length - depth < shared)
			shared = b.length - depth;
		shared = ge_common_bytes(a.bytes + depth, b.bytes + depth, shared);
		if (ge_work_step(work, 8 + shared) != GE_OK)
			return GE_CANCELLED;
	}
	*prefix = shared;
	return GE_OK;
}

/* Give tied pairs new windows: behind the old one and all that they share beyond it. */
static GeStatus
move_windows(const GeDictionary *dictionary, GePair *pairs, uint64_t n, uint32_t *depth,
			 GeWork *work)
{
	uint32_t prefix;
	uint64_t i;

	*depth += GE_WINDOW_BYTES;
	if (share_prefix(dictionary, pairs[0].id, pairs, n, *depth, &prefix, work) != GE_OK)
		return GE_CANCELLED;
	*depth += prefix;
	for (i = 0; i < n; i++)
		pairs[i].key = ge_key_window(dictionary, pairs[i].id, *depth);
	return ge_work_step(work, 16 * n);
}

/* Pairs that stand side by side and have equal keys. */
typedef struct GeTie
{
	uint64_t start;
	uint64_t n;
} GeTie;

static GeTie
next_tie(const GePair *pairs, uint64_t n, uint64_t start)
{
	GeTie tie = {start, 0};
	uint64_t end;

	for (; tie.start < n; tie.start = end)
	{
		end = tie.start + 1;
		while (end < n && pairs[end].key == pairs[tie.start].key)
			end++;
		tie.n = end - tie.start;
		if (tie.n > 1)
			return tie;
	}
	tie.n = 0;
	return tie;
}

/*
 * Sort pairs whose windows are at `depth`.  Ties are settled by calling itself, but for
 * the largest one, which is the next turn of the loop: so it is at most log2(n) deep.
 */
static GeStatus
sort_settled(const GeDictionary *dictionary, GePair *pairs, GePair *scratch, uint64_t n,
			 uint32_t depth, GeWork *work)
{
	while (n > 1)
	{
		GeTie largest = {0, 0}, tie;
		GeStatus status = ge_pair_sort(pairs, scratch, n, work);

		if (dictionary->kind == GE_KEY_INT64 || status != GE_OK)
			return status;
		for (tie = next_tie(pairs, n, 0); tie.n > 0;
			 tie = next_tie(pairs, n, tie.start + tie.n))
		{
			GeTie smaller = tie.n > largest.n ? largest : tie;
			uint32_t tie_depth = depth;

			largest = tie.n > largest.n ? tie : largest;
			if (smaller.n == 0)
				continue;
			status = move_windows(dictionary, pairs + smaller.start, smaller.n,
								  &tie_depth, work);
			if (status == GE_OK)
				status =
					sort_settled(dictionary, pairs + smaller.start,
								 scratch + smaller.start, smaller.n, tie_depth, work);
			if (status != GE_OK)
				return status;
		}
		pairs += largest.start;
		scratch += largest.start;
		n = largest.n;
		if (n > 1 && move_windows(dictionary, pairs, n, &depth, work) != GE_OK)
			return GE_CANCELLED;
	}
	return GE_OK;
}

static uint64_t
slice_start(const GeSortJob *job, uint64_t slice)
{
	uint64_t start = slice * IDS_PER_SLICE;

	return start < job->count ? start : job->count;
}

/* Task: name the ids of a slice and find what their keys share with the first key. */
static GeStatus
share_slice(void *arg, uint64_t task, uint32_t worker, GeWork *work)
{
	GeSortJob *job = arg;
	uint64_t start = slice_start(job, task), end = slice_start(job, task + 1), i;

	(void) worker;
	for (i = start; i < end; i++)
		job->pairs[i].id = job->first + (uint32_t) i;
	if (job->dictionary->kind == GE_KEY_INT64)
		return ge_work_step(work, end - start);
	return share_prefix(job->dictionary, job->first, job->pairs + start, end - start, 0,
						&job->prefixes[task], work);
}

static uint64_t
first_window(const GeSortJob *job, uint32_t id)
{
	if (job->dictionary->kind == GE_KEY_INT64)
		return int64_window(*ge_dictionary_value(job->dictionary, id));
	return ge_key_window(job->dictionary, id, job->depth);
}

/* Task: the windows of a slice, and their bits that differ from those of the first. */
static GeStatus
window_slice(void *arg, uint64_t task, uint32_t worker, GeWork *work)
{
	GeSortJob *job = arg;
	uint64_t start = slice_start(job, task), end = slice_start(job, task + 1), i;
	uint64_t first = first_window(job, job->first), varying = 0;

	(void) worker;
	for (i = start; i < end; i++)
	{
		job->pairs[i].key = first_window(job, job->pairs[i].id);
		varying |= job->pairs[i].key ^ first;
	}
	job->varying[task] = varying;
	return ge_work_step(work, 16 * (end - start));
}

/* Task: sort one bucket and write its ids. */
static GeStatus
sort_bucket(void *arg, uint64_t task, uint32_t worker, GeWork *work)
{
	GeSortJob *job = arg;
	uint64_t start = task == 0 ? 0 : job->ends[task - 1], end = job->ends[task], i;
	GeStatus status;

	(void) worker;
	status = sort_settled(job->dictionary, job->bucketed + start, job->pairs + start,
						  end - start, job->depth, work);
	if (status != GE_OK)
		return status;
	for (i = start; i < end; i++)
		job->ids[i] = job->bucketed[i].id;
	return GE_OK;
}

static GeStatus
run_sort(GeSortJob *job, GeContext *context, GeError *error)
{
	uint64_t n_slices = (job->count + IDS_PER_SLICE - 1) / IDS_PER_SLICE, varying = 0, i;
	uint32_t n_threads = ge_threads_max(context->threads);
	GeWork work = {&context->options, error, 0};
	GeStatus status;

	job->n_buckets = n_slices > 1 ? MAX_BUCKETS : 1;
	status = ge_context_run(context, n_threads, n_slices, share_slice, job, error);
	if (status != GE_OK)
		return status;
	job->depth = job->prefixes[0];
	for (i = 1; i < n_slices; i++)
		if (job->prefixes[i] < job->depth)
			job->depth = job->prefixes[i];
	status = ge_context_run(context, n_threads, n_slices, window_slice, job, error);
	if (status != GE_OK)
		return status;
	for (i = 0; i < n_slices; i++)
		varying |= job->varying[i];
	status = ge_pairs_to_buckets(job->pairs, job->bucketed, job->count,
								 ge_bucket_shift(varying, BUCKET_BITS), job->n_buckets,
								 job->ends, &work);
	if (status != GE_OK)
		return status;
	return ge_context_run(context, n_threads, job->n_buckets, sort_bucket, job, error);
}

GeStatus
ge_cpu_dictionary_sort(GeDictionary *dictionary, uint32_t first, uint32_t count,
					   uint32_t *ids, GeError *error)
{
	GeSortJob job = {
		.dictionary = dictionary, .first = first, .count = count, .ids = ids};
	uint64_t n_slices = (count + IDS_PER_SLICE - 1) / IDS_PER_SLICE;
	uint64_t pair_bytes = (uint64_t) count * sizeof(GePair);
	GeStatus status;

	if (first == GE_ID_MISSING ||
		(uint64_t) first + count > (uint64_t) dictionary->size + 1)
		return ge_cpu_fail(error, GE_INTERNAL, "there are no categories %u to %llu of %u",
						   first, (unsigned long long) first + count, dictionary->size);
	if (count == 0)
		return GE_OK;
	job.pairs = ge_alloc_zeroed(pair_bytes);
	job.bucketed = ge_alloc_zeroed(pair_bytes);
	job.prefixes = ge_alloc_array(n_slices, sizeof *job.prefixes);
	job.varying = ge_alloc_array(n_slices, sizeof *job.varying);
	if (job.pairs == NULL || job.bucketed == NULL || job.prefixes == NULL ||
		job.varying == NULL)
		status = ge_cpu_no_memory(error, 2 * pair_bytes, "sorting a dictionary");
	else
		status = run_sort(&job, dictionary->context, error);
	ge_free_zeroed(job.varying, n_slices * sizeof *job.varying);
	ge_free_zeroed(job.prefixes, n_slices * sizeof *job.prefixes);
	ge_free_zeroed(job.bucketed, pair_bytes);
	ge_free_zeroed(job.pairs, pair_bytes);
	return status;
}
