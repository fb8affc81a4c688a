/*
 * protobuf.c: fields of messages in the wire format of Protocol Buffers.
 */
#include "postgres.h"
#include "mb/pg_wchar.h"

#include "export/protobuf.h"

typedef enum WireType
{
	WIRE_VARINT = 0,
	WIRE_LENGTH = 2
} WireType;

/* Seven bits a byte, the lowest first; the highest bit says that more follow. */
static void
put_varint(GeExportBuffer *message, uint64 number)
{
	for (; number >= 0x80; number >>= 7)
		ge_export_put_char(message, (char) (number | 0x80));
	ge_export_put_char(message, (char) number);
}

static void
put_tag(GeExportBuffer *message, int field, WireType type)
{
	put_varint(message, (uint64) field << 3 | type);
}

void
ge_proto_int(GeExportBuffer *message, int field, uint64 number)
{
	put_tag(message, field, WIRE_VARINT);
	put_varint(message, number);
}

void
ge_proto_bytes(GeExportBuffer *message, int field, const void *bytes, Size n)
{
	put_tag(message, field, WIRE_LENGTH);
	put_varint(message, n);
	ge_export_put_bytes(message, bytes, n);
}

void
ge_proto_string(GeExportBuffer *message, int field, const char *string)
{
	char *utf8 = pg_server_to_any(string, (int) strlen(string), PG_UTF8);

	ge_proto_bytes(message, field, utf8, strlen(utf8));
	if (utf8 != string)
		pfree(utf8);
}

void
ge_proto_message(GeExportBuffer *message, int field, GeExportBuffer *inner)
{
	ge_proto_bytes(message, field, inner->data.data, inner->data.len);
	pfree(inner->data.data);
}

void
ge_proto_put_fixed64(GeExportBuffer *bytes, uint64 number)
{
	char fixed[8];

	for (int i = 0; i < lengthof(fixed); i++)
		fixed[i] = (char) (number >> (8 * i));
	ge_export_put_bytes(bytes, fixed, sizeof fixed);
}
