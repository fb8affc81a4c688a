/*
 * decompress.c: gzip and zstd streams of any number of members, made plain.
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
#include "s3/decompress.h"

struct GeDecompressor
{
	GeCompression compression;
	const char *name;
	bool in_member; /* a member has begun and has not ended */
	bool any_member;
#ifdef GE_WITH_ZLIB
	z_stream gzip;
#endif
#ifdef GE_WITH_ZSTD
	ZSTD_DStream *zstd;
#endif
	MemoryContextCallback release;
};

static void
release_decompressor(void *argument)
{
	GeDecompressor *decompressor = argument;

#ifdef GE_WITH_ZLIB
	if (decompressor->compression == GE_COMPRESSION_GZIP)
		inflateEnd(&decompressor->gzip);
#endif
#ifdef GE_WITH_ZSTD
	ZSTD_freeDStream(decompressor->zstd);
#endif
	decompressor->compression = GE_COMPRESSION_NONE;
}

#if !defined(GE_WITH_ZLIB) || !defined(GE_WITH_ZSTD)
GE_NORETURN static void
report_missing(const char *what)
{
	ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			errmsg("this build of gpu_encode cannot read %s", what));
	pg_unreachable();
}
#endif

GE_NORETURN static void
report_damage(const GeDecompressor *decompressor, const char *what)
{
	ereport(ERROR, errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			errmsg("compressed data is damaged"),
			errdetail("The %s stream of %s is %s.",
					  decompressor->compression == GE_COMPRESSION_GZIP ? "gzip" : "zstd",
					  decompressor->name, what));
	pg_unreachable();
}

GeDecompressor *
ge_decompressor_create(GeCompression compression, const char *name)
{
	GeDecompressor *decompressor = palloc0_object(GeDecompressor);
	bool ok = false;

	if (compression == GE_COMPRESSION_GZIP)
#ifdef GE_WITH_ZLIB
		ok = inflateInit2(&decompressor->gzip, 16 + MAX_WBITS) == Z_OK;
#else
		report_missing("gzip");
#endif
	else
#ifdef GE_WITH_ZSTD
		ok = (decompressor->zstd = ZSTD_createDStream()) != NULL;
#else
		report_missing("zstd");
#endif
	if (!ok)
		ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY),
				errmsg("could not create a decompressor"));
	decompressor->compression = compression;
	decompressor->name = pstrdup(name);
	decompressor->release.func = release_decompressor;
	decompressor->release.arg = decompressor;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, &decompressor->release);
	return decompressor;
}

#ifdef GE_WITH_ZLIB
static void
inflate_step(GeDecompressor *decompressor, GeDecompressStep *step)
{
	z_stream *stream = &decompressor->gzip;
	int result;

	/* between members tapes and some writers leave zeros */
	while (!decompressor->in_member && decompressor->any_member &&
		   step->consumed < step->input_length && step->input[step->consumed] == '\0')
		step->consumed++;
	if (step->consumed == step->input_length && !decompressor->in_member)
		return;
	stream->next_in = (Bytef *) step->input + step->consumed;
	stream->avail_in = step->input_length - step->consumed;
	stream->next_out = (Bytef *) step->output;
	stream->avail_out = step->output_length;
	decompressor->in_member = decompressor->any_member = true;
	result = inflate(stream, Z_NO_FLUSH);
	step->consumed = step->input_length - stream->avail_in;
	step->produced = step->output_length - stream->avail_out;
	if (result == Z_STREAM_END)
	{
		decompressor->in_member = false;
		inflateReset(stream);
	}
	else if (result != Z_OK && result != Z_BUF_ERROR)
		report_damage(decompressor, "not valid");
}
#endif

#ifdef GE_WITH_ZSTD
static void
zstd_step(GeDecompressor *decompressor, GeDecompressStep *step)
{
	ZSTD_inBuffer input = {step->input, step->input_length, 0};
	ZSTD_outBuffer output = {step->output, step->output_length, 0};
	size_t result;

	if (step->input_length == 0 && !decompressor->in_member)
		return;
	result = ZSTD_decompressStream(decompressor->zstd, &output, &input);
	if (ZSTD_isError(result))
		report_damage(decompressor, "not valid");
	decompressor->in_member = result != 0;
	step->consumed = input.pos;
	step->produced = output.pos;
}
#endif

void
ge_decompress(GeDecompressor *decompressor, GeDecompressStep *step)
{
	step->consumed = step->produced = 0;
	if (decompressor->compression == GE_COMPRESSION_GZIP)
#ifdef GE_WITH_ZLIB
		inflate_step(decompressor, step);
#else
		report_missing("gzip");
#endif
	else
#ifdef GE_WITH_ZSTD
		zstd_step(decompressor, step);
#else
		report_missing("zstd");
#endif
}

void
ge_decompress_finish(GeDecompressor *decompressor)
{
	if (decompressor->in_member)
		report_damage(decompressor, "cut short");
}
