/*
 * column_options.c: the argument column_options: options of single columns, from JSON.
 *
 * {"education": {"smooth": 20}, "*": {"handle_missing": "category"}}.  A key is a line in
 * the table below; what becomes of the options is decided in job/overrides.c.
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"

#include "base/compat.h"
#include "base/shown.h"
#include "base/words.h"
#include "sql/job_arguments.h"
#include "sql/job_json.h"

#define OPTIONS_HINT                                                                     \
	"It is an object of objects, such as {\"education\": {\"smooth\": 20}, \"*\": "      \
	"{\"handle_missing\": \"category\"}}."

/* A value in the making, for messages. */
typedef struct Place
{
	const char *column;
	const char *key;
} Place;

GE_NORETURN static void
refuse(Place place, int sqlstate, const char *detail)
{
	ereport(ERROR, (errcode(sqlstate),
					errmsg("invalid \"%s\" of \"%s\" in column_options", place.key,
						   ge_shown(place.column)),
					errdetail("%s", detail)));
}

GE_NORETURN static void
refuse_value(Place place, const char *detail)
{
	refuse(place, ERRCODE_INVALID_PARAMETER_VALUE, detail);
}

GE_NORETURN static void
refuse_range(Place place, const char *detail)
{
	refuse(place, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, detail);
}

static char *
take_string(Place place, const JsonbValue *value)
{
	if (value->type != jbvString)
		refuse_value(place, "It must be a string.");
	return pnstrdup(value->val.string.val, value->val.string.len);
}

static int
take_word(Place place, const JsonbValue *value, const char *const *words)
{
	char *given = take_string(place, value);
	int word = ge_word_find(words, given);

	if (word < 0)
		refuse_value(place, psprintf("It is \"%s\"; possible are %s.", ge_shown(given),
									 ge_words_listed(words)));
	return word;
}

static void
read_name(Place place, const JsonbValue *value, GeColumnOptions *options)
{
	if (strcmp(place.column, "*") == 0)
		refuse_value(place, "All columns cannot have one name.");
	options->name = take_string(place, value);
	if (options->name[0] == '\0')
		refuse_value(place, "It is empty.");
}

/* Infinite if it is beyond the range of float8, 0 if it is too small for it. */
static double
to_float8(Numeric number)
{
	return DatumGetFloat8(
		DirectFunctionCall1(numeric_float8_no_overflow, NumericGetDatum(number)));
}

static double
take_number(Place place, const JsonbValue *value)
{
	double number;

	if (value->type != jbvNumeric)
		refuse_value(place, "It must be a number.");
	number = to_float8(value->val.numeric);
	if (isinf(number))
		refuse_range(place, "It is out of the range of float8.");
	if (!(number >= 0))
		refuse_value(place, "It must be a finite number, 0 or more.");
	return number;
}

static void
read_smooth(Place place, const JsonbValue *value, GeColumnOptions *options)
{
	if (value->type == jbvNull ||
		(value->type == jbvString && strcmp(take_string(place, value), "auto") == 0))
		options->smooth = GE_SMOOTH_AUTO;
	else
		options->smooth = take_number(place, value);
}

static void
read_regularization(Place place, const JsonbValue *value, GeColumnOptions *options)
{
	options->regularization = take_number(place, value);
	if (options->regularization == 0)
		refuse_value(place, "It must be above 0.");
}

static JsonbContainer *
take_list(Place place, const JsonbValue *value, const char *detail)
{
	JsonbContainer *list = value->val.binary.data;

	if (value->type != jbvBinary || !JsonContainerIsArray(list) ||
		JsonContainerIsScalar(list))
		refuse_value(place, detail);
	return list;
}

static void
read_stats(Place place, const JsonbValue *value, GeColumnOptions *options)
{
	GeNames names = {.given = true};
	JsonbContainer *list = take_list(place, value, "It must be a list of statistics.");
	int n = JsonContainerSize(list);

	names.names = palloc_array(char *, n + 1);
	for (int i = 0; i < n; i++)
	{
		char *name = take_string(place, getIthJsonbValueFromContainer(list, i));

		if (ge_names_have(&names, name))
			refuse_value(place, psprintf("It has \"%s\" twice.", ge_shown(name)));
		names.names[names.n++] = name;
	}
	options->stats = ge_stats_of_names("column_options", &names);
}

