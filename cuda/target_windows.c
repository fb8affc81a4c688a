/*
 * target_windows.c: windows planned, and rows added to them.
 */
#include "target_windows.h"

#include <stdlib.h>
#include <string.h>

#include "key_store.h"
#include "target_pieces.h"

/* Encodings of all cells stay on the host: at most so many bytes for each row. */
#define MOST_ENCODING_BYTES_PER_ROW 128
#define MOST_ROWS_AT_A_TIME (UINT64_C(1) << 22)
/* Rows of a chunk at most: what one thread writes or reads at a time. */
#define ROWS_OF_CHUNK UINT32_C(32768)
/* Bytes of device memory for each row of a piece while rows are added or come back. */
#define PIECE_ROW_BYTES 80

/* The priors' target: all rows in category 0, by fold where priors are. */
static GeStatus
create_sums(GeTarget *target, GeError *error)
{
	GeTargetSpec spec = target->spec;

	spec.n_categories = 0;
	spec.missing_is_category = true;
	if (!spec.prior_out_of_fold)
	{
		spec.folds.split = GE_SPLIT_NONE;
		spec.folds.n_folds = 0;
	}
	return ge_target_create(target->context, &spec, &target->windows->sums, error);
}

/* Rows that are collected before they are written: fewer where memory is limited. */
static uint64_t
rows_at_a_time(const GeTarget *target)
{
	uint64_t limit = target->context->options.memory_limit, n = limit / 512;

	if (limit == 0 || n > MOST_ROWS_AT_A_TIME)
		n = MOST_ROWS_AT_A_TIME;
	return n < ge_piece_rows(target) ? ge_piece_rows(target) : n;
}

/* As many ids as fit at once. */
static GeStatus
choose_width(GeTarget *target, uint64_t needed, GeError *error)
{
	const GeTargetView *view = &target->view;
	GeWindows *windows = target->windows;
	uint64_t n_ids = (uint64_t) view->n_categories + 1, available, width;
	uint64_t id_bytes =
		(uint64_t) view->k * 8 * (view->layout.n_words + 1) + 8 * view->layout.sum_words;
	uint64_t pieces = (uint64_t) ge_piece_rows(target) * PIECE_ROW_BYTES;

	GE_TRY(ge_memory_available(target->context, &available, error));
	width = available > pieces ? (available - pieces) / 8 * 7 / id_bytes : 0;
	if (width > UINT32_MAX / view->k)
		width = UINT32_MAX / view->k;
	if (width > n_ids)
		width = n_ids;
	if (width == 0 || (n_ids + width - 1) / width > GE_MOST_WINDOWS ||
		(unsigned __int128) n_ids * view->k * sizeof(double) >
			(unsigned __int128) view->folds.n_rows * MOST_ENCODING_BYTES_PER_ROW +
				((uint64_t) 256 << 20))
		return ge_fail(error, GE_OUT_OF_MEMORY,
					   "out of device memory for %llu categories in %u folds: %llu bytes "
					   "needed, %llu available",
					   (unsigned long long) n_ids, view->k, (unsigned long long) needed,
					   (unsigned long long) available);
	windows->width = (uint32_t) width;
	windows->n = (uint32_t) ((n_ids + width - 1) / width);
	windows->capacity = rows_at_a_time(target);
	return GE_OK;
}

GeStatus
ge_windows_create(GeTarget *target, uint64_t needed, GeError *error)
{
	GeWindows *windows = target->windows = calloc(1, sizeof *windows);

	if (windows == NULL)
		return ge_fail(error, GE_OUT_OF_MEMORY, "out of host memory for a target");
	target->is_sparse = false;
	GE_TRY(create_sums(target, error));
	GE_TRY(choose_width(target, needed, error));
	windows->windows = calloc(windows->n, sizeof *windows->windows);
	if (windows->windows == NULL)
		return ge_fail(error, GE_OUT_OF_MEMORY, "out of host memory for a target");
	return GE_OK;
}

void
ge_windows_free_rows(GeTarget *target)
{
	GeWindows *windows = target->windows;
	GeContext *context = target->context;

	ge_buffer_free(context, &windows->no_ids);
	ge_buffer_free(context, &windows->collected_keys);
	ge_buffer_free(context, &windows->collected_targets);
	ge_buffer_free(context, &windows->n_collected);
	ge_buffer_free(context, &windows->counts);
	ge_buffer_free(context, &windows->cells);
	ge_buffer_free(context, &windows->targets);
	ge_pinned_free(&windows->h_cells, &windows->h_bytes[0]);
	ge_pinned_free(&windows->h_targets, &windows->h_bytes[1]);
}

void
ge_windows_free(GeTarget *target)
{
	GeWindows *windows = target->windows;
	uint32_t w;

	if (windows == NULL)
		return;
	ge_target_free(windows->sums);
	for (w = 0; windows->windows != NULL && w < windows->n; w++)
		free(windows->windows[w].chunks);
	free(windows->windows);
	ge_spill_close(&windows->files);
	free(windows->null_rows);
	ge_large_free(windows->encodings, windows->encoding_bytes);
	ge_windows_free_rows(target);
	free(windows);
	target->windows = NULL;
}

