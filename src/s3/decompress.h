/*
 * decompress.h: gzip and zstd streams of any number of members, decompressed.
 *
 * A decompressor takes input and gives output, like zlib.  It belongs to the memory
 * context in which it was made.  Errors: 22P03 (data that is damaged or cut), 0A000 (this
 * build lacks the library).
 */
#ifndef GE_S3_DECOMPRESS_H
#define GE_S3_DECOMPRESS_H

#include "s3/byte_source.h"

typedef struct GeDecompressor GeDecompressor;

typedef struct GeDecompressStep
{
	const char *input;
	size_t input_length;
	char *output;
	size_t output_length;
	size_t consumed; /* of input */
	size_t produced; /* in output */
} GeDecompressStep;

/* compression: GE_COMPRESSION_GZIP or _ZSTD.  name: what is read, for messages. */
extern GeDecompressor *ge_decompressor_create(GeCompression compression,
											  const char *name);
extern void ge_decompress(GeDecompressor *decompressor, GeDecompressStep *step);
/* The input is at its end: an error if a member is not. */
extern void ge_decompress_finish(GeDecompressor *decompressor);

#endif /* GE_S3_DECOMPRESS_H */
