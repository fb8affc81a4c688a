/*
 * category_text.c: the canonical text of a value, and the fold of a row's keys.
 *
 * Only types with an equality of their own are taken, as a text of any other type depends
 * on functions and settings.  So results are the same on every server.
 */
#include "postgres.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

#include "base/arguments.h"
#include "base/compat.h"
#include "category/category.h"
#include "category/fold_hash.h"

GE_SQL_FUNCTION(ge_category_text);
GE_SQL_FUNCTION(ge_fold_of);

/* How the values of one argument become texts. */
typedef struct KeyType
{
	Oid type;
	Oid base_type;
	GeCategoryType *category; /* NULL: an enum, whose labels are the texts */
} KeyType;

static void
refuse_type(Oid type)
{
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("type %s has no canonical text", format_type_be(type)),
			 errdetail("Categories of this type are told apart by what it prints, which "
					   "may depend on settings."),
			 errhint("Give a column of type text, varchar, char(n), name, an enum, a "
					 "number, boolean, date, timestamp, interval, uuid or bytea, or a "
					 "cast to one of them.")));
}

static void
set_key_type(KeyType *key, Oid type, Oid collation)
{
	key->type = type;
	key->base_type = getBaseType(type);
	key->category = NULL;
	if (!ge_type_has_natural_form(type))
		refuse_type(type);
	if (!type_is_enum(key->base_type))
		key->category = ge_category_type_create("value", type, collation, NULL);
}

/* The types of n arguments, kept for the calls at this site. */
static KeyType *
key_types(FunctionCallInfo fcinfo, int n, const Oid *types)
{
	KeyType *keys = fcinfo->flinfo->fn_extra;
	MemoryContext caller;

	if (keys == NULL)
	{
		caller = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
		keys = palloc0(sizeof(KeyType) * Max(n, 1));
		for (int i = 0; i < n; i++)
			set_key_type(&keys[i], types[i], PG_GET_COLLATION());
		MemoryContextSwitchTo(caller);
		fcinfo->flinfo->fn_extra = keys;
	}
	return keys;
}

static char *
text_of_key(const KeyType *key, Datum value)
{
	if (key->category == NULL)
		return DatumGetCString(OidFunctionCall1(F_ENUM_OUT, value));
	return ge_category_canonical_value(key->category, value);
}

/* What NULL stands for, in the form that texts of the type have. */
static char *
text_of_null(const KeyType *key, text *null_value)
{
	int length = (int) VARSIZE_ANY_EXHDR(null_value);

	if (key->base_type == BPCHAROID)
		length = bpchartruelen(VARDATA_ANY(null_value), length);
	return pnstrdup(VARDATA_ANY(null_value), length);
}

/* (value anyelement), (value anyelement, null_value text) */
Datum
ge_category_text(PG_FUNCTION_ARGS)
{
	Oid type = get_fn_expr_argtype(fcinfo->flinfo, 0);
	bool has_null_value = PG_NARGS() > 1 && !PG_ARGISNULL(1);
	KeyType *key;

	if (!OidIsValid(type))
		elog(ERROR, "the type of the value is not known");
	key = key_types(fcinfo, 1, &type);
	if (has_null_value && !ge_type_is_text_like(type))
		ereport(
			ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("null_value does not apply to a value of type %s",
					format_type_be(type)),
			 errdetail("A text can stand for NULL only where values are texts or labels "
					   "of an enum."),
			 errhint("Leave null_value out.")));
	if (!PG_ARGISNULL(0))
		PG_RETURN_TEXT_P(cstring_to_text(text_of_key(key, PG_GETARG_DATUM(0))));
	if (!has_null_value)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(text_of_null(key, PG_GETARG_TEXT_PP(1))));
}

/* (n_folds integer, seed bigint, VARIADIC keys "any") */
Datum
ge_fold_of(PG_FUNCTION_ARGS)
{
	Datum *values;
	Oid *types;
	bool *nulls;
	int n;
	KeyType *keys;
	StringInfoData bytes;

	if (PG_ARGISNULL(0))
		ge_arg_refuse_null("n_folds");
	if (PG_ARGISNULL(1))
		ge_arg_refuse_null("seed");
	if (PG_GETARG_INT32(0) < 2)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("n_folds must be at least 2"),
						errdetail("It is %d.", PG_GETARG_INT32(0))));
	n = extract_variadic_args(fcinfo, 2, true, &values, &types, &nulls);
	if (n < 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("fold_of needs at least one key")));

	keys = key_types(fcinfo, n, types);
	initStringInfo(&bytes);
	for (int i = 0; i < n; i++)
	{
		char *string = nulls[i] ? NULL : text_of_key(&keys[i], values[i]);

		ge_fold_key_append(&bytes, string, string != NULL ? strlen(string) : 0);
	}
	PG_RETURN_INT32(
		(int32) ge_fold_of_keys(&bytes, PG_GETARG_INT64(1), (uint32) PG_GETARG_INT32(0)));
}
