/*
 * dictionary_spill_step.c: the waiting rows of a step, from the device to the files.
 *
 * The rows are sorted by leaf, stably, so that those of a leaf keep their order; their
 * keys are gathered in that order and written, each leaf's to its file.
 */
#include "dictionary_spill.h"

#include <stdlib.h>
#include <string.h>

#include "cub_ops.h"

static int
bits_of(uint32_t greatest)
{
	int bits = 1;

	while (bits < 32 && greatest >> bits != 0)
		bits++;
	return bits;
}

void
ge_spill_room_free(GeContext *context)
{
	GeSpillRoom *room = context->spill_room;

	if (room == NULL)
		return;
	ge_buffer_free(context, &room->leaves);
	ge_buffer_free(context, &room->rows);
	ge_buffer_free(context, &room->by_leaf);
	ge_buffer_free(context, &room->rows_sorted);
	ge_buffer_free(context, &room->starts);
	ge_buffer_free(context, &room->ends);
	ge_buffer_free(context, &room->temp);
	ge_buffer_free(context, &room->out);
	ge_pinned_free(&room->h_starts, &room->h_bytes[0]);
	ge_pinned_free(&room->h_ends, &room->h_bytes[1]);
	ge_pinned_free(&room->h_out, &room->h_bytes[2]);
	free(room);
	context->spill_room = NULL;
}

/* Room for a step of n rows with keys of up to `bytes` bytes that wait. */
static GeStatus
reserve_room(GeContext *context, uint64_t n, uint64_t n_leaves, uint64_t bytes,
			 GeRoute *route, GeError *error)
{
	GeSpillRoom *room = context->spill_room;

	if (room == NULL)
	{
		room = context->spill_room = calloc(1, sizeof *room);
		if (room == NULL)
			return ge_fail(error, GE_OUT_OF_MEMORY, "out of host memory for a step");
	}
	GE_TRY(ge_buffer_reserve(context, &room->leaves, n * sizeof(uint32_t), error));
	GE_TRY(ge_buffer_reserve(context, &room->rows, n * sizeof(uint64_t), error));
	GE_TRY(ge_buffer_reserve(context, &room->by_leaf, n * sizeof(uint32_t), error));
	GE_TRY(ge_buffer_reserve(context, &room->rows_sorted, n * sizeof(uint64_t), error));
	GE_TRY(ge_buffer_reserve(context, &room->starts, (n_leaves + 1) * sizeof(uint32_t),
							 error));
	GE_TRY(ge_buffer_reserve(context, &room->ends, n * sizeof(uint32_t), error));
	GE_TRY(ge_buffer_reserve(context, &room->out, bytes + sizeof(uint64_t), error));
	route->leaves = room->leaves.data;
	route->rows = room->rows.data;
	route->by_leaf = room->by_leaf.data;
	route->rows_sorted = room->rows_sorted.data;
	route->starts = room->starts.data;
	route->ends = room->ends.data;
	route->out = room->out.data;
	return GE_OK;
}

/* Sort the rows by leaf, and sum up the lengths of the keys that wait. */
static GeStatus
sort_rows(GeStep *step, const GeRoute *route, uint32_t n_waiting, GeError *error)
{
	GeContext *context = step->dictionary->context;
	const GeSpill *spill = step->dictionary->spill;
	GeBuffer *temp = &context->spill_room->temp;
	size_t temp_bytes = 0, sum_bytes = 0;
	uint32_t n = step->view.n_rows;
	int bits = bits_of(spill->n_leaves);

	GE_CUDA(ge_sort_rows(NULL, &temp_bytes, route->leaves, route->by_leaf, route->rows,
						 route->rows_sorted, n, 0, bits, context->compute));
	GE_CUDA(ge_running_sum(NULL, &sum_bytes, route->ends, route->ends, n_waiting,
						   context->compute));
	GE_TRY(ge_buffer_reserve(context, temp,
							 temp_bytes > sum_bytes ? temp_bytes : sum_bytes, error));
	GE_CUDA(ge_sort_rows(temp->data, &temp_bytes, route->leaves, route->by_leaf,
						 route->rows, route->rows_sorted, n, 0, bits, context->compute));
	GE_CUDA(ge_route_starts_launch(&step->view, &spill->view, route, n_waiting,
								   context->compute));
	if (step->dictionary->kind == GE_KEY_BYTES)
		GE_CUDA(ge_running_sum(temp->data, &sum_bytes, route->ends, route->ends,
							   n_waiting, context->compute));
	return GE_OK;
}

