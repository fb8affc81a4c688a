/*
 * target_windows_finish.c: window after window on the device, encodings looked up.
 *
 * CPU twin: src/cpu/target.c.  A window is a target of its own with dense cells, whose
 * category 0 is a category like the others but in the first window.
 */
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/folds.h"
#include "host_threads.h"
#include "key_store.h"
#include "target_partition.h"
#include "target_pieces.h"
#include "target_windows.h"

#define BYTES_AT_A_TIME (UINT64_C(32) << 20)
#define CHUNKS_AT_A_TIME 64u
#define ROWS_PER_TASK 4096u
/* Rows whose cells are fetched from memory together. */
#define ROWS_TOGETHER 128u

/* Memory through which the rows of windows come back. */
typedef struct GeWindowRoom
{
	GeSpillPiece pieces[CHUNKS_AT_A_TIME];
	void *data;
	void *records;
	GeBuffer cells, keys, targets;
} GeWindowRoom;

/* The target of one window. */
static GeStatus
create_window(GeTarget *target, uint32_t number, GeTarget **window, GeError *error)
{
	const GeWindows *windows = target->windows;
	GeTargetSpec spec = target->spec;
	uint64_t first = (uint64_t) number * windows->width;
	uint64_t left = (uint64_t) target->view.n_categories + 1 - first;

	spec.n_categories = (uint32_t) (left < windows->width ? left : windows->width) - 1;
	spec.prior_out_of_fold = false; /* the sums have them */
	if (number > 0)
		spec.missing_is_category = true;
	return ge_target_create_dense(target->context, &spec, window, error);
}

/* Read the next chunks of a window together: *n of them. */
static GeStatus
read_chunks(GeTarget *target, uint32_t number, uint32_t first, GeWindowRoom *room,
			uint32_t *n, GeError *error)
{
	const GeWindow *window = &target->windows->windows[number];
	uint64_t bytes = 0;
	uint32_t i;

	for (*n = 0; first + *n < window->n_chunks && *n < CHUNKS_AT_A_TIME; (*n)++)
	{
		const GeWindowChunk *chunk = &window->chunks[first + *n];
		GeSpillPiece *piece = &room->pieces[*n];

		memset(piece, 0, sizeof *piece);
		piece->bytes[0] = chunk->n_rows * (sizeof(uint32_t) + sizeof(uint64_t));
		if (*n > 0 && bytes + piece->bytes[0] > BYTES_AT_A_TIME)
			break;
		piece->file = number % GE_SPILL_FILES;
		piece->at = chunk->at;
		bytes += piece->bytes[0];
	}
	GE_TRY(ge_host_resize(&room->data, bytes, error));
	for (i = 0, bytes = 0; i < *n; bytes += room->pieces[i++].bytes[0])
		room->pieces[i].data[0] = (uint8_t *) room->data + bytes;
	return ge_spill_read(target->context, &target->windows->files, room->pieces, *n,
						 error);
}

/* Add n rows that were read. */
static GeStatus
add_piece(GeTarget *window, const uint8_t *cells, const uint8_t *targets, uint32_t n,
		  GeWindowRoom *room, GeError *error)
{
	GeContext *context = window->context;

	GE_TRY(ge_buffer_reserve(context, &room->cells, n * sizeof(uint32_t), error));
	GE_TRY(ge_buffer_reserve(context, &room->keys, n * sizeof(uint64_t), error));
	GE_TRY(ge_buffer_reserve(context, &room->targets, n * sizeof(uint64_t), error));
	GE_TRY(ge_order(context, context->compute, context->copy_in, error));
	GE_TRY(ge_upload(context, room->cells.data, cells, n * sizeof(uint32_t), error));
	GE_TRY(ge_upload(context, room->targets.data, targets, n * sizeof(uint64_t), error));
	GE_TRY(ge_order(context, context->copy_in, context->compute, error));
	GE_CUDA(
		ge_windows_widen_launch(room->cells.data, room->keys.data, n, context->compute));
	window->n_added += n;
	return ge_target_add_keys(window, room->keys.data, room->targets.data, n, error);
}

/* Add the n rows of a chunk that was read. */
static GeStatus
add_chunk(GeTarget *window, const uint8_t *data, uint32_t n, GeWindowRoom *room,
		  GeError *error)
{
	const uint8_t *targets = data + n * sizeof(uint32_t);
	uint32_t done, piece, most = ge_piece_rows(window);

	for (done = 0; done < n; done += piece)
	{
		piece = n - done < most ? n - done : most;
		GE_TRY(add_piece(window, data + done * sizeof(uint32_t),
						 targets + done * sizeof(uint64_t), piece, room, error));
	}
	return GE_OK;
}

