/*
 * pages.c: an output filled by several threads, page by page.
 *
 * The rows are cut into pieces of about GE_PIECE_PAGES pages.  A crew (crew.h) makes
 * the results of each piece and forms its pages.  The leader, which alone may call the
 * server, appends finished pieces in order.  A piece begins at a page boundary.  If rows
 * have one size, a piece fills its pages completely.  The number of its first block is
 * known when all pieces before have counted their pages; pages are counted before they
 * are formed.
 *
 * If a backend takes one call at a time, the leader asks for out-of-fold encodings, in
 * stretches of many pieces.  While the crew forms the pieces of one stretch, the leader
 * asks for the next.
 */
#include "postgres.h"
#include "access/heaptoast.h"
#include "miscadmin.h"
#include "storage/ipc.h"
#include "utils/memutils.h"

#include <unistd.h>

#include "output/pages.h"
#include "output/piece.h"
#include "page/fill.h"
#include "base/settings.h"

/* The number of encodings that the leader asks for at once. */
#define STRETCH_ROWS 1048576

/* The kept column of each column passed through; false if one was not kept. */
static bool
find_kept(GeFilling *filling)
{
	const GePlanSource *source = filling->source;

	if (!source->keeps_needed)
		return false;
	filling->kept = palloc0_array(int, ge_source_desc(source->source)->natts + 1);
	for (int i = 0; i < source->n_kept; i++)
		filling->kept[source->kept[i] - 1] = i;
	return true;
}

/* The largest size that a row can have: its columns of variable length are texts. */
static Size
largest_row(const GeFilling *filling)
{
	const GeOutputLayout *layout = filling->layout;
	Size *lengths = palloc_array(Size, layout->n_columns + 1);
	int n = 0;

	for (int i = 0; i < layout->n_columns; i++)
	{
		const GeOutputField *field = &layout->fields[i];
		int text_of_field = -1;

		if (field->kind == GE_FIELD_PASS)
			text_of_field = filling->texts.of_kept[filling->kept[field->index]];
		if (text_of_field >= 0)
			lengths[n++] = filling->texts.texts[text_of_field].longest;
	}
	return ge_tuple_most(filling->form, lengths);
}

/* Rows of a piece: as many as fill its pages, if they have one size. */
static uint32
rows_of_piece(const GeFilling *filling)
{
	Size size = ge_tuple_equal_size(filling->form);
	GePageRoom room = {.reserved = filling->reserved};
	uint32 rows_of_page;

	if (size == 0)
		return GE_PIECE_ROWS;
	ge_page_room_empty(&room);
	rows_of_page = ge_page_room_count(&room, MAXALIGN(size));
	return rows_of_page * Min(GE_PIECE_PAGES, GE_PIECE_MAX_ROWS / rows_of_page);
}

static uint32
count_threads(const GeFilling *filling)
{
	int64 n = ge_setting_threads > 0 ? ge_setting_threads
									 : (int64) sysconf(_SC_NPROCESSORS_ONLN);

	return Max(Min(n, (int64) Min(filling->n_pieces, PG_INT32_MAX)), 1);
}

static void
create_slots(GeFilling *filling)
{
	int n = filling->layout->n_columns + 1;

	filling->slots = palloc0_array(GePiece, filling->n_slots);
	for (uint32 i = 0; i < filling->n_slots; i++)
	{
		GePiece *slot = &filling->slots[i];

		ge_results_create(&slot->results, filling->run, filling->piece_rows);
		slot->results.elsewhere =
			palloc_array(const double *, filling->run->plan->n_outputs + 1);
		slot->texts = palloc_array(GeTextRows, filling->texts.n + 1);
		for (int k = 0; k < filling->texts.n; k++)
			slot->texts[k] =
				(GeTextRows){.values = palloc_array(Datum, filling->piece_rows),
							 .is_null = palloc_array(uint8, filling->piece_rows)};
		slot->columns = palloc_array(GeColumnValues, n);
		slot->values = palloc_array(Datum, n);
		slot->is_null = palloc_array(bool, n);
	}
}

