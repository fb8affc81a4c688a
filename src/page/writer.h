/*
 * writer.h: a new heap table filled page by page.
 *
 * Rows become heap tuples in private pages, which are appended to the table past the
 * shared buffers.  The table equals one that ordinary insertion makes: real xmin and
 * command id, frozen only if asked for, no other hint bits, no free space or visibility
 * map.  Nobody else may insert into the table between begin and end: 55006 if a row of
 * others took a page.
 */
#ifndef GE_PAGE_WRITER_H
#define GE_PAGE_WRITER_H

#include "postgres.h"
#include "storage/block.h"
#include "utils/rel.h"

#include "page/tuple.h"

typedef struct GePageWriter GePageWriter;

/*
 * Whether a relation may be filled page by page: a plain heap table of this
 * (sub)transaction, empty, not temporary, not decoded logically, if the setting
 * page_writer allows it.  The caller has checked that there is no index, trigger or
 * constraint.
 */
extern bool ge_page_writer_possible(Relation relation);

/*
 * In CurrentMemoryContext.  The relation stays open until the end.  frozen: every snapshot
 * sees the rows; only for a heap that nobody else can see.
 */
extern GePageWriter *ge_page_writer_begin(Relation relation, bool frozen);
/* Append a row; no value may be stored out of line.  Values are copied. */
extern void ge_page_writer_put(GePageWriter *writer, const Datum *values,
							   const bool *is_null);

/*
 * Append pages that were formed elsewhere, with this number of tuples and this much free
 * room.  The number of the first page is the number of pages appended so far.  A row that
 * is put after them starts a new page.
 */
extern const GeTupleForm *ge_page_writer_form(const GePageWriter *writer);
extern Size ge_page_writer_reserved(const GePageWriter *writer);
extern void ge_page_writer_append(GePageWriter *writer, char *pages, BlockNumber n_pages,
								  uint64 n_rows);

extern void ge_page_writer_end(GePageWriter *writer);

#endif /* GE_PAGE_WRITER_H */
