/*
 * import.h: objects and files into a table, by the server's own COPY.
 */
#ifndef GE_IMPORT_H
#define GE_IMPORT_H

#include "postgres.h"
#include "nodes/pg_list.h"
#include "utils/rel.h"

#include "s3/byte_source.h"

typedef struct GeImport
{
	/* asked */
	const GeS3Choice *choice;
	GeCompression compression;
	List *columns;		/* of String nodes; NIL: all */
	List *options;		/* of DefElem, as COPY's */
	char **null_values; /* further texts that mean NULL */
	int n_null_values;
	/* done so far */
	int64 rows;
	int64 files;
	int64 bytes; /* read, before decompression */
} GeImport;

/*
 * COPY each of uris (char *) into relation, which is locked ROW EXCLUSIVE.  Checks what
 * COPY FROM checks: INSERT on the columns, row security, read-only transactions.
 */
extern void ge_import_run(GeImport *import, Relation relation, List *uris);

/*
 * Options of COPY as text, with or without parentheses, as a list of DefElem for
 * ProcessCopyOptions() and its like.  argument names the SQL parameter in errors.
 */
extern List *ge_copy_options_parse(const char *argument, const char *text);

#endif /* GE_IMPORT_H */