/* Copy out starts, ends and keys, into the pinned memory of the room. */
static GeStatus
copy_out(GeStep *step, const GeRoute *route, uint32_t n_waiting, GeError *error)
{
	GeContext *context = step->dictionary->context;
	GeSpillRoom *room = context->spill_room;
	size_t starts = (step->dictionary->spill->n_leaves + (size_t) 1) * sizeof(uint32_t);
	size_t ends = n_waiting * sizeof(uint32_t), keys = n_waiting * sizeof(int64_t);

	GE_TRY(ge_pinned_reserve(&room->h_starts, &room->h_bytes[0], starts, error));
	GE_CUDA(cudaMemcpyAsync(room->h_starts.data, route->starts, starts,
							cudaMemcpyDeviceToHost, context->compute));
	if (step->dictionary->kind == GE_KEY_BYTES)
	{
		GE_TRY(ge_pinned_reserve(&room->h_ends, &room->h_bytes[1], ends, error));
		GE_CUDA(cudaMemcpyAsync(room->h_ends.data, route->ends, ends,
								cudaMemcpyDeviceToHost, context->compute));
		GE_TRY(ge_wait_compute(context, error));
		keys = ((const uint32_t *) (const void *) room->h_ends.data)[n_waiting - 1];
	}
	GE_TRY(ge_pinned_reserve(&room->h_out, &room->h_bytes[2], keys + 1, error));
	GE_CUDA(cudaMemcpyAsync(room->h_out.data, route->out, keys, cudaMemcpyDeviceToHost,
							context->compute));
	return ge_wait_compute(context, error);
}

/* The keys that wait, by leaf, into the pinned memory of the room. */
static GeStatus
route_step(GeStep *step, const GeRoute *route, uint32_t n_waiting, uint64_t words,
		   GeError *error)
{
	GeContext *context = step->dictionary->context;

	GE_CUDA(ge_route_rows_launch(&step->view, &step->dictionary->spill->view, route,
								 context->compute));
	GE_TRY(sort_rows(step, route, n_waiting, error));
	GE_CUDA(ge_route_keys_launch(&step->view, route, n_waiting, words, context->compute));
	return copy_out(step, route, n_waiting, error);
}

/* A chunk of a leaf: sorted rows [first, end) of the step. */
static GeStatus
describe_chunk(GeDictionary *dictionary, GeLeaf *leaf, uint32_t first, uint32_t end,
			   GeSpillPiece *piece, GeError *error)
{
	const GeSpillRoom *room = dictionary->context->spill_room;
	uint32_t *ends = (uint32_t *) (void *) room->h_ends.data;
	GeRowChunk *chunk;

	if (leaf->n_chunks == leaf->chunk_capacity)
	{
		uint32_t capacity = 2 * leaf->chunk_capacity + 16;

		GE_TRY(ge_host_resize((void **) &leaf->chunks, capacity * sizeof *leaf->chunks,
							  error));
		leaf->chunk_capacity = capacity;
	}
	chunk = &leaf->chunks[leaf->n_chunks];
	memset(chunk, 0, sizeof *chunk);
	memset(piece, 0, sizeof *piece);
	chunk->n_rows = end - first;
	if (dictionary->kind == GE_KEY_INT64)
	{
		piece->data[0] = room->h_out.data + first * sizeof(int64_t);
		piece->bytes[0] = chunk->n_rows * sizeof(int64_t);
		return GE_OK;
	}
	chunk->base = first > 0 ? ends[first - 1] : 0;
	chunk->n_bytes = ends[end - 1] - chunk->base;
	piece->data[0] = ends + first;
	piece->bytes[0] = chunk->n_rows * sizeof(uint32_t);
	piece->data[1] = room->h_out.data + chunk->base;
	piece->bytes[1] = chunk->n_bytes;
	return GE_OK;
}

