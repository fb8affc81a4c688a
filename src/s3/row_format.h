/*
 * row_format.h: rows as COPY TO writes them: csv, text and binary.
 *
 * The server's own writer cannot be used: before version 16 it does not give single rows,
 * and files are cut between rows.  A file is a head, rows and a tail.
 */
#ifndef GE_S3_ROW_FORMAT_H
#define GE_S3_ROW_FORMAT_H

#include "postgres.h"
#include "executor/tuptable.h"
#include "nodes/pg_list.h"

typedef struct GeRowFormat GeRowFormat;

/* Valid until the format makes the next bytes. */
typedef struct GeBytes
{
	const char *bytes;
	size_t length;
} GeBytes;

/*
 * options as COPY TO has them; errors are COPY's. encoding: the file's, if options name
 * none.
 */
extern GeRowFormat *ge_row_format_create(List *options, int encoding);
/* The format's media type in HTTP. */
extern const char *ge_row_format_content_type(const GeRowFormat *format);
/* The columns of the rows, before the first of them. */
extern void ge_row_format_start(GeRowFormat *format, TupleDesc desc);

/*
 * Before the first row of a file: a header line, or the signature of the binary format.
 */
extern GeBytes ge_row_format_head(GeRowFormat *format);
extern GeBytes ge_row_format_row(GeRowFormat *format, TupleTableSlot *slot);
/* After the last row of a file. */
extern GeBytes ge_row_format_tail(GeRowFormat *format);

/*
 * Rows that are made field by field, instead of tuples, in csv: first the names of the
 * columns, then for each row begin, every field in order, end.  A value that is NULL (the
 * pointer) is NULL.
 */
extern void ge_row_format_name_columns(GeRowFormat *format, const char *const *names,
									   int n);
extern void ge_row_format_begin(GeRowFormat *format);
extern void ge_row_format_field(GeRowFormat *format, int i, const char *value,
								size_t length);
extern GeBytes ge_row_format_end(GeRowFormat *format);

#endif /* GE_S3_ROW_FORMAT_H */
