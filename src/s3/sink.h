/*
 * sink.h: a file that is written whole or not at all.
 *
 * What is written becomes visible with ge_sink_complete() only.  On error the caller calls
 * ge_sink_abort(), and nothing is left behind.
 */
#ifndef GE_FILES_SINK_H
#define GE_FILES_SINK_H

#include "postgres.h"

#include "s3/byte_source.h"

typedef struct GeSink GeSink;

typedef struct GeSinkOptions
{
	const char *server;		   /* NULL: by the URI */
	GeCompression compression; /* auto: by the suffix of the name */
	const char *kms_key;	   /* NULL: none */
	bool overwrite;
} GeSinkOptions;

/*
 * s3://bucket/key, or file:///path, which needs pg_write_server_files.  A file that exists
 * is an error (58P02) unless it may be overwritten.  In CurrentMemoryContext.
 */
extern GeSink *ge_sink_open(const char *uri, const GeSinkOptions *options);
extern void ge_sink_write(GeSink *sink, const char *data, size_t length);
/* Everything is stored, and nothing of it is visible. */
extern void ge_sink_finish(GeSink *sink);
/* After finish: it is there. */
extern void ge_sink_complete(GeSink *sink);
/* Leave nothing, not even what is complete: another output of the same job may fail to be.
 * Throws nothing; takes NULL too.  code: see ge_upload_abort(). */
extern void ge_sink_abort(GeSink *sink, int code);
/* The bytes stored, after finish. */
extern uint64 ge_sink_bytes(const GeSink *sink);

#endif /* GE_FILES_SINK_H */