/* Decide who asks the backend for out-of-fold encodings. */
static void
plan_encodings(GeFilling *filling, bool out_of_fold)
{
	const GeRun *run = filling->run;
	uint64 rows = Max(STRETCH_ROWS, ge_compute_traits(run->compute)->rows_per_call);

	filling->which = out_of_fold ? GE_ENCODINGS_OUT_OF_FOLD : GE_ENCODINGS_FULL;
	if (!out_of_fold)
		ge_job_fetch_encodings(filling->run);
	if (!out_of_fold || run->plan->n_encodings == 0 ||
		ge_compute_traits(run->compute)->concurrent_rows >= filling->piece_rows)
		return;
	filling->which = GE_ENCODINGS_ELSEWHERE;
	rows = Min(rows, filling->rows->n_rows);
	filling->stretch_pieces = (rows + filling->piece_rows - 1) / filling->piece_rows;
	rows = filling->stretch_pieces * filling->piece_rows;
	for (int i = 0; i < GE_N_STRETCHES; i++)
	{
		filling->stretches[i].encodings = palloc_array(double *, run->plan->n_outputs);
		for (int o = 0; o < run->plan->n_outputs; o++)
			filling->stretches[i].encodings[o] =
				MemoryContextAllocHuge(CurrentMemoryContext, rows * sizeof(double));
	}
	filling->buffers = ge_job_buffers_by_device(run);
}

/* Out-of-fold encodings of some rows by all fits of an encoding. */
static GeStatus
make_part(const GeFilling *filling, const GeStretch *stretch,
		  const GeRunEncoding *encoding, GePart part, GeError *error)
{
	const GeRun *run = filling->run;
	int place = ge_compute_place(run->compute, encoding->categories->dictionary);
	double *encodings[GE_MAX_FINISHES];
	GeStatus status = GE_OK;
	GeTargetRows block;

	ge_job_target_rows(run, encoding, part.segment, part.first, part.n,
					   &filling->buffers[place], &block);
	for (int k = 0; k < encoding->plan->n_fits && status == GE_OK; k++)
	{
		const GeRunFit *fit = &encoding->fits[k];

		for (int i = 0; i < fit->plan->n_outputs; i++)
			encodings[i] = stretch->encodings[fit->plan->outputs[i]] + part.at;
		status = ge_compute_try_target_rows(run->compute, fit->target, &block, encodings,
											error);
		if (status == GE_OK)
			ge_job_clear_encodings(run, fit, part.n, encodings);
	}
	return status;
}

/* The stretch in the making. */
typedef struct StretchWork
{
	const GeFilling *filling;
	const GeStretch *stretch;
	uint64 n_rows;
} StretchWork;

static const GeDictionary *
dictionary_of_item(void *arg, int i)
{
	return ((StretchWork *) arg)->filling->run->encodings[i].categories->dictionary;
}

static const char *
name_of_item(void *arg, int i)
{
	return ((StretchWork *) arg)->filling->run->encodings[i].plan->name;
}

/* GeComputeItems.work: one encoding of a stretch, segment by segment. */
static GeStatus
encode_stretch(void *arg, int i, GeError *error)
{
	const StretchWork *work = arg;
	const GeFilling *filling = work->filling;
	const GeRun *run = filling->run;
	GePart part = ge_part_first(filling->rows, work->stretch->first_row, work->n_rows);

	for (;;)
	{
		GeStatus status;

		if (!ge_compute_is_several(run->compute))
			CHECK_FOR_INTERRUPTS(); /* this is the session's own thread */
		status = make_part(filling, work->stretch, &run->encodings[i], part, error);
		if (status != GE_OK || part.at + part.n == work->n_rows)
			return status;
		part = ge_part_next(part, work->n_rows);
	}
}

/* Out-of-fold encodings of the next stretch's rows. */
static void
make_stretch(GeFilling *filling)
{
	GeStretch *stretch = &filling->stretches[filling->n_stretches % GE_N_STRETCHES];
	uint64 rows = filling->stretch_pieces * filling->piece_rows;
	StretchWork work = {.filling = filling, .stretch = stretch};
	GeComputeItems items = {.n = filling->run->plan->n_encodings,
							.dictionary = dictionary_of_item,
							.work = encode_stretch,
							.column = name_of_item,
							.arg = &work};

	stretch->first_row = filling->n_stretches * rows;
	work.n_rows = Min(rows, filling->rows->n_rows - stretch->first_row);
	ge_compute_each(filling->run->compute, &items);
	filling->n_stretches++;
	ge_crew_allow(filling->crew, filling->n_stretches * filling->stretch_pieces);
}

/*
 * Whether the buffers of the next stretch are free.  All pieces before `taken` are
 * written.
 */
static bool
stretch_is_due(const GeFilling *filling, uint64 taken)
{
	return filling->which == GE_ENCODINGS_ELSEWHERE &&
		   filling->n_stretches * filling->stretch_pieces < filling->n_pieces &&
		   taken + GE_N_STRETCHES * filling->stretch_pieces >=
			   (filling->n_stretches + 1) * filling->stretch_pieces;
}

