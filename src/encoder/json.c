/*
 * json.c: fields and elements of JSON that anybody may have written.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

#include "base/compat.h"
#include "base/words.h"
#include "encoder/json.h"
#include "encoder/encoder.h"

GE_NORETURN static void
refuse_field(GeJson object, const char *field)
{
	ge_encoder_damaged(
		object.encoder,
		psprintf("Its parameters lack a field \"%s\" of the right type.", field));
}

GE_NORETURN static void
refuse_element(GeJson list)
{
	ge_encoder_damaged(list.encoder,
					   "A list in its parameters holds something unexpected.");
}

/* NULL if there is no such field. */
static JsonbValue *
find(GeJson object, const char *field)
{
	return getKeyJsonValueFromContainer(object.container, field, (int) strlen(field),
										NULL);
}

static bool
is_object(const JsonbValue *value)
{
	return value->type == jbvBinary && JsonContainerIsObject(value->val.binary.data);
}

static bool
is_list(const JsonbValue *value)
{
	return value->type == jbvBinary && JsonContainerIsArray(value->val.binary.data) &&
		   !JsonContainerIsScalar(value->val.binary.data);
}

static char *
copy_string(const JsonbValue *value)
{
	return pnstrdup(value->val.string.val, value->val.string.len);
}

GeJson
ge_json_root(const Jsonb *jsonb, const char *encoder)
{
	GeJson root = {encoder, unconstify(JsonbContainer *, &jsonb->root)};

	if (!JsonContainerIsObject(root.container))
		ge_encoder_damaged(encoder, "Its parameters are no JSON object.");
	return root;
}

bool
ge_json_bool(GeJson object, const char *field)
{
	JsonbValue *value = find(object, field);

	if (value == NULL || value->type != jbvBool)
		refuse_field(object, field);
	return value->val.boolean;
}

static int
compare_to_int(Numeric number, int64 bound)
{
	return DatumGetInt32(DirectFunctionCall2(numeric_cmp, NumericGetDatum(number),
											 NumericGetDatum(int64_to_numeric(bound))));
}

GE_NORETURN static void
refuse_range(GeJson object, const char *field)
{
	ge_encoder_damaged(
		object.encoder,
		psprintf("The field \"%s\" of its parameters is out of range.", field));
}

int64
ge_json_int(GeJson object, const char *field, int64 low, int64 high)
{
	JsonbValue *value = find(object, field);
	int64 rounded;

	if (value == NULL || value->type != jbvNumeric)
		refuse_field(object, field);
	if (compare_to_int(value->val.numeric, low) < 0 ||
		compare_to_int(value->val.numeric, high) > 0)
		refuse_range(object, field);
	rounded = DatumGetInt64(
		DirectFunctionCall1(numeric_int8, NumericGetDatum(value->val.numeric)));
	if (compare_to_int(value->val.numeric, rounded) != 0)
		refuse_field(object, field);
	return rounded;
}

double
ge_json_number(GeJson object, const char *field)
{
	JsonbValue *value = find(object, field);
	double number;

	if (value == NULL || value->type != jbvNumeric)
		refuse_field(object, field);
	number = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow,
												NumericGetDatum(value->val.numeric)));
	if (!isfinite(number) || (number == 0 && compare_to_int(value->val.numeric, 0) != 0))
		refuse_range(object, field);
	return number;
}

char *
ge_json_string(GeJson object, const char *field)
{
	JsonbValue *value = find(object, field);

	if (value == NULL || value->type != jbvString)
		refuse_field(object, field);
	return copy_string(value);
}

bool
ge_json_has(GeJson object, const char *field)
{
	JsonbValue *value = find(object, field);

	return value != NULL && value->type != jbvNull;
}

bool
ge_json_is_string(GeJson object, const char *field)
{
	JsonbValue *value = find(object, field);

	return value != NULL && value->type == jbvString;
}

char *
ge_json_string_or_null(GeJson object, const char *field)
{
	return ge_json_has(object, field) ? ge_json_string(object, field) : NULL;
}

int
ge_json_word(GeJson object, const char *field, const char *const *words)
{
	int word = ge_word_find(words, ge_json_string(object, field));

	if (word < 0)
		ge_encoder_damaged(object.encoder,
						   psprintf("Its parameters have an unknown \"%s\".", field));
	return word;
}

GeJson
ge_json_list(GeJson object, const char *field, int *n)
{
	JsonbValue *value = find(object, field);

	if (value == NULL || !is_list(value))
		refuse_field(object, field);
	*n = JsonContainerSize(value->val.binary.data);
	return (GeJson){object.encoder, value->val.binary.data};
}

GeJson
ge_json_object_at(GeJson list, int i)
{
	JsonbValue *value = getIthJsonbValueFromContainer(list.container, i);

	if (value == NULL || !is_object(value))
		refuse_element(list);
	return (GeJson){list.encoder, value->val.binary.data};
}

char *
ge_json_string_at(GeJson list, int i)
{
	JsonbValue *value = getIthJsonbValueFromContainer(list.container, i);

	if (value == NULL || value->type != jbvString)
		refuse_element(list);
	return copy_string(value);
}
