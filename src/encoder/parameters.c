/*
 * encoder_parameters.c: the row of kind 'parameters', written and read.
 *
 * A JSON object that names types and relations, never OIDs, so that an encoder survives
 * dump and restore.
 */
#include "postgres.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "parser/parse_type.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"
#include "base/compat.h"

#include "encoder/encoder.h"

/* ------------------------------------------------------------------------- writing */

static void
append_string(StringInfo json, const char *string)
{
	if (string == NULL)
		appendStringInfoString(json, "null");
	else
		escape_json(json, string);
}

static void
append_field(StringInfo json, const char *field, const char *string)
{
	appendStringInfo(json, ", \"%s\": ", field);
	append_string(json, string);
}

static void
append_target(StringInfo json, const GeRun *run)
{
	const GeTargetColumn *target = &run->plan->target;

	appendStringInfoString(json, ", \"target\": ");
	if (run->plan->n_encodings == 0)
	{
		appendStringInfoString(json, "null");
		return;
	}
	appendStringInfoString(json, "{\"column\": ");
	append_string(json, target->name);
	append_field(json, "type",
				 format_type_extended(target->type, -1, FORMAT_TYPE_FORCE_QUALIFY));
	append_field(json, "pos_label", run->target.pos_label_used);
	append_field(json, "other_label", run->target.other_label);
	appendStringInfoChar(json, '}');
}

static void
append_column(StringInfo json, const GeRun *run, int i)
{
	const GeCategoryColumn *column = &run->plan->columns[i];

	appendStringInfoString(json, "{\"name\": ");
	append_string(json, column->name);
	append_field(
		json, "type",
		format_type_extended(column->type, column->typmod,
							 FORMAT_TYPE_TYPEMOD_GIVEN | FORMAT_TYPE_FORCE_QUALIFY));
	append_field(json, "null_value", column->options.null_value);
	appendStringInfo(json, ", \"label\": %s, \"target\": %s, \"categories\": %u}",
					 column->is_label ? "true" : "false",
					 column->is_target ? "true" : "false", run->categories[i].n_known);
}

static void
append_combination(StringInfo json, const GeRun *run, const GeRunEncoding *encoding)
{
	appendStringInfoString(json, "{\"columns\": [");
	for (int k = 0; k < encoding->plan->n_parts; k++)
	{
		appendStringInfoString(json, k == 0 ? "" : ", ");
		append_string(json, run->plan->columns[encoding->plan->parts[k]].name);
	}
	appendStringInfo(json, "], \"categories\": %u}", encoding->categories->n_known);
}

/* What the encoder was fitted on, as transform compares it. */
static const char *
name_of_fitted(const GePlanSource *fitted)
{
	if (fitted->name != NULL)
		return fitted->name;
	return ge_relation_name(RelationGetRelid(ge_source_relation(fitted->source)));
}

char *
ge_encoder_parameters_text(const GeRun *run)
{
	StringInfoData json;
	bool first = true;
	int nest = ge_text_form_begin(); /* no setting of the session changes a byte */

	initStringInfo(&json);
	appendStringInfo(&json,
					 "{\"format\": %d, \"rows\": " UINT64_FORMAT ", \"smooth\": %s",
					 GE_ENCODER_FORMAT, run->rows[0]->n_rows,
					 DatumGetCString(DirectFunctionCall1(
						 float8out, Float8GetDatum(run->plan->options.defaults.smooth))));
	append_field(&json, "source", name_of_fitted(&run->plan->sources[0]));
	append_field(&json, "null_value", run->plan->options.defaults.null_value);
	append_field(&json, "handle_missing",
				 ge_missing_name(run->plan->options.defaults.handle_missing));
	append_target(&json, run);
	appendStringInfoString(&json, ", \"columns\": [");
	for (int i = 0; i < run->plan->n_columns; i++)
	{
		appendStringInfoString(&json, i == 0 ? "" : ", ");
		append_column(&json, run, i);
	}
	appendStringInfoString(&json, "], \"combinations\": [");
	for (int i = 0; i < run->plan->n_encodings; i++)
	{
		if (run->encodings[i].plan->n_parts == 1)
			continue;
		appendStringInfoString(&json, first ? "" : ", ");
		append_combination(&json, run, &run->encodings[i]);
		first = false;
	}
	appendStringInfoString(&json, "]}");
	ge_text_form_end(nest);
	return json.data;
}

/* ------------------------------------------------------------------------- reading */

/* A field of an object that must be there and of that type. */
static JsonbValue *
require(JsonbContainer *object, const char *field, enum jbvType type, const char *encoder)
{
	JsonbValue *value = getKeyJsonValueFromContainer(object, field, strlen(field), NULL);

	if (value == NULL || value->type != type)
		ge_encoder_damaged(
			encoder,
			psprintf("Its parameters lack a field \"%s\" of the right type.", field));
	return value;
}

/* The same for a string that may be null. */
static char *
string_or_null(JsonbContainer *object, const char *field, const char *encoder)
{
	JsonbValue *value = getKeyJsonValueFromContainer(object, field, strlen(field), NULL);

	if (value == NULL || value->type == jbvNull)
		return NULL;
	value = require(object, field, jbvString, encoder);
	return pnstrdup(value->val.string.val, value->val.string.len);
}

