/*
 * null_filter.h: further texts that mean NULL, in a stream of COPY's csv or text format.
 *
 * COPY knows one text for NULL.  The filter puts that one where a field without quotes is
 * exactly one of the others, and changes nothing else; header lines stay as they are.
 */
#ifndef GE_S3_NULL_FILTER_H
#define GE_S3_NULL_FILTER_H

#include "postgres.h"
#include "nodes/pg_list.h"

#include "s3/byte_source.h"

typedef struct GeNullFilter GeNullFilter;

/* options as COPY has them; an error for formats in which fields cannot be told apart. */
extern GeNullFilter *ge_null_filter_create(GeByteSource *source, List *options,
										   char **null_values, int n_null_values);
/* As ge_byte_source_read(). */
extern size_t ge_null_filter_read(GeNullFilter *filter, void *buffer, size_t length);

#endif /* GE_S3_NULL_FILTER_H */
