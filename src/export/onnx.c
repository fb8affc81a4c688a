/*
 * onnx.c: an encoder as a model of ONNX.
 *
 * A LabelEncoder turns the value of a column into the place of its category, from 1 on; an
 * unknown value gets place 0, a missing one the place after the last.  For each output a
 * Gather takes the figure at that place out of a constant:
 *
 *   column -> LabelEncoder -> Where(column IS NULL) -> place -> Gather -> output
 *
 * Several columns as one category: each value becomes a digit, the digits one integer, and
 * this is the key of a further LabelEncoder.  ONNX has no NULL and raises no error: a code
 * is -1 instead, an encoding NaN.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "common/base64.h"
#include "common/int.h"
#include "utils/lsyscache.h"

#include "base/shown.h"
#include "export/onnx_graph.h"
#include "export/text_set.h"

#define IR_VERSION 4
#define OPERATORS_VERSION 9
#define ML_OPERATORS_VERSION 2

/* Bytes that become base64 at once: no block but the last is padded. */
#define BASE64_BLOCK (3 * 4096)

/* A code instead of NULL. */
#define NO_CODE (-1)

/* ------------------------------------------------------------------------- the inputs */

static GeOnnxType
type_of_column(const GeEncoderColumn *column)
{
	Oid type = getBaseType(column->type);
	bool is_integer = type == INT2OID || type == INT4OID || type == INT8OID;

	return is_integer ? GE_ONNX_INT64 : GE_ONNX_STRING;
}

static const char *
name_of_flag(const GeEncoderColumn *column)
{
	return psprintf("%s IS NULL", column->name);
}

static bool
is_used(const GeExport *content, const GeEncoderColumn *column)
{
	for (int i = 0; i < content->n_parts; i++)
		for (int k = 0; k < content->parts[i].n_columns; k++)
			if (content->parts[i].columns[k] == column)
				return true;
	return false;
}

static void
put_inputs(GeOnnxGraph *graph, const GeExport *content)
{
	for (int i = 0; i < content->parameters->n_columns; i++)
	{
		const GeEncoderColumn *column = &content->parameters->columns[i];

		if (!is_used(content, column))
			continue;
		ge_onnx_input(graph, column->name, type_of_column(column));
		ge_onnx_optional_flag(graph, name_of_flag(column));
	}
}

static void
add_key(GeOnnxKeys *keys, const char *string)
{
	if (keys->type == GE_ONNX_STRING)
		ge_onnx_keys_add_string(keys, string);
	else
		ge_onnx_keys_add_int(keys, strtoll(string, NULL, 10));
}

/* `found`, or a number where a flag is set. */
static const char *
put_where(GeOnnxGraph *graph, const char *flag, int64 number, const char *found)
{
	const char *inputs[] = {flag, ge_onnx_constant_int(graph, number), found};

	return ge_onnx_node(graph, "Where", lengthof(inputs), inputs, NULL);
}

/* ------------------------------------------------------------------------- one column */

static const char *
put_column_place(GeOnnxGraph *graph, const GeExportPart *part)
{
	const GeEncoderColumn *column = part->columns[0];
	int64 missing = (int64) part->n_categories + 1;
	GeOnnxKeys keys;

	ge_onnx_keys_init(&keys, graph->encoder, type_of_column(column));
	for (uint32 place = 0; place < part->n_categories; place++)
		add_key(&keys, ge_export_texts(part, place)[0]);
	if (part->null_values[0] != NULL)
		missing = ge_export_find(part, part->null_values) + 1;
	return put_where(graph, name_of_flag(column), missing,
					 ge_onnx_places(graph, column->name, &keys));
}

/* -------------------------------------------------------------------- several columns */

static const char *
put_digit(GeOnnxGraph *graph, const GeExportPart *part, int k, const GeTextSet *digits)
{
	const GeEncoderColumn *column = part->columns[k];
	const char *found;
	GeOnnxKeys keys;

	ge_onnx_keys_init(&keys, graph->encoder, type_of_column(column));
	for (uint32 i = 0; i < digits->n; i++)
		add_key(&keys, digits->texts[i]);
	found = ge_onnx_places(graph, column->name, &keys);
	if (part->null_values[k] == NULL)
		return found;
	return put_where(graph, name_of_flag(column),
					 ge_text_set_find(digits, part->null_values[k]), found);
}

