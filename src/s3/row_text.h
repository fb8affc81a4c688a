/*
 * row_text.h: rows as lines of COPY's csv and text formats.
 *
 * Made here because the server's own writer cannot be asked for single lines before
 * version 16, and files are to be cut between lines.
 */
#ifndef GE_S3_ROW_TEXT_H
#define GE_S3_ROW_TEXT_H

#include "postgres.h"
#include "executor/tuptable.h"
#include "lib/stringinfo.h"
#include "nodes/pg_list.h"

typedef struct GeRowText GeRowText;

typedef struct GeLine
{
	const char *bytes;
	size_t length;
} GeLine;

/* options as COPY TO has them; errors are COPY's, and 0A000 for binary. */
extern GeRowText *ge_row_text_create(List *options);
/* The columns of the rows, before the first of them. */
extern void ge_row_text_start(GeRowText *writer, TupleDesc desc);
/* There is a header line. */
extern bool ge_row_text_has_header(const GeRowText *writer);
extern bool ge_row_text_is_csv(const GeRowText *writer);

/* The line with its end, in the file's encoding; it lives until the next one is made. */
extern GeLine ge_row_text_header(GeRowText *writer);
extern GeLine ge_row_text_row(GeRowText *writer, TupleTableSlot *slot);

#endif /* GE_S3_ROW_TEXT_H */
