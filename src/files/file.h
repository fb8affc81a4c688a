/*
 * file.h: one CSV file: the names of its columns, then its rows.
 *
 * Names come from the header, or are column1, column2, ... without one and where the
 * header has nothing.  Every row has as many fields as there are names.  Errors (22P04)
 * name the file and the line.
 */
#ifndef GE_FILES_FILE_H
#define GE_FILES_FILE_H

#include "postgres.h"

#include "files/options.h"
#include "files/text.h"
#include "s3/byte_source.h"

/* How files are reached. */
typedef struct GeFileAccess
{
	const char *server; /* NULL: by the URI */
	GeCompression compression;
} GeFileAccess;

typedef struct GeCsvFile
{
	const char *uri;
	int n_columns; /* 0: the file is empty */
	char **names;
	bool has_header;
	GeCsvFormat format;
	GeCsvText *text;
	GeCsvReader *reader;
	MemoryContextCallback free_reader;
	GeCsvRecord first; /* without a header: the record that told how many columns */
	bool first_waits;
	uint64 n_bytes; /* once closed: what was read, as it is stored */
} GeCsvFile;

/* keep: so that it can be rewound.  In CurrentMemoryContext, which is not reset before
 * the file is closed.  A file without any line has no columns. */
extern GeCsvFile *ge_csv_file_open(const char *uri, const GeCsvOptions *options,
								   const GeFileAccess *access, bool keep);
/* The next row; false at the end.  It lives until the next call. */
extern bool ge_csv_file_next(GeCsvFile *file, GeCsvRecord *record);
/* Once: from the first row again. */
extern void ge_csv_file_rewind(GeCsvFile *file);
extern void ge_csv_file_close(GeCsvFile *file);

#endif /* GE_FILES_FILE_H */
