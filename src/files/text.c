/*
 * text.c: converts a file's bytes to the database's encoding, and keeps them.
 *
 * Bytes are converted before delimiters are searched: in the encodings of a database no
 * byte of a longer character looks like ASCII; in other encodings one may.  A character
 * cut by the end of a piece waits for the next piece.
 */
#include "postgres.h"
#include "catalog/namespace.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "storage/buffile.h"
#include "utils/memutils.h"

#include "base/shown.h"
#include "files/text.h"

#define PIECE ((size_t) 64 * 1024)

struct GeCsvText
{
	const char *uri;
	GeByteSource *bytes; /* NULL: all of them were read */
	MemoryContext bytes_context;
	uint64 n_bytes; /* once that is so: how many */
	int encoding;	/* of the file */
	Oid conversion; /* InvalidOid: the bytes are only checked */
	bool at_end;	/* of the bytes */
	char *piece;	/* bytes that are not yet converted */
	size_t piece_length;
	char *converted; /* room for MAX_CONVERSION_GROWTH times a piece */
	size_t converted_at;
	size_t converted_length;
	uint64 n_newlines; /* converted so far */
	uint64 n_returns;
	BufFile *kept; /* NULL: nothing is kept or left to read again */
	bool is_again; /* kept is being read */
};

static void
open_bytes(GeCsvText *self, const char *uri, const GeS3Choice *choice,
		   GeCompression compression)
{
	MemoryContext caller;

	self->bytes_context = AllocSetContextCreate(
		CurrentMemoryContext, "gpu_encode CSV bytes", ALLOCSET_DEFAULT_SIZES);
	caller = MemoryContextSwitchTo(self->bytes_context);
	self->bytes = ge_byte_source_open(uri, choice, compression);
	MemoryContextSwitchTo(caller);
}

/* A pattern may mean thousands of objects, and all of them wait to be read again. */
static void
close_bytes(GeCsvText *self)
{
	if (self->bytes == NULL)
		return;
	self->n_bytes = ge_byte_source_bytes_read(self->bytes);
	ge_byte_source_close(self->bytes);
	self->bytes = NULL;
	MemoryContextDelete(self->bytes_context);
}

GeCsvText *
ge_csv_text_open(const char *uri, const GeS3Choice *choice, GeCompression compression,
				 int encoding, bool keep)
{
	GeCsvText *self = palloc0(sizeof *self);
	int database = GetDatabaseEncoding();

	self->uri = pstrdup(uri);
	open_bytes(self, uri, choice, compression);
	self->encoding = encoding;
	if (encoding != database && encoding != PG_SQL_ASCII && database != PG_SQL_ASCII)
	{
		self->conversion = FindDefaultConversionProc(encoding, database);
		if (!OidIsValid(self->conversion))
			ereport(ERROR, (errcode(ERRCODE_UNDEFINED_FUNCTION),
							errmsg("no default conversion from encoding \"%s\" to \"%s\"",
								   pg_encoding_to_char(encoding),
								   pg_encoding_to_char(database))));
	}
	ge_byte_source_skip_mark(self->bytes, encoding);
	self->piece = palloc(PIECE + 1);
	self->converted = palloc(PIECE * MAX_CONVERSION_GROWTH + 1);
	if (keep)
		self->kept = BufFileCreateTemp(false);
	return self;
}

/* More bytes into the piece. */
static void
read_piece(GeCsvText *self)
{
	size_t n = ge_byte_source_read(self->bytes, self->piece + self->piece_length,
								   PIECE - self->piece_length);

	self->piece_length += n;
	self->at_end = n == 0;
}

static void
drop_from_piece(GeCsvText *self, size_t n)
{
	self->piece_length -= n;
	memmove(self->piece, self->piece + n, self->piece_length);
}

static uint64
count_bytes(const GeCsvText *self, char c)
{
	const char *at = self->converted;
	const char *end = at + self->converted_length;
	uint64 n = 0;

	while ((at = memchr(at, c, end - at)) != NULL)
	{
		n++;
		at++;
	}
	return n;
}