/* A value of a column, as a text that the column's type will read. */
static char *
take_category(Place place, const JsonbValue *value)
{
	if (value->type == jbvNull)
		refuse_value(place, "It has a null; handle_missing says what becomes of NULLs.");
	if (value->type == jbvBool)
		return pstrdup(value->val.boolean ? "true" : "false");
	if (value->type == jbvNumeric)
		return DatumGetCString(
			DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric)));
	if (value->type != jbvString)
		refuse_value(
			place, "It has a list or an object; values are texts, numbers or booleans.");
	return take_string(place, value);
}

static void
read_categories(Place place, const JsonbValue *value, GeColumnOptions *options)
{
	GeNames categories = {.given = true};
	JsonbContainer *list = take_list(
		place, value, "It must be a list of values, in the order of their codes.");
	int n = JsonContainerSize(list);

	if (n == 0)
		refuse_value(place, "It is an empty list.");
	categories.names = palloc_extended(sizeof(char *) * (Size) n, MCXT_ALLOC_HUGE);
	for (int i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		categories.names[categories.n++] =
			take_category(place, getIthJsonbValueFromContainer(list, i));
	}
	options->categories = categories;
}

static void
read_null_value(Place place, const JsonbValue *value, GeColumnOptions *options)
{
	options->null_value = value->type == jbvNull ? NULL : take_string(place, value);
}

static void
read_handle_missing(Place place, const JsonbValue *value, GeColumnOptions *options)
{
	options->handle_missing = take_word(place, value, ge_missing_words);
}

static void
read_handle_unknown(Place place, const JsonbValue *value, GeColumnOptions *options)
{
	options->handle_unknown = take_word(place, value, ge_unknown_words);
}

static int32
take_int32(Place place, const JsonbValue *value)
{
	Numeric number;
	double near;
	int32 rounded;

	if (value->type != jbvNumeric)
		refuse_value(place, "It must be an integer.");
	number = value->val.numeric;
	near = to_float8(number);
	if (!(near >= PG_INT32_MIN && near <= PG_INT32_MAX))
		refuse_range(place, psprintf("It must be an integer from %d to %d.", PG_INT32_MIN,
									 PG_INT32_MAX));
	rounded = DatumGetInt32(DirectFunctionCall1(numeric_int4, NumericGetDatum(number)));
	if (!DatumGetBool(DirectFunctionCall2(numeric_eq, NumericGetDatum(number),
										  NumericGetDatum(int64_to_numeric(rounded)))))
		refuse_value(place, "It must be an integer.");
	return rounded;
}

static void
read_unknown_value(Place place, const JsonbValue *value, GeColumnOptions *options)
{
	options->unknown_value = take_int32(place, value);
}

static void
read_min_frequency(Place place, const JsonbValue *value, GeColumnOptions *options)
{
	options->rare.min_frequency = ge_min_frequency_check(take_number(place, value));
}

static void
read_max_categories(Place place, const JsonbValue *value, GeColumnOptions *options)
{
	options->rare.max_categories = ge_max_categories_check(take_int32(place, value));
}

static void
read_label_order(Place place, const JsonbValue *value, GeColumnOptions *options)
{
	options->label_order = take_word(place, value, ge_label_order_words);
}

static void
read_unseen(Place place, const JsonbValue *value, GeColumnOptions *options)
{
	options->unseen = take_word(place, value, ge_unseen_words);
}

static const struct
{
	const char *key;
	GeOptionKey option;
	bool of_transform; /* transform takes it, too */
	void (*read)(Place place, const JsonbValue *value, GeColumnOptions *options);
} keys[] = {
	{"name", GE_OPTION_NAME, true, read_name},
	{"stats", GE_OPTION_STATS, false, read_stats},
	{"smooth", GE_OPTION_SMOOTH, false, read_smooth},
	{"regularization", GE_OPTION_REGULARIZATION, false, read_regularization},
	{"null_value", GE_OPTION_NULL_VALUE, false, read_null_value},
	{"handle_missing", GE_OPTION_HANDLE_MISSING, false, read_handle_missing},
	{"handle_unknown", GE_OPTION_HANDLE_UNKNOWN, true, read_handle_unknown},
	{"unknown_value", GE_OPTION_UNKNOWN_VALUE, true, read_unknown_value},
	{"min_frequency", GE_OPTION_MIN_FREQUENCY, false, read_min_frequency},
	{"max_categories", GE_OPTION_MAX_CATEGORIES, false, read_max_categories},
	{"label_order", GE_OPTION_LABEL_ORDER, false, read_label_order},
	{"categories", GE_OPTION_CATEGORIES, false, read_categories},
	{"unseen", GE_OPTION_UNSEEN, true, read_unseen},
};

