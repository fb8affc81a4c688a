/*
 * csv_fuzz.c: any bytes, as a CSV text in any format and in any pieces, for libFuzzer.
 *
 * The first four bytes of an input choose the format and how the text arrives.  Whatever
 * the text is, records must lie within it, in order and without gaps; how it arrives must
 * not matter; values must be what a field written anew reads back as; kinds must be what
 * columns are told from.
 */
#include <stdlib.h>
#include <string.h>

#include "csv/kind.h"
#include "csv/reader.h"

extern int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A text that is handed out in pieces. */
typedef struct Source
{
	const char *bytes;
	size_t length;
	size_t at;
	size_t piece;
} Source;

static void
expect(bool holds)
{
	if (!holds)
		abort();
}

static size_t
read_source(void *arg, char *buffer, size_t size)
{
	Source *source = arg;
	size_t n = source->length - source->at;

	n = n < size ? n : size;
	n = n < source->piece ? n : source->piece;
	memcpy(buffer, source->bytes + source->at, n);
	source->at += n;
	return n;
}

static GeCsvFormat
choose_format(const uint8_t *choice)
{
	static const char delimiters[] = {',', ';', '\t', '|'};
	static const char quotes[] = {'"', '\''};
	char quote = quotes[choice[1] % 2];

	return (GeCsvFormat){.delimiter = delimiters[choice[0] % 4],
						 .quote = quote,
						 .escape = choice[1] & 2 ? '\\' : quote,
						 .stray_quotes_are_text = choice[1] & 4};
}

/* Every value belongs to one kind, and a column of it alone takes it. */
static void
check_kind(const char *value, size_t length)
{
	uint32_t kind = ge_kind_of(value, length);

	expect(kind != 0 && (kind & (kind - 1)) == 0);
	expect(ge_kind_fits(ge_kind_type(kind), kind));
	expect(ge_kind_type(kind | GE_KIND_TEXT) == GE_CSV_TEXT);
}

/* The value in quotes, read again, is the same. */
static void
check_written_anew(const GeCsvFormat *format, const GeCsvField *field)
{
	char *written = malloc(2 * field->length + 2);
	Source source = {.bytes = written, .length = 0, .piece = SIZE_MAX};
	GeCsvReader *reader = ge_csv_reader_create(format, read_source, &source);
	GeCsvRecord record;

	written[source.length++] = format->quote;
	for (size_t i = 0; i < field->length; i++)
	{
		if (field->value[i] == format->quote || field->value[i] == format->escape)
			written[source.length++] = format->escape;
		written[source.length++] = field->value[i];
	}
	written[source.length++] = format->quote;
	expect(ge_csv_next(reader, &record) == GE_CSV_RECORD && record.n_fields == 1);
	expect(record.fields[0].length == field->length && record.fields[0].is_quoted &&
		   !record.fields[0].has_stray &&
		   memcmp(record.fields[0].value, field->value, field->length) == 0);
	expect(ge_csv_next(reader, &record) == GE_CSV_END);
	ge_csv_reader_destroy(reader);
	free(written);
}

static void
check_fields(const GeCsvFormat *format, const GeCsvRecord *record)
{
	const char *at = record->text;

	expect(record->n_fields >= 1);
	for (int i = 0; i < record->n_fields; i++)
	{
		const GeCsvField *field = &record->fields[i];

		expect(field->raw == at && field->length <= field->raw_length);
		expect(format->stray_quotes_are_text || !field->has_stray);
		expect(field->is_quoted || field->value == field->raw);
		at += field->raw_length + 1;
		check_kind(field->value, field->length);
		check_written_anew(format, field);
	}
	expect(at == record->text + record->length + 1);
}

/* Read all of a text; returns a digest of what came and the line where it ended. */
static uint64_t
read_all(const GeCsvFormat *format, Source source, bool with_fields)
{
	GeCsvReader *reader = ge_csv_reader_create(format, read_source, &source);
	const char *text = source.bytes;
	size_t passed = 0;
	uint64_t line = 0, digest = 0;
	GeCsvRecord record;
	GeCsvStatus status;

	while ((status = with_fields ? ge_csv_next(reader, &record)
								 : ge_csv_next_text(reader, &record)) == GE_CSV_RECORD)
	{
		expect(record.line > line);
		line = record.line;
		expect(passed + record.length + record.line_end_length <= source.length);
		expect(memcmp(record.text, text + passed, record.length) == 0);
		passed += record.length + record.line_end_length;
		if (with_fields)
			check_fields(format, &record);
		digest = digest * 31 + record.length * 7 + line;
	}
	expect(status != GE_CSV_END || passed == source.length);
	expect(status == GE_CSV_END || ge_csv_line(reader) >= line);
	digest = digest * 31 + ge_csv_line(reader) * 8 + status;
	ge_csv_reader_destroy(reader);
	return digest;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GeCsvFormat format;
	Source whole, pieces;
	uint64_t digest;

	if (size < 4)
		return 0;
	format = choose_format(data);
	whole =
		(Source){.bytes = (const char *) data + 4, .length = size - 4, .piece = SIZE_MAX};
	pieces = whole;
	pieces.piece = 1 + data[2] % 16;
	digest = read_all(&format, whole, true);
	expect(digest == read_all(&format, pieces, true));
	expect(digest == read_all(&format, pieces, false));
	check_kind(whole.bytes, whole.length);
	return 0;
}
