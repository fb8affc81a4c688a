/*
 * copies.h: the copies that other servers have of a table that is replaced.
 *
 * Private to table/.  Citus copies a reference table to every server.  Rows of an encoder
 * that is one are here, too, in the table's own heap, for the functions that read encoders.
 */
#ifndef GE_TABLE_COPIES_H
#define GE_TABLE_COPIES_H

#include "table/replace.h"

/* Give all copies the rows of the new heap, which is filled and not yet swapped in. */
extern void ge_copies_replace(const GeReplacement *replacement);

#endif /* GE_TABLE_COPIES_H */
