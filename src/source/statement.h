/*
 * statement.h: a SELECT of a source that is planned, run once, and read any number of times.
 *
 * It runs in the ordinary executor, without a parallel plan and synchronized scans.  Its
 * rows are kept in a tuplestore.  Everything is in the memory context of its source, which
 * is the current one when the statement is planned.
 */
#ifndef GE_SOURCE_STATEMENT_H
#define GE_SOURCE_STATEMENT_H

#include "postgres.h"
#include "executor/tuptable.h"
#include "nodes/parsenodes.h"
#include "nodes/plannodes.h"

#include "source/source.h"

typedef struct GeStatement GeStatement;

extern Query *ge_statement_parse(const char *sql);
/*
 * Plan a parsed text, which locks all that it reads, and check the caller's rights.
 */
extern GeStatement *ge_statement_plan(char *sql, Query *parsed);
/* The OIDs of all relations that a plan reads, each once. */
extern List *ge_relations_of_plan(const PlannedStmt *plan);
extern PlannedStmt *ge_statement_planned(const GeStatement *statement);
/* Refuse (40001) relations of the plan whose rows the snapshot cannot see. */
extern void ge_statement_check_seen(const GeStatement *statement, Snapshot snapshot);
/* As above, by a look at each row of the plan's relations. */
extern void ge_statement_check_rows_seen(const GeStatement *statement, Snapshot snapshot);
extern bool ge_statement_reads(const GeStatement *statement, Oid relid);
extern double ge_statement_planned_rows(const GeStatement *statement);

/* Keep `most` rows at most: the statement stops when it has one more. */
extern void ge_statement_limit(GeStatement *statement, uint64 most);
/*
 * Run the statement with the source's snapshot if it has not run yet, and go to its first
 * row.  is_ordered: its rows are those of the source in the order of order_by, and rows
 * that tie are an error.
 */
extern void ge_statement_rewind(GeStatement *statement, GeSource *source,
								bool is_ordered);
/* The next row, or NULL; valid until the next call. */
extern TupleTableSlot *ge_statement_next(GeStatement *statement);
/* Rows that were kept; whether there were more than the `most` that were wanted. */
extern uint64 ge_statement_count(const GeStatement *statement);
extern bool ge_statement_is_cut(const GeStatement *statement);
extern void ge_statement_close(GeStatement *statement);

#endif /* GE_SOURCE_STATEMENT_H */
