/*
 * guard_arguments.c: the argument guards: limits, from JSON.
 *
 * {"min_rows": 1000, "max_unknown": 0.01}.  encoder/guards.h has what they mean.
 */
#include "postgres.h"

#include <math.h>

#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"

#include "base/shown.h"
#include "encoder/guards.h"
#include "sql/job_json.h"

/* Beyond it doubles are not every whole number. */
#define MOST_COUNT 9007199254740992.0

GE_NORETURN static void
refuse_limit(const char *guard, const char *detail)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("invalid limit of guard \"%s\"", guard),
					errdetail_internal("%s", detail),
					errhint("Without a limit leave the guard out.")));
}

static void
refuse_number(const GeGuardKind *kind, Numeric number, const char *detail)
{
	char *shown =
		DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(number)));

	refuse_limit(kind->name, psprintf("It is %s; %s", ge_shown(shown), detail));
}

static double
take_limit(const GeGuardKind *kind, const JsonbValue *value)
{
	Numeric number;
	double limit;

	if (value->type == jbvNull)
		refuse_limit(kind->name, "It is null, but must be a number.");
	if (value->type != jbvNumeric)
		refuse_limit(kind->name, "It must be a number, without quotes.");
	number = value->val.numeric;
	limit = DatumGetFloat8(
		DirectFunctionCall1(numeric_float8_no_overflow, NumericGetDatum(number)));
	if (kind->is_share && !(limit >= 0 && limit <= 1))
		refuse_number(kind, number, "a share is between 0 and 1.");
	if (!(limit >= 0) || isinf(limit))
		refuse_number(kind, number, "it must be finite, and 0 or more.");
	if (kind->is_count && (limit != floor(limit) || limit > MOST_COUNT))
		refuse_number(kind, number, "it must be a whole number, and at most 2^53.");
	return limit + 0.0; /* -0 becomes 0 */
}

GE_NORETURN static void
refuse_key(const char *key)
{
	StringInfoData list;
	char *names[GE_N_GUARDS];
	GeNames known = {.names = names};
	const char *near;

	initStringInfo(&list);
	for (int i = 0; i < GE_N_GUARDS; i++)
	{
		appendStringInfo(&list, "%s%s", i == 0 ? "" : ", ", ge_guard_kinds[i].name);
		names[known.n++] = unconstify(char *, ge_guard_kinds[i].name);
	}
	near = ge_names_nearest(&known, key);
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("there is no guard \"%s\"", ge_shown(key)),
					errdetail("Guards are %s.", list.data),
					near != NULL ? errhint("Perhaps you meant \"%s\".", near) : 0));
}

static GeGuard
find_guard(const char *key)
{
	for (int i = 0; i < GE_N_GUARDS; i++)
		if (strcmp(ge_guard_kinds[i].name, key) == 0)
			return i;
	refuse_key(key);
}

void
ge_read_guards(GeArguments *args, const char *name, void *field)
{
	GeGuards *guards = field;
	Jsonb *given = ge_arg_jsonb_or_null(args, name);
	JsonbIterator *iterator;
	JsonbValue key, value;

	if (given == NULL)
		return;
	if (!JB_ROOT_IS_OBJECT(given))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("invalid value for argument \"%s\"", name),
						errdetail("It is no object."),
						errhint("It is an object of limits, such as {\"min_rows\": 1000, "
								"\"max_unknown\": 0.01}.")));
	guards->given = true;
	iterator = JsonbIteratorInit(&given->root);
	(void) JsonbIteratorNext(&iterator, &key, true);
	while (JsonbIteratorNext(&iterator, &key, true) == WJB_KEY)
	{
		GeGuard guard = find_guard(pnstrdup(key.val.string.val, key.val.string.len));

		(void) JsonbIteratorNext(&iterator, &value, true);
		guards->is_set[guard] = true;
		guards->limits[guard] = take_limit(&ge_guard_kinds[guard], &value);
	}
}