static void
raise_failure(const GeFilling *filling)
{
	for (uint32 i = 0; i < filling->n_slots; i++)
	{
		const GePiece *slot = &filling->slots[i];

		if (slot->status != GE_OK)
			ge_results_report(&slot->results, filling->run, slot->status, &slot->error);
	}
}

static void
write_pieces(GeFilling *filling)
{
	uint64 taken = 0;

	while (taken < filling->n_pieces)
	{
		const GePiece *slot;
		uint32 number;

		CHECK_FOR_INTERRUPTS();
		if (stretch_is_due(filling, taken))
		{
			make_stretch(filling);
			continue;
		}
		switch (ge_crew_take(filling->crew, &number))
		{
			case GE_CREW_WORKED:
				break;
			case GE_CREW_FAILED:
				ge_crew_stop(filling->crew);
				filling->crew = NULL;
				raise_failure(filling);
				break;
			case GE_CREW_TAKEN:
				slot = &filling->slots[number];
				ge_page_writer_append(filling->writer, slot->pages, slot->n_pages,
									  slot->n_rows);
				ge_crew_release(filling->crew);
				taken++;
		}
	}
}

/*
 * also a before_shmem_exit callback: the threads end before anything that they read is
 * freed
 */
static void
stop(int code, Datum arg)
{
	GeFilling *filling = (GeFilling *) DatumGetPointer(arg);

	ge_crew_stop(filling->crew);
	filling->crew = NULL;
	for (uint32 i = 0; i < filling->n_slots; i++)
		free(filling->slots[i].pages);
	filling->n_slots = 0;
}

static void
add_counts(const GeFilling *filling, GeResultCounts *counts)
{
	*counts = (GeResultCounts){.rows = filling->rows->n_rows};
	for (uint32 i = 0; i < filling->n_slots; i++)
	{
		const GeResultCounts *some = &filling->slots[i].results.counts;

		counts->unknown_labels += some->unknown_labels;
		counts->missing_labels += some->missing_labels;
		counts->unseen_targets += some->unseen_targets;
	}
}

static void
start_crew(GeFilling *filling)
{
	GeCrewJob job = {.n_pieces = filling->n_pieces,
					 .n_threads = count_threads(filling),
					 .n_slots = filling->n_slots,
					 .work = ge_piece_make,
					 .arg = filling};

	filling->crew = ge_crew_start(&job);
	if (filling->crew == NULL)
		ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));
	if (filling->which != GE_ENCODINGS_ELSEWHERE)
		ge_crew_allow(filling->crew, filling->n_pieces);
}

/*
 * Get everything that is needed from the table and the source; false if one does not fit.
 */
static bool
prepare(GeFilling *filling, bool out_of_fold)
{
	if (filling->writer == NULL || !find_kept(filling) ||
		!ge_text_columns_fetch(&filling->texts, filling->run, filling->source,
							   filling->rows->n_rows))
		return false;
	filling->form = ge_page_writer_form(filling->writer);
	filling->reserved = ge_page_writer_reserved(filling->writer);
	if (largest_row(filling) > TOAST_TUPLE_THRESHOLD)
		return false;
	filling->piece_rows = rows_of_piece(filling);
	filling->n_pieces =
		(filling->rows->n_rows + filling->piece_rows - 1) / filling->piece_rows;
	filling->n_slots = 2 * count_threads(filling) + 2;
	plan_encodings(filling, out_of_fold);
	create_slots(filling);
	return true;
}

bool
ge_output_pages(const GeOutputLayout *layout, GeRun *run, int source, bool out_of_fold,
				GeOutputTable *table, GeResultCounts *counts)
{
	GeFilling *filling = palloc_object(GeFilling);

	*filling = (GeFilling){.layout = layout,
						   .run = run,
						   .source = &run->plan->sources[source],
						   .rows = run->rows[source],
						   .writer = ge_output_page_writer(table)};
	if (!prepare(filling, out_of_fold))
		return false;
	PG_ENSURE_ERROR_CLEANUP(stop, PointerGetDatum(filling));
	{
		start_crew(filling);
		write_pieces(filling);
		add_counts(filling, counts);
	}
	PG_END_ENSURE_ERROR_CLEANUP(stop, PointerGetDatum(filling));
	stop(0, PointerGetDatum(filling));
	return true;
}