/* Write the chunks of a step and note them in their leaves. */
static GeStatus
write_chunks(GeDictionary *dictionary, GeSpillPiece *pieces, uint32_t *leaf_of_piece,
			 GeError *error)
{
	GeSpill *spill = dictionary->spill;
	const GeSpillRoom *room = dictionary->context->spill_room;
	const uint32_t *starts = (const uint32_t *) (const void *) room->h_starts.data;
	uint32_t i, n = 0;

	for (i = 0; i < spill->n_leaves; i++)
	{
		if (starts[i] == starts[i + 1])
			continue;
		GE_TRY(describe_chunk(dictionary, &spill->leaves[i], starts[i], starts[i + 1],
							  &pieces[n], error));
		pieces[n].file = i % GE_SPILL_FILES;
		leaf_of_piece[n++] = i;
	}
	GE_TRY(ge_spill_write(dictionary->context, &spill->files, pieces, n, error));
	for (i = 0; i < n; i++)
	{
		GeLeaf *leaf = &spill->leaves[leaf_of_piece[i]];

		leaf->chunks[leaf->n_chunks].at = pieces[i].at;
		leaf->n_rows += leaf->chunks[leaf->n_chunks++].n_rows;
	}
	return GE_OK;
}

/* Remember where the ids of the step's rows go, and what each leaf held before it. */
static GeStatus
note_step(const GeStep *step, GeError *error)
{
	GeSpill *spill = step->dictionary->spill;
	uint64_t n = spill->n_destinations + step->n_segments;
	GeWaitingStep *noted;
	uint32_t i;

	if (n > spill->destination_capacity)
	{
		GE_TRY(ge_host_resize((void **) &spill->destinations,
							  2 * n * sizeof *spill->destinations, error));
		spill->destination_capacity = 2 * n;
	}
	if (spill->n_steps == spill->step_capacity)
	{
		uint64_t capacity = 2 * spill->step_capacity + 16;

		GE_TRY(ge_host_resize((void **) &spill->steps, capacity * sizeof *spill->steps,
							  error));
		GE_TRY(ge_host_resize((void **) &spill->before,
							  capacity * spill->n_leaves * sizeof *spill->before, error));
		spill->step_capacity = capacity;
	}
	noted = &spill->steps[spill->n_steps];
	noted->first = spill->n_destinations;
	noted->n = step->n_segments;
	memcpy(spill->destinations + spill->n_destinations, step->segments,
		   step->n_segments * sizeof *step->segments);
	for (i = 0; i < spill->n_leaves; i++)
		spill->before[spill->n_steps * spill->n_leaves + i] = spill->leaves[i].n_rows;
	spill->n_steps++;
	spill->n_destinations = n;
	return GE_OK;
}

GeStatus
ge_spill_step(GeStep *step, GeError *error)
{
	GeDictionary *dictionary = step->dictionary;
	GeSpill *spill = dictionary->spill;
	const GeDictionaryCounts *counts = step->returning->counts;
	uint32_t n_waiting = counts->unresolved;
	uint64_t bytes = dictionary->kind == GE_KEY_INT64 ? n_waiting * sizeof(int64_t)
													  : counts->unresolved_bytes;
	GeSpillPiece *pieces = malloc(spill->n_leaves * sizeof *pieces);
	uint32_t *leaf_of_piece = malloc(spill->n_leaves * sizeof *leaf_of_piece);
	GeStatus status = GE_OK;
	GeRoute route;

	if (pieces == NULL || leaf_of_piece == NULL)
		status = ge_fail(error, GE_OUT_OF_MEMORY, "out of host memory for a step");
	if (status == GE_OK)
		status = reserve_room(dictionary->context, step->view.n_rows, spill->n_leaves,
							  bytes, &route, error);
	if (status == GE_OK)
		status = route_step(step, &route, n_waiting, bytes / 8, error);
	if (status == GE_OK)
		status = note_step(step, error);
	if (status == GE_OK)
		status = write_chunks(dictionary, pieces, leaf_of_piece, error);
	free(pieces);
	free(leaf_of_piece);
	spill->n_waiting += n_waiting;
	return status;
}
