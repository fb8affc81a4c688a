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

#define CHUNKS_AT_A_TIME 64u
#define PIECES_AT_A_TIME 64u
/* Bytes of a cell and of a target in a chunk. */
#define ROW_BYTES (sizeof(uint32_t) + sizeof(uint64_t))
/* Sums lie in stripes over the files, as many bytes of each as copies out take at a time. */
#define STRIPE (GE_STAGING_CHUNK_BYTES / GE_SPILL_FILES)
#define ROWS_PER_TASK 4096u
/* Rows whose cells are fetched from memory together. */
#define ROWS_TOGETHER 128u

/* Memory through which the rows of windows come back. */
typedef struct GeWindowRoom
{
	GeSpillPiece pieces[CHUNKS_AT_A_TIME];
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

/* Which chunks of a window come back together: *n of them, with *n_rows rows. */
static void
choose_chunks(const GeTarget *target, const GeWindow *window, uint32_t first, uint32_t *n,
			  uint32_t *n_rows)
{
	uint32_t most = (uint32_t) ((GE_STAGING_CHUNK_BYTES - 64) / ROW_BYTES);
	uint32_t piece = ge_piece_rows(target);

	most = piece < most ? piece : most;
	*n_rows = 0;
	for (*n = 0; first + *n < window->n_chunks && *n < CHUNKS_AT_A_TIME; (*n)++)
	{
		uint32_t rows = window->chunks[first + *n].n_rows;

		if (*n > 0 && *n_rows + rows > most)
			break;
		*n_rows += rows;
	}
}

/* Read n chunks into pinned memory: all their cells, then all their targets. */
static GeStatus
read_chunks(GeTarget *target, const GeWindowChunk *chunks, uint32_t n, uint8_t *cells,
			uint8_t *targets, GeWindowRoom *room, GeError *error)
{
	uint32_t i;

	for (i = 0; i < n; i++)
	{
		GeSpillPiece *piece = &room->pieces[i];

		memset(piece, 0, sizeof *piece);
		piece->file = chunks[i].file;
		piece->at = chunks[i].at;
		piece->data[0] = cells;
		piece->bytes[0] = chunks[i].n_rows * sizeof(uint32_t);
		piece->data[1] = targets;
		piece->bytes[1] = chunks[i].n_rows * sizeof(uint64_t);
		cells += piece->bytes[0];
		targets += piece->bytes[1];
	}
	return ge_spill_read(target->context, &target->windows->files, room->pieces, n,
						 error);
}

/* Add the n_rows rows of n chunks. */
static GeStatus
add_chunks(GeTarget *target, const GeWindowChunk *chunks, uint32_t n, uint32_t n_rows,
		   GeTarget *window, GeWindowRoom *room, GeError *error)
{
	GeContext *context = target->context;
	size_t cells = n_rows * sizeof(uint32_t), targets = n_rows * sizeof(uint64_t);
	size_t targets_at = (cells + 7) & ~(size_t) 7;
	void *data = NULL;
	uint8_t *pinned;

	GE_TRY(ge_buffer_reserve(context, &room->cells, cells, error));
	GE_TRY(ge_buffer_reserve(context, &room->keys, targets, error));
	GE_TRY(ge_buffer_reserve(context, &room->targets, targets, error));
	GE_TRY(ge_staging_reserve(context, targets_at + targets, &data, error));
	pinned = data;
	GE_TRY(read_chunks(target, chunks, n, pinned, pinned + targets_at, room, error));
	GE_TRY(ge_order(context, context->compute, context->copy_in, error));
	GE_TRY(ge_send(context, room->cells.data, pinned, cells, error));
	GE_TRY(ge_send(context, room->targets.data, pinned + targets_at, targets, error));
	GE_TRY(ge_order(context, context->copy_in, context->compute, error));
	GE_CUDA(ge_windows_widen_launch(room->cells.data, room->keys.data, n_rows,
									context->compute));
	window->n_added += n_rows;
	return ge_target_add_keys(window, room->keys.data, room->targets.data, n_rows, error);
}

static GeStatus
add_rows(GeTarget *target, uint32_t number, GeTarget *window, GeWindowRoom *room,
		 GeError *error)
{
	const GeWindow *described = &target->windows->windows[number];
	uint32_t first, n, n_rows;

	for (first = 0; first < described->n_chunks; first += n)
	{
		choose_chunks(target, described, first, &n, &n_rows);
		GE_TRY(add_chunks(target, described->chunks + first, n, n_rows, window, room,
						  error));
	}
	return GE_OK;
}

/* Bytes [at, at + bytes) of a window's sums, from the beginning of a stripe on. */
static GeStatus
write_stripes(GeContext *context, void *arg, size_t at, void *data, size_t bytes,
			  GeError *error)
{
	GeWindows *windows = arg;
	GeSpillPiece pieces[GE_SPILL_FILES];
	uint32_t n = 0;
	size_t done;

	memset(pieces, 0, sizeof pieces);
	for (done = 0; done < bytes; done += STRIPE)
	{
		pieces[n].file = (uint32_t) ((at + done) / STRIPE % GE_SPILL_FILES);
		pieces[n].data[0] = (uint8_t *) data + done;
		pieces[n++].bytes[0] = bytes - done < STRIPE ? bytes - done : STRIPE;
	}
	return ge_spill_write(context, &windows->files, pieces, n, error);
}

/* What a window leaves: encodings of its cells, and the sums of its categories. */
static GeStatus
keep_window(GeTarget *target, uint32_t number, GeTarget *window, GeError *error)
{
	GeWindows *windows = target->windows;
	GeContext *context = target->context;
	uint64_t first = (uint64_t) number * windows->width;
	uint64_t n_ids = (uint64_t) window->view.n_categories + 1;
	uint64_t bytes = n_ids * window->view.layout.sum_words * sizeof(int64_t);

	GE_TRY(ge_download(context, windows->encodings + first * target->view.k,
					   window->encodings.data, window->view.n_cells * sizeof(double),
					   error));
	if (windows->files.is_open)
		memcpy(windows->windows[number].records_at, windows->files.size,
			   sizeof windows->files.size);
	return ge_download_pieces(context, window->category_sums.data, bytes, write_stripes,
							  windows, error);
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
	return keep_window(target, number, window, error);
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

/* Bytes [at, at + bytes) of one window's sums, into host memory. */
static GeStatus
read_stripes(GeTarget *target, const GeWindow *window, uint64_t at, uint64_t bytes,
			 uint8_t *out, GeError *error)
{
	const GeSpillFiles *files = &target->windows->files;
	GeSpillPiece pieces[PIECES_AT_A_TIME];
	uint32_t n;

	while (bytes > 0)
	{
		memset(pieces, 0, sizeof pieces);
		for (n = 0; n < PIECES_AT_A_TIME && bytes > 0; n++)
		{
			uint64_t stripe = at / STRIPE, left = STRIPE - at % STRIPE;

			left = left < bytes ? left : bytes;
			pieces[n].file = (uint32_t) (stripe % GE_SPILL_FILES);
			pieces[n].at = window->records_at[pieces[n].file] +
						   stripe / GE_SPILL_FILES * STRIPE + at % STRIPE;
			pieces[n].data[0] = out;
			pieces[n].bytes[0] = left;
			at += left;
			out += left;
			bytes -= left;
		}
		GE_TRY(ge_spill_read(target->context, files, pieces, n, error));
	}
	return GE_OK;
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
		uint32_t at = (first + done) % windows->width, left = windows->width - at;

		piece = left < n - done ? left : n - done;
		GE_TRY(read_stripes(target, &windows->windows[number], at * bytes, piece * bytes,
							(uint8_t *) records + done * bytes, error));
	}
	return GE_OK;
}
