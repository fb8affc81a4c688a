/*
 * csv_sink.h: a file that is written whole or not at all.
 *
 * What is written becomes visible with ge_sink_complete() only; a sink that is not
 * completed leaves nothing behind when the memory context goes in which it was opened.
 */
#ifndef GE_CSV_SINK_H
#define GE_CSV_SINK_H

#include "postgres.h"

typedef struct GeSink GeSink;

typedef struct GeSinkOptions
{
	const char *server; /* NULL: by the URI */
	const char *compression;
	const char *kms_key; /* NULL: none */
	bool overwrite;
} GeSinkOptions;

/* file:///path needs pg_write_server_files.  A file that exists is an error (42710)
 * unless it may be overwritten. */
extern GeSink *ge_sink_open(const char *uri, const GeSinkOptions *options);
extern void ge_sink_write(GeSink *sink, const char *data, size_t length);
/* Everything is stored, and nothing of it is visible. */
extern void ge_sink_finish(GeSink *sink);
/* After finish: it is there. */
extern void ge_sink_complete(GeSink *sink);
/* The bytes stored, after finish. */
extern uint64 ge_sink_bytes(const GeSink *sink);

#endif /* GE_CSV_SINK_H */