/* The digits of all columns of a combination; each is below its radix. */
static GeTextSet *
digits_of_part(const GeOnnxGraph *graph, const GeExportPart *part)
{
	GeTextSet *digits = palloc_array(GeTextSet, part->n_columns);
	int64 numbers = 1;

	for (int k = 0; k < part->n_columns; k++)
	{
		digits[k] = ge_text_set_create(part, k);
		if (pg_mul_s64_overflow(numbers, (int64) digits[k].n + 1, &numbers))
			ereport(
				ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("combination \"%s\" of encoder %s cannot be exported to ONNX",
						ge_shown(part->name), graph->encoder),
				 errdetail("Its columns have more combinations of values than 64 bits "
						   "can count."),
				 errhint("Export the encoder as 'json' or 'sql'.")));
	}
	return digits;
}

/* number * radix + digit */
static const char *
put_shift(GeOnnxGraph *graph, const char *number, int64 radix, const char *digit)
{
	const char *factors[] = {number, ge_onnx_constant_int(graph, radix)};
	const char *terms[] = {ge_onnx_node(graph, "Mul", 2, factors, NULL), digit};

	return ge_onnx_node(graph, "Add", 2, terms, NULL);
}

static const char *
put_number(GeOnnxGraph *graph, const GeExportPart *part, const GeTextSet *digits)
{
	const char *number = put_digit(graph, part, 0, &digits[0]);

	for (int k = 1; k < part->n_columns; k++)
		number = put_shift(graph, number, (int64) digits[k].n + 1,
						   put_digit(graph, part, k, &digits[k]));
	return number;
}

static int64
number_of(const GeExportPart *part, const GeTextSet *digits, char *const *texts)
{
	int64 number = 0;

	for (int k = 0; k < part->n_columns; k++)
		number =
			number * ((int64) digits[k].n + 1) + ge_text_set_find(&digits[k], texts[k]);
	return number;
}

/* Whether a column that has no null_value is NULL; NULL: every column has one. */
static const char *
put_any_missing(GeOnnxGraph *graph, const GeExportPart *part)
{
	const char *any = NULL;

	for (int k = 0; k < part->n_columns; k++)
	{
		const char *flags[] = {any, name_of_flag(part->columns[k])};

		if (part->null_values[k] == NULL)
			any = any == NULL ? flags[1] : ge_onnx_node(graph, "Or", 2, flags, NULL);
	}
	return any;
}

static const char *
put_combination_place(GeOnnxGraph *graph, const GeExportPart *part)
{
	GeTextSet *digits = digits_of_part(graph, part);
	const char *any_missing = put_any_missing(graph, part), *place;
	GeOnnxKeys keys;

	ge_onnx_keys_init(&keys, graph->encoder, GE_ONNX_INT64);
	for (uint32 i = 0; i < part->n_categories; i++)
		ge_onnx_keys_add_int(&keys, number_of(part, digits, ge_export_texts(part, i)));
	place = ge_onnx_places(graph, put_number(graph, part, digits), &keys);
	if (any_missing == NULL)
		return place;
	return put_where(graph, any_missing, (int64) part->n_categories + 1, place);
}

/* ------------------------------------------------------------------------ the outputs */

static void
put_code(GeExportBuffer *data, const GeExportAnswer *answer)
{
	bool is_null = answer->is_error || answer->code_is_null;

	ge_proto_put_fixed64(data, (uint64) (int64) (is_null ? NO_CODE : answer->code));
}

static void
put_encoding(GeExportBuffer *data, const GeExportAnswer *answer, bool is_null, int k)
{
	double encoding = is_null ? ge_no_value() : answer->encodings[k];
	uint64 bits;

	memcpy(&bits, &encoding, sizeof bits);
	ge_proto_put_fixed64(data, bits);
}

