/*
 * dictionary_fill_parts.c: keys of files or of the host's memory added to a dictionary.
 *
 * No CPU twin: the CPU's dictionaries stay in memory.  Keys come in parts, which several
 * threads copy straight into the pinned memory of the ring, so that nothing else is
 * touched on the way to the device.  A part that is too large for that is added as a
 * caller's rows are.
 */
#include <stdlib.h>
#include <string.h>

#include "dictionary_step.h"
#include "host_threads.h"

#define PARTS_AT_A_TIME 64u

/* Parts that travel together. */
typedef struct GePartsJob
{
	const GeStepPart *parts;
	uint32_t first; /* the number of its first part */
	GeStepFill fill;
	const void *arg;
	GePartPlace places[PARTS_AT_A_TIME];
	uint32_t longest[PARTS_AT_A_TIME]; /* key, in bytes */
	int failed[PARTS_AT_A_TIME];	   /* errno */
} GePartsJob;

static uint32_t
longest_key(const GePartPlace *place, uint32_t n)
{
	uint32_t longest = 0, start = place->start, i;

	for (i = 0; i < n; i++)
	{
		uint32_t length = place->ends[i] - start;

		start = place->ends[i];
		longest = length > longest ? length : longest;
	}
	return longest;
}

/* Task: one part. */
static void
fill_part(void *arg, uint64_t task)
{
	GePartsJob *job = arg;
	const GePartPlace *place = &job->places[task];
	uint32_t part = job->first + (uint32_t) task;

	job->failed[task] = job->fill(job->arg, part, place);
	job->longest[task] = 0;
	if (job->failed[task] == 0 && place->ends != NULL)
		job->longest[task] = longest_key(place, job->parts[part].n_rows);
}

static GeStatus
fail_to_read(int failed, GeError *error)
{
	return ge_fail(error, GE_OUT_OF_MEMORY, "could not read a temporary file: %s",
				   strerror(failed));
}

/* Bytes of the ring that keys take. */
static uint64_t
pinned_bytes(GeKeyKind kind, uint64_t n_rows, uint64_t n_bytes)
{
	return kind == GE_KEY_INT64
			   ? n_rows * sizeof(int64_t)
			   : ((n_rows * sizeof(uint32_t) + 63) & ~UINT64_C(63)) + n_bytes;
}

/* How many of n parts fit the step and a chunk of the ring; all their rows and bytes. */
static uint32_t
count_fitting(const GeStep *step, const GeStepPart *parts, uint32_t n, uint32_t *n_rows,
			  uint64_t *n_bytes)
{
	uint64_t rows = 0, bytes = 0;
	uint32_t i;

	for (i = 0; i < n && i < PARTS_AT_A_TIME; i++)
	{
		rows += parts[i].n_rows;
		bytes += parts[i].n_bytes;
		if (rows > step->row_capacity - step->view.n_rows ||
			bytes > step->byte_capacity - step->n_bytes ||
			pinned_bytes(step->dictionary->kind, rows, bytes) > GE_STAGING_CHUNK_BYTES)
			break;
		*n_rows = (uint32_t) rows;
		*n_bytes = bytes;
	}
	return i;
}

/* Places of n parts, one behind the other in pinned memory. */
static void
place_parts(GePartsJob *job, uint32_t n, const GePartPlace *all)
{
	GePartPlace place = *all;
	uint32_t i;

	for (i = 0; i < n; i++)
	{
		const GeStepPart *part = &job->parts[job->first + i];

		job->places[i] = place;
		if (place.values != NULL)
		{
			place.values += part->n_rows;
			continue;
		}
		place.ends += part->n_rows;
		place.bytes += part->n_bytes;
		place.start += (uint32_t) part->n_bytes;
	}
}

/* Append the next n parts, which fit. */
static GeStatus
append_parts(GeDictionary *dictionary, GePartsJob *job, uint32_t n, uint32_t n_rows,
			 uint64_t n_bytes, uint32_t *ids, GeError *error)
{
	GeContext *context = dictionary->context;
	GeStep *step = dictionary->filling;
	GePartPlace all = {.start = (uint32_t) step->n_bytes};
	uint64_t bytes = pinned_bytes(dictionary->kind, n_rows, n_bytes);
	uint32_t longest = 0, i;
	void *data = NULL;

	GE_TRY(ge_staging_reserve(context, bytes, &data, error));
	if (dictionary->kind == GE_KEY_INT64)
		all.values = data;
	else
	{
		all.ends = data;
		all.bytes = (uint8_t *) data + (bytes - n_bytes);
	}
	place_parts(job, n, &all);
	GE_TRY(ge_host_run(context, n, fill_part, job, error));
	for (i = 0; i < n; i++)
	{
		if (job->failed[i] != 0)
			return fail_to_read(job->failed[i], error);
		longest = job->longest[i] > longest ? job->longest[i] : longest;
	}
	return ge_step_append_pinned(step, &all, n_rows, n_bytes, longest, ids, error);
}

/* Add one part through memory of its own. */
static GeStatus
add_large_part(GeDictionary *dictionary, const GePartsJob *job, uint32_t *ids,
			   GeError *error)
{
	const GeStepPart *part = &job->parts[job->first];
	GeKeys keys = {.kind = dictionary->kind, .n_rows = part->n_rows};
	GePartPlace place = {0};
	void *bytes = NULL, *offsets = NULL;
	GeStatus status = ge_host_resize(
		&bytes,
		dictionary->kind == GE_KEY_INT64 ? part->n_rows * sizeof(int64_t) : part->n_bytes,
		error);
	int failed = 0;

	if (status == GE_OK)
		status =
			ge_host_resize(&offsets, (part->n_rows + 1ULL) * sizeof(uint32_t), error);
	if (status == GE_OK)
	{
		*(uint32_t *) offsets = 0;
		place.ends = (uint32_t *) offsets + 1;
		place.bytes = bytes;
		if (dictionary->kind == GE_KEY_INT64)
			place = (GePartPlace){.values = bytes};
		failed = job->fill(job->arg, job->first, &place);
		keys.values = bytes;
		keys.offsets = offsets;
		keys.bytes = bytes;
		status = failed != 0 ? fail_to_read(failed, error)
							 : ge_dictionary_add_keys(dictionary, &keys, ids, error);
	}
	free(bytes);
	free(offsets);
	return status;
}

GeStatus
ge_dictionary_add_parts(GeDictionary *dictionary, const GeStepPart *parts, uint32_t n,
						GeStepFill fill, const void *arg, uint32_t *ids, GeError *error)
{
	GePartsJob job = {.parts = parts, .fill = fill, .arg = arg};
	uint32_t n_rows, fitting;
	uint64_t n_bytes;

	GE_TRY(ge_dictionary_start(dictionary, error));
	while (job.first < n)
	{
		if (dictionary->filling == NULL)
			GE_TRY(ge_step_begin(dictionary, 0, error));
		n_rows = 0;
		n_bytes = 0;
		fitting = count_fitting(dictionary->filling, parts + job.first, n - job.first,
								&n_rows, &n_bytes);
		if (fitting == 0 && dictionary->filling->view.n_rows > 0)
		{
			GE_TRY(ge_step_launch(dictionary, error));
			continue;
		}
		if (fitting > 0)
			GE_TRY(append_parts(dictionary, &job, fitting, n_rows, n_bytes, ids, error));
		else
		{
			fitting = 1;
			n_rows = parts[job.first].n_rows;
			GE_TRY(add_large_part(dictionary, &job, ids, error));
		}
		ids += n_rows;
		job.first += fitting;
	}
	return GE_OK;
}
