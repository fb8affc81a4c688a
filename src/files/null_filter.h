/*
 * null_filter.h: further texts that mean NULL, in a stream of COPY's text format.
 *
 * COPY knows one text for NULL.  If a field is exactly one of the further texts, the
 * filter writes COPY's text instead.  It changes nothing else; header lines stay as they
 * are.
 */
#ifndef GE_FILES_NULL_FILTER_H
#define GE_FILES_NULL_FILTER_H

#include "postgres.h"
#include "commands/copy.h"

#include "base/arguments.h"
#include "s3/byte_source.h"

typedef struct GeNullFilter GeNullFilter;

/* encoding: of the stream.  An error for formats in which fields cannot be told apart. */
extern GeNullFilter *ge_null_filter_create(GeByteSource *source,
										   const CopyFormatOptions *format, int encoding,
										   GeNames null_values);
/* As ge_byte_source_read(). */
extern size_t ge_null_filter_read(GeNullFilter *filter, void *buffer, size_t length);

#endif /* GE_FILES_NULL_FILTER_H */