/* The figures of an output by place; k < 0: the codes. */
static const char *
put_figures(GeOnnxGraph *graph, const GeExportPart *part, int k)
{
	uint32 n = part->n_categories;
	GeExportBuffer data;

	ge_export_buffer_init(&data, graph->encoder);
	for (int64 place = 0; place <= (int64) n + 1; place++)
	{
		GeExportAnswer answer = place == 0	 ? part->unknown
								: place <= n ? ge_export_answer(part, (uint32) place - 1)
											 : part->missing;

		if (k < 0)
			put_code(&data, &answer);
		else /* an unknown value has an encoding even if its code is an error */
			put_encoding(&data, &answer, place > n && answer.is_error, k);
	}
	return ge_onnx_constant(graph, k < 0 ? GE_ONNX_INT64 : GE_ONNX_DOUBLE, (uint64) n + 2,
							&data);
}

static void
put_output(GeOnnxGraph *graph, const GeExportPart *part, const char *place, int k)
{
	const char *inputs[] = {put_figures(graph, part, k), place};
	const char *name =
		k < 0 ? psprintf("%s_code", ge_output_base(part->options, part->name))
			  : part->output_names[k];

	ge_onnx_node(graph, "Gather", lengthof(inputs), inputs, name);
	ge_onnx_output(graph, name, k < 0 ? GE_ONNX_INT64 : GE_ONNX_DOUBLE);
}

static void
put_part(GeOnnxGraph *graph, const GeExportPart *part)
{
	const char *place = part->is_combination ? put_combination_place(graph, part)
											 : put_column_place(graph, part);

	if (part->is_label)
		put_output(graph, part, place, -1);
	for (int k = 0; k < part->n_outputs; k++)
		put_output(graph, part, place, k);
}

/* -------------------------------------------------------------------------- the model */

static void
put_operators(GeExportBuffer *model, const char *domain, int version)
{
	GeExportBuffer operators;

	ge_export_buffer_init(&operators, model->encoder);
	ge_proto_string(&operators, 1, domain);
	ge_proto_int(&operators, 2, version);
	ge_proto_message(model, 8, &operators);
}

static void
put_metadata(GeExportBuffer *model, const char *key, const char *value)
{
	GeExportBuffer entry;

	ge_export_buffer_init(&entry, model->encoder);
	ge_proto_string(&entry, 1, key);
	ge_proto_string(&entry, 2, value);
	ge_proto_message(model, 14, &entry);
}

static void
put_base64(GeExportBuffer *buffer, const GeExportBuffer *model)
{
	char encoded[BASE64_BLOCK / 3 * 4];

	for (int done = 0; done < model->data.len; done += BASE64_BLOCK)
	{
		int n = Min(model->data.len - done, BASE64_BLOCK);
		int written = pg_b64_encode((const void *) (model->data.data + done), n, encoded,
									sizeof encoded);

		if (written < 0)
			elog(ERROR, "could not encode a model in base64");
		ge_export_put_bytes(buffer, encoded, written);
	}
}

/* The numbers of fields are those of ModelProto. */
void
ge_export_onnx(const GeExport *content, GeExportBuffer *buffer)
{
	GeOnnxGraph graph;
	GeExportBuffer model;

	ge_onnx_graph_init(&graph, content->encoder);
	put_inputs(&graph, content);
	for (int i = 0; i < content->n_parts; i++)
		put_part(&graph, &content->parts[i]);
	ge_onnx_check_names(&graph);
	ge_export_buffer_init(&model, content->encoder);
	ge_proto_int(&model, 1, IR_VERSION);
	ge_proto_string(&model, 2, "gpu_encode");
	put_operators(&model, "", OPERATORS_VERSION);
	put_operators(&model, "ai.onnx.ml", ML_OPERATORS_VERSION);
	if (content->parameters->encoder_id != NULL)
		put_metadata(&model, "encoder_id", content->parameters->encoder_id);
	ge_proto_message(&model, 7, &graph.proto);
	put_base64(buffer, &model);
	pfree(model.data.data);
}
