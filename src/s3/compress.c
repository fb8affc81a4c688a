/*
 * compress.c: bytes made smaller, by gzip or zstd.
 */
#include "postgres.h"
#include "utils/memutils.h"

#ifdef GE_WITH_ZLIB
#include <zlib.h>
#endif
#ifdef GE_WITH_ZSTD
#include <zstd.h>
#endif

#include "base/compat.h"
#include "s3/compress.h"

#define OUTPUT_SIZE (128 * 1024)
#define GZIP_LEVEL 4 /* the default, 6, is half as fast for a few per cent */

struct GeCompressor
{
	GeCompression compression;
	GeByteSink sink;
	void *sink_argument;
	char *output;
#ifdef GE_WITH_ZLIB
	z_stream gzip;
#endif
#ifdef GE_WITH_ZSTD
	ZSTD_CStream *zstd;
#endif
	MemoryContextCallback release;
};

static void
release_compressor(void *argument)
{
	GeCompressor *compressor = argument;

#ifdef GE_WITH_ZLIB
	if (compressor->compression == GE_COMPRESSION_GZIP)
		deflateEnd(&compressor->gzip);
#endif
#ifdef GE_WITH_ZSTD
	ZSTD_freeCStream(compressor->zstd);
#endif
	compressor->compression = GE_COMPRESSION_NONE;
}

#if !defined(GE_WITH_ZLIB) || !defined(GE_WITH_ZSTD)
GE_NORETURN static void
report_missing(const char *what)
{
	ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			errmsg("this build of gpu_encode cannot write %s", what));
	pg_unreachable();
}
#endif

GeCompressor *
ge_compressor_create(GeCompression compression, GeByteSink sink, void *sink_argument)
{
	GeCompressor *compressor = palloc0_object(GeCompressor);
	bool ok = false;

	compressor->sink = sink;
	compressor->sink_argument = sink_argument;
	compressor->output = palloc(OUTPUT_SIZE);
	if (compression == GE_COMPRESSION_GZIP)
#ifdef GE_WITH_ZLIB
		ok = deflateInit2(&compressor->gzip, GZIP_LEVEL, Z_DEFLATED, 16 + MAX_WBITS, 8,
						  Z_DEFAULT_STRATEGY) == Z_OK;
#else
		report_missing("gzip");
#endif
	else
#ifdef GE_WITH_ZSTD
		ok = (compressor->zstd = ZSTD_createCStream()) != NULL;
#else
		report_missing("zstd");
#endif
	if (!ok)
		ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY),
				errmsg("could not create a compressor"));
	compressor->compression = compression;
	compressor->release.func = release_compressor;
	compressor->release.arg = compressor;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, &compressor->release);
	return compressor;
}

#ifdef GE_WITH_ZLIB
static void
deflate_bytes(GeCompressor *compressor, const char *bytes, size_t length, bool finish)
{
	z_stream *stream = &compressor->gzip;
	int result;

	stream->next_in = (Bytef *) bytes;
	stream->avail_in = length;
	do
	{
		stream->next_out = (Bytef *) compressor->output;
		stream->avail_out = OUTPUT_SIZE;
		result = deflate(stream, finish ? Z_FINISH : Z_NO_FLUSH);
		compressor->sink(compressor->sink_argument, compressor->output,
						 OUTPUT_SIZE - stream->avail_out);
	} while (finish ? result != Z_STREAM_END : stream->avail_out == 0);
	if (finish)
		deflateReset(stream);
}
#endif

#ifdef GE_WITH_ZSTD
static void
zstd_bytes(GeCompressor *compressor, const char *bytes, size_t length, bool finish)
{
	ZSTD_inBuffer input = {bytes, length, 0};
	size_t left;

	do
	{
		ZSTD_outBuffer output = {compressor->output, OUTPUT_SIZE, 0};

		left = ZSTD_compressStream2(compressor->zstd, &output, &input,
									finish ? ZSTD_e_end : ZSTD_e_continue);
		if (ZSTD_isError(left))
			ereport(ERROR, errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
					errmsg("could not compress: %s", ZSTD_getErrorName(left)));
		compressor->sink(compressor->sink_argument, compressor->output, output.pos);
	} while (finish ? left != 0 : input.pos < input.size);
}
#endif

static void
run(GeCompressor *compressor, const char *bytes, size_t length, bool finish)
{
#ifdef GE_WITH_ZLIB
	if (compressor->compression == GE_COMPRESSION_GZIP)
		deflate_bytes(compressor, bytes, length, finish);
#endif
#ifdef GE_WITH_ZSTD
	if (compressor->compression == GE_COMPRESSION_ZSTD)
		zstd_bytes(compressor, bytes, length, finish);
#endif
}

void
ge_compress(GeCompressor *compressor, const char *bytes, size_t length)
{
	run(compressor, bytes, length, false);
}

void
ge_compress_finish(GeCompressor *compressor)
{
	run(compressor, "", 0, true);
}
