/*
 * fill.c: rows of callers copied into the filling step of a dictionary.
 *
 * Filling copies directly to the device, through the ring of pinned memory.  Of a step
 * the host holds only the places of its ids.  Offsets become relative to the step on the
 * way.
 */
#include <stdlib.h>
#include <string.h>

#include "dictionary/step.h"

/* Give the arrays of view their places in step->device; its size when data is NULL. */
static size_t
lay_out(GeStepView *view, GeKeyKind kind, uint8_t *data, uint64_t rows, uint64_t bytes)
{
	size_t at = 0;

#define GE_PLACE(member, type, n)                                                        \
	do                                                                                   \
	{                                                                                    \
		view->member = (type *) (data + at);                                             \
		at += ((n) * sizeof(type) + 255) & ~(size_t) 255;                                \
	} while (0)
	if (kind == GE_KEY_INT64)
		GE_PLACE(values, int64_t, rows);
	else
	{
		GE_PLACE(bytes, uint8_t, bytes + GE_KEY_PADDING);
		GE_PLACE(offsets, uint32_t, rows + 1);
		GE_PLACE(long_rows, uint32_t, bytes / GE_LONG_KEY + 1);
	}
	GE_PLACE(ids, uint32_t, rows);
	GE_PLACE(slots, uint32_t, rows);
	GE_PLACE(missing, uint8_t, rows);
#undef GE_PLACE
	return at;
}

/* Rows of the next step: small at first, and never a large part of the memory limit. */
static uint32_t
rows_of_next_step(GeDictionary *dictionary)
{
	const GeContext *context = dictionary->context;
	uint64_t most = GE_STEP_ROWS_MOST, limit = context->options.memory_limit;
	uint32_t rows = dictionary->next_step_rows;

	while (limit != 0 && most > 1024 &&
		   most * 32 * (context->n_dictionaries + GE_STEPS_IN_FLIGHT) > limit / 4)
		most /= 2;
	if (rows > most)
		rows = (uint32_t) most;
	if (dictionary->next_step_rows < GE_STEP_ROWS_MOST)
		dictionary->next_step_rows *= 4;
	return rows;
}

/* A step of the free list, or a new one. */
static GeStep *
take_step(GeContext *context)
{
	GeStep *step = context->free_steps;

	if (step == NULL)
		return calloc(1, sizeof *step);
	context->free_steps = step->next;
	step->next = NULL;
	return step;
}

GeStatus
ge_cuda_step_begin(GeDictionary *dictionary, uint64_t bytes, GeError *error)
{
	GeContext *context = dictionary->context;
	GeStep *step = take_step(context);
	uint64_t rows = rows_of_next_step(dictionary);
	size_t size;

	if (step == NULL)
		return ge_cuda_fail(error, GE_OUT_OF_MEMORY, "out of host memory for a step");
	if (bytes < rows * GE_STEP_BYTES_PER_ROW)
		bytes = rows * GE_STEP_BYTES_PER_ROW;
	dictionary->filling = step;
	step->dictionary = dictionary;
	step->row_capacity = (uint32_t) rows;
	step->byte_capacity = bytes;
	step->n_bytes = 0;
	step->has_missing = false;
	step->is_inserting = false;
	step->n_id_runs = 0;
	memset(&step->view, 0, sizeof step->view);
	size = lay_out(&step->view, dictionary->kind, NULL, rows, bytes);
	if (step->device.bytes < size)
	{
		GE_TRY(ge_cuda_buffer_reserve(context, &step->device, size, error));
		GE_TRY(ge_cuda_order(context, context->compute, context->copy_in, error));
	}
	lay_out(&step->view, dictionary->kind, step->device.data, rows, bytes);
	if (dictionary->kind == GE_KEY_BYTES)
		GE_CUDA(cudaMemsetAsync((void *) step->view.offsets, 0, sizeof(uint32_t),
								context->copy_in));
	return GE_OK;
}

