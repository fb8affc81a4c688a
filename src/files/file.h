/*
 * file.h: one CSV file: the names of its columns, then its rows.
 *
 * Names come from the header.  Without a header, or for an empty name, they are column1,
 * column2, ... Once they are taken, every row has as many fields as there are names;
 * blank lines at the end of a file of several columns are no rows.  Errors (22P04) name
 * the file and the line.
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
	GeS3Choice choice;
	GeCompression compression;
} GeFileAccess;

/* How a file is read. */
enum
{
	GE_CSV_KEPT = 1 << 0,	/* it can be rewound */
	GE_CSV_UNSPLIT = 1 << 1 /* records are not split into fields */
};

typedef struct GeCsvFile
{
	const char *uri;
	int n_columns; /* 0: names were not taken, or the file is empty */
	char **names;
	bool has_header;
	int how; /* GE_CSV_... */
	GeCsvFormat format;
	GeCsvText *text;
	GeCsvReader *reader;
	MemoryContextCallback free_reader;
	GeCsvRecord first; /* the first record, until the next one is read */
	bool has_first;	   /* false: the file is empty */
	bool first_waits;  /* it was not handed out yet */
	uint64 n_bytes;	   /* once closed: what was read, as it is stored */
} GeCsvFile;

/* In CurrentMemoryContext, which is not reset before the file is closed. */
extern GeCsvFile *ge_csv_file_open(const char *uri, const GeCsvOptions *options,
								   const GeFileAccess *access, int how);
/* Take the names from the first record, which is a row then only if there is no header. */
extern void ge_csv_file_take_names(GeCsvFile *file);
/* The next row; false at the end.  Valid until the next call. */
extern bool ge_csv_file_next(GeCsvFile *file, GeCsvRecord *record);
/* Once: from the first row again. */
extern void ge_csv_file_rewind(GeCsvFile *file);
extern void ge_csv_file_close(GeCsvFile *file);

/* Whether a name occurs twice, and where, from 0. */
extern bool ge_csv_names_repeat(const char *const *names, int n, int *first, int *second);

#endif /* GE_FILES_FILE_H */