/* An unknown key, or one that only fit takes. */
GE_NORETURN static void
refuse_key(Place place, bool is_transform, bool of_fit)
{
	StringInfoData list;
	char *names[lengthof(keys)];
	GeNames known = {.names = names};
	const char *near;

	initStringInfo(&list);
	for (int i = 0; i < lengthof(keys); i++)
	{
		if (is_transform && !keys[i].of_transform)
			continue;
		appendStringInfo(&list, "%s%s", known.n == 0 ? "" : ", ", keys[i].key);
		names[known.n++] = unconstify(char *, keys[i].key);
	}
	if (of_fit)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" in column_options belongs to gpu_encode.fit", place.key),
				 errdetail("transform takes the keys %s.", list.data),
				 errhint("Leave the key out: the encoder has what it was fitted with.")));
	near = ge_names_nearest(&known, place.key);
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("column_options of \"%s\" have an unknown key \"%s\"",
						   ge_shown(place.column), ge_shown(place.key)),
					errdetail("Known keys are %s.", list.data),
					near != NULL ? errhint("Perhaps you meant \"%s\".", near) : 0));
}

static void
read_key(Place place, const JsonbValue *value, bool is_transform,
		 GeColumnOptions *options)
{
	for (int i = 0; i < lengthof(keys); i++)
	{
		if (strcmp(keys[i].key, place.key) != 0)
			continue;
		if (is_transform && !keys[i].of_transform)
			refuse_key(place, true, true);
		keys[i].read(place, value, options);
		options->given |= keys[i].option;
		return;
	}
	refuse_key(place, is_transform, false);
}

GE_NORETURN static void
refuse_shape(const char *name, const char *detail)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("invalid value for argument \"%s\"", name),
					errdetail("%s", detail), errhint(OPTIONS_HINT)));
}

/* The options of one column: an object. */
static GeColumnOptions
read_column(const char *name, const char *column, const JsonbValue *value,
			bool is_transform)
{
	GeColumnOptions options = {0};
	JsonbIterator *iterator;
	JsonbValue key, field;

	if (value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data))
		refuse_shape(name,
					 psprintf("What it says of \"%s\" is no object.", ge_shown(column)));
	iterator = JsonbIteratorInit(value->val.binary.data);
	(void) JsonbIteratorNext(&iterator, &key, true);
	while (JsonbIteratorNext(&iterator, &key, true) == WJB_KEY)
	{
		Place place = {column, pnstrdup(key.val.string.val, key.val.string.len)};

		(void) JsonbIteratorNext(&iterator, &field, true);
		read_key(place, &field, is_transform, &options);
	}
	return options;
}

void
ge_read_column_options(GeArguments *args, const char *name, void *field)
{
	GeJobOptions *options = field;
	Jsonb *given = ge_arg_jsonb_or_null(args, name);
	GeColumnOverride *overrides;
	JsonbIterator *iterator;
	JsonbValue key, value;

	if (given == NULL)
		return;
	if (!JB_ROOT_IS_OBJECT(given))
		refuse_shape(name, "It is no object.");
	overrides = palloc_array(GeColumnOverride, JB_ROOT_COUNT(given) + 1);
	overrides[0] = (GeColumnOverride){.column = "*"}; /* columns come after it */
	options->n_overrides = 1;
	iterator = JsonbIteratorInit(&given->root);
	(void) JsonbIteratorNext(&iterator, &key, true);
	while (JsonbIteratorNext(&iterator, &key, true) == WJB_KEY)
	{
		char *column = pnstrdup(key.val.string.val, key.val.string.len);
		GeColumnOverride override = {.column = column};

		CHECK_FOR_INTERRUPTS();
		(void) JsonbIteratorNext(&iterator, &value, true);
		override.options = read_column(name, column, &value, options->is_transform);
		if (strcmp(column, "*") == 0)
			overrides[0] = override;
		else
			overrides[options->n_overrides++] = override;
	}
	options->overrides = overrides;
}
