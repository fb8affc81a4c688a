/*
 * copy_feed.h: bytes from anywhere into a table, by the server's own COPY.
 */
#ifndef GE_FILES_COPY_FEED_H
#define GE_FILES_COPY_FEED_H

#include "postgres.h"
#include "nodes/pg_list.h"
#include "utils/rel.h"

/* A row: the columns that are not dropped.  It is valid until the function returns. */
typedef void (*GeCopyPut)(void *arg, const Datum *values, const bool *is_null);

/* Fill the buffer with up to length > 0 bytes; 0 at the end.  It may raise an error. */
typedef size_t (*GeCopyRead)(void *arg, char *buffer, size_t length);

/*
 * The checks of COPY FROM before it reads: INSERT on the columns (a list of String nodes;
 * NIL: all), row security, read-only transactions.
 */
extern void ge_copy_check_rights(Relation relation, List *columns);

/*
 * COPY the bytes of read into a relation, which is locked ROW EXCLUSIVE; options are
 * COPY's own, of DefElem.  Errors of read show the position of read, not that of COPY,
 * which is behind.  Returns the number of rows.
 */
extern uint64 ge_copy_feed(Relation relation, List *columns, List *options,
						   GeCopyRead read, void *arg);

/*
 * The same, but the rows go to put, and the relation only says what they are.  All columns
 * are read.
 */
extern uint64 ge_copy_rows(Relation relation, List *options, GeCopyRead read, void *arg,
						   GeCopyPut put, void *put_arg);

#endif /* GE_FILES_COPY_FEED_H */