static GeStatus
add_rows(GeTarget *target, uint32_t number, GeTarget *window, GeWindowRoom *room,
		 GeError *error)
{
	const GeWindow *described = &target->windows->windows[number];
	uint32_t first, n, i;

	for (first = 0; first < described->n_chunks; first += n)
	{
		GE_TRY(read_chunks(target, number, first, room, &n, error));
		for (i = 0; i < n; i++)
			GE_TRY(add_chunk(window, room->pieces[i].data[0],
							 described->chunks[first + i].n_rows, room, error));
	}
	return GE_OK;
}

/* Ids of one part of a window's records: every file takes a part. */
static uint64_t
ids_of_part(const GeTarget *target, uint32_t number)
{
	uint64_t first = (uint64_t) number * target->windows->width;
	uint64_t left = (uint64_t) target->view.n_categories + 1 - first;
	uint64_t n = left < target->windows->width ? left : target->windows->width;

	return (n + GE_SPILL_FILES - 1) / GE_SPILL_FILES;
}

static GeStatus
write_records(GeTarget *target, uint32_t number, uint64_t n_ids, void *records,
			  GeError *error)
{
	GeWindows *windows = target->windows;
	uint64_t bytes = target->view.layout.sum_words * sizeof(int64_t), first, n;
	uint64_t part = ids_of_part(target, number);
	GeSpillPiece pieces[GE_SPILL_FILES];
	uint32_t i;

	memset(pieces, 0, sizeof pieces);
	for (i = 0; i < GE_SPILL_FILES; i++)
	{
		first = i * part < n_ids ? i * part : n_ids;
		n = n_ids - first < part ? n_ids - first : part;
		pieces[i].file = i;
		pieces[i].data[0] = (uint8_t *) records + first * bytes;
		pieces[i].bytes[0] = n * bytes;
	}
	GE_TRY(
		ge_spill_write(target->context, &windows->files, pieces, GE_SPILL_FILES, error));
	for (i = 0; i < GE_SPILL_FILES; i++)
		windows->windows[number].records_at[i] = pieces[i].at;
	return GE_OK;
}

/* What a window leaves: encodings of its cells, and the records of its categories. */
static GeStatus
keep_window(GeTarget *target, uint32_t number, GeTarget *window, GeWindowRoom *room,
			GeError *error)
{
	GeWindows *windows = target->windows;
	GeContext *context = target->context;
	uint64_t first = (uint64_t) number * windows->width;
	uint64_t n_ids = (uint64_t) window->view.n_categories + 1;
	uint64_t bytes = n_ids * window->view.layout.sum_words * sizeof(int64_t);

	GE_TRY(ge_download(context, windows->encodings + first * target->view.k,
					   window->encodings.data, window->view.n_cells * sizeof(double),
					   error));
	GE_TRY(ge_host_resize(&room->records, bytes, error));
	GE_TRY(ge_download(context, room->records, window->category_sums.data, bytes, error));
	return write_records(target, number, n_ids, room->records, error);
}

static GeStatus
run_window(GeTarget *target, uint32_t number, GeTarget *window, GeWindowRoom *room,
		   GeError *error)
{
	const GeTarget *sums = target->windows->sums;

	GE_TRY(add_rows(target, number, window, room, error));
	GE_TRY(ge_target_add_up(window, error));
	GE_TRY(ge_target_check_flags(window, error));
	window->view.prior = sums->view.prior;
	window->view.fold_priors = sums->view.fold_priors;
	GE_TRY(ge_target_encode(window, error));
	return keep_window(target, number, window, room, error);
}

static GeStatus
run_windows(GeTarget *target, GeWindowRoom *room, GeError *error)
{
	GeWindows *windows = target->windows;
	GeStatus status = GE_OK;
	uint32_t w;

	for (w = 0; status == GE_OK && w < windows->n; w++)
	{
		GeTarget *window = NULL;

		status = create_window(target, w, &window, error);
		if (status == GE_OK)
			status = run_window(target, w, window, room, error);
		ge_target_free(window);
	}
	return status;
}

GeStatus
ge_windows_finish(GeTarget *target, GeTargetTotals *totals, GeError *error)
{
	GeWindows *windows = target->windows;
	GeContext *context = target->context;
	GeWindowRoom *room = calloc(1, sizeof *room);
	GeStatus status;

	if (room == NULL)
		return ge_fail(error, GE_OUT_OF_MEMORY, "out of host memory for a target");
	windows->encoding_bytes =
		((uint64_t) target->view.n_categories + 1) * target->view.k * sizeof(double);
	status = ge_windows_write(target, error);
	ge_windows_free_rows(target);
	if (status == GE_OK)
		status = ge_target_add_up(windows->sums, error);
	if (status == GE_OK)
		status = ge_target_check_flags(windows->sums, error);
	if (status == GE_OK)
		status = ge_target_check_flags(target, error);
	if (status == GE_OK)
		status = ge_target_compute_priors(windows->sums, totals, error);
	if (status == GE_OK)
		status = ge_large_allocate((void **) &windows->encodings, windows->encoding_bytes,
								   error);
	target->view.prior = windows->sums->view.prior;
	ge_partition_free(context);
	if (status == GE_OK)
		status = run_windows(target, room, error);
	free(room->data);
	free(room->records);
	ge_buffer_free(context, &room->cells);
	ge_buffer_free(context, &room->keys);
	ge_buffer_free(context, &room->targets);
	free(room);
	return status;
}

