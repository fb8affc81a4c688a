/*
 * protobuf.h: the wire format of Protocol Buffers, as far as ONNX needs it written.
 *
 * A message is a sequence of fields in any order.  A field of a message is written once
 * the message is complete, since its length stands before it.
 */
#ifndef GE_EXPORT_PROTOBUF_H
#define GE_EXPORT_PROTOBUF_H

#include "export/export.h"

/* A number that is not negative. */
extern void ge_proto_int(GeExportBuffer *message, int field, uint64 number);
extern void ge_proto_bytes(GeExportBuffer *message, int field, const void *bytes, Size n);
/* A text of the database, as UTF-8; an error if it is none (22021, 22P05). */
extern void ge_proto_string(GeExportBuffer *message, int field, const char *string);
/* A field that is a message itself, which is freed. */
extern void ge_proto_message(GeExportBuffer *message, int field, GeExportBuffer *inner);

/* Eight bytes, the lowest first. */
extern void ge_proto_put_fixed64(GeExportBuffer *bytes, uint64 number);

#endif /* GE_EXPORT_PROTOBUF_H */