/* All rows to the one category of the sums. */
static GeStatus
add_to_sums(GeTarget *target, const GeRowsView *view, GeError *error)
{
	GeWindows *windows = target->windows;
	GeRowsView all = *view;

	if (windows->no_ids.bytes < view->n_rows)
	{
		GE_TRY(ge_buffer_reserve(target->context, &windows->no_ids, view->n_rows, error));
		GE_CUDA(cudaMemsetAsync(windows->no_ids.data, 0, windows->no_ids.bytes,
								target->context->compute));
	}
	all.ids = windows->no_ids.data;
	all.id_width = 1;
	all.first_fold = (uint32_t) (view->first_ordinal % windows->sums->view.k);
	return ge_target_add_device(windows->sums, &all, error);
}

static uint32_t
id_of_row(const GeTargetRows *rows, uint32_t row)
{
	if (rows->id_width == 4)
		return ((const uint32_t *) rows->ids)[row];
	if (rows->id_width == 2)
		return ((const uint16_t *) rows->ids)[row];
	return ((const uint8_t *) rows->ids)[row];
}

/* Count rows without a target by category; ids out of range are flagged elsewhere. */
static GeStatus
count_nulls(GeTarget *target, const GeTargetRows *rows, uint32_t first, uint32_t n,
			GeError *error)
{
	GeWindows *windows = target->windows;
	uint32_t row;

	if (windows->null_rows == NULL)
		windows->null_rows =
			calloc((uint64_t) target->view.n_categories + 1, sizeof(uint64_t));
	if (windows->null_rows == NULL)
		return ge_fail(error, GE_OUT_OF_MEMORY, "out of host memory for a target");
	for (row = first; row < first + n; row++)
		if (rows->target_is_null[row] != 0)
		{
			uint32_t id = id_of_row(rows, row);

			if (id > target->view.n_categories)
				return ge_fail(error, GE_INTERNAL, "an id above %u",
							   target->view.n_categories);
			windows->null_rows[id]++;
		}
	return GE_OK;
}

/* Sort the collected rows by window; starts: where each window's begin, and the end. */
static GeStatus
split_rows(GeTarget *target, uint32_t *starts, GeError *error)
{
	GeContext *context = target->context;
	GeWindows *windows = target->windows;
	size_t bytes = windows->n * sizeof(uint32_t);
	GeWindowSplit split = {.n_windows = windows->n,
						   .width = windows->width,
						   .k = target->view.k,
						   .n_rows = starts[windows->n],
						   .keys = windows->collected_keys.data,
						   .targets = windows->collected_targets.data,
						   .counts = windows->counts.data,
						   .out_cells = windows->cells.data,
						   .out_targets = windows->targets.data};
	uint32_t w;

	GE_CUDA(cudaMemsetAsync(split.counts, 0, bytes, context->compute));
	GE_CUDA(ge_windows_count_launch(&split, context->compute));
	starts[0] = 0;
	GE_TRY(ge_read_back(context, starts + 1, split.counts, bytes, error));
	for (w = 0; w < windows->n; w++)
		starts[w + 1] += starts[w];
	GE_TRY(ge_upload(context, split.counts, starts, bytes, error));
	GE_TRY(ge_order(context, context->copy_in, context->compute, error));
	GE_CUDA(ge_windows_split_launch(&split, context->compute));
	GE_CUDA(cudaMemcpyAsync(windows->h_cells.data, split.out_cells,
							split.n_rows * sizeof(uint32_t), cudaMemcpyDeviceToHost,
							context->compute));
	GE_CUDA(cudaMemcpyAsync(windows->h_targets.data, split.out_targets,
							split.n_rows * sizeof(uint64_t), cudaMemcpyDeviceToHost,
							context->compute));
	return ge_wait_compute(context, error);
}

/* A chunk of a window: sorted rows [first, end). */
static GeStatus
describe_chunk(GeWindows *windows, uint32_t number, uint32_t first, uint32_t end,
			   GeSpillPiece *piece, GeError *error)
{
	GeWindow *window = &windows->windows[number];
	GeWindowChunk *chunk;

	if (window->n_chunks == window->chunk_capacity)
	{
		uint32_t capacity = 2 * window->chunk_capacity + 16;

		GE_TRY(ge_host_resize((void **) &window->chunks,
							  capacity * sizeof *window->chunks, error));
		window->chunk_capacity = capacity;
	}
	chunk = &window->chunks[window->n_chunks++];
	chunk->n_rows = end - first;
	chunk->file = windows->next_file++ % GE_SPILL_FILES;
	memset(piece, 0, sizeof *piece);
	piece->file = chunk->file;
	piece->data[0] = windows->h_cells.data + first * sizeof(uint32_t);
	piece->bytes[0] = (end - first) * sizeof(uint32_t);
	piece->data[1] = windows->h_targets.data + first * sizeof(uint64_t);
	piece->bytes[1] = (end - first) * sizeof(uint64_t);
	return GE_OK;
}
/* Rows of a chunk: no more than come back as one piece. */
static uint32_t
rows_of_chunk(const GeTarget *target)
{
	uint32_t rows = ge_piece_rows(target);

	return rows < ROWS_OF_CHUNK ? rows : ROWS_OF_CHUNK;
}

