/*
 * reader.h: records of a CSV text, as COPY's csv format reads them.
 *
 * Bytes come from a callback in any pieces.  A record has its fields twice: as they stand
 * in the file, and decoded.  The rules are COPY's, with one exception: quoted parts hold
 * delimiters and line ends, the first line end decides how all others look, but a quote
 * opens such a part at the beginning of a field only.  Elsewhere (27" TV) it is an error,
 * or stands for itself: COPY would read on to the next quote, however far.
 *
 * No PostgreSQL header is needed; text is in an encoding in which no byte of a longer
 * character looks like ASCII.
 */
#ifndef GE_CSV_READER_H
#define GE_CSV_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct GeCsvFormat
{
	char delimiter;
	char quote;
	char escape;				/* within quotes, before a quote or itself */
	bool stray_quotes_are_text; /* else they are an error */
} GeCsvFormat;

/* Fill the buffer with up to size > 0 bytes; 0 at the end.  It may leave by longjmp. */
typedef size_t (*GeCsvRead)(void *arg, char *buffer, size_t size);

typedef enum GeCsvStatus
{
	GE_CSV_RECORD,
	GE_CSV_END,
	GE_CSV_OPEN_QUOTE,		/* the text ends within quotes */
	GE_CSV_STRAY_QUOTE,		/* a quote inside a field that has none at its beginning */
	GE_CSV_BARE_RETURN,		/* an unquoted \r although lines end otherwise */
	GE_CSV_BARE_NEWLINE,	/* an unquoted \n although lines end otherwise */
	GE_CSV_RECORD_TOO_LONG, /* GE_CSV_MAX_RECORD and more */
	GE_CSV_NO_MEMORY
} GeCsvStatus;

#define GE_CSV_MAX_RECORD ((size_t) 0x3fffffff)

typedef struct GeCsvField
{
	const char *value; /* without quotes; not terminated by a zero */
	size_t length;
	const char *raw; /* as it stands in the text */
	size_t raw_length;
	bool is_quoted; /* it begins with a quote: COPY does not take it for NULL */
	bool has_stray; /* a quote of it stands for itself: COPY would read it otherwise */
} GeCsvField;

/* A record.  Its pointers are valid until the next call. */
typedef struct GeCsvRecord
{
	uint64_t line;	  /* of its beginning, from 1 */
	const char *text; /* as it stands in the text, without the line end */
	size_t length;
	int n_fields; /* at least 1 */
	const GeCsvField *fields;
	const char *line_end; /* as it stands in the text; empty at its end */
	size_t line_end_length;
} GeCsvRecord;

typedef struct GeCsvReader GeCsvReader;

/* NULL without memory. */
extern GeCsvReader *ge_csv_reader_create(const GeCsvFormat *format, GeCsvRead read,
										 void *arg);
/* Takes NULL as well. */
extern void ge_csv_reader_destroy(GeCsvReader *reader);

/*
 * The next record.  After any answer but GE_CSV_RECORD the reader may only be destroyed.
 */
extern GeCsvStatus ge_csv_next(GeCsvReader *reader, GeCsvRecord *record);
/* The next record without its fields. */
extern GeCsvStatus ge_csv_next_text(GeCsvReader *reader, GeCsvRecord *record);
/*
 * The line of an error: that of a quote, of a line end, or of the beginning of a record
 * that is too long.
 */
extern uint64_t ge_csv_line(const GeCsvReader *reader);
/*
 * After GE_CSV_STRAY_QUOTE: the line in which the field begins with a quote; 0: it does not.
 * A quote that is not closed ends at the next field that has quotes.
 */
extern uint64_t ge_csv_opened_line(const GeCsvReader *reader);

#endif /* GE_CSV_READER_H */
