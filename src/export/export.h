/*
 * export.h: an encoder in forms that programs without the extension read.
 *
 * An encoder's content is read whole into memory, checked as transform checks it, and put
 * into a fixed order.  A form is then written from the content alone.  The answers are
 * those of transform without options of its own.
 */
#ifndef GE_EXPORT_H
#define GE_EXPORT_H

#include "postgres.h"
#include "lib/stringinfo.h"

#include "encoder/encoder.h"

/* What a category, a missing value or an unknown value gets. */
typedef struct GeExportAnswer
{
	bool is_error; /* nothing: transform raises an error */
	bool code_is_null;
	int32 code;				 /* of a label column */
	const double *encodings; /* by output; ge_no_value(): NULL */
} GeExportAnswer;

/* A column, or several that are one category. */
typedef struct GeExportPart
{
	const char *name;
	bool is_combination;
	bool is_label;
	bool is_missing_possible; /* one of the columns has no null_value */
	int n_columns;
	const GeEncoderColumn **columns;
	char **null_values; /* by column: the canonical text that NULL means; NULL: missing */
	const GeColumnOptions *options;
	int n_outputs;
	const GeEncoderOutput *outputs;
	char **output_names;
	GeExportAnswer missing;
	GeExportAnswer unknown;
	/* by place in the order of label codes, then of texts */
	uint32 n_categories;
	uint32 *order;
	/* by number */
	char **texts; /* canonical, n_columns for each category */
	int32 *codes;
	double *encodings; /* n_outputs for each category */
} GeExportPart;

typedef struct GeExport
{
	const char *encoder; /* for messages */
	const GeEncoderParameters *parameters;
	int n_parts; /* columns, then combinations, as the parameters list them */
	GeExportPart *parts;
} GeExport;

/* The content of an open encoder; a damaged one is refused (content.c). */
extern GeExport *ge_export_read(GeEncoder *encoder);

/* The part of a column; NULL: it is only part of combinations. */
extern const GeExportPart *ge_export_find_column(const GeExport *content,
												 const char *column);

/* The texts of the category at a place, and its answer. */
static inline char **
ge_export_texts(const GeExportPart *part, uint32 place)
{
	return &part->texts[(Size) part->order[place] * part->n_columns];
}

static inline GeExportAnswer
ge_export_answer(const GeExportPart *part, uint32 place)
{
	Size number = part->order[place];

	return (GeExportAnswer){.code = part->is_label ? part->codes[number] : 0,
							.encodings = part->encodings + number * part->n_outputs};
}

/* The place of the category with these texts, or -1: there is none. */
extern int64 ge_export_find(const GeExportPart *part, char *const *texts);

/*
 * The text of a form in the making.  It cannot be longer than a value of SQL: an error
 * (54000) says so before memory for it is taken.  Every addition sees a cancel (buffer.c).
 */
typedef struct GeExportBuffer
{
	StringInfoData data;
	const char *encoder;
} GeExportBuffer;

extern void ge_export_buffer_init(GeExportBuffer *buffer, const char *encoder);
extern void ge_export_put_bytes(GeExportBuffer *buffer, const void *bytes, Size n);
extern void ge_export_put(GeExportBuffer *buffer, const char *string);
extern void ge_export_put_char(GeExportBuffer *buffer, char c);
/* Refuse content whose forms have more than so many bytes. */
extern void ge_export_check_size(const char *encoder, Size bytes);
/* A string of JSON, with its quotes. */
extern void ge_export_put_json(GeExportBuffer *buffer, const char *string);
/* The shortest decimal number that means these bits; always with a point or exponent. */
extern void ge_export_put_number(GeExportBuffer *buffer, double number);
extern void ge_export_put_int(GeExportBuffer *buffer, int64 number);

/* The forms, each of text in the encoding of the database. */
extern void ge_export_json(const GeExport *content, GeExportBuffer *buffer);
extern void ge_export_sql(const GeExport *content, GeExportBuffer *buffer);
/* base64 of a ModelProto */
extern void ge_export_onnx(const GeExport *content, GeExportBuffer *buffer);

#endif /* GE_EXPORT_H */
