/*
 * combinations.c: target_combinations: several columns as one category, from JSON.
 */
#include "postgres.h"
#include "utils/jsonb.h"

#include "sql/job_json.h"

#define COMBINATIONS_HINT                                                                \
	"It is a list of lists of column names, such as [[\"a\", \"b\"], [\"a\", \"b\", "    \
	"\"c\"]]."

static void
refuse_combinations(const char *name, const char *detail)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("invalid value for argument \"%s\"", name),
					errdetail("%s", detail), errhint(COMBINATIONS_HINT)));
}

/* Append a name to a combination; a name may stand there once. */
static void
add_name(GeNames *combination, const JsonbValue *value, const char *name)
{
	char *column = pnstrdup(value->val.string.val, value->val.string.len);

	if (ge_names_have(combination, column))
		refuse_combinations(name,
							psprintf("A combination names column \"%s\" twice.", column));
	combination->names =
		combination->names == NULL
			? palloc_array(char *, 1)
			: repalloc_array(combination->names, char *, combination->n + 1);
	combination->names[combination->n++] = column;
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

/* Close a combination: enough names, and not listed before. */
static void
check_combination(const GeNames *combinations, int n, const char *name)
{
	if (combinations[n].n < 2)
		refuse_combinations(name, "A combination has fewer than two columns.");
	for (int i = 0; i < n; i++)
		if (same_names(&combinations[i], &combinations[n]))
			refuse_combinations(name, "A combination stands there twice.");
}

static GeNames *
parse_combinations(GeArguments *args, const char *name, int *n)
{
	Jsonb *given = ge_arg_jsonb_or_null(args, name);
	GeNames *combinations = NULL;
	JsonbIterator *iterator;
	JsonbValue value;
	JsonbIteratorToken token;
	int depth = 0;

	*n = 0;
	if (given == NULL)
		return NULL;
	iterator = JsonbIteratorInit(&given->root);
	while ((token = JsonbIteratorNext(&iterator, &value, false)) != WJB_DONE)
	{
		if (token == WJB_BEGIN_ARRAY && !value.val.array.rawScalar && ++depth <= 2)
		{
			if (depth == 2)
			{
				combinations = combinations == NULL
								   ? palloc_array(GeNames, 1)
								   : repalloc_array(combinations, GeNames, *n + 1);
				combinations[*n] = (GeNames){.given = true};
			}
		}
		else if (token == WJB_ELEM && depth == 2 && value.type == jbvString)
			add_name(&combinations[*n], &value, name);
		else if (token == WJB_END_ARRAY)
		{
			if (depth-- == 2)
				check_combination(combinations, (*n)++, name);
		}
		else
			refuse_combinations(name, "It holds something that is no list of names.");
	}
	return combinations;
}

void
ge_read_combinations(GeArguments *args, const char *name, void *field)
{
	GeJobOptions *options = field;

	options->combinations = parse_combinations(args, name, &options->n_combinations);
}
