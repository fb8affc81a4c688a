/*
 * compress.h: bytes made smaller, by gzip or zstd, in one member.
 *
 * A compressor belongs to the memory context in which it was made.
 */
#ifndef GE_S3_COMPRESS_H
#define GE_S3_COMPRESS_H

#include "s3/byte_source.h"

typedef struct GeCompressor GeCompressor;

/* The receiver of compressed bytes. */
typedef void (*GeByteSink)(void *argument, const char *bytes, size_t length);

/* compression: GE_COMPRESSION_GZIP or _ZSTD; 0A000 if this build lacks it. */
extern GeCompressor *ge_compressor_create(GeCompression compression, GeByteSink sink,
										  void *sink_argument);
extern void ge_compress(GeCompressor *compressor, const char *bytes, size_t length);
/* End the member; what is added next begins another one. */
extern void ge_compress_finish(GeCompressor *compressor);

#endif /* GE_S3_COMPRESS_H */
