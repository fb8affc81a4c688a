/*
 * sink.h: files that are written completely or not at all, compressed if asked.
 *
 * Bytes become visible only with ge_sink_complete().  After an error the caller calls
 * ge_sink_abort(), and nothing is left behind.
 */
#ifndef GE_S3_SINK_H
#define GE_S3_SINK_H

#include "postgres.h"

#include "s3/byte_source.h"
#include "s3/server.h"

typedef struct GeSink GeSink;

typedef struct GeSinkOptions
{
	GeS3Choice choice;
	GeCompression compression; /* auto: by the suffix of the name */
	const char *kms_key;	   /* NULL: none */
	bool overwrite;
	const char *content_type; /* as HTTP has it */
	int64 max_size;			  /* no object will be bigger; 0: as big as they get here */
} GeSinkOptions;

/*
 * s3://bucket/key, or file:///path, which needs pg_write_server_files.  A file that exists
 * is an error (58P02) unless it may be overwritten.  In CurrentMemoryContext.
 */
extern GeSink *ge_sink_open(const char *uri, const GeSinkOptions *options);
extern void ge_sink_write(GeSink *sink, const char *data, size_t length);
/* The current file is finished. */
extern void ge_sink_end_file(GeSink *sink);
/* After that, in S3: begin another object, key_part2, key_part3, ... */
extern void ge_sink_next_file(GeSink *sink);
/* After the end of the last file: everything is stored, and nothing of it is visible.  For
 * several sinks that are to be completed together. */
extern void ge_sink_settle(GeSink *sink);
/* After the end of the last file: all of them are there. */
extern void ge_sink_complete(GeSink *sink);
/*
 * Remove everything, even a complete file: another output of the job may have failed.
 * Throws nothing; takes NULL too. code: see ge_upload_abort().
 */
extern void ge_sink_abort(GeSink *sink, int code);
/* What was stored. */
extern uint64 ge_sink_bytes(const GeSink *sink);
extern int64 ge_sink_files(const GeSink *sink);

#endif /* GE_S3_SINK_H */
