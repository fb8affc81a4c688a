/*
 * form.c: rows in columns -> finished heap pages in private memory.
 *
 * If all tuples have one size, as many as fit are put on a page at once, column by
 * column.  Else a page is filled row by row.
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

/* Put n > 0 rows from row `first` on, which have one size and fit, on the page. */
static void
put_equal_rows(GePageFormer *former, const GeColumnValues *columns, uint32 first,
			   uint32 n, Size size)
{
	Page page = current_page(former);
	OffsetNumber offset = former->room.n_items + 1;
	char *place = ge_page_add_item(page, offset, size);

	for (uint32 i = 1; i < n; i++)
		(void) ge_page_add_item(page, offset + i, size);
	ge_tuple_write_rows(former->form, columns, first, n, current_block(former), offset,
						place, MAXALIGN(size));
}

static void
add_equal_rows(GePageFormer *former, const GeColumnValues *columns, uint32 n, Size size)
{
	uint32 done = 0;

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
			put_equal_rows(former, columns, done, fit, size);
		ge_page_room_take(&former->room, MAXALIGN(size), fit);
		done += fit;
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
	Size size = ge_tuple_equal_size(former->form, columns);

	if (size > 0)
		add_equal_rows(former, columns, n, size);
	else
		for (uint32 row = 0; row < n; row++)
			add_row(former, columns, row);
}
