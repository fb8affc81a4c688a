/*
 * csv_reader_test.c: CSV texts are split as COPY splits them, however the bytes arrive.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csv/reader.h"
#include "support.h"
#include "tap.h"

/* A text that is handed out in pieces. */
typedef struct Source
{
	const char *text;
	size_t length;
	size_t at;
	size_t piece; /* at most so many bytes at once */
} Source;

static size_t
read_source(void *arg, char *buffer, size_t size)
{
	Source *source = arg;
	size_t n = source->length - source->at;

	n = n < size ? n : size;
	n = n < source->piece ? n : source->piece;
	memcpy(buffer, source->text + source->at, n);
	source->at += n;
	return n;
}

static const GeCsvFormat comma = {',', '"', '"', false};
static const GeCsvFormat backslash = {';', '\'', '\\', false};
static const GeCsvFormat stray = {',', '"', '"', true};
static const GeCsvFormat stray_backslash = {';', '\'', '\\', true};

/* The records as one text: "1:a|b*|c/3:..." with lines, * for quoted, ! for a
 * stray quote, and at last the status, of an error with its line. */
static char *
show(const GeCsvFormat *format, const char *text, size_t length, size_t piece,
	 bool with_lines)
{
	Source source = {text, length, 0, piece};
	GeCsvReader *reader = ge_csv_reader_create(format, read_source, &source);
	size_t size = 4 * length + 4096;
	char *shown = malloc(size);
	size_t n = 0;
	GeCsvRecord record;
	GeCsvStatus status;

	while ((status = ge_csv_next(reader, &record)) == GE_CSV_RECORD)
	{
		if (with_lines)
			n += snprintf(shown + n, size - n, "%d:", (int) record.line);
		for (int i = 0; i < record.n_fields; i++)
		{
			const GeCsvField *field = &record.fields[i];

			n += snprintf(shown + n, size - n, "%s%.*s%s%s", i > 0 ? "|" : "",
						  (int) field->length, field->value, field->is_quoted ? "*" : "",
						  field->has_stray ? "!" : "");
		}
		n += snprintf(shown + n, size - n, "/");
	}
	n += snprintf(shown + n, size - n, "%d", (int) status);
	if (status != GE_CSV_END)
		n += snprintf(shown + n, size - n, "@%d", (int) ge_csv_line(reader));
	if (status == GE_CSV_STRAY_QUOTE && ge_csv_opened_line(reader) != 0)
		snprintf(shown + n, size - n, "<%d", (int) ge_csv_opened_line(reader));
	ge_csv_reader_destroy(reader);
	return shown;
}

static void
check(const GeCsvFormat *format, const char *text, const char *expected)
{
	static const size_t pieces[] = {1, 2, 3, 1000};

	for (int i = 0; i < 4; i++)
	{
		char *copy = strndup(text, strlen(text));
		char *shown = show(format, copy, strlen(copy), pieces[i], true);

		tap_ok(strcmp(shown, expected) == 0, "%d bytes of text in pieces of %d",
			   (int) strlen(text), (int) pieces[i]);
		if (strcmp(shown, expected) != 0)
			printf("# got %s\n", shown);
		free(shown);
		free(copy);
	}
}

static void
check_texts(void)
{
	check(&comma, "", "1");
	check(&comma, "a", "1:a/1");
	check(&comma, "a,b\n1,2\n", "1:a|b/2:1|2/1");
	check(&comma, "a,b\r\n1,2\r\n", "1:a|b/2:1|2/1");
	check(&comma, "a,b\r1,2\r", "1:a|b/2:1|2/1");
	check(&comma, "a,b\n1,2", "1:a|b/2:1|2/1");
	check(&comma, ",\n\n", "1:|/2:/1");
	check(&comma, "\"a\",\"\"\n", "1:a*|*/1");
	check(&comma, "\"a\"\"b\",\"c,d\"\n", "1:a\"b*|c,d*/1");
	check(&comma, "\"\"\"\",\"\"\"\"\"\"\n", "1:\"*|\"\"*/1");
	check(&comma, "\"a\nb\",c\nd,e\n", "1:a\nb*|c/3:d|e/1");
	check(&comma, "h\r\n\"a\r\nb\"\r\nd\r\n", "1:h/2:a\r\nb*/4:d/1");
	check(&comma, "a\n\"b\rc\"\n", "1:a/2:b\rc*/1");
	check(&backslash, "a;'b\\'c';'d\\\\'\n'\\x;y'\n", "1:a|b'c*|d\\*/2:\\x;y*/1");
	check(&backslash, "\\;a\n", "1:\\|a/1");
	check(&comma, "h\r\n\"a\nb\rc\r\nd\"\r\ne\r\n", "1:h/2:a\nb\rc\r\nd*/6:e/1");
	check(&comma, "a\n\"b", "1:a/2@2");
	check(&comma, "a\n\"b\"\"\nc\n\"\"\n", "1:a/2@2");
	check(&comma, "a\n\"\n\",\"b\n\n", "1:a/2@3");
	check(&comma, "a\nb\rc\n", "1:a/4@2");
	check(&comma, "a\r\nb\nc\r\n", "1:a/5@2");
	check(&comma, "a\rb\nc\r", "1:a/5@2");
}