uint32_t
ge_cuda_step_room(const GeStep *step, const GeKeys *keys, uint32_t first)
{
	uint32_t rows = keys->n_rows - first, room = step->row_capacity - step->view.n_rows;
	uint32_t low = 0, high = rows < room ? rows : room;

	if (keys->kind == GE_KEY_INT64)
		return high;
	while (low < high)
	{
		uint32_t middle = high - (high - low) / 2;

		if (keys->offsets[first + middle] - keys->offsets[first] <=
			step->byte_capacity - step->n_bytes)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

/* Note those of the next n rows whose keys are long; the first one starts at `start`. */
static GeStatus
note_long_rows(GeStep *step, const uint32_t *ends, uint32_t start, const uint8_t *missing,
			   uint32_t n, GeError *error)
{
	uint32_t i;

	for (i = 0; i < n; start = ends[i++])
	{
		if (ends[i] - start <= GE_LONG_KEY || (missing != NULL && missing[i]))
			continue;
		if (step->view.n_long == step->long_capacity)
		{
			uint32_t capacity = 2 * step->long_capacity + 64;
			uint32_t *grown = realloc(step->long_rows, capacity * sizeof *grown);

			if (grown == NULL)
				return ge_cuda_fail(error, GE_OUT_OF_MEMORY,
									"out of host memory for a step");
			step->long_rows = grown;
			step->long_capacity = capacity;
		}
		step->long_rows[step->view.n_long++] = step->view.n_rows + i;
	}
	return GE_OK;
}

/* Offsets of the ends of n keys, relative to the step's bytes. */
static GeStatus
append_offsets(GeStep *step, const GeKeys *keys, uint32_t first, uint32_t n,
			   GeError *error)
{
	GeContext *context = step->dictionary->context;
	const uint32_t per_piece = GE_STAGING_PIECE_BYTES / sizeof(uint32_t);
	uint32_t shift = (uint32_t) step->n_bytes - keys->offsets[first];
	uint32_t done, piece, i, longest = 0;

	for (done = 0; done < n; done += piece)
	{
		const uint32_t *ends = keys->offsets + first + done + 1;
		void *pinned = NULL;
		uint32_t *out;

		piece = n - done < per_piece ? n - done : per_piece;
		GE_TRY(ge_cuda_staging_reserve(context, piece * sizeof *out, &pinned, error));
		out = pinned;
		for (i = 0; i < piece; i++)
		{
			uint32_t length = ends[i] - ends[(int64_t) i - 1];

			out[i] = ends[i] + shift;
			longest = length > longest ? length : longest;
		}
		GE_TRY(ge_cuda_send(
			context, (uint32_t *) step->view.offsets + step->view.n_rows + done + 1, out,
			piece * sizeof *out, error));
	}
	if (longest <= GE_LONG_KEY)
		return GE_OK;
	return note_long_rows(step, keys->offsets + first + 1, keys->offsets[first],
						  keys->is_missing != NULL ? keys->is_missing + first : NULL, n,
						  error);
}

static GeStatus
append_missing(GeStep *step, const uint8_t *missing, uint32_t n, GeError *error)
{
	GeContext *context = step->dictionary->context;
	uint8_t *device = (uint8_t *) step->view.missing;

	if (!step->has_missing)
		GE_CUDA(cudaMemsetAsync(device, 0, step->row_capacity, context->copy_in));
	step->has_missing = true;
	return ge_cuda_upload(context, device + step->view.n_rows, missing, n, error);
}

static GeStatus
note_segment(GeStep *step, uint32_t *ids, uint32_t n, GeError *error)
{
	if (step->n_id_runs == step->id_run_capacity)
	{
		uint32_t capacity = 2 * step->id_run_capacity + 16;
		GeIdRun *grown = realloc(step->id_runs, capacity * sizeof *grown);

		if (grown == NULL)
			return ge_cuda_fail(error, GE_OUT_OF_MEMORY, "out of host memory for a step");
		step->id_runs = grown;
		step->id_run_capacity = capacity;
	}
	step->id_runs[step->n_id_runs].ids = ids;
	step->id_runs[step->n_id_runs++].n_rows = n;
	return GE_OK;
}

GeStatus
ge_cuda_step_append(GeStep *step, const GeKeys *keys, uint32_t first, uint32_t n,
					uint32_t *ids, GeError *error)
{
	GeContext *context = step->dictionary->context;

	GE_TRY(note_segment(step, ids + first, n, error));
	if (keys->is_missing != NULL)
		GE_TRY(append_missing(step, keys->is_missing + first, n, error));
	if (keys->kind == GE_KEY_INT64)
		GE_TRY(ge_cuda_upload(context, (int64_t *) step->view.values + step->view.n_rows,
							  keys->values + first, n * sizeof(int64_t), error));
	else
	{
		uint32_t bytes = keys->offsets[first + n] - keys->offsets[first];

		GE_TRY(append_offsets(step, keys, first, n, error));
		GE_TRY(ge_cuda_upload(context, (uint8_t *) step->view.bytes + step->n_bytes,
							  keys->bytes + keys->offsets[first], bytes, error));
		step->n_bytes += bytes;
	}
	step->view.n_rows += n;
	return GE_OK;
}