/* Write the sorted rows, window by window, spread over the files. */
static GeStatus
write_rows(GeTarget *target, const uint32_t *starts, GeSpillPiece *pieces, GeError *error)
{
	GeWindows *windows = target->windows;
	uint32_t w, n = 0, first, last, most = rows_of_chunk(target);

	for (w = 0; w < windows->n; w++)
		for (first = starts[w]; first < starts[w + 1]; first = last)
		{
			last = starts[w + 1] - first < most ? starts[w + 1] : first + most;
			GE_TRY(describe_chunk(windows, w, first, last, &pieces[n++], error));
		}
	GE_TRY(ge_spill_write(target->context, &windows->files, pieces, n, error));
	for (w = 0, n = 0; w < windows->n; w++)
	{
		GeWindow *window = &windows->windows[w];
		uint32_t n_new = (starts[w + 1] - starts[w] + most - 1) / most, i;

		for (i = window->n_chunks - n_new; i < window->n_chunks; i++)
			window->chunks[i].at = pieces[n++].at;
	}
	return GE_OK;
}

GeStatus
ge_windows_write(GeTarget *target, GeError *error)
{
	GeWindows *windows = target->windows;
	GeContext *context = target->context;
	uint64_t n = 0, most = windows->n + windows->capacity / rows_of_chunk(target) + 1;
	uint32_t *starts = malloc((windows->n + 1) * sizeof *starts);
	GeSpillPiece *pieces = malloc(most * sizeof *pieces);
	GeStatus status = GE_OK;

	if (starts == NULL || pieces == NULL)
		status = ge_fail(error, GE_OUT_OF_MEMORY, "out of host memory for rows");
	if (status == GE_OK && windows->n_collected_bound > 0)
		status = ge_read_back(context, &n, windows->n_collected.data, sizeof n, error);
	if (status == GE_OK && n > 0)
	{
		starts[windows->n] = (uint32_t) n;
		status = split_rows(target, starts, error);
	}
	if (status == GE_OK && n > 0)
		status = write_rows(target, starts, pieces, error);
	free(starts);
	free(pieces);
	windows->n_collected_bound = 0;
	return status;
}

/* Device and host memory for collected rows. */
static GeStatus
reserve_rows(GeTarget *target, GeError *error)
{
	GeContext *context = target->context;
	GeWindows *windows = target->windows;
	uint64_t cells = windows->capacity * sizeof(uint32_t), words = 2 * cells;

	GE_TRY(ge_buffer_reserve(context, &windows->collected_keys, words, error));
	GE_TRY(ge_buffer_reserve(context, &windows->collected_targets, words, error));
	GE_TRY(ge_buffer_reserve(context, &windows->n_collected, sizeof(uint64_t), error));
	GE_TRY(ge_buffer_reserve(context, &windows->counts, windows->n * sizeof(uint32_t),
							 error));
	GE_TRY(ge_buffer_reserve(context, &windows->cells, cells, error));
	GE_TRY(ge_buffer_reserve(context, &windows->targets, words, error));
	GE_TRY(ge_pinned_reserve(&windows->h_cells, &windows->h_bytes[0], cells, error));
	return ge_pinned_reserve(&windows->h_targets, &windows->h_bytes[1], words, error);
}

static GeStatus
collect(GeTarget *target, const GeRowsView *view, GeError *error)
{
	GeWindows *windows = target->windows;
	cudaStream_t compute = target->context->compute;

	if (windows->n_collected_bound + view->n_rows > windows->capacity)
		GE_TRY(ge_windows_write(target, error));
	GE_TRY(reserve_rows(target, error));
	if (windows->n_collected_bound == 0)
		GE_CUDA(cudaMemsetAsync(windows->n_collected.data, 0, sizeof(uint64_t), compute));
	windows->n_collected_bound += view->n_rows;
	GE_CUDA(ge_target_collect_launch(&target->view, view, windows->collected_keys.data,
									 windows->collected_targets.data,
									 windows->n_collected.data, compute));
	return GE_OK;
}

GeStatus
ge_windows_add(GeTarget *target, const GeRowsView *view, const GeTargetRows *rows,
			   uint32_t first, GeError *error)
{
	GE_TRY(add_to_sums(target, view, error));
	if (rows->target_is_null != NULL)
		GE_TRY(count_nulls(target, rows, first, view->n_rows, error));
	target->n_added += view->n_rows;
	return collect(target, view, error);
}
