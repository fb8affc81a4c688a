/*
 * row_format_internal.h: what the files of row formats share.
 */
#ifndef GE_S3_ROW_FORMAT_INTERNAL_H
#define GE_S3_ROW_FORMAT_INTERNAL_H

#include "commands/copy.h"
#include "fmgr.h"
#include "lib/stringinfo.h"

#include "s3/row_format.h"

/* A column that is written: dropped ones are left out. */
typedef struct GeRowColumn
{
	int attribute; /* from 0 */
	const char *name;
	Oid function_oid;
	FmgrInfo function; /* of output or sending */
	bool force_quote;
	/* Append a value that is not NULL to the row. */
	void (*append)(GeRowFormat *format, struct GeRowColumn *column, Datum value);
} GeRowColumn;

struct GeRowFormat
{
	CopyFormatOptions options;
	int encoding; /* of the file, in csv and text */
	int n_columns;
	GeRowColumn *columns;
	StringInfoData row;
	MemoryContext row_context; /* what a row's functions leave */
	/* csv and text: */
	size_t null_length;
	bool numbers_are_plain; /* nothing in a whole number is special */
	bool is_special[256];	/* csv: a value with this byte is quoted */
	char escape_letter
		[256]; /* what is behind the escape for this byte; 0: nothing special */
};

/* row_text.c: csv and text. */
extern void ge_row_text_prepare(GeRowFormat *format);
extern void ge_row_text_choose(GeRowFormat *format, GeRowColumn *column);
extern void ge_row_text_header(GeRowFormat *format);
extern void ge_row_text_row(GeRowFormat *format, TupleTableSlot *slot);
extern void ge_row_text_field(GeRowFormat *format, int i, const char *value,
							  size_t length);

/* row_binary.c */
extern void ge_row_binary_choose(GeRowFormat *format, GeRowColumn *column);
extern void ge_row_binary_head(GeRowFormat *format);
extern void ge_row_binary_row(GeRowFormat *format, TupleTableSlot *slot);
extern void ge_row_binary_tail(GeRowFormat *format);

#endif /* GE_S3_ROW_FORMAT_INTERNAL_H */
