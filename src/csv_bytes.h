/*
 * csv_bytes.h: the bytes of the files behind a URI, decompressed.
 *
 * file:///path is a file of the server's machine, for members of pg_read_server_files
 * alone, as with COPY.
 */
#ifndef GE_CSV_BYTES_H
#define GE_CSV_BYTES_H

#include "postgres.h"
#include "nodes/pg_list.h"

typedef struct GeBytes GeBytes;

/* How files are found and read. */
typedef struct GeBytesOptions
{
	const char *server; /* NULL: by the URI */
	const char *compression;
} GeBytesOptions;

/* The files behind a URI (char *, each a URI), at least one, in order of their names.
 * argument is the SQL parameter's name, for messages. */
extern List *ge_bytes_files(const char *argument, const char *uri,
							const GeBytesOptions *options);

extern GeBytes *ge_bytes_open(const char *uri, const GeBytesOptions *options);
/* Up to size > 0 bytes; 0 at the end. */
extern size_t ge_bytes_read(GeBytes *bytes, char *buffer, size_t size);
/* The bytes read so far, as they are stored. */
extern uint64 ge_bytes_count(const GeBytes *bytes);
extern void ge_bytes_close(GeBytes *bytes);

#endif /* GE_CSV_BYTES_H */
