/*
 * export_encoder.c: export_encoder, an encoder in forms that other programs read.
 */
#include "postgres.h"
#include "fmgr.h"
#include "utils/builtins.h"

#include "base/arguments.h"
#include "base/compat.h"
#include "encoder/encoder.h"
#include "export/export.h"

GE_SQL_FUNCTION(ge_export_encoder);

static const char *const formats[] = {"json", "sql", "onnx", NULL};
static void (*const writers[])(const GeExport *, GeExportBuffer *) = {
	ge_export_json, ge_export_sql, ge_export_onnx};

Datum
ge_export_encoder(PG_FUNCTION_ARGS)
{
	GeArguments *args = ge_arguments_open(fcinfo);
	GeRelationRef given = ge_arg_relation(args, "encoder");
	int format = ge_arg_choice(args, "format", formats);
	GeEncoder *encoder;
	GeExport *content;
	GeExportBuffer buffer;

	ge_arguments_done(args);
	encoder = ge_encoder_open_seen(&given);
	content = ge_export_read(encoder);
	ge_export_buffer_init(&buffer, content->encoder);
	/* the text becomes the result where it stands, without a copy */
	ge_export_put_bytes(&buffer, (char[VARHDRSZ]){0}, VARHDRSZ);
	writers[format](content, &buffer);
	ge_encoder_close(encoder);
	SET_VARSIZE(buffer.data.data, buffer.data.len);
	PG_RETURN_TEXT_P(buffer.data.data);
}