/* A quote that does not begin its field. */
static void
check_stray_quotes(void)
{
	check(&comma, "a,b\n27\" TV,1\nx,2\n", "1:a|b/3@2");
	check(&comma, "a\n5'10\"\n", "1:a/3@2");
	check(&comma, "a\n \"b\"\n", "1:a/3@2");
	check(&comma, "a\n\"b\nc\"d\"e\"\n", "1:a/3@3<2");
	check(&comma, "a\n\"b\" \"c\"\n", "1:a/3@2<2");
	check(&comma, "\"a\"b,c\n", "1:ab*|c/1");
	check(&backslash, "'a''b'\n", "3@1<1");
	check(&backslash, "\\'a'\n", "3@1");
	check(&stray, "a,b\n27\" TV,1\nx\",\"2\"\n", "1:a|b/2:27\" TV!|1/3:x\"!|2*/1");
	check(&stray, "a \"b\",c\n", "1:a \"b\"!|c/1");
	check(&stray, "\"a\"b\"c\",\"\"\"\"\"\n", "2@1");
	check(&stray, "\"27\" TV\",\"\"\"\"\n", "1:27 TV\"*!|\"*/1");
	check(&stray, "x\"\"\n\"\"\"\"\n", "1:x\"\"!/2:\"*/1");
	check(&stray, "x\"\r\n\"y\r\n\"\r\n", "1:x\"!/2:y\r\n*/1");
	/* a quote that is not closed goes on to the next one, behind which all is stray */
	check(&comma, "a,b\n1,\"x\n2,\"y\"\n", "1:a|b/3@3<2");
	check(&comma, "1,\"x\n2,\"\"y\n\"z\"", "3@3<1");
	check(&comma, "\"x\",2\"\n", "3@1");
	check(&comma, "\"x\ny\",\"2\",z\"\n", "3@2");
	check(&stray_backslash, "'a''b';'c\\'d'\nx'\\'\n", "1:a'b'*!|c'd*/2:x'\\'!/1");
}

/* A field as a file may have it; appends to what it means as well. */
static size_t
random_field(uint64_t *state, char *text, char *meaning, size_t *n_meaning)
{
	static const char plain[] = "ab 0.\xc3\xa9'\\";
	bool is_quoted = random_next(state) % 3 == 0;
	size_t length = random_next(state) % 9;
	size_t n = 0;

	if (is_quoted)
		text[n++] = '"';
	for (size_t i = 0; i < length; i++)
	{
		char c = plain[random_next(state) % (sizeof plain - 1)];

		if (is_quoted && random_next(state) % 3 == 0)
			c = ",\"\n\r"[random_next(state) % 4];
		if (c == '"')
			text[n++] = '"';
		text[n++] = c;
		meaning[(*n_meaning)++] = c;
	}
	if (is_quoted)
	{
		text[n++] = '"';
		meaning[(*n_meaning)++] = '*';
	}
	return n;
}

/* Records come back as they were written, whatever the pieces. */
static void
check_random(uint64_t seed)
{
	uint64_t state = seed;
	int n_records = 300, n_fields = 1 + random_next(&state) % 5;
	const char *line_end = (const char *[]){"\n", "\r\n", "\r"}[seed % 3];
	char *text = malloc(200000), *expected = malloc(400000), *shown;
	size_t n = 0, n_expected = 0;

	for (int i = 0; i < n_records; i++)
	{
		for (int k = 0; k < n_fields; k++)
		{
			if (k > 0)
				text[n++] = ',';
			if (k > 0)
				expected[n_expected++] = '|';
			n += random_field(&state, text + n, expected, &n_expected);
		}
		expected[n_expected++] = '/';
		n += snprintf(text + n, 3, "%s", line_end);
	}
	snprintf(expected + n_expected, 2, "%d", GE_CSV_END);
	shown = show(&comma, text, n, 1 + seed % 7, false);
	tap_ok(strcmp(shown, expected) == 0, "%d random records, seed %d", n_records,
		   (int) seed);
	free(text);
	free(expected);
	free(shown);
}

/* A record longer than the first buffer. */
static void
check_long(void)
{
	size_t length = 1000000;
	char *text = malloc(length + 4);
	Source source = {text, length + 4, 0, 8192};
	GeCsvReader *reader = ge_csv_reader_create(&comma, read_source, &source);
	GeCsvRecord record;

	memset(text, 'x', length + 4);
	text[0] = text[length + 1] = '"';
	text[length + 2] = ',';
	tap_ok(ge_csv_next(reader, &record) == GE_CSV_RECORD && record.n_fields == 2 &&
			   record.fields[0].length == length && record.fields[1].length == 1,
		   "a field of %d bytes", (int) length);
	tap_ok(ge_csv_next(reader, &record) == GE_CSV_END, "and nothing behind it");
	ge_csv_reader_destroy(reader);
	ge_csv_reader_destroy(NULL);
	free(text);
}

int
main(void)
{
	check_texts();
	check_stray_quotes();
	for (uint64_t seed = 1; seed <= 60; seed++)
		check_random(seed);
	check_long();
	return tap_done();
}
