/*
 * arguments.c: arguments of SQL functions, checked one by one.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "base/arguments.h"

/* A NULL that means nothing. */
static void
refuse_null(FunctionCallInfo fcinfo, int i, const char *name)
{
	if (PG_ARGISNULL(i))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("argument \"%s\" must not be null", name)));
}

bool
ge_arg_bool(FunctionCallInfo fcinfo, int i, const char *name)
{
	refuse_null(fcinfo, i, name);
	return PG_GETARG_BOOL(i);
}

int32
ge_arg_int32(FunctionCallInfo fcinfo, int i, const char *name)
{
	refuse_null(fcinfo, i, name);
	return PG_GETARG_INT32(i);
}

int64
ge_arg_int64(FunctionCallInfo fcinfo, int i, const char *name)
{
	refuse_null(fcinfo, i, name);
	return PG_GETARG_INT64(i);
}

Oid
ge_arg_regclass(FunctionCallInfo fcinfo, int i, const char *name)
{
	refuse_null(fcinfo, i, name);
	return PG_GETARG_OID(i);
}

GeRelationRef
ge_arg_relation(FunctionCallInfo fcinfo, int i, const char *name)
{
	return ge_relation_ref(ge_arg_regclass(fcinfo, i, name));
}

char *
ge_arg_text(FunctionCallInfo fcinfo, int i, const char *name)
{
	refuse_null(fcinfo, i, name);
	return text_to_cstring(PG_GETARG_TEXT_PP(i));
}

char *
ge_arg_text_or_null(FunctionCallInfo fcinfo, int i)
{
	return PG_ARGISNULL(i) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(i));
}

/* The elements of an array of one dimension without NULLs. */
static Datum *
deconstruct(ArrayType *array, Oid element_type, const char *name, int *n)
{
	Datum *elements;

	if (ARR_NDIM(array) > 1)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
						errmsg("argument \"%s\" must be a list", name),
						errdetail("It is an array of %d dimensions.", ARR_NDIM(array))));
	if (array_contains_nulls(array))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("argument \"%s\" must not contain nulls", name),
						element_type != TEXTOID
							? 0
							: errhint("Within an array NULL is the text of four letters "
									  "only in quotes: '{\"NULL\"}'.")));
	if (element_type == TEXTOID)
		deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elements, NULL, n);
	else
		deconstruct_array(array, element_type, sizeof(Oid), true, TYPALIGN_INT, &elements,
						  NULL, n);
	return elements;
}

GeNames
ge_arg_texts(FunctionCallInfo fcinfo, int i, const char *name)
{
	GeNames result = {0};
	Datum *elements;

	if (PG_ARGISNULL(i))
		return result;
	result.given = true;
	elements = deconstruct(PG_GETARG_ARRAYTYPE_P(i), TEXTOID, name, &result.n);
	result.names = palloc_array(char *, Max(result.n, 1));
	for (int k = 0; k < result.n; k++)
		result.names[k] = TextDatumGetCString(elements[k]);
	return result;
}

GeNames
ge_arg_names(FunctionCallInfo fcinfo, int i, const char *name)
{
	GeNames result = ge_arg_texts(fcinfo, i, name);

	for (int k = 0; k < result.n; k++)
		for (int j = 0; j < k; j++)
			if (strcmp(result.names[j], result.names[k]) == 0)
				ereport(ERROR, (errcode(ERRCODE_DUPLICATE_COLUMN),
								errmsg("argument \"%s\" names column \"%s\" twice", name,
									   result.names[k])));
	return result;
}

GeRelationRef *
ge_arg_relations(FunctionCallInfo fcinfo, int i, const char *name, int *n)
{
	Datum *elements;
	GeRelationRef *result;

	*n = 0;
	if (PG_ARGISNULL(i))
		return NULL;
	elements = deconstruct(PG_GETARG_ARRAYTYPE_P(i), REGCLASSOID, name, n);
	result = palloc_array(GeRelationRef, Max(*n, 1));
	for (int k = 0; k < *n; k++)
	{
		result[k] = ge_relation_ref(DatumGetObjectId(elements[k]));
		for (int j = 0; j < k; j++)
			if (result[j].relid == result[k].relid)
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("argument \"%s\" names one relation twice", name)));
	}
	return result;
}

/* A word out of a list: its position, or an error that says what is allowed. */
static int
choose(FunctionCallInfo fcinfo, int i, const char *name, const char *const *words,
	   int n_words)
{
	char *given = ge_arg_text(fcinfo, i, name);
	StringInfoData allowed;

	for (int k = 0; k < n_words; k++)
		if (strcmp(given, words[k]) == 0)
			return k;
	initStringInfo(&allowed);
	for (int k = 0; k < n_words; k++)
		appendStringInfo(&allowed, "%s\"%s\"",
						 k == 0 ? "" : (k == n_words - 1 ? " or " : ", "), words[k]);
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("invalid value for argument \"%s\": \"%s\"", name, given),
					errhint("It is one of %s.", allowed.data)));
}

