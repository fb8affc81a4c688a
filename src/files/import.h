/*
 * import.h: objects and files into a table, by the server's own COPY.
 *
 * Rows and errors are those of COPY, with these exceptions: an empty file has no rows,
 * even with header match; in csv a line of \. is a value in every version, and a quote
 * inside an unquoted field is an error, or stands for itself.
 */
#ifndef GE_FILES_IMPORT_H
#define GE_FILES_IMPORT_H

#include "postgres.h"
#include "nodes/pg_list.h"
#include "utils/rel.h"

#include "base/arguments.h"
#include "files/file.h"

typedef struct GeImport
{
	/* asked */
	GeFileAccess access;
	List *columns;		 /* of String nodes; NIL: all */
	List *options;		 /* of DefElem, as COPY's, and stray_quotes */
	GeNames null_values; /* further texts that mean NULL */
	/* done so far */
	int64 rows;
	int64 files;
	int64 bytes; /* read, before decompression */
} GeImport;

/*
 * COPY each of uris (char *) into relation, which is locked ROW EXCLUSIVE.  Makes the
 * checks of COPY FROM: INSERT on the columns, row security, read-only transactions.
 */
extern void ge_import_run(GeImport *import, Relation relation, List *uris);

#endif /* GE_FILES_IMPORT_H */
