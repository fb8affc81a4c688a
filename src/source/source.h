/*
 * source.h: a relation, or rows that are in none, as a sequence of rows with ordinals.
 *
 * A source is opened (locked, its kind checked), prepared (rights checked on exactly the
 * columns used, order fixed, everything locked that the rows come from), begun with a
 * snapshot, read once or twice, and closed.  Rows come in the same order each time:
 *
 *   heap mode   heap tables, leaves of partitioned tables, materialized views, without
 *               order_by: physical order; leaves in partition bound order as EXPLAIN
 *               shows them, DEFAULT last, depth first.
 *   query mode  everything else (order_by, views, foreign tables, inheritance parents,
 *               row security, other table access methods, tables of Citus): a query
 *               runs once, without parallel plan and synchronized scans, into a
 *               tuplestore.  Given rows are read so, too.
 */
#ifndef GE_SOURCE_H
#define GE_SOURCE_H

#include "postgres.h"
#include "executor/tuptable.h"
#include "nodes/bitmapset.h"
#include "storage/block.h"
#include "storage/itemptr.h"
#include "utils/rel.h"
#include "utils/snapshot.h"

#include "base/names.h"
#include "base/relation.h"

typedef enum GeSourceMode
{
	GE_SOURCE_HEAP,
	GE_SOURCE_QUERY
} GeSourceMode;

typedef struct GeSource GeSource;

/*
 * Lock what was given (ACCESS SHARE, kept to the end of the transaction) and check its
 * kind.  Errors: those of ge_relation_lock(); 42809 for what is no source (index,
 * sequence, ...).
 */
extern GeSource *ge_source_open(const GeRelationRef *given);

/* Rows that are in no relation, for the call alone, in their order. */
typedef struct GeGivenRows
{
	TupleDesc desc;
	uint64 n_rows;
	/* where the next row stands, for seek(), to which 0 is the first row */
	int64 (*place)(struct GeGivenRows *rows);
	void (*seek)(struct GeGivenRows *rows, int64 place);
	/* the next row into a virtual slot of desc, valid until the next call; false at the end */
	bool (*next)(struct GeGivenRows *rows, TupleTableSlot *slot);
} GeGivenRows;

/* The rows live as long as the source. */
extern GeSource *ge_source_of_rows(GeGivenRows *rows);

/* NULL: the rows are in none. */
extern Relation ge_source_relation(const GeSource *source);
extern TupleDesc ge_source_desc(const GeSource *source);
/* Quoted and qualified as needed, for messages and SQL. */
extern const char *ge_source_name(const GeSource *source);
/*
 * The name of given rows, for messages.  So with their columns, whose names no table could
 * have: by attribute number - 1, NULL for those that are no columns to anybody.  all: the
 * names of the file, with those of columns that the rows do not have.  They live as long as
 * the source.
 */
extern void ge_source_rename(GeSource *source, const char *name,
							 const char *const *columns, GeNames all);

/* The attribute number of a column named exactly so; 0 when there is none. */
extern AttrNumber ge_source_column(const GeSource *source, const char *name);
/* The name of a column; NULL for what is none. */
extern const char *ge_source_column_name(const GeSource *source, AttrNumber attno);
/* The names that somebody may know its columns by, for messages. */
extern GeNames ge_source_known_names(const GeSource *source);

/*
 * Fix what is read, and lock it: used holds attribute numbers (as bitmapset members)
 * whose values will be needed, order_by n_order_by attribute numbers (they count as used).
 * Errors: 42501 without SELECT on a used column; 42883 for an order_by type without a
 * btree order.
 */
extern void ge_source_prepare(GeSource *source, const Bitmapset *used,
							  const AttrNumber *order_by, int n_order_by);

/*
 * Read with this snapshot.  It is to be taken after all sources of a call are prepared, or
 * a reload that one of the locks waited for may be missing.  Error: 40001 if the snapshot
 * cannot see the rows that a relation holds by now.
 */
extern void ge_source_begin(GeSource *source, Snapshot snapshot);

/* After prepare. */
extern GeSourceMode ge_source_mode(const GeSource *source);
/* Rows have a tid and table oid: heap tables, leaves, materialized views. */
extern bool ge_source_has_row_ids(const GeSource *source);
/* Rows have a defined order: physical order or order_by. */
extern bool ge_source_is_ordered(const GeSource *source);

/* Whether the source is that relation, or its query reads the relation. */
extern bool ge_source_reads(const GeSource *source, Oid relid);

/* GE_SOURCE_QUERY: the rows that the planner expects. */
extern double ge_source_planned_rows(const GeSource *source);

extern void ge_source_close(GeSource *source);

/* ------------------------------------------------------- in any order, for the reader */

/* A heap relation that holds rows of the source; locked ACCESS SHARE by the leader. */
typedef struct GeLeaf
{
	Oid relid;
	/* When the source was begun: rows in later blocks are invisible to its snapshot. */
	BlockNumber n_blocks;
} GeLeaf;

/*
 * GE_SOURCE_HEAP: the heap relations with the rows, in partition bound order, and the
 * snapshot.
 */
typedef struct GeHeapRows
{
	Snapshot snapshot;
	const GeLeaf *leaves;
	int n_leaves;
} GeHeapRows;

extern GeHeapRows ge_source_heap_rows(const GeSource *source);

/* GE_SOURCE_QUERY: run the query if it has not run yet, and go to its first row. */
extern void ge_query_rewind(GeSource *source);
/* The next row, or NULL; valid until the next call. */
extern TupleTableSlot *ge_query_next(GeSource *source);
/* The position of a used column in the rows of ge_query_next(), counted from 1. */
extern AttrNumber ge_query_position(const GeSource *source, AttrNumber attno);

/* ------------------------------------------------------- row by row, in ordinal order */

typedef struct GeRow
{
	const Datum *values; /* by attribute number - 1 of ge_source_desc(); only the needed
						   * ones are meaningful */
	const bool *is_null;
	ItemPointerData tid; /* invalid without row ids */
	Oid table_oid;		 /* InvalidOid without row ids */
} GeRow;

typedef struct GeRowScan GeRowScan;

/* needed: a subset of the used columns (may be NULL: row ids alone). */
extern GeRowScan *ge_row_scan_begin(GeSource *source, const Bitmapset *needed);
/* The next row; its pointers are valid until the next call.  Checks for interrupts. */
extern bool ge_row_scan_next(GeRowScan *scan, GeRow *row);
extern void ge_row_scan_end(GeRowScan *scan);

#endif /* GE_SOURCE_H */
