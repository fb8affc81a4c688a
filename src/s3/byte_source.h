/*
 * byte_source.h: an object in S3 or a file of the server as a stream of bytes, decompressed.
 *
 * A source belongs to the memory context in which it was opened.  Connections, files and
 * decompressors are freed with the context, after an error too.  Reading is
 * interruptible.  Bytes come in order and exactly once; an object that is replaced while
 * it is read is an error.
 */
#ifndef GE_S3_BYTE_SOURCE_H
#define GE_S3_BYTE_SOURCE_H

#include "postgres.h"

#include "s3/server.h"

typedef enum GeCompression
{
	GE_COMPRESSION_AUTO, /* by Content-Encoding, suffix and first bytes */
	GE_COMPRESSION_NONE,
	GE_COMPRESSION_GZIP,
	GE_COMPRESSION_ZSTD
} GeCompression;

typedef struct GeByteSource GeByteSource;

/* 'auto', 'none', 'gzip' or 'zstd', else an error. */
extern GeCompression ge_compression_parse(const char *word);
/* What the suffix of a name stands for: GE_COMPRESSION_NONE, _GZIP or _ZSTD. */
extern GeCompression ge_compression_of_name(const char *uri);

/*
 * Open s3://bucket/key (one object, no pattern) or file:///path.  choice has no meaning for
 * files, which need the rights of pg_read_server_files.
 */
extern GeByteSource *ge_byte_source_open(const char *uri, const GeS3Choice *choice,
										 GeCompression compression);

/* Up to length bytes (at least one, unless the end is reached: then 0). */
extern size_t ge_byte_source_read(GeByteSource *source, void *buffer, size_t length);

/*
 * Before the first read of a text: leave out the byte order mark that some programs write
 * before UTF-8.  A mark of UTF-16 or UTF-32 is an error (22021).  A text in an encoding
 * other than UTF-8 and SQL_ASCII has no marks: these bytes are letters there.
 */
extern void ge_byte_source_skip_mark(GeByteSource *source, int encoding);

/* Bytes that came from outside so far, before decompression. */
extern int64 ge_byte_source_bytes_read(const GeByteSource *source);

/* Before the memory context goes; frees connections early. */
extern void ge_byte_source_close(GeByteSource *source);

#endif /* GE_S3_BYTE_SOURCE_H */
