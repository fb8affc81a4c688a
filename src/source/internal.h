/*
 * source_internal.h: what a GeSource is made of, for the files that read from it.
 *
 * Included by source*.c, leaf_scan.c, row_scan.c and reader*.c; everything else uses
 * source.h.  All that hangs on a source lives in its memory context.
 */
#ifndef GE_SOURCE_INTERNAL_H
#define GE_SOURCE_INTERNAL_H

#include "postgres.h"
#include "executor/tuptable.h"

#include "source/source.h"

/* A heap relation that holds rows of the source; locked ACCESS SHARE by the leader. */
typedef struct GeLeaf
{
	Oid relid;
	/* When the source was prepared: rows in later blocks are invisible to its snapshot. */
	BlockNumber n_blocks;
} GeLeaf;

typedef struct GeSourceQuery GeSourceQuery;

struct GeSource
{
	MemoryContext context;
	Relation relation;
	char *name; /* quoted, qualified where needed */

	/* from ge_source_prepare() on */
	Bitmapset *used; /* attribute numbers */
	AttrNumber *order_by;
	int n_order_by;
	Snapshot snapshot; /* registered */
	GeSourceMode mode;
	bool has_row_ids;
	bool is_ordered;
	GeLeaf *leaves; /* in partition bound order; none unless has_row_ids */
	int n_leaves;
	GeSourceQuery *query; /* GE_SOURCE_QUERY */
};

/* ------------------------------------------------------------------- source_leaves.c */

/*
 * Find and lock the heap relations that hold the rows, into source->leaves.  False, and
 * no leaves, when some rows are not in a heap: the source then has no row ids.
 */
extern bool ge_leaves_find(GeSource *source);
/* Take the predicate locks of a sequential scan, then fix the number of blocks. */
extern void ge_leaves_measure(GeSource *source);

/* -------------------------------------------------------------------- source_query.c */

/* Plan the query and check the caller's rights. */
extern void ge_query_prepare(GeSource *source);
/* Run the query if it has not run yet, and go to its first row. */
extern void ge_query_rewind(GeSource *source);
/* The next row, or NULL; it lives until the next call. */
extern TupleTableSlot *ge_query_next(GeSource *source);
/* Where the rows of ge_query_next() have a used column (counted from 1). */
extern AttrNumber ge_query_position(const GeSource *source, AttrNumber attno);
/* Where they have ctid; tableoid follows.  Only with row ids. */
extern AttrNumber ge_query_tid_position(const GeSource *source);
extern void ge_query_close(GeSource *source);

#endif /* GE_SOURCE_INTERNAL_H */
