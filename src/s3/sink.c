/*
 * sink.c: bytes into an object or a file of the server, compressed if asked.
 */
#include "postgres.h"
#include "utils/memutils.h"

#include "s3/local_file.h"
#include "s3/sink.h"
#include "s3/compress.h"
#include "s3/server.h"
#include "s3/upload.h"

/* Of 10,000 parts, the most there may be, each then has 8.4 MB or more: less than is standard. */
#define MAX_OBJECT_SIZE (INT64CONST(78) * 1024 * 1024 * 1024)

struct GeSink
{
	MemoryContext context;
	GeUpload *upload;		  /* either this, */
	GeLocalFile *file;		  /* or this */
	GeCompressor *compressor; /* NULL: none */
	uint64 n_bytes;
};

/* GeByteSink */
static void
store(void *arg, const char *bytes, size_t length)
{
	GeSink *sink = arg;

	sink->n_bytes += length;
	if (sink->upload != NULL)
		ge_upload_write(sink->upload, bytes, length);
	else
		ge_local_file_write(sink->file, bytes, length);
}

static GeUpload *
open_upload(const char *uri, const GeSinkOptions *options, GeCompression compression)
{
	GeUri parsed = ge_uri_parse(uri);
	GeUploadOptions upload = {.overwrite = options->overwrite,
							  .kms_key = options->kms_key,
							  .content_type = options->content_type,
							  .max_object_size = options->max_size > 0 ? options->max_size
																	   : MAX_OBJECT_SIZE};

	/* a name that says it needs no header, with which some clients would decompress */
	if (compression != GE_COMPRESSION_NONE && ge_compression_of_name(uri) != compression)
		upload.content_encoding = compression == GE_COMPRESSION_GZIP ? "gzip" : "zstd";
	return ge_upload_create(ge_s3_server_resolve(&options->choice, &parsed), &parsed,
							&upload);
}

GeSink *
ge_sink_open(const char *uri, const GeSinkOptions *options)
{
	GeSink *sink = palloc0(sizeof *sink);
	GeCompression compression = options->compression;

	if (compression == GE_COMPRESSION_AUTO)
		compression = ge_compression_of_name(uri);
	sink->context = CurrentMemoryContext;
	if (compression != GE_COMPRESSION_NONE)
		sink->compressor = ge_compressor_create(compression, store, sink);
	if (ge_uri_is_file(uri))
		sink->file = ge_local_file_create(ge_uri_file_path(uri), options->overwrite);
	else
		sink->upload = open_upload(uri, options, compression);
	return sink;
}

void
ge_sink_write(GeSink *sink, const char *data, size_t length)
{
	MemoryContext caller = MemoryContextSwitchTo(sink->context);

	if (sink->compressor != NULL)
		ge_compress(sink->compressor, data, length);
	else
		store(sink, data, length);
	MemoryContextSwitchTo(caller);
}

void
ge_sink_end_file(GeSink *sink)
{
	MemoryContext caller = MemoryContextSwitchTo(sink->context);

	if (sink->compressor != NULL)
		ge_compress_finish(sink->compressor);
	if (sink->file != NULL)
		ge_local_file_finish(sink->file);
	MemoryContextSwitchTo(caller);
}

void
ge_sink_next_file(GeSink *sink)
{
	Assert(sink->upload != NULL);
	ge_upload_next_object(sink->upload);
}

void
ge_sink_settle(GeSink *sink)
{
	if (sink->upload != NULL)
		ge_upload_settle(sink->upload);
}

void
ge_sink_complete(GeSink *sink)
{
	MemoryContext caller = MemoryContextSwitchTo(sink->context);

	if (sink->upload != NULL)
		ge_upload_complete(sink->upload);
	else
		ge_local_file_complete(sink->file);
	MemoryContextSwitchTo(caller);
}

void
ge_sink_abort(GeSink *sink, int code)
{
	if (sink == NULL)
		return;
	if (sink->upload != NULL)
		ge_upload_abort(sink->upload, code);
	else
		ge_local_file_abort(sink->file);
}

uint64
ge_sink_bytes(const GeSink *sink)
{
	return sink->n_bytes;
}

int64
ge_sink_files(const GeSink *sink)
{
	return sink->upload != NULL ? ge_upload_n_objects(sink->upload) : 1;
}
