/*
 * piece.c: a piece of an output: some rows, their results, their pages.
 *
 * First the results, then the number of pages, from which the next piece learns its first
 * block, then the pages.
 */
#include "postgres.h"

#include "base/compat.h"
#include "output/piece.h"
#include "page/form.h"

/* The segment that has an ordinal. */
static const GeSegment *
find_segment(const GeRowStore *rows, uint64 ordinal)
{
	int low = 0, high = rows->n_segments - 1;

	while (low < high)
	{
		int middle = low + (high - low + 1) / 2;

		if (rows->segments[middle].first_ordinal <= ordinal)
			low = middle;
		else
			high = middle - 1;
	}
	return &rows->segments[low];
}

GePart
ge_part_first(const GeRowStore *rows, uint64 first_row, uint32 n_rows)
{
	GePart part = {.segment = find_segment(rows, first_row)};

	part.first = first_row - part.segment->first_ordinal;
	part.n = Min(part.segment->n_rows - part.first, n_rows);
	return part;
}

/* The part behind; segments are never empty. */
GePart
ge_part_next(GePart part, uint32 n_rows)
{
	uint32 at = part.at + part.n;

	part.segment++;
	return (GePart){
		.segment = part.segment, .n = Min(part.segment->n_rows, n_rows - at), .at = at};
}

/* The out-of-fold encodings that the leader asked for, of a piece. */
static void
find_encodings(const GeFilling *filling, GeResults *results, uint64 first_row)
{
	uint64 n = first_row / (filling->stretch_pieces * filling->piece_rows);
	const GeStretch *stretch = &filling->stretches[n % GE_N_STRETCHES];

	for (int o = 0; o < filling->run->plan->n_outputs; o++)
		results->elsewhere[o] = stretch->encodings[o] + (first_row - stretch->first_row);
}

static bool
make_results(const GeFilling *filling, GePiece *slot, uint64 first_row)
{
	GePart part = ge_part_first(filling->rows, first_row, slot->n_rows);

	for (;;)
	{
		slot->status =
			ge_results_make(&slot->results, filling->run, part.segment, part.first,
							part.n, part.at, filling->which, &slot->error);
		if (slot->status != GE_OK)
			return false;
		if (part.at + part.n == slot->n_rows)
			return true;
		part = ge_part_next(part, slot->n_rows);
	}
}

/* The texts of a piece's rows. */
static void
find_texts(const GeFilling *filling, GePiece *slot, uint64 first_row)
{
	GePart part = ge_part_first(filling->rows, first_row, slot->n_rows);

	for (int i = 0; i < filling->texts.n; i++)
		slot->texts[i].any_null = false;
	for (;;)
	{
		for (int i = 0; i < filling->texts.n; i++)
		{
			GeTextRows *rows = &slot->texts[i];

			rows->any_null |=
				ge_texts_of_rows(&filling->texts.texts[i], part.segment, part.first,
								 part.n, rows->values + part.at, rows->is_null + part.at);
		}
		if (part.at + part.n == slot->n_rows)
			return;
		part = ge_part_next(part, slot->n_rows);
	}
}

static GeColumnValues
values_of_texts(const GeTextRows *texts, uint32 at)
{
	return (GeColumnValues){.values = texts->values + at,
							.is_null = texts->any_null ? texts->is_null + at : NULL};
}

static GeColumnValues
values_of_kept(const GeFilling *filling, const GePiece *slot, int i, GePart part)
{
	const GeKept *kept = &part.segment->kept[i];

	if (filling->texts.of_kept[i] >= 0)
		return values_of_texts(&slot->texts[filling->texts.of_kept[i]], part.at);
	return (GeColumnValues){
		.values = (const char *) kept->values + (Size) part.first * kept->width,
		.is_null = kept->is_null == NULL ? NULL : kept->is_null + part.first};
}

static GeColumnValues
values_of_results(const GeResultColumn *column, const void *values, Size width, uint32 at)
{
	return (GeColumnValues){.values = (const char *) values + at * width,
							.is_null = column->any_null ? column->is_null + at : NULL};
}

static GeColumnValues
values_of_field(const GeFilling *filling, const GePiece *slot, GeOutputField field,
				GePart part)
{
	const GeResults *results = &slot->results;
	GeColumnValues column = {0};

	switch (field.kind)
	{
		case GE_FIELD_PASS:
			column = values_of_kept(filling, slot, filling->kept[field.index], part);
			break;
		case GE_FIELD_CODE:
			column = values_of_results(&results->codes[field.index],
									   results->codes[field.index].codes, sizeof(int32),
									   part.at);
			break;
		case GE_FIELD_ENCODING:
			column = values_of_results(&results->encodings[field.index],
									   results->encodings[field.index].encodings,
									   sizeof(double), part.at);
			if (filling->which == GE_ENCODINGS_ELSEWHERE)
				column.values = results->elsewhere[field.index] + part.at;
			if (results->encodings[field.index].floats != NULL)
				column.values = results->encodings[field.index].floats + part.at;
			break;
	}
	return column;
}

/* Run a piece's rows through a former that has been started. */
static void
form_rows(const GeFilling *filling, GePiece *slot, uint64 first_row, GePageFormer *former)
{
	GePart part = ge_part_first(filling->rows, first_row, slot->n_rows);

	for (;;)
	{
		for (int i = 0; i < filling->layout->n_columns; i++)
			slot->columns[i] =
				values_of_field(filling, slot, filling->layout->fields[i], part);
		ge_page_former_add(former, slot->columns, part.n);
		if (part.at + part.n == slot->n_rows)
			return;
		part = ge_part_next(part, slot->n_rows);
	}
}

static bool
make_room(GePiece *slot)
{
	if (slot->n_pages <= slot->room)
		return true;
	free(slot->pages);
	slot->room = Max(slot->n_pages, GE_PIECE_PAGES);
	slot->pages = aligned_alloc(GE_IO_ALIGNMENT, (Size) slot->room * BLCKSZ);
	if (slot->pages != NULL)
		return true;
	slot->room = 0;
	slot->status = slot->error.status = GE_OUT_OF_MEMORY;
	snprintf(slot->error.message, sizeof slot->error.message,
			 "no memory for %u pages of an output", slot->n_pages);
	return false;
}

bool
ge_piece_make(void *arg, uint64 piece, uint32 number)
{
	GeFilling *filling = arg;
	GePiece *slot = &filling->slots[number];
	uint64 first_row = piece * filling->piece_rows, first_block;
	GePageFormer former;

	slot->n_rows = Min(filling->rows->n_rows - first_row, filling->piece_rows);
	for (int i = 0; i < filling->run->plan->n_columns; i++)
		slot->results.codes[i].any_null = false;
	for (int i = 0; i < filling->run->plan->n_outputs; i++)
		slot->results.encodings[i].any_null = false;
	if (filling->which == GE_ENCODINGS_ELSEWHERE)
		find_encodings(filling, &slot->results, first_row);
	if (!make_results(filling, slot, first_row))
		return false;
	find_texts(filling, slot, first_row);
	ge_page_former_start(&former, filling->form, filling->reserved, NULL, 0, slot->values,
						 slot->is_null);
	form_rows(filling, slot, first_row, &former);
	slot->n_pages = former.n_pages;
	if (!ge_crew_number(filling->crew, piece, slot->n_pages, &first_block) ||
		!make_room(slot))
		return false;
	ge_page_former_start(&former, filling->form, filling->reserved, slot->pages,
						 first_block, slot->values, slot->is_null);
	form_rows(filling, slot, first_row, &former);
	return true;
}
