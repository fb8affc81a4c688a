/*
 * table.h: tables that hold results.
 *
 * A text names the table; it is read as SQL reads a table name.  A new table is created in
 * the caller's transaction by CREATE TABLE through SPI, so that hooks and event triggers
 * see it, then filled row by row, and is an ordinary table in every way.  With
 * replace => true the table may be there: then a new heap is filled, and takes the place
 * of the table's own at the end of the call (replace.c).
 */
#ifndef GE_TABLE_H
#define GE_TABLE_H

#include "postgres.h"
#include "nodes/primnodes.h"
#include "utils/rel.h"

#include "base/relation.h"

typedef struct GeOutputColumn
{
	const char *name;
	Oid type;
	int32 typmod;
	Oid collation; /* InvalidOid: the type's own */
} GeOutputColumn;

typedef struct GeOutputTable GeOutputTable;
typedef struct GeReplacement GeReplacement;

/* A table that a call fills: one that it creates, or one that is there. */
typedef struct GeOutputName
{
	const char *argument; /* the SQL parameter, for messages */
	RangeVar *name;
	bool may_replace;			/* replace => true */
	bool is_given;				/* a relation that is there: it can have no other name */
	GeReplacement *replacement; /* of the table that is there; NULL: one is created */
	Oid schema;					/* in which the table is, or will be */
} GeOutputName;

/*
 * Read a table name.  argument is the SQL parameter's name, for messages.
 * Errors: 42602 and 42601 for text that is no name, 22004 for NULL, 0A000 for a name of
 * another database.
 */
extern GeOutputName ge_output_name(const char *argument, const char *name);

/*
 * replace => true: find the tables of these names that are there, and lock them against
 * writers and other replacements, in the order of their OIDs, to the end of the
 * transaction.  Called before the snapshot of the call.  Errors: 42809 what is no plain
 * table, 42501 not the owner, 55006 a table in use by this session, and those of
 * ge_relation_lock().
 */
extern void ge_output_replace(GeOutputName *names, int n);
/* The same of one table, given as a relation; locked as ge_relation_lock() finds it. */
extern GeOutputName ge_output_replace_given(const char *argument,
											const GeRelationRef *given);
/* Whether a table of that name would be a temporary one. */
extern bool ge_output_is_temporary(const GeOutputName *name);
/* Whether the table that is replaced is logged. */
extern bool ge_output_is_logged(const GeOutputName *name);
/* The OID of the table that is replaced; InvalidOid if one is created. */
extern Oid ge_output_replaced(const GeOutputName *name);

/*
 * Check before any work that a table of that name and shape can be created; the name will
 * be looked up once more when it is.
 * Errors: 3F000 no such schema, 42501 no right to create there, 42P07 the name is taken,
 * 42622 a column name over 63 bytes, 42602 an empty one, 42701 two of one name or one of
 * a system column, 54011 more columns than a heap allows, 42P16 a pseudo-type or another
 * session's temporary schema.
 * Of a table that is replaced: 55000 if something stands in the way (obstacles.c).
 */
extern void ge_output_check(GeOutputName *name, const GeOutputColumn *columns,
							int n_columns, bool logged);
/* Refuse (42P07) two checked names of one table. */
extern void ge_output_names_differ(const GeOutputName *names, int n);

/* Refuse a column's name of more bytes (42622); hint says what shortens it, or is NULL. */
/* Error 54011 if no table can have so many columns. */
extern void ge_output_check_count(int n_columns);
extern void ge_output_check_length(const char *name, Size most, const char *hint);

/*
 * Create the table of a checked name, temporary in a temporary schema whatever logged
 * says, then check that an event trigger left it as it was asked for (55000 if not).  Of a
 * table that is replaced, create the new heap.  The table is filled page by page if that
 * is possible and it is empty when the first row comes, by multi-insert else, and by
 * INSERT if an event trigger gave it an index, a trigger, a constraint, a rule or row
 * security.  Neither this nor what follows may be called in parallel mode.
 */
extern GeOutputTable *ge_output_create(GeOutputName *name, const GeOutputColumn *columns,
									   int n_columns, bool logged);
/* The table as users know it: the new one, or the one that is replaced. */
extern Relation ge_output_relation(const GeOutputTable *table);
extern Oid ge_output_relid(const GeOutputTable *table);
/* Whether the table was created; else it is replaced. */
extern bool ge_output_is_new(const GeOutputTable *table);

/*
 * Before the first row: functions of users run between the rows, and may insert into the
 * table.  Then it is never filled page by page.
 */
extern void ge_output_expect_inserts(GeOutputTable *table);

/* Whether it is filled page by page (page/writer.h), for tests.  This, and the first row,
 * decides. */
extern bool ge_output_by_pages(GeOutputTable *table);

/*
 * Append a row; values as heap_form_tuple() takes them, copied.  A value may point into a
 * source's TOAST table: it is fetched and stored again.
 */
extern void ge_output_put(GeOutputTable *table, const Datum *values, const bool *is_null);

/*
 * The writer of a table that is filled page by page and has no column but those that it
 * was created with, else NULL; for output/pages.c.
 */
struct GePageWriter;
extern struct GePageWriter *ge_output_page_writer(GeOutputTable *table);

/*
 * Write out everything; the table can be read after CommandCounterIncrement(), one that is
 * replaced after ge_output_swap().  Returns the number of rows.  After an error it is not
 * called, and the transaction's abort removes the table.
 */
extern uint64 ge_output_finish(GeOutputTable *table);

/*
 * The last step of a call: put the new heaps in the place of the old ones, and build the
 * indexes anew.  Readers wait from here to the end of the transaction, and see the old
 * table or the new one.  Errors: 55000 if something came into the way meanwhile, 55006 a
 * table in use by this session, 23505 if the rows violate a unique index.
 */
extern void ge_output_swap(GeOutputName *names, int n);

#endif /* GE_TABLE_H */
