/*
 * options.h: how CSV files are read and written, from COPY's option text.
 *
 * PostgreSQL itself parses and checks the text.  Only the csv format has a header and
 * quotes, from which columns can be inferred.  So other formats are refused (0A000).
 */
#ifndef GE_FILES_OPTIONS_H
#define GE_FILES_OPTIONS_H

#include "postgres.h"
#include "commands/copy.h"
#include "nodes/pg_list.h"

#include "csv/reader.h"

typedef struct GeCsvOptions
{
	List *list; /* of DefElem, as COPY takes them: without stray_quotes */
	CopyFormatOptions copy;
	GeCsvFormat format;
	bool has_header;
	int encoding;		   /* of the file; the database's, if none is given */
	const char *null_text; /* unquoted, it is NULL */
	size_t null_length;
} GeCsvOptions;

/* The options of a list with format csv; encoding is used if the list names none. */
extern GeCsvOptions *ge_csv_options_of(List *list, bool is_from, int encoding);
/* argument is the SQL parameter's name, for messages. */
extern GeCsvOptions *ge_csv_options_parse(const char *argument, const char *words,
										  bool is_from);

/*
 * Options of COPY as text, with or without parentheses, as a list of DefElem for
 * ProcessCopyOptions() and its like.  argument names the SQL parameter in errors.
 */
extern List *ge_copy_options_parse(const char *argument, const char *text);

/*
 * Take the option that COPY does not know out of the list: stray_quotes error (the default)
 * or literal.  Returns whether a quote inside an unquoted CSV field stands for itself.
 */
extern bool ge_copy_take_stray_quotes(List **options);

#endif /* GE_FILES_OPTIONS_H */
