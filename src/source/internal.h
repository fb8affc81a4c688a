/*
 * internal.h: what a GeSource is made of, for the files that read from it.
 *
 * Everything that belongs to a source is in its memory context.
 */
#ifndef GE_SOURCE_INTERNAL_H
#define GE_SOURCE_INTERNAL_H

#include "postgres.h"
#include "executor/tuptable.h"

#include "source/source.h"
#include "source/statement.h"

typedef struct GeGivenSource GeGivenSource;

struct GeSource
{
	MemoryContext context;
	Relation relation;				 /* NULL: the rows are given */
	GeGivenSource *given;			 /* NULL: they are in the relation */
	char *name;						 /* quoted, and qualified if needed */
	const char *const *column_names; /* by attribute number - 1; NULL: the relation's */
	GeNames all_names;				 /* of the file that the rows come from; or none */

	/* from ge_source_prepare() on */
	Bitmapset *used; /* attribute numbers */
	AttrNumber *order_by;
	int n_order_by;
	GeSourceMode mode;
	bool has_row_ids;
	bool is_ordered;
	GeLeaf *leaves; /* in partition bound order; none unless has_row_ids */
	int n_leaves;
	Relation
		*open_leaves; /* held open, so that no function that the call runs alters them */
	GeStatement *query; /* GE_SOURCE_QUERY */

	/* from ge_source_begin() on */
	Snapshot snapshot; /* registered */
};

/* ------------------------------------------------------------------- leaves.c */

/*
 * Find and lock the heap relations that hold the rows, into source->leaves.  False, and
 * no leaves, when some rows are not in a heap: the source then has no row ids.
 */
extern bool ge_leaves_find(GeSource *source);
extern void ge_leaves_close(GeSource *source);
/* Refuse leaves whose rows the snapshot cannot see. */
extern void ge_leaves_check_seen(const GeSource *source);
/* Take the predicate locks of a sequential scan, then fix the number of blocks. */
extern void ge_leaves_measure(GeSource *source);

/* -------------------------------------------------------------------- query.c */

/* Plan the query, which locks all that it reads, and check the caller's rights. */
extern void ge_query_prepare(GeSource *source);
/* The column of the rows that holds ctid; tableoid follows.  Only with row ids. */
extern AttrNumber ge_query_tid_position(const GeSource *source);

/* -------------------------------------------------------------------- given.c */

/* Allocates in source->context, which is the current one. */
extern void ge_given_open(GeSource *source, GeGivenRows *rows);
extern TupleDesc ge_given_desc(const GeSource *source);
extern double ge_given_count(const GeSource *source);
/* As ge_query_rewind() and ge_query_next(). */
extern void ge_given_rewind(GeSource *source);
extern TupleTableSlot *ge_given_next(GeSource *source);
extern void ge_given_close(GeSource *source);

#endif /* GE_SOURCE_INTERNAL_H */
