/*
 * form.h: rows in columns -> finished heap pages in private memory.
 *
 * Used by several threads at once.  So nothing here allocates, throws, or reads any state
 * of the server but its arguments.  The pages equal those that writer.c makes of the
 * rows.
 */
#ifndef GE_PAGE_FORM_H
#define GE_PAGE_FORM_H

#include "postgres.h"
#include "storage/block.h"

#include "page/fill.h"
#include "page/tuple.h"

/*
 * Pages of one table in the making.  Zero, apart from the arguments of
 * ge_page_former_start().
 */
typedef struct GePageFormer
{
	const GeTupleForm *form;
	char *pages;			 /* NULL: pages are only counted */
	BlockNumber first_block; /* of the pages, in the table */
	BlockNumber n_pages;	 /* so far, the one being filled included */
	GePageRoom room;		 /* of that one */
	Datum *values;			 /* room for a row */
	bool *is_null;
} GePageFormer;

/*
 * Begin at a page boundary.  reserved: bytes to be left free on every page; values and
 * is_null have an element for each column.
 */
extern void ge_page_former_start(GePageFormer *former, const GeTupleForm *form,
								 Size reserved, char *pages, BlockNumber first_block,
								 Datum *values, bool *is_null);

/* Add n rows: columns[c] has them at 0..n-1.  No tuple is over the TOAST threshold. */
extern void ge_page_former_add(GePageFormer *former, const GeColumnValues *columns,
							   uint32 n);

#endif /* GE_PAGE_FORM_H */
