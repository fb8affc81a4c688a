/*
 * copy.c: feeds COPY FROM with the rows of a CSV file.
 *
 * Rows go to COPY as the file has them, line for line, so that the lines which COPY names
 * are the file's.  A field becomes COPY's own null text if it is NULL by a rule that COPY
 * does not know, and gets quotes if COPY would misread it.  Every row ends its line: COPY
 * takes an empty line without an end for the end of the data.
 */
#include "postgres.h"
#include "commands/defrem.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "nodes/makefuncs.h"

#include "base/shown.h"
#include "files/copy.h"
#include "files/copy_feed.h"

#define FEED_BYTES (64 * 1024)

typedef struct Feed
{
	const GeCsvCopy *copy;
	GeCsvFile *file;
	bool needs_header; /* it was taken for names, and COPY expects one */
	char line_end[2];  /* of the lines before */
	size_t line_end_length;
	StringInfoData ready; /* bytes for COPY, from ready.cursor on */
} Feed;

/* ------------------------------------------------------------------- what COPY is given */

/* A value that COPY would misread. */
static void
append_quoted(Feed *feed, const char *value, size_t length)
{
	const GeCsvFormat *format = &feed->file->format;

	appendStringInfoCharMacro(&feed->ready, format->quote);
	for (size_t i = 0; i < length; i++)
	{
		if (value[i] == format->quote || value[i] == format->escape)
			appendStringInfoCharMacro(&feed->ready, format->escape);
		appendStringInfoCharMacro(&feed->ready, value[i]);
	}
	appendStringInfoCharMacro(&feed->ready, format->quote);
}

/* Up to version 17 COPY takes a line of \. alone for the end of the data. */
static bool
is_end_marker(const char *line, size_t length)
{
	return length == 2 && memcmp(line, "\\.", 2) == 0;
}

/* Such a line can be a value, but not a NULL. */
static void
refuse_null_marker(const Feed *feed, const GeCsvRecord *record)
{
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("line " UINT64_FORMAT " of %s is NULL, and the null text is \"\\.\"",
					record->line, ge_printable(feed->file->uri)),
			 errdetail("To COPY a line of \"\\.\" alone is the end of the data."),
			 errhint("Name \"\\.\" in null_values instead of the option null.")));
}

static bool
is_null_text(const Feed *feed, const char *value)
{
	const GeCsvOptions *options = feed->copy->options;

	return options->null_length == strlen(value) &&
		   memcmp(options->null_text, value, options->null_length) == 0;
}

static void
append_part(Feed *feed, const char *value, bool needs_quotes)
{
	if (needs_quotes)
		append_quoted(feed, value, strlen(value));
	else
		appendStringInfoString(&feed->ready, value);
}

/*
 * The end marker from start on gets quotes around a field that is not the null text, which
 * COPY then reads as before.  There is one: if the delimiter is a part of the marker, one of
 * two fields is empty and the other is not.
 */
static void
quote_end_marker(Feed *feed, int start, const GeCsvRecord *record, bool is_row)
{
	char delimiter = feed->file->format.delimiter;
	const char *first = delimiter == '\\' ? "" : delimiter == '.' ? "\\" : "\\.";
	const char *second = delimiter == '\\' ? "." : delimiter == '.' ? "" : NULL;
	bool first_is_value = !is_row || !is_null_text(feed, first);

	if (second == NULL && !first_is_value)
		refuse_null_marker(feed, record);
	feed->ready.len = start;
	append_part(feed, first, first_is_value);
	if (second == NULL)
		return;
	appendStringInfoCharMacro(&feed->ready, delimiter);
	append_part(feed, second, !first_is_value);
}

static void
append_field(Feed *feed, const GeCsvRecord *record, int i, bool is_row)
{
	const GeCsvColumns *columns = feed->copy->columns;
	const GeCsvField *field = &record->fields[i];
	bool needs_quotes = field->has_stray;

	if (is_row && columns != NULL)
	{
		const GeCsvColumn *column = ge_csv_columns_at(columns, i);

		if (ge_csv_is_null(columns, column, field))
		{
			appendBinaryStringInfo(&feed->ready, columns->null_text,
								   columns->null_length);
			return;
		}
		if (feed->copy->check_values)
			ge_csv_check_value(column, field, record->line, feed->file->uri);
		needs_quotes |= ge_csv_looks_null(columns, column, field);
	}
	if (needs_quotes)
		append_quoted(feed, field->value, field->length);
	else
		appendBinaryStringInfo(&feed->ready, field->raw, field->raw_length);
}

