/*
 * fill.h: room on a heap page that is being filled.
 *
 * The rules are those of ordinary insertion: the table's fillfactor is kept, an empty page
 * takes any tuple, and no page has more tuples than MaxHeapTuplesPerPage.
 */
#ifndef GE_PAGE_FILL_H
#define GE_PAGE_FILL_H

#include "postgres.h"
#include "access/htup_details.h"
#include "storage/bufpage.h"

/* The free room of a page; sizes of tuples are MAXALIGNed. */
typedef struct GePageRoom
{
	Size free;	   /* bytes between line pointers and tuples */
	Size reserved; /* of those, bytes to be left free: fillfactor */
	uint32 n_items;
} GePageRoom;

static inline void
ge_page_room_empty(GePageRoom *room)
{
	room->free = BLCKSZ - SizeOfPageHeaderData;
	room->n_items = 0;
}

static inline bool
ge_page_room_has(const GePageRoom *room, Size size)
{
	return room->n_items == 0 ||
		   (room->free >= size + sizeof(ItemIdData) + room->reserved &&
			room->n_items < MaxHeapTuplesPerPage);
}

/* How many tuples of one size fit. */
static inline uint32
ge_page_room_count(const GePageRoom *room, Size size)
{
	Size usable = room->free - Min(room->reserved, room->free);
	uint32 n = Min(usable / (size + sizeof(ItemIdData)),
				   MaxHeapTuplesPerPage - Min(room->n_items, MaxHeapTuplesPerPage));

	return room->n_items == 0 ? Max(n, 1) : n;
}

static inline void
ge_page_room_take(GePageRoom *room, Size size, uint32 n)
{
	room->free -= n * (size + sizeof(ItemIdData));
	room->n_items += n;
}

/* Add an item of that size to a page that has room.  Returns its place. */
static inline char *
ge_page_add_item(Page page, OffsetNumber offset, Size size)
{
	PageHeader header = (PageHeader) page;

	header->pd_upper -= MAXALIGN(size);
	header->pd_lower += sizeof(ItemIdData);
	ItemIdSetNormal(PageGetItemId(page, offset), header->pd_upper, size);
	return (char *) page + header->pd_upper;
}

#endif /* GE_PAGE_FILL_H */