static char *
require_string(JsonbContainer *object, const char *field, const char *encoder)
{
	JsonbValue *value = require(object, field, jbvString, encoder);

	return pnstrdup(value->val.string.val, value->val.string.len);
}

static int64
require_int(JsonbContainer *object, const char *field, const char *encoder)
{
	JsonbValue *value = require(object, field, jbvNumeric, encoder);

	return DatumGetInt64(
		DirectFunctionCall1(numeric_int8, NumericGetDatum(value->val.numeric)));
}

static JsonbContainer *
require_container(JsonbContainer *object, const char *field, const char *encoder)
{
	return require(object, field, jbvBinary, encoder)->val.binary.data;
}

static uint32
require_categories(JsonbContainer *object, const char *encoder)
{
	int64 n = require_int(object, "categories", encoder);

	if (n < 0 || n > GE_MAX_CATEGORIES)
		ge_encoder_damaged(encoder,
						   "A number of categories in its parameters is out of range.");
	return (uint32) n;
}

/* The i-th element of a list of objects. */
static JsonbContainer *
element(JsonbContainer *list, uint32 i, const char *encoder)
{
	JsonbValue *value = getIthJsonbValueFromContainer(list, i);

	if (value == NULL || value->type != jbvBinary)
		ge_encoder_damaged(encoder,
						   "A list in its parameters holds something unexpected.");
	return value->val.binary.data;
}

static void
parse_column(JsonbContainer *object, GeEncoderColumn *column, const char *encoder)
{
	int32 typmod;

	column->name = require_string(object, "name", encoder);
	column->type_name = require_string(object, "type", encoder);
	column->null_value = string_or_null(object, "null_value", encoder);
	column->is_label = require(object, "label", jbvBool, encoder)->val.boolean;
	column->is_target = require(object, "target", jbvBool, encoder)->val.boolean;
	column->categories = require_categories(object, encoder);
	ge_parse_type_string(column->type_name, &column->type, &typmod);
	if (!OidIsValid(column->type))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
						errmsg("encoder %s needs type %s, which does not exist", encoder,
							   column->type_name),
						errdetail("Its column \"%s\" has that type.", column->name)));
}

static void
parse_combination(JsonbContainer *object, GeEncoderCombination *combination,
				  const char *encoder)
{
	JsonbContainer *names = require_container(object, "columns", encoder);
	int n = JsonContainerIsArray(names) ? JsonContainerSize(names) : 0;

	if (n < 2)
		ge_encoder_damaged(encoder,
						   "A combination in its parameters has fewer than two columns.");
	combination->categories = require_categories(object, encoder);
	combination->names =
		(GeNames){.given = true, .n = n, .names = palloc_array(char *, n)};
	for (int i = 0; i < n; i++)
	{
		JsonbValue *name = getIthJsonbValueFromContainer(names, i);

		if (name->type != jbvString)
			ge_encoder_damaged(encoder,
							   "A combination in its parameters is no list of names.");
		combination->names.names[i] =
			pnstrdup(name->val.string.val, name->val.string.len);
	}
}

GeEncoderParameters *
ge_encoder_parameters_parse(Datum jsonb, const char *encoder)
{
	JsonbContainer *root = &DatumGetJsonbP(jsonb)->root, *list;
	GeEncoderParameters *parameters = palloc0_object(GeEncoderParameters);
	int64 format;
	JsonbValue *target;

	if (!JsonContainerIsObject(root))
		ge_encoder_damaged(encoder, "Its parameters are no JSON object.");
	format = require_int(root, "format", encoder);
	if (format != GE_ENCODER_FORMAT)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("encoder %s has format " INT64_FORMAT ", but %d is expected",
						encoder, format, GE_ENCODER_FORMAT),
				 errhint("It was made by another version of gpu_encode; fit it again.")));
	parameters->source = require_string(root, "source", encoder);
	parameters->handle_missing =
		ge_missing_parse(require_string(root, "handle_missing", encoder));
	parameters->null_value = string_or_null(root, "null_value", encoder);
	target = getKeyJsonValueFromContainer(root, "target", strlen("target"), NULL);
	if (target != NULL && target->type == jbvBinary)
		parameters->target = require_string(target->val.binary.data, "column", encoder);
	list = require_container(root, "columns", encoder);
	parameters->n_columns = JsonContainerSize(list);
	parameters->columns = palloc0_array(GeEncoderColumn, parameters->n_columns + 1);
	for (int i = 0; i < parameters->n_columns; i++)
		parse_column(element(list, i, encoder), &parameters->columns[i], encoder);
	list = require_container(root, "combinations", encoder);
	parameters->n_combinations = JsonContainerSize(list);
	parameters->combinations =
		palloc0_array(GeEncoderCombination, parameters->n_combinations + 1);
	for (int i = 0; i < parameters->n_combinations; i++)
		parse_combination(element(list, i, encoder), &parameters->combinations[i],
						  encoder);
	return parameters;
}

const GeEncoderColumn *
ge_encoder_find_column(const GeEncoderParameters *parameters, const char *name)
{
	for (int i = 0; i < parameters->n_columns; i++)
		if (strcmp(parameters->columns[i].name, name) == 0)
			return &parameters->columns[i];
	return NULL;
}