/* One call of ge_windows_rows. */
typedef struct GeRowsJob
{
	const GeTarget *target;
	const GeTargetRows *rows;
	double *encodings;
	atomic_bool is_bad;		 /* an id or a fold is out of range */
	atomic_bool is_infinite; /* an encoding is */
} GeRowsJob;

static void
get_ids(const GeTargetRows *rows, uint32_t first, uint32_t n, uint32_t *ids)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		ids[i] = rows->id_width == 4   ? ((const uint32_t *) rows->ids)[first + i]
				 : rows->id_width == 2 ? ((const uint16_t *) rows->ids)[first + i]
									   : ((const uint8_t *) rows->ids)[first + i];
}

/* The encodings of rows [first, first + n). */
static void
look_up(GeRowsJob *job, uint32_t first, uint32_t n)
{
	const GeTargetView *view = &job->target->view;
	const double *encodings = job->target->windows->encodings;
	uint32_t ids[ROWS_TOGETHER], folds[ROWS_TOGETHER], i;
	bool finite = true;

	get_ids(job->rows, first, n, ids);
	ge_folds_of_rows(&view->folds, job->rows->first_ordinal + first, n,
					 job->rows->folds != NULL ? job->rows->folds + first : NULL, folds);
	for (i = 0; i < n; i++)
	{
		if (ids[i] > view->n_categories || folds[i] >= view->k)
		{
			atomic_store(&job->is_bad, true);
			return;
		}
		__builtin_prefetch(encodings + (uint64_t) ids[i] * view->k + folds[i]);
	}
	for (i = 0; i < n; i++)
	{
		double encoding = encodings[(uint64_t) ids[i] * view->k + folds[i]];

		job->encodings[first + i] = encoding;
		finite = finite && isfinite(encoding);
	}
	if (!finite)
		atomic_store(&job->is_infinite, true);
}

static void
look_up_some(void *arg, uint64_t task)
{
	GeRowsJob *job = arg;
	uint32_t first = (uint32_t) task * ROWS_PER_TASK, n_rows = job->rows->n_rows, n;
	uint32_t end = n_rows - first < ROWS_PER_TASK ? n_rows : first + ROWS_PER_TASK;

	for (; first < end; first += n)
	{
		n = end - first < ROWS_TOGETHER ? end - first : ROWS_TOGETHER;
		look_up(job, first, n);
	}
}

GeStatus
ge_windows_rows(GeTarget *target, const GeTargetRows *rows, double *encodings,
				GeError *error)
{
	GeRowsJob job = {.target = target, .rows = rows, .encodings = encodings};

	atomic_init(&job.is_bad, false);
	atomic_init(&job.is_infinite, false);
	GE_TRY(ge_host_run(target->context,
					   ((uint64_t) rows->n_rows + ROWS_PER_TASK - 1) / ROWS_PER_TASK,
					   look_up_some, &job, error));
	return ge_target_flags_status(
		target,
		(atomic_load(&job.is_bad) ? GE_FLAG_BAD_ROW : 0) |
			(atomic_load(&job.is_infinite) ? GE_FLAG_OVERFLOW : 0),
		error);
}

GeStatus
ge_windows_records(GeTarget *target, uint32_t first, uint32_t n, int64_t *records,
				   GeError *error)
{
	GeWindows *windows = target->windows;
	uint64_t bytes = target->view.layout.sum_words * sizeof(int64_t);
	uint32_t done, piece;

	for (done = 0; done < n; done += piece)
	{
		uint32_t number = (first + done) / windows->width;
		uint32_t at = (first + done) % windows->width;
		uint32_t part = (uint32_t) ids_of_part(target, number), left = part - at % part;
		GeSpillPiece read = {.file = at / part};

		if (left > windows->width - at)
			left = windows->width - at;
		piece = left < n - done ? left : n - done;
		read.at = windows->windows[number].records_at[at / part] + at % part * bytes;
		read.data[0] = (uint8_t *) records + done * bytes;
		read.bytes[0] = piece * bytes;
		GE_TRY(ge_spill_read(target->context, &windows->files, &read, 1, error));
	}
	return GE_OK;
}
