/*
 * byte_source.c: an object or a file as a stream of bytes, decompressed.
 */
#include "postgres.h"
#include "catalog/pg_authid.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "storage/fd.h"
#include "utils/acl.h"
#include "utils/memutils.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arguments.h"
#include "base/compat.h"
#include "base/shown.h"
#include "s3/byte_source.h"
#include "s3/decompress.h"
#include "s3/object_reader.h"
#include "s3/uri.h"

#define INPUT_SIZE (256 * 1024)
#define LONGEST_MAGIC 10

struct GeByteSource
{
	char *uri;
	GeObjectReader *object; /* NULL: a file */
	int file;
	GeDecompressor *decompressor; /* NULL: what is read is plain */
	char *input;				  /* read, and not yet taken: */
	size_t input_start;
	size_t input_end;
	bool input_ended;
	int64 bytes_read;
	char ahead[4]; /* read to look for a mark, and not yet taken: */
	size_t ahead_start;
	size_t ahead_end;
};

GeCompression
ge_compression_parse(const char *word)
{
	static const char *const words[] = {"auto", "none", "gzip", "zstd", NULL};

	return (GeCompression) ge_word_choice("compression", word, words);
}

/* ------------------------------------------------------------------ raw bytes */

static int
open_file(const char *path)
{
	struct stat status;
	int file;

	if (!has_privs_of_role(GetUserId(), ROLE_PG_READ_SERVER_FILES))
		ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				errmsg("permission denied to read the file \"%s\"", ge_printable(path)),
				errdetail("Only roles with privileges of pg_read_server_files may read "
						  "files of the server."));
	/* without waiting: no cancel ends the wait for the other end of a pipe */
	file = OpenTransientFile(path, O_RDONLY | O_NONBLOCK);
	if (file < 0 || fstat(file, &status) != 0)
		ereport(ERROR, ge_errcode_for_file_access(),
				errmsg("could not open file \"%s\": %m", ge_printable(path)));
	if (!S_ISREG(status.st_mode))
		ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE),
				errmsg("\"%s\" is not a regular file", ge_printable(path)),
				errhint("Directories, pipes and devices are not read. COPY FROM PROGRAM "
						"reads what a program writes."));
	return file;
}

static size_t
read_file(GeByteSource *source, void *buffer, size_t length)
{
	ssize_t result;

	CHECK_FOR_INTERRUPTS();
	do
		result = read(source->file, buffer, length);
	while (result < 0 && errno == EINTR);
	if (result < 0)
		ereport(ERROR, errcode_for_file_access(),
				errmsg("could not read \"%s\": %m", ge_printable(source->uri)));
	return result;
}

static size_t
read_raw(GeByteSource *source, void *buffer, size_t length)
{
	size_t result = source->object != NULL
						? ge_object_reader_read(source->object, buffer, length)
						: read_file(source, buffer, length);

	source->bytes_read += result;
	return result;
}

/* ------------------------------------------------------------------ which compression */

static bool
has_suffix(const char *uri, const char *suffix)
{
	size_t length = strlen(uri);
	size_t suffix_length = strlen(suffix);

	return length > suffix_length &&
		   pg_strcasecmp(uri + length - suffix_length, suffix) == 0;
}

GeCompression
ge_compression_of_name(const char *uri)
{
	if (has_suffix(uri, ".gz") || has_suffix(uri, ".gzip"))
		return GE_COMPRESSION_GZIP;
	if (has_suffix(uri, ".zst") || has_suffix(uri, ".zstd"))
		return GE_COMPRESSION_ZSTD;
	return GE_COMPRESSION_NONE;
}

static GeCompression
promised_compression(const GeByteSource *source)
{
	const char *encoding =
		source->object != NULL ? ge_object_reader_content_encoding(source->object) : "";

	if (pg_strcasecmp(encoding, "gzip") == 0)
		return GE_COMPRESSION_GZIP;
	if (pg_strcasecmp(encoding, "zstd") == 0)
		return GE_COMPRESSION_ZSTD;
	return ge_compression_of_name(source->uri);
}

/* pzstd and others write frames of their own between those of zstd, and before them. */
static bool
is_skippable_frame(const char *start)
{
	return (start[0] & 0xf0) == 0x50 && memcmp(start + 1, "\x2a\x4d\x18", 3) == 0;
}

/* What is often given in place of text.  Its bytes would lead to an error about encodings. */
static void
refuse_other_formats(const GeByteSource *source)
{
	static const struct
	{
		const char *name;
		size_t offset;
		const char *bytes;
		size_t length;
	} formats[] = {
		{"compressed by bzip2", 4, "1AY&SY", 6},
		{"compressed by xz", 0, "\xfd\x37\x7a\x58\x5a\0", 6},
		{"compressed by lz4", 0, "\x04\x22\x4d\x18", 4},
		{"a zip archive", 0, "PK\x03\x04", 4},
		{"a Parquet file", 0, "PAR1\x15", 5},
	};

	for (int i = 0; i < lengthof(formats); i++)
		if (source->input_end >= formats[i].offset + formats[i].length &&
			memcmp(source->input + formats[i].offset, formats[i].bytes,
				   formats[i].length) == 0)
			ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("%s is %s", ge_printable(source->uri), formats[i].name),
					errhint("Files may be plain, or compressed by gzip or zstd. With "
							"compression => 'none' the bytes are read as they are."));
}

/*
 * The first bytes decide: no text begins with the bytes of gzip or zstd.  If the name or
 * the endpoint promises a compression that the bytes lack, the source raises an error:
 * its rows would not be those that were meant.
 */
