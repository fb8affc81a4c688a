/*
 * combinations.c: target_combinations: several columns as one category, from JSON.
 */
#include "postgres.h"
#include "miscadmin.h"
#include "utils/jsonb.h"

#include "base/shown.h"
#include "sql/job_json.h"

#define COMBINATIONS_HINT                                                                \
	"It is a list of lists of column names, such as [[\"a\", \"b\"], {\"name\": "        \
	"[\"b\", \"c\"]}]."

static void
refuse_combinations(const char *name, const char *detail)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("invalid value for argument \"%s\"", name),
					errdetail("%s", detail), errhint(COMBINATIONS_HINT)));
}

static char *
copy_string(const JsonbValue *value)
{
	return pnstrdup(value->val.string.val, value->val.string.len);
}

/* The columns of a combination. */
static GeNames
parse_combination(const char *name, const JsonbValue *list)
{
	GeNames combination = {.given = true};
	JsonbContainer *columns;
	int n;

	if (list->type != jbvBinary || !JsonContainerIsArray(list->val.binary.data) ||
		JsonContainerIsScalar(list->val.binary.data))
		refuse_combinations(name, "It holds something that is no list of names.");
	columns = list->val.binary.data;
	n = JsonContainerSize(columns);
	if (n < 2)
		refuse_combinations(name, "A combination has fewer than two columns.");
	combination.names = palloc_array(char *, n);
	for (int i = 0; i < n; i++)
	{
		JsonbValue *value = getIthJsonbValueFromContainer(columns, i);
		char *column;

		if (value->type != jbvString)
			refuse_combinations(name, "It holds something that is no list of names.");
		column = copy_string(value);
		if (ge_names_have(&combination, column))
			refuse_combinations(name, psprintf("A combination names column \"%s\" twice.",
											   ge_shown(column)));
		combination.names[combination.n++] = column;
	}
	return combination;
}

/* The single field of an object: the combination's name and its columns. */
static void
parse_named(const char *name, JsonbContainer *object, char **given, JsonbValue *list)
{
	JsonbIterator *iterator = JsonbIteratorInit(object);
	JsonbValue value;

	if (JsonContainerSize(object) != 1)
		refuse_combinations(name, "It holds an object of other than one field.");
	(void) JsonbIteratorNext(&iterator, &value, true);
	(void) JsonbIteratorNext(&iterator, &value, true);
	*given = copy_string(&value);
	(void) JsonbIteratorNext(&iterator, list, true);
	if ((*given)[0] == '\0')
		refuse_combinations(name, "A combination has an empty name.");
}

static bool
same_names(const GeNames *a, const GeNames *b)
{
	if (a->n != b->n)
		return false;
	for (int i = 0; i < a->n; i++)
		if (strcmp(a->names[i], b->names[i]) != 0)
			return false;
	return true;
}

void
ge_read_combinations(GeArguments *args, const char *name, void *field)
{
	GeJobOptions *options = field;
	Jsonb *given = ge_arg_jsonb_or_null(args, name);
	int n;

	if (given == NULL)
		return;
	if (!JB_ROOT_IS_ARRAY(given) || JB_ROOT_IS_SCALAR(given))
		refuse_combinations(name, "It is no list of names.");
	n = JB_ROOT_COUNT(given);
	options->combinations = palloc0_array(GeNames, n + 1);
	options->combination_names = palloc0_array(const char *, n + 1);
	for (int i = 0; i < n; i++)
	{
		JsonbValue *value = getIthJsonbValueFromContainer(&given->root, i), list;
		GeNames *combination = &options->combinations[i];
		char *own_name = NULL;

		CHECK_FOR_INTERRUPTS();
		if (value->type == jbvBinary && JsonContainerIsObject(value->val.binary.data))
			parse_named(name, value->val.binary.data, &own_name, &list);
		else
			list = *value;
		*combination = parse_combination(name, &list);
		for (int k = 0; k < i; k++)
			if (same_names(&options->combinations[k], combination))
				refuse_combinations(name, "A combination stands there twice.");
		options->combination_names[i] =
			own_name != NULL ? own_name : ge_names_joined(combination);
	}
	options->n_combinations = n;
}