GeMissing
ge_arg_missing(FunctionCallInfo fcinfo, int i)
{
	static const char *const words[] = {"value", "null", "category", "error"};

	return choose(fcinfo, i, "handle_missing", words, lengthof(words));
}

GeUnknown
ge_arg_unknown(FunctionCallInfo fcinfo, int i, int32 *unknown_value)
{
	static const char *const words[] = {"error", "value", "null"};
	GeUnknown unknown = choose(fcinfo, i, "handle_unknown", words, lengthof(words));

	*unknown_value = 0;
	if (unknown == GE_UNKNOWN_VALUE)
	{
		if (PG_ARGISNULL(i + 1))
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
							errmsg("handle_unknown => 'value' needs an unknown_value"),
							errhint("For example: unknown_value => -1.")));
		*unknown_value = PG_GETARG_INT32(i + 1);
	}
	else if (!PG_ARGISNULL(i + 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown_value has no effect with handle_unknown => '%s'",
						words[unknown]),
				 errhint("Say handle_unknown => 'value', or leave unknown_value out.")));
	return unknown;
}

GeTargetType
ge_arg_target_type(FunctionCallInfo fcinfo, int i)
{
	static const char *const words[] = {"auto", "binary", "continuous"};

	if (!PG_ARGISNULL(i) && strcmp(ge_arg_text_or_null(fcinfo, i), "multiclass") == 0)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("target_type => 'multiclass' is not supported yet")));
	return choose(fcinfo, i, "target_type", words, lengthof(words));
}

bool
ge_arg_prior_out_of_fold(FunctionCallInfo fcinfo, int i)
{
	static const char *const words[] = {"global", "out_of_fold"};

	return choose(fcinfo, i, "prior", words, lengthof(words)) == 1;
}

double
ge_arg_smooth(FunctionCallInfo fcinfo, int i)
{
	double smooth;

	refuse_null(fcinfo, i, "smooth");
	smooth = PG_GETARG_FLOAT8(i);
	if (!(smooth >= 0) || isinf(smooth))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("smooth must be a finite number, 0 or more"),
				 errdetail("It is %g.", smooth),
				 errhint("It is a pseudo-count: the weight of the prior, in rows.")));
	return smooth + 0.0; /* -0 becomes 0 */
}

uint32
ge_arg_n_folds(FunctionCallInfo fcinfo, int i)
{
	int32 n_folds = ge_arg_int32(fcinfo, i, "n_folds");

	if (n_folds < 2)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("n_folds must be at least 2"),
				 errdetail("It is %d; out-of-fold values need rows in other folds.",
						   n_folds)));
	return n_folds;
}

GeSplit
ge_arg_split(FunctionCallInfo fcinfo, int i, const char *fold_column)
{
	static const char *const words[] = {"interleaved", "contiguous", "random", "custom"};
	char *given = ge_arg_text_or_null(fcinfo, i);
	GeSplit split;

	if (given == NULL)
		return fold_column != NULL ? GE_SPLIT_CUSTOM : GE_SPLIT_INTERLEAVED;
	if (strcmp(given, "continuous") == 0 || strcmp(given, "customize") == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid value for argument \"split_method\": \"%s\"", given),
				 errhint("The name here is \"%s\".",
						 strcmp(given, "continuous") == 0 ? "contiguous" : "custom")));
	split =
		GE_SPLIT_INTERLEAVED + choose(fcinfo, i, "split_method", words, lengthof(words));
	if (split == GE_SPLIT_CUSTOM && fold_column == NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("split_method => 'custom' needs a fold_column")));
	if (split != GE_SPLIT_CUSTOM && fold_column != NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("fold_column contradicts split_method => '%s'", given),
						errhint("Leave one of them out.")));
	return split;
}

void
ge_arg_reserved_null(FunctionCallInfo fcinfo, int i, const char *name)
{
	if (!PG_ARGISNULL(i))
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("argument \"%s\" is not supported yet", name)));
}

void
ge_arg_reserved_false(FunctionCallInfo fcinfo, int i, const char *name)
{
	if (ge_arg_bool(fcinfo, i, name))
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("%s => true is not supported yet", name)));
}

void
ge_arg_stat(FunctionCallInfo fcinfo, int i)
{
	char *stat = ge_arg_text(fcinfo, i, "stat");

	if (strcmp(stat, "mean") != 0)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("stat => '%s' is not supported yet", stat),
						errhint("This version has stat => 'mean'.")));
}
