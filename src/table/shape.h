/*
 * shape.h: the shape of a new table, and its creation.
 *
 * Private to table/. A shape is a TupleDesc of the columns, each checked to be possible.
 */
#ifndef GE_TABLE_SHAPE_H
#define GE_TABLE_SHAPE_H

#include "postgres.h"
#include "access/tupdesc.h"
#include "utils/rel.h"

#include "table/table.h"

/* Check columns (errors as ge_output_check()) and describe them. */
extern TupleDesc ge_output_shape(const GeOutputColumn *columns, int n_columns);

/*
 * The schema in which a table of that name would be created.  Errors: 3F000 (no such
 * schema), 42501 (no right to create there), 42P07 (a relation of that name exists),
 * 42P16 (temporary schema of another session).
 */
extern Oid ge_output_schema(const GeOutputName *name);

/* CREATE TABLE.  The table is open; close it with NoLock. */
extern Relation ge_output_make(const GeOutputName *name, TupleDesc shape, bool logged);

/* Check that an event trigger left a new table as it was asked for: 55000 if not. */
extern void ge_output_verify(Relation relation, TupleDesc shape, char persistence);

/* A column's name, type and collation for a message. */
extern const char *ge_output_describe_column(Form_pg_attribute column);
/* Whether a column has the name, type and collation that are asked for. */
extern bool ge_output_column_is(Form_pg_attribute column, Form_pg_attribute asked);

#endif /* GE_TABLE_SHAPE_H */
