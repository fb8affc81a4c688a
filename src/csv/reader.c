/*
 * reader.c: splits a CSV text into records.
 *
 * First the end of the record is found: the first line end outside of quotes.  Little
 * must be remembered if the buffer ends in the middle.  Then the record lies in one piece
 * and is split into fields (fields.c).
 *
 *   buffer:  ...done... | record at hand ... | scanned | not yet scanned | free
 *                       start                position                  filled   capacity
 */
#include "csv/reader.h"
#include "csv/fields.h"

#include <stdlib.h>
#include <string.h>

#define INITIAL_CAPACITY ((size_t) 64 * 1024)

typedef enum LineEnd
{
	LINE_END_UNKNOWN,
	LINE_END_NEWLINE,
	LINE_END_RETURN,
	LINE_END_BOTH
} LineEnd;

struct GeCsvReader
{
	GeCsvFormat format;
	GeCsvRead read;
	void *arg;
	char *buffer;
	size_t capacity;
	size_t start;
	size_t position;
	size_t filled;
	bool at_end; /* read() has nothing more */
	LineEnd line_end;
	uint64_t line;		  /* of position */
	uint64_t fault_line;  /* where the record began, or its last quote opened */
	uint64_t opened_line; /* where the record's last quoted part opened; 0: nowhere */
	size_t closed;		  /* where it closed, from start on */
	bool in_quotes;		  /* at position */
	bool escaped;		  /* the byte before position was an escape that counts */
	bool just_closed;	  /* the byte before position closed a quoted part */
	bool is_special[256];
	GeCsvFields fields;
};

GeCsvReader *
ge_csv_reader_create(const GeCsvFormat *format, GeCsvRead read, void *arg)
{
	GeCsvReader *reader = calloc(1, sizeof *reader);

	if (reader == NULL)
		return NULL;
	reader->format = *format;
	reader->read = read;
	reader->arg = arg;
	reader->line = 1;
	reader->is_special[(unsigned char) '\n'] = true;
	reader->is_special[(unsigned char) '\r'] = true;
	reader->is_special[(unsigned char) format->quote] = true;
	reader->is_special[(unsigned char) format->escape] = true;
	return reader;
}

void
ge_csv_reader_destroy(GeCsvReader *reader)
{
	if (reader == NULL)
		return;
	free(reader->buffer);
	ge_csv_fields_free(&reader->fields);
	free(reader);
}

uint64_t
ge_csv_line(const GeCsvReader *reader)
{
	return reader->fault_line;
}

uint64_t
ge_csv_opened_line(const GeCsvReader *reader)
{
	return reader->opened_line;
}

/* ------------------------------------------------------------------ finding the end */

/* Move the record at hand to the front, or enlarge the buffer, so that bytes fit in. */
static GeCsvStatus
make_room(GeCsvReader *reader)
{
	if (reader->start > 0)
	{
		memmove(reader->buffer, reader->buffer + reader->start,
				reader->filled - reader->start);
		reader->position -= reader->start;
		reader->filled -= reader->start;
		reader->start = 0;
	}
	if (reader->filled == reader->capacity)
	{
		size_t capacity = reader->capacity == 0 ? INITIAL_CAPACITY : 2 * reader->capacity;
		char *buffer;

		if (reader->filled >= GE_CSV_MAX_RECORD)
			return GE_CSV_RECORD_TOO_LONG;
		buffer = realloc(reader->buffer, capacity);
		if (buffer == NULL)
			return GE_CSV_NO_MEMORY;
		reader->buffer = buffer;
		reader->capacity = capacity;
	}
	return GE_CSV_RECORD;
}

/* Read more bytes behind those in the buffer; set at_end if there are none. */
static GeCsvStatus
fill(GeCsvReader *reader)
{
	GeCsvStatus status = make_room(reader);
	size_t size;

	if (status != GE_CSV_RECORD)
		return status;
	size = reader->read(reader->arg, reader->buffer + reader->filled,
						reader->capacity - reader->filled);
	reader->filled += size;
	reader->at_end = size == 0;
	return GE_CSV_RECORD;
}

/* Decide by the first line end, and refuse one of another kind. */
static GeCsvStatus
accept_line_end(GeCsvReader *reader, LineEnd found)
{
	if (reader->line_end == LINE_END_UNKNOWN)
		reader->line_end = found;
	if (reader->line_end == found)
		return GE_CSV_RECORD;
	reader->fault_line = reader->line;
	return found == LINE_END_NEWLINE ? GE_CSV_BARE_NEWLINE : GE_CSV_BARE_RETURN;
}

/* The line end at position, which is a \r or \n outside of quotes.  Its length, or 0 when
 * the byte behind a \r has to be read first. */
static size_t
measure_line_end(const GeCsvReader *reader, LineEnd *kind)
{
	const char *at = reader->buffer + reader->position;

	*kind = *at == '\n' ? LINE_END_NEWLINE : LINE_END_RETURN;
	if (*at == '\n')
		return 1;
	if (reader->position + 1 == reader->filled && !reader->at_end)
		return 0;
	if (reader->position + 1 < reader->filled && at[1] == '\n' &&
		reader->line_end != LINE_END_RETURN)
	{
		*kind = LINE_END_BOTH;
		return 2;
	}
	return 1;
}