static void
append_line_end(Feed *feed, const GeCsvRecord *record)
{
	if (record->line_end_length > 0)
	{
		memcpy(feed->line_end, record->line_end, record->line_end_length);
		feed->line_end_length = record->line_end_length;
	}
	appendBinaryStringInfo(&feed->ready, feed->line_end, feed->line_end_length);
}

static void
append_record(Feed *feed, const GeCsvRecord *record, bool is_row)
{
	int start = feed->ready.len;

	if ((feed->file->how & GE_CSV_UNSPLIT) == 0)
		for (int i = 0; i < record->n_fields; i++)
		{
			if (i > 0)
				appendStringInfoCharMacro(&feed->ready, feed->file->format.delimiter);
			append_field(feed, record, i, is_row);
		}
	else
		appendBinaryStringInfo(&feed->ready, record->text, record->length);
	if (is_end_marker(feed->ready.data + start, feed->ready.len - start))
		quote_end_marker(feed, start, record, is_row);
	append_line_end(feed, record);
}

/* The next line; false at the end. */
static bool
append_next(Feed *feed)
{
	bool is_header = feed->file->has_header && feed->file->first_waits;
	GeCsvRecord record;

	if (feed->needs_header)
	{
		append_record(feed, &feed->file->first, false);
		feed->needs_header = false;
		return true;
	}
	if (!ge_csv_file_next(feed->file, &record))
		return false;
	append_record(feed, &record, !is_header);
	return true;
}

/* GeCopyRead */
static size_t
read_rows(void *arg, char *buffer, size_t length)
{
	Feed *feed = arg;
	size_t n;

	if (feed->ready.cursor == feed->ready.len)
	{
		resetStringInfo(&feed->ready);
		while (feed->ready.len < FEED_BYTES && append_next(feed))
			;
	}
	n = Min(length, (size_t) (feed->ready.len - feed->ready.cursor));
	memcpy(buffer, feed->ready.data + feed->ready.cursor, n);
	feed->ready.cursor += n;
	return n;
}

/* ----------------------------------------------------------------------------- COPY */

/* The caller's options, without those that are done already. */
static List *
copy_options(const GeCsvCopy *copy, const GeCsvFile *file)
{
	bool has_names = file->n_columns > 0;
	List *list = NIL;
	ListCell *cell;

	foreach (cell, copy->options->list)
	{
		DefElem *option = lfirst_node(DefElem, cell);

		if (strcmp(option->defname, "encoding") != 0 &&
			!(has_names && strcmp(option->defname, "header") == 0) &&
			!(copy->columns != NULL && strcmp(option->defname, "force_not_null") == 0))
			list = lappend(list, option);
	}
	if (has_names && file->has_header)
		list = lappend(list,
					   makeDefElem("header", (Node *) makeString(pstrdup("true")), -1));
	return lappend(
		list, makeDefElem("encoding",
						  (Node *) makeString(pstrdup(GetDatabaseEncodingName())), -1));
}

/* GeCopyPut */
static void
put_row(void *arg, const Datum *values, const bool *is_null)
{
	ge_output_put(arg, values, is_null);
}

uint64
ge_csv_copy(const GeCsvCopy *copy, GeCsvFile *file)
{
	List *options = copy_options(copy, file);
	Feed feed = {.copy = copy,
				 .file = file,
				 .needs_header = file->has_header && !file->first_waits,
				 .line_end = {'\n'},
				 .line_end_length = 1};
	uint64 n_rows;

	initStringInfo(&feed.ready);
	if (copy->table == NULL)
		n_rows = ge_copy_feed(copy->relation, copy->names, options, read_rows, &feed);
	else
		n_rows =
			ge_copy_rows(copy->relation, options, read_rows, &feed, put_row, copy->table);
	pfree(feed.ready.data);
	return n_rows;
}
