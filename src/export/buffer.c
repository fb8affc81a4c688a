/*
 * buffer.c: the text of a form in the making, and the numbers and strings in it.
 *
 * No setting of the session changes a byte.
 */
#include "postgres.h"
#include "common/shortest_dec.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "export/export.h"

void
ge_export_check_size(const char *encoder, Size bytes)
{
	if (bytes < MaxAllocSize)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("encoder %s is too large to be exported", encoder),
			 errdetail("The result would have more than %zu bytes, the most that a value "
					   "of SQL can have.",
					   (Size) MaxAllocSize - VARHDRSZ),
			 errhint("Copy the encoder's table instead, by COPY or pg_dump, or fit "
					 "encoders of fewer columns.")));
}

void
ge_export_buffer_init(GeExportBuffer *buffer, const char *encoder)
{
	initStringInfo(&buffer->data);
	buffer->encoder = encoder;
}

void
ge_export_put_bytes(GeExportBuffer *buffer, const void *bytes, Size n)
{
	CHECK_FOR_INTERRUPTS();
	ge_export_check_size(buffer->encoder, (Size) buffer->data.len + n + 1);
	appendBinaryStringInfo(&buffer->data, bytes, (int) n);
}

void
ge_export_put(GeExportBuffer *buffer, const char *string)
{
	ge_export_put_bytes(buffer, string, strlen(string));
}

void
ge_export_put_char(GeExportBuffer *buffer, char c)
{
	ge_export_put_bytes(buffer, &c, 1);
}

void
ge_export_put_int(GeExportBuffer *buffer, int64 number)
{
	char digits[32];

	snprintf(digits, sizeof digits, INT64_FORMAT, number);
	ge_export_put(buffer, digits);
}

void
ge_export_put_number(GeExportBuffer *buffer, double number)
{
	char digits[DOUBLE_SHORTEST_DECIMAL_LEN];

	double_to_shortest_decimal_buf(number, digits);
	ge_export_put(buffer, digits);
	if (strpbrk(digits, ".e") == NULL)
		ge_export_put(buffer, ".0");
}

/* A character that a string of JSON cannot have as it stands. */
static void
put_escaped(GeExportBuffer *buffer, unsigned char c)
{
	char escape[8];

	if (c == '"' || c == '\\')
		snprintf(escape, sizeof escape, "\\%c", c);
	else
		snprintf(escape, sizeof escape, "\\u%04x", c);
	ge_export_put(buffer, escape);
}

void
ge_export_put_json(GeExportBuffer *buffer, const char *string)
{
	const char *plain = string; /* begin of what is not written yet */

	ge_export_put_char(buffer, '"');
	for (const char *at = string; *at != '\0'; at++)
	{
		unsigned char c = (unsigned char) *at;

		if (c >= ' ' && c != '"' && c != '\\')
			continue;
		ge_export_put_bytes(buffer, plain, at - plain);
		put_escaped(buffer, c);
		plain = at + 1;
	}
	ge_export_put(buffer, plain);
	ge_export_put_char(buffer, '"');
}