/* A line end within quotes: \r\n is one. */
static void
count_line(GeCsvReader *reader)
{
	const char *at = reader->buffer + reader->position;

	if (*at == '\r' || (*at == '\n' && at[-1] != '\r'))
		reader->line++;
}

static void
pass_within_quotes(GeCsvReader *reader)
{
	const GeCsvFormat *format = &reader->format;
	char c = reader->buffer[reader->position];

	count_line(reader);
	if (c == format->escape && format->escape != format->quote)
		reader->escaped = !reader->escaped;
	else
	{
		reader->just_closed = c == format->quote && !reader->escaped;
		reader->in_quotes = !reader->just_closed;
		reader->escaped = false;
		if (reader->just_closed)
			reader->closed = reader->position - reader->start;
	}
}

/* Whether the byte at position belongs to a field that begins with a quote. */
static bool
is_after_quoted(const GeCsvReader *reader)
{
	const char *record = reader->buffer + reader->start;
	size_t at = reader->position - reader->start;

	return reader->opened_line > 0 &&
		   memchr(record + reader->closed, reader->format.delimiter,
				  at - reader->closed) == NULL;
}

/* A quote outside of quotes: it opens a part, goes on with one (as its own escape), or is
 * stray. */
static GeCsvStatus
pass_quote(GeCsvReader *reader)
{
	const GeCsvFormat *format = &reader->format;
	const char *at = reader->buffer + reader->position;
	bool begins_field = reader->position == reader->start || at[-1] == format->delimiter;
	bool is_escaped = reader->just_closed && format->escape == format->quote;

	reader->just_closed = false;
	if (!is_escaped)
		reader->fault_line = reader->line;
	if (begins_field)
		reader->opened_line = reader->line;
	if (begins_field || is_escaped)
		reader->in_quotes = true;
	else if (!format->stray_quotes_are_text)
	{
		if (!is_after_quoted(reader))
			reader->opened_line = 0;
		return GE_CSV_STRAY_QUOTE;
	}
	return GE_CSV_RECORD;
}

/* A special byte at position that is no line end of the record: quotes, escapes, and line
 * ends within quotes. */
static GeCsvStatus
pass_special(GeCsvReader *reader)
{
	GeCsvStatus status = GE_CSV_RECORD;

	if (reader->in_quotes)
		pass_within_quotes(reader);
	else if (reader->buffer[reader->position] == reader->format.quote)
		status = pass_quote(reader);
	else
		reader->just_closed = false;
	reader->position++;
	return status;
}

/* Go to the next special byte. */
static void
skip_plain(GeCsvReader *reader)
{
	const char *buffer = reader->buffer;
	size_t at = reader->position;

	while (at < reader->filled && !reader->is_special[(unsigned char) buffer[at]])
		at++;
	if (at > reader->position)
		reader->escaped = reader->just_closed = false;
	reader->position = at;
}

/* Find the end of the record from start, and its line end. */
static GeCsvStatus
find_end(GeCsvReader *reader, size_t *length, size_t *line_end_length)
{
	for (;;)
	{
		GeCsvStatus status = GE_CSV_RECORD;
		bool is_line_end;
		size_t ending = 0;
		LineEnd kind;

		skip_plain(reader);
		is_line_end = reader->position < reader->filled && !reader->in_quotes &&
					  (reader->buffer[reader->position] == '\n' ||
					   reader->buffer[reader->position] == '\r');
		if (is_line_end)
			ending = measure_line_end(reader, &kind);
		if (ending > 0)
		{
			*length = reader->position - reader->start;
			*line_end_length = ending;
			reader->position += ending;
			return accept_line_end(reader, kind);
		}
		if (reader->position < reader->filled && !is_line_end)
			status = pass_special(reader);
		else if (reader->at_end)
		{
			*length = reader->filled - reader->start;
			*line_end_length = 0;
			return reader->in_quotes ? GE_CSV_OPEN_QUOTE : GE_CSV_RECORD;
		}
		else
			status = fill(reader);
		if (status != GE_CSV_RECORD)
			return status;
	}
}

/* ----------------------------------------------------------------------- the records */

GeCsvStatus
ge_csv_next_text(GeCsvReader *reader, GeCsvRecord *record)
{
	size_t length, line_end_length;
	GeCsvStatus status;

	record->line = reader->fault_line = reader->line;
	reader->start = reader->position;
	reader->in_quotes = reader->escaped = reader->just_closed = false;
	reader->opened_line = 0;
	status = find_end(reader, &length, &line_end_length);
	if (status != GE_CSV_RECORD)
		return status;
	if (length == 0 && line_end_length == 0)
		return GE_CSV_END;
	record->text = reader->buffer + reader->start;
	record->length = length;
	record->line_end = record->text + length;
	record->line_end_length = line_end_length;
	reader->line += line_end_length > 0;
	return GE_CSV_RECORD;
}

GeCsvStatus
ge_csv_next(GeCsvReader *reader, GeCsvRecord *record)
{
	GeCsvStatus status = ge_csv_next_text(reader, record);

	if (status == GE_CSV_RECORD &&
		!ge_csv_fields_split(&reader->fields, &reader->format, record))
		return GE_CSV_NO_MEMORY;
	return status;
}