static GeCompression
detect_compression(GeByteSource *source)
{
	GeCompression promised = promised_compression(source);
	const char *start = source->input;
	size_t length;

	while (source->input_end < LONGEST_MAGIC && !source->input_ended)
	{
		size_t more = read_raw(source, source->input + source->input_end,
							   INPUT_SIZE - source->input_end);

		source->input_ended = more == 0;
		source->input_end += more;
	}
	length = source->input_end;
	if (length >= 2 && memcmp(start, "\x1f\x8b", 2) == 0)
		return GE_COMPRESSION_GZIP;
	if (length >= 4 &&
		(memcmp(start, "\x28\xb5\x2f\xfd", 4) == 0 || is_skippable_frame(start)))
		return GE_COMPRESSION_ZSTD;
	if (promised != GE_COMPRESSION_NONE && length > 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				errmsg("%s is not compressed by %s", ge_printable(source->uri),
					   promised == GE_COMPRESSION_GZIP ? "gzip" : "zstd"),
				errdetail("Its name or its Content-Encoding says so."),
				errhint("Read it with compression => 'none'."));
	refuse_other_formats(source);
	return GE_COMPRESSION_NONE;
}

/* ------------------------------------------------------------------ the source */

GeByteSource *
ge_byte_source_open(const char *uri, const GeS3Choice *choice, GeCompression compression)
{
	GeByteSource *source = palloc0_object(GeByteSource);

	source->uri = pstrdup(uri);
	source->input = palloc(INPUT_SIZE);
	if (ge_uri_is_file(uri))
		source->file = open_file(ge_uri_file_path(uri));
	else
	{
		GeUri parsed = ge_uri_parse(uri);

		source->object =
			ge_object_reader_open(ge_s3_server_resolve(choice, &parsed), &parsed);
	}
	if (compression == GE_COMPRESSION_AUTO)
		compression = detect_compression(source);
	if (compression != GE_COMPRESSION_NONE)
		source->decompressor = ge_decompressor_create(compression, source->uri);
	return source;
}

static size_t
read_plain(GeByteSource *source, void *buffer, size_t length)
{
	size_t here = Min(source->input_end - source->input_start, length);

	if (here == 0)
		return read_raw(source, buffer, length);
	memcpy(buffer, source->input + source->input_start, here);
	source->input_start += here;
	return here;
}

static void
fill_input(GeByteSource *source)
{
	source->input_start = 0;
	source->input_end =
		source->input_ended ? 0 : read_raw(source, source->input, INPUT_SIZE);
	source->input_ended = source->input_end == 0;
}

static size_t
read_compressed(GeByteSource *source, void *buffer, size_t length)
{
	GeDecompressStep step = {.output = buffer, .output_length = length};

	for (;;)
	{
		step.input = source->input + source->input_start;
		step.input_length = source->input_end - source->input_start;
		ge_decompress(source->decompressor, &step);
		source->input_start += step.consumed;
		if (step.produced > 0)
			return step.produced;
		if (source->input_start < source->input_end)
			continue;
		if (source->input_ended)
			break;
		fill_input(source);
	}
	ge_decompress_finish(source->decompressor);
	return 0;
}

size_t
ge_byte_source_read(GeByteSource *source, void *buffer, size_t length)
{
	size_t ahead = Min(source->ahead_end - source->ahead_start, length);

	if (ahead > 0)
	{
		memcpy(buffer, source->ahead + source->ahead_start, ahead);
		source->ahead_start += ahead;
		return ahead;
	}
	return source->decompressor == NULL ? read_plain(source, buffer, length)
										: read_compressed(source, buffer, length);
}

/* What programs write before a text.  The mark of UTF-32 begins with that of UTF-16. */
static const struct
{
	const char *encoding;
	const char *bytes;
	size_t length;
} marks[] = {
	{"UTF-8", "\xef\xbb\xbf", 3},
	{"UTF-32 little-endian", "\xff\xfe\0\0", 4},
	{"UTF-32 big-endian", "\0\0\xfe\xff", 4},
	{"UTF-16 little-endian", "\xff\xfe", 2},
	{"UTF-16 big-endian", "\xfe\xff", 2},
};

void
ge_byte_source_skip_mark(GeByteSource *source, int encoding)
{
	char *first = source->ahead;
	size_t length = 0;
	size_t more = 1;

	if (encoding != PG_UTF8 && encoding != PG_SQL_ASCII)
		return;
	while (length < sizeof(source->ahead) && more > 0)
	{
		more =
			ge_byte_source_read(source, first + length, sizeof(source->ahead) - length);
		length += more;
	}
	source->ahead_end = length;
	for (int i = 0; i < lengthof(marks); i++)
	{
		if (length < marks[i].length ||
			memcmp(first, marks[i].bytes, marks[i].length) != 0)
			continue;
		if (i > 0)
			ereport(ERROR, errcode(ERRCODE_CHARACTER_NOT_IN_REPERTOIRE),
					errmsg("%s is encoded in %s", ge_printable(source->uri),
						   marks[i].encoding),
					errdetail("It begins with the byte order mark of that encoding."),
					errhint("Convert it to UTF-8, with iconv for example."));
		source->ahead_start = marks[i].length;
		return;
	}
}

int64
ge_byte_source_bytes_read(const GeByteSource *source)
{
	return source->bytes_read;
}

void
ge_byte_source_close(GeByteSource *source)
{
	if (source->object != NULL)
		ge_object_reader_close(source->object);
	else
		CloseTransientFile(source->file);
}
