/*
 * options.h: how CSV files are read and written, from COPY's option text.
 *
 * PostgreSQL itself parses and checks the text.  Only the csv format has a header and quotes that
 * columns could be told from, so other formats are refused (0A000).
 */
#ifndef GE_FILES_OPTIONS_H
#define GE_FILES_OPTIONS_H

#include "postgres.h"
#include "commands/copy.h"
#include "nodes/pg_list.h"

#include "csv/reader.h"

typedef struct GeCsvOptions
{
	List *list; /* of DefElem, as COPY takes them */
	CopyFormatOptions copy;
	GeCsvFormat format;
	bool has_header;
	int encoding;		   /* of the file; the database's, where none is given */
	const char *null_text; /* unquoted, it is NULL */
	size_t null_length;
} GeCsvOptions;

/* argument is the SQL parameter's name, for messages. */
extern GeCsvOptions *ge_csv_options_parse(const char *argument, const char *words,
										  bool is_from);

#endif /* GE_FILES_OPTIONS_H */