/* The error at the first byte that is invalid in the encoding. */
static void
name_line(void *arg)
{
	const GeCsvText *self = arg;
	uint64 line = 1 + (self->n_newlines > 0 ? self->n_newlines : self->n_returns);

	if (self->piece[0] == '\0')
		errhint("Look at line " UINT64_FORMAT
				" of %s. No text has a byte 0. If the file is "
				"in UTF-16 or UTF-32, convert it to UTF-8, with iconv for example.",
				line, ge_printable(self->uri));
	else
		errhint("Look at line " UINT64_FORMAT
				" of %s. If all of it is in another encoding, "
				"name that among the options, as in (format csv, encoding 'latin1').",
				line, ge_printable(self->uri));
}

/* Bytes of the piece that are whole characters, now in converted; 0 when the first is not
 * whole or not valid. */
static size_t
convert_piece(GeCsvText *self, bool no_error)
{
	size_t n;

	if (OidIsValid(self->conversion))
	{
		n = pg_do_encoding_conversion_buf(
			self->conversion, self->encoding, GetDatabaseEncoding(),
			(unsigned char *) self->piece, self->piece_length,
			(unsigned char *) self->converted, PIECE * MAX_CONVERSION_GROWTH + 1,
			no_error);
		self->converted_length = strlen(self->converted);
		return n;
	}
	n = pg_encoding_verifymbstr(GetDatabaseEncoding(), self->piece, self->piece_length);
	if (n == 0 && !no_error)
		report_invalid_encoding(GetDatabaseEncoding(), self->piece, self->piece_length);
	memcpy(self->converted, self->piece, n);
	self->converted_length = n;
	return n;
}

static void
report_wrong_text(GeCsvText *self)
{
	ErrorContextCallback context = {
		.callback = name_line, .arg = self, .previous = error_context_stack};

	error_context_stack = &context;
	(void) convert_piece(self, false);
	error_context_stack = context.previous;
	elog(ERROR, "a text that could not be converted can be");
}

/* More text; false at the end. */
static bool
convert_more(GeCsvText *self)
{
	size_t n = 0;

	self->converted_at = self->converted_length = 0;
	while (n == 0)
	{
		if (self->piece_length < PIECE && !self->at_end)
			read_piece(self);
		if (self->piece_length == 0)
		{
			if (!self->at_end)
				continue;
			close_bytes(self);
			return false;
		}
		n = convert_piece(self, true);
		/* with this many bytes the first character is not cut but invalid */
		if (n == 0 && (self->at_end || self->piece_length >= MAX_CONVERSION_INPUT_LENGTH))
			report_wrong_text(self);
		drop_from_piece(self, n);
	}
	self->n_newlines += count_bytes(self, '\n');
	if (self->n_newlines == 0)
		self->n_returns += count_bytes(self, '\r');
	return true;
}

/* Text that was kept; 0 when it has all been read again. */
static size_t
read_again(GeCsvText *self, char *buffer, size_t size)
{
	size_t n = BufFileRead(self->kept, buffer, size);

	if (n == 0)
	{
		BufFileClose(self->kept);
		self->kept = NULL;
		self->is_again = false;
	}
	return n;
}

size_t
ge_csv_text_read(void *arg, char *buffer, size_t size)
{
	GeCsvText *self = arg;
	size_t n;

	CHECK_FOR_INTERRUPTS();
	if (self->is_again)
	{
		n = read_again(self, buffer, size);
		if (n > 0)
			return n;
	}
	if (self->converted_at == self->converted_length && !convert_more(self))
		return 0;
	n = Min(size, self->converted_length - self->converted_at);
	memcpy(buffer, self->converted + self->converted_at, n);
	self->converted_at += n;
	if (self->kept != NULL)
		BufFileWrite(self->kept, buffer, n);
	return n;
}

void
ge_csv_text_rewind(GeCsvText *self)
{
	Assert(self->kept != NULL && !self->is_again);
	if (BufFileSeek(self->kept, 0, 0, SEEK_SET) != 0)
		ereport(ERROR, (errcode_for_file_access(),
						errmsg("could not rewind a temporary file: %m")));
	self->is_again = true;
}

uint64
ge_csv_text_close(GeCsvText *self)
{
	uint64 n_bytes;

	if (self->kept != NULL)
		BufFileClose(self->kept);
	close_bytes(self);
	n_bytes = self->n_bytes;
	pfree(self->piece);
	pfree(self->converted);
	pfree(self);
	return n_bytes;
}
