/*
 * form.c: rows in columns -> finished heap pages in private memory.
 *
 * Rows without NULL are put on a page many at once, column by column.  Else a page is
 * filled row by row.
 */
#include "postgres.h"

#include "page/form.h"

void
ge_page_former_start(GePageFormer *former, const GeTupleForm *form, Size reserved,
					 char *pages, BlockNumber first_block, Datum *values, bool *is_null)
{
	*former = (GePageFormer){.form = form,
							 .pages = pages,
							 .first_block = first_block,
							 .room = {.reserved = reserved},
							 .values = values,
							 .is_null = is_null};
}

static Page
current_page(const GePageFormer *former)
{
	return (Page) (former->pages + (Size) (former->n_pages - 1) * BLCKSZ);
}

static BlockNumber
current_block(const GePageFormer *former)
{
	return former->first_block + former->n_pages - 1;
}

static void
start_page(GePageFormer *former)
{
	former->n_pages++;
	ge_page_room_empty(&former->room);
	if (former->pages != NULL)
		PageInit(current_page(former), BLCKSZ, 0);
}

/* Put n > 0 rows without NULL, from row `first` on, which fit, on the page. */
static void
put_rows(GePageFormer *former, const GeColumnValues *columns, uint32 first, uint32 n,
		 const Size *sizes)
{
	Page page = current_page(former);
	OffsetNumber offset = former->room.n_items + 1;
	char *where[MaxHeapTuplesPerPage];

	for (uint32 i = 0; i < n; i++)
		where[i] = ge_page_add_item(page, offset + i, sizes[i]);
	ge_tuple_write_rows(former->form, columns, first, n, current_block(former), offset,
						where);
}

static void
add_equal_rows(GePageFormer *former, const GeColumnValues *columns, uint32 n, Size size)
{
	Size sizes[MaxHeapTuplesPerPage];
	uint32 done = 0;

	for (uint32 i = 0; i < MaxHeapTuplesPerPage; i++)
		sizes[i] = size;
	while (done < n)
	{
		uint32 fit = 0;

		if (former->n_pages > 0)
			fit = Min(ge_page_room_count(&former->room, MAXALIGN(size)), n - done);
		if (fit == 0)
		{
			start_page(former);
			continue;
		}
		if (former->pages != NULL)
			put_rows(former, columns, done, fit, sizes);
		ge_page_room_take(&former->room, MAXALIGN(size), fit);
		done += fit;
	}
}

/* Take room for those of n tuples that fit on the page; returns their number. */
static uint32
take_room(GePageRoom *room, const Size *sizes, uint32 n)
{
	uint32 fit = 0;

	while (fit < n && ge_page_room_has(room, MAXALIGN(sizes[fit])))
		ge_page_room_take(room, MAXALIGN(sizes[fit++]), 1);
	return fit;
}

/* As many rows without NULL as one call for their sizes is worth. */
static void
add_some_rows(GePageFormer *former, const GeColumnValues *columns, uint32 first, uint32 n)
{
	Size sizes[MaxHeapTuplesPerPage];
	uint32 done = 0;

	ge_tuple_sizes(former->form, columns, first, n, sizes);
	if (former->n_pages == 0)
		start_page(former);
	while (done < n)
	{
		GePageRoom room = former->room;
		uint32 fit = take_room(&room, sizes + done, n - done);

		if (fit > 0 && former->pages != NULL)
			put_rows(former, columns, first + done, fit, sizes + done);
		former->room = room;
		done += fit;
		if (done < n)
			start_page(former);
	}
}

static void
add_row(GePageFormer *former, const GeColumnValues *columns, uint32 row)
{
	bool with_nulls;
	ItemPointerData self;
	Size size;

	ge_tuple_gather(former->form, columns, row, former->values, former->is_null);
	size = ge_tuple_size(former->form, former->values, former->is_null, &with_nulls);
	if (former->n_pages == 0 || !ge_page_room_has(&former->room, MAXALIGN(size)))
		start_page(former);
	if (former->pages != NULL)
	{
		OffsetNumber offset = former->room.n_items + 1;

		ItemPointerSet(&self, current_block(former), offset);
		ge_tuple_write(former->form, former->values, former->is_null, with_nulls, &self,
					   ge_page_add_item(current_page(former), offset, size));
	}
	ge_page_room_take(&former->room, MAXALIGN(size), 1);
}

void
ge_page_former_add(GePageFormer *former, const GeColumnValues *columns, uint32 n)
{
	Size size = ge_tuple_equal_size(former->form);

	if (ge_tuple_any_null(former->form, columns))
		for (uint32 row = 0; row < n; row++)
			add_row(former, columns, row);
	else if (size > 0)
		add_equal_rows(former, columns, n, size);
	else
		for (uint32 row = 0; row < n; row += MaxHeapTuplesPerPage)
			add_some_rows(former, columns, row, Min(n - row, MaxHeapTuplesPerPage));
}
