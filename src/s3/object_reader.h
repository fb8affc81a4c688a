/*
 * object_reader.h: an object as a stream of bytes, several ranges of it in flight.
 *
 * The first answer fixes the object's version, and every later range asks for this
 * version.  So an object that is replaced meanwhile is an error, never a mixture.
 */
#ifndef GE_S3_OBJECT_READER_H
#define GE_S3_OBJECT_READER_H

#include "s3/server.h"

typedef struct GeObjectReader GeObjectReader;

extern GeObjectReader *ge_object_reader_open(const GeS3Server *server, const GeUri *uri);
/* Up to length bytes, at least one unless the end is reached. */
extern size_t ge_object_reader_read(GeObjectReader *reader, void *buffer, size_t length);
/* As the object has it; "": none. */
extern const char *ge_object_reader_content_encoding(const GeObjectReader *reader);
extern void ge_object_reader_close(GeObjectReader *reader);

#endif /* GE_S3_OBJECT_READER_H */
