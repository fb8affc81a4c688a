/*
 * table.h: new tables that hold results.
 *
 * A text names the table to be created; it is read as SQL reads a table name.  It is
 * created in the caller's transaction by CREATE TABLE through SPI, so that hooks and
 * event triggers see it, then filled row by row, and is an ordinary table in every way.
 */
#ifndef GE_TABLE_H
#define GE_TABLE_H

#include "postgres.h"
#include "nodes/primnodes.h"
#include "utils/rel.h"

typedef struct GeOutputColumn
{
	const char *name;
	Oid type;
	int32 typmod;
	Oid collation; /* InvalidOid: the type's own */
} GeOutputColumn;

typedef struct GeOutputTable GeOutputTable;

/*
 * Read a table name.  argument is the SQL parameter's name, for messages.
 * Errors: 42602 and 42601 for text that is no name, 22004 for NULL, 0A000 for a name of
 * another database.
 */
extern RangeVar *ge_output_name_parse(const char *argument, const char *name);

/*
 * Check before any work that a table of that name and shape can be created.  Returns the
 * schema's oid, in which the name will be looked up once more when it is created.
 * Errors: 3F000 no such schema, 42501 no right to create there, 42P07 the name is taken,
 * 42622 a column name over 63 bytes, 42602 an empty one, 42701 two of one name or one of
 * a system column, 54011 more columns than a heap allows, 42P16 a pseudo-type or another
 * session's temporary schema.
 */
extern Oid ge_output_check(RangeVar *name, const GeOutputColumn *columns, int n_columns,
						   bool logged);

/* Refuse a column's name of more bytes (42622); hint says what shortens it, or is NULL. */
extern void ge_output_check_length(const char *name, Size most, const char *hint);

/*
 * Create the table, temporary in a temporary schema whatever logged says, then check that
 * an event trigger left it as it was asked for (55000 if not).  It is filled page by page
 * where that is possible and it is empty when the first row comes, by multi-insert else,
 * and by INSERT where an event trigger gave it an index, a trigger, a constraint, a rule
 * or row security.  Neither this nor what
 * follows may be called in parallel mode.
 */
extern GeOutputTable *ge_output_create(RangeVar *name, const GeOutputColumn *columns,
									   int n_columns, bool logged);
/* Create a table that the caller fills.  It is open; close it with NoLock. */
extern Relation ge_output_create_empty(RangeVar *name, const GeOutputColumn *columns,
									   int n_columns, bool logged);
extern Oid ge_output_relid(const GeOutputTable *table);

/* Whether it is filled page by page (page/writer.h), for tests.  This, and the first row,
 * decides. */
extern bool ge_output_by_pages(GeOutputTable *table);

/*
 * Append a row; values as heap_form_tuple() takes them, copied.  A value may point into a
 * source's TOAST table: it is fetched and stored again.
 */
extern void ge_output_put(GeOutputTable *table, const Datum *values, const bool *is_null);

/* The writer of a table that is filled page by page, else NULL; for output/pages.c. */
struct GePageWriter;
extern struct GePageWriter *ge_output_page_writer(GeOutputTable *table);

/*
 * Write out everything; the table can be read after CommandCounterIncrement().  Returns
 * the number of rows.  After an error it is not called, and the transaction's abort
 * removes the table.
 */
extern uint64 ge_output_finish(GeOutputTable *table);

#endif /* GE_TABLE_H */
