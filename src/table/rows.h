/*
 * rows.h: rows put into a table through its access method, in batches.
 *
 * Private to table/. Used for every table that the page writer does not take: temporary
 * tables, other access methods, tables that an event trigger gave indexes, triggers or
 * constraints.
 */
#ifndef GE_TABLE_ROWS_H
#define GE_TABLE_ROWS_H

#include "postgres.h"
#include "utils/rel.h"

typedef struct GeRowBuffer GeRowBuffer;

/* Whether rows need the work of an INSERT: indexes, triggers, constraints, rules, row
 * security. */
extern bool ge_rows_need_insert(Relation relation);

/*
 * In CurrentMemoryContext.  The relation stays open until ge_rows_end().  frozen: every
 * snapshot sees the rows; only for a heap that nobody else can see.
 */
extern GeRowBuffer *ge_rows_begin(Relation relation, bool frozen);
/* Copies the values; none may be stored out of line (table.c fetches such values). */
extern void ge_rows_put(GeRowBuffer *buffer, const Datum *values, const bool *is_null);
/* Writes the remaining rows. */
extern void ge_rows_end(GeRowBuffer *buffer);

#endif /* GE_TABLE_ROWS_H */
