/*
 * lookup.c: one value looked up in an encoder: label, target_encoding, inverse_label.
 *
 * A value becomes the canonical text of its category and is found through the encoder's
 * index by its hash, under the active snapshot and with the caller's rights.  What is
 * kept from call to call, in fn_extra, is metadata: prepared plans, the encoder's
 * parameters, and the column's type.
 */
#include "postgres.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "arguments.h"
#include "compat.h"
#include "encoder_table.h"

GE_SQL_FUNCTION(ge_label);
GE_SQL_FUNCTION(ge_label_any);
GE_SQL_FUNCTION(ge_target_encoding);
GE_SQL_FUNCTION(ge_target_encoding_any);
GE_SQL_FUNCTION(ge_target_encoding_joint);
GE_SQL_FUNCTION(ge_inverse_label);

/* A column of an encoder, ready to look values up. */
typedef struct LookupColumn
{
	const GeEncoderColumn *column;
	GeCategoryType *category;
	struct LookupColumn *next;
} LookupColumn;

/* What a function call site remembers. */
typedef struct Lookup
{
	Oid encoder;
	char *name; /* of the encoder */
	GeEncoderParameters *parameters;
	LookupColumn *columns;
	SPIPlanPtr by_value; /* ($1 column, $2 value) -> code, encoding */
	SPIPlanPtr by_values;
	SPIPlanPtr by_code;
	SPIPlanPtr by_kind; /* ($1 column, $2 kind) -> code, encoding */
	MemoryContext context;
	MemoryContextCallback callback;
} Lookup;

/* MemoryContextCallback: plans are not in the context. */
static void
free_plans(void *arg)
{
	Lookup *lookup = arg;
	SPIPlanPtr plans[] = {lookup->by_value, lookup->by_values, lookup->by_code,
						  lookup->by_kind};

	for (int i = 0; i < lengthof(plans); i++)
		if (plans[i] != NULL)
			SPI_freeplan(plans[i]);
}

/* The call site's memory of an encoder; made anew when another is asked for. */
static Lookup *
open_lookup(FunctionCallInfo fcinfo, Oid encoder)
{
	Lookup *lookup = fcinfo->flinfo->fn_extra;
	MemoryContext context, old;

	if (lookup != NULL && lookup->encoder == encoder)
		return lookup;
	if (lookup != NULL)
	{
		fcinfo->flinfo->fn_extra = NULL;
		MemoryContextDelete(lookup->context);
	}
	context = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "gpu_encode lookup",
									ALLOCSET_SMALL_SIZES);
	old = MemoryContextSwitchTo(context);
	lookup = palloc0_object(Lookup);
	lookup->context = context;
	lookup->encoder = encoder;
	lookup->name = ge_relation_name(encoder);
	lookup->parameters = ge_encoder_open(encoder);
	lookup->callback.func = free_plans;
	lookup->callback.arg = lookup;
	MemoryContextRegisterResetCallback(context, &lookup->callback);
	MemoryContextSwitchTo(old);
	fcinfo->flinfo->fn_extra = lookup;
	return lookup;
}

static LookupColumn *
open_column(Lookup *lookup, const char *name)
{
	LookupColumn *found;
	const GeEncoderColumn *column;
	MemoryContext old;

	for (found = lookup->columns; found != NULL; found = found->next)
		if (strcmp(found->column->name, name) == 0)
			return found;
	column = ge_encoder_find_column(lookup->parameters, name);
	if (column == NULL)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
						errmsg("encoder %s has no column \"%s\"", lookup->name, name)));
	old = MemoryContextSwitchTo(lookup->context);
	found = palloc0_object(LookupColumn);
	found->column = column;
	found->category =
		ge_category_type_create(column->name, column->type, column->typmod,
								get_typcollation(column->type), column->null_value);
	found->next = lookup->columns;
	lookup->columns = found;
	MemoryContextSwitchTo(old);
	return found;
}

static LookupColumn *
open_label_column(Lookup *lookup, const char *name)
{
	LookupColumn *column = open_column(lookup, name);

	if (!column->column->is_label)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
						errmsg("encoder %s has no label codes for column \"%s\"",
							   lookup->name, name)));
	return column;
}

/* The canonical text of the category that a text means; NULL: a missing one. */
static char *
canonical_text(LookupColumn *column, const char *value)
{
	char *canonical;
	int nest;

	if (value == NULL)
		value = column->column->null_value;
	if (value == NULL)
		return NULL;
	nest = ge_text_form_begin();
	if (ge_category_key_kind(column->category) == GE_KEY_INT64)
	{
		int64 key;

		ge_category_int64_key_of_text(column->category, value, &key);
		canonical = ge_category_text_of_int64(column->category, key);
	}
	else
	{
		StringInfoData key;

		initStringInfo(&key);
		ge_category_bytes_key_of_text(column->category, value, &key);
		canonical =
			ge_category_text_of_bytes(column->category, (uint8 *) key.data, key.len);
	}
	ge_text_form_end(nest);
	return canonical;
}

/* The canonical text of a value of the column's own type. */
static char *
canonical_of_value(LookupColumn *column, Datum value)
{
	char *canonical;
	int nest = ge_text_form_begin();

	if (ge_category_key_kind(column->category) == GE_KEY_INT64)
	{
		int64 key;

		ge_category_int64_key(column->category, value, false, &key);
		canonical = ge_category_text_of_int64(column->category, key);
	}
	else
	{
		StringInfoData key;

		initStringInfo(&key);
		ge_category_bytes_key(column->category, value, false, &key);
		canonical =
			ge_category_text_of_bytes(column->category, (uint8 *) key.data, key.len);
	}
	ge_text_form_end(nest);
	return canonical;
}

/* A row's figures, as looked up. */
typedef struct Found
{
	bool found;
	bool code_is_null;
	int32 code;
	bool encoding_is_null;
	double encoding;
	char *value; /* by_code only; in the caller's memory */
} Found;

/* Run a plan of two parameters that selects code, encoding and value. */
static Found
execute(Lookup *lookup, SPIPlanPtr *plan, const char *condition, Oid type, Datum name,
		Datum key)
{
	Found found = {0};
	MemoryContext caller = CurrentMemoryContext;
	Datum arguments[2] = {name, key};

	SPI_connect();
	if (*plan == NULL)
	{
		Oid types[2] = {TEXTOID, type};

		*plan = SPI_prepare(psprintf("SELECT code, encoding, value FROM %s "
									 "WHERE column_name OPERATOR(pg_catalog.=) $1 AND %s",
									 lookup->name, condition),
							2, types);
		if (*plan == NULL || SPI_keepplan(*plan) != 0)
			ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR),
							errmsg("could not read encoder %s", lookup->name)));
	}
	SPI_execute_plan(*plan, arguments, NULL, true, 2);
	if (SPI_processed > 1)
		ge_encoder_damaged(lookup->name, "A category stands in it twice.");
	if (SPI_processed == 1)
	{
		HeapTuple row = SPI_tuptable->vals[0];
		TupleDesc desc = SPI_tuptable->tupdesc;
		bool value_is_null;
		Datum value;

		found.found = true;
		found.code = DatumGetInt32(SPI_getbinval(row, desc, 1, &found.code_is_null));
		value = SPI_getbinval(row, desc, 2, &found.encoding_is_null);
		if (!found.encoding_is_null)
			found.encoding = DatumGetFloat8(value);
		value = SPI_getbinval(row, desc, 3, &value_is_null);
		if (!value_is_null)
		{
			MemoryContext old = MemoryContextSwitchTo(caller);

			found.value = TextDatumGetCString(value);
			MemoryContextSwitchTo(old);
		}
	}
	SPI_finish();
	return found;
}

static Found
find_value(Lookup *lookup, const char *column, const char *value)
{
	return execute(lookup, &lookup->by_value,
				   "kind OPERATOR(pg_catalog.=) 'category' AND "
				   "pg_catalog.hashtextextended(value, 0) OPERATOR(pg_catalog.=) "
				   "pg_catalog.hashtextextended($2 COLLATE pg_catalog.\"C\", 0) AND "
				   "value OPERATOR(pg_catalog.=) $2",
				   TEXTOID, CStringGetTextDatum(column), CStringGetTextDatum(value));
}

static Found
find_kind(Lookup *lookup, const char *column, const char *kind)
{
	return execute(lookup, &lookup->by_kind, "kind OPERATOR(pg_catalog.=) $2", TEXTOID,
				   CStringGetTextDatum(column), CStringGetTextDatum(kind));
}

/* The label code of a canonical text (NULL: missing). */
static Datum
label_of(FunctionCallInfo fcinfo, Lookup *lookup, LookupColumn *column, const char *value)
{
	int32 unknown_value;
	GeUnknown unknown = ge_arg_unknown(fcinfo, 3, &unknown_value);
	Found found;

	if (value == NULL)
	{
		if (lookup->parameters->handle_missing == GE_MISSING_ERROR)
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
							errmsg("column \"%s\" of encoder %s takes no nulls",
								   column->column->name, lookup->name)));
		found = find_kind(lookup, column->column->name, "missing");
		if (!found.found)
			ge_encoder_damaged(lookup->name,
							   "It has no row of kind 'missing' for a column.");
	}
	else
		found = find_value(lookup, column->column->name, value);
	if (found.found)
	{
		if (found.code_is_null)
			PG_RETURN_NULL();
		PG_RETURN_INT32(found.code);
	}
	if (unknown == GE_UNKNOWN_VALUE)
		PG_RETURN_INT32(unknown_value);
	if (unknown == GE_UNKNOWN_ERROR)
		ereport(
			ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("value \"%s\" of column \"%s\" has no label code in encoder %s",
					value, column->column->name, lookup->name),
			 errhint("Say handle_unknown => 'null', or 'value' with an unknown_value.")));
	PG_RETURN_NULL();
}

/* An encoding that was found, or the prior. */
static Datum
encoding_or_prior(FunctionCallInfo fcinfo, Lookup *lookup, const char *column,
				  Found found)
{
	if (!found.found)
	{
		found = find_kind(lookup, column, "prior");
		if (!found.found)
			ge_encoder_damaged(lookup->name,
							   "It has no row of kind 'prior' for a column.");
	}
	if (found.encoding_is_null)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(found.encoding);
}

/* The encoding of a canonical text (NULL: missing). */
static Datum
encoding_of(FunctionCallInfo fcinfo, Lookup *lookup, const char *column,
			const char *value)
{
	if (value == NULL)
	{
		if (lookup->parameters->handle_missing == GE_MISSING_ERROR)
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
							errmsg("column \"%s\" of encoder %s takes no nulls", column,
								   lookup->name)));
		return encoding_or_prior(fcinfo, lookup, column,
								 find_kind(lookup, column, "missing"));
	}
	return encoding_or_prior(fcinfo, lookup, column, find_value(lookup, column, value));
}

static LookupColumn *
open_target_column(Lookup *lookup, const char *name)
{
	LookupColumn *column = open_column(lookup, name);

	if (!column->column->is_target)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
						errmsg("encoder %s has no target encoding of column \"%s\"",
							   lookup->name, name)));
	return column;
}

/*
 * The canonical text of the polymorphic third argument: a value of the column's type, or
 * any text for a column of text.
 */
static char *
canonical_argument(FunctionCallInfo fcinfo, Lookup *lookup, LookupColumn *column)
{
	Oid type = get_fn_expr_argtype(fcinfo->flinfo, 2);

	if (PG_ARGISNULL(2))
		return canonical_text(column, NULL);
	if (getBaseType(type) == getBaseType(column->column->type))
		return canonical_of_value(column, PG_GETARG_DATUM(2));
	if (ge_type_is_text_like(type) && ge_type_is_text_like(column->column->type))
	{
		Oid output;
		bool is_varlena;

		getTypeOutputInfo(type, &output, &is_varlena);
		return canonical_text(column, OidOutputFunctionCall(output, PG_GETARG_DATUM(2)));
	}
	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("column \"%s\" of encoder %s has type %s, but the value has type %s",
					column->column->name, lookup->name, column->column->type_name,
					format_type_be(type)),
			 errhint("Cast the value.")));
}

Datum
ge_label(PG_FUNCTION_ARGS)
{
	Lookup *lookup = open_lookup(fcinfo, ge_arg_regclass(fcinfo, 0, "encoder"));
	LookupColumn *column =
		open_label_column(lookup, ge_arg_text(fcinfo, 1, "column_name"));

	return label_of(fcinfo, lookup, column,
					canonical_text(column, ge_arg_text_or_null(fcinfo, 2)));
}

Datum
ge_label_any(PG_FUNCTION_ARGS)
{
	Lookup *lookup = open_lookup(fcinfo, ge_arg_regclass(fcinfo, 0, "encoder"));
	LookupColumn *column =
		open_label_column(lookup, ge_arg_text(fcinfo, 1, "column_name"));

	return label_of(fcinfo, lookup, column, canonical_argument(fcinfo, lookup, column));
}

Datum
ge_target_encoding(PG_FUNCTION_ARGS)
{
	Lookup *lookup = open_lookup(fcinfo, ge_arg_regclass(fcinfo, 0, "encoder"));
	LookupColumn *column =
		open_target_column(lookup, ge_arg_text(fcinfo, 1, "column_name"));

	return encoding_of(fcinfo, lookup, column->column->name,
					   canonical_text(column, ge_arg_text_or_null(fcinfo, 2)));
}

Datum
ge_target_encoding_any(PG_FUNCTION_ARGS)
{
	Lookup *lookup = open_lookup(fcinfo, ge_arg_regclass(fcinfo, 0, "encoder"));
	LookupColumn *column =
		open_target_column(lookup, ge_arg_text(fcinfo, 1, "column_name"));

	return encoding_of(fcinfo, lookup, column->column->name,
					   canonical_argument(fcinfo, lookup, column));
}

/* The combination of these columns; its name comes back. */
static char *
find_combination(const Lookup *lookup, const GeNames *names)
{
	StringInfoData joined;

	initStringInfo(&joined);
	for (int i = 0; i < names->n; i++)
		appendStringInfo(&joined, "%s%s", i == 0 ? "" : "_", names->names[i]);
	for (int i = 0; i < lookup->parameters->n_combinations; i++)
	{
		const GeNames *known = &lookup->parameters->combinations[i].names;
		bool same = known->n == names->n;

		for (int k = 0; same && k < known->n; k++)
			same = strcmp(known->names[k], names->names[k]) == 0;
		if (same)
			return joined.data;
	}
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("encoder %s has no combination \"%s\"", lookup->name, joined.data)));
}

/* The canonical texts of a combination's values; NULL when one is missing. */
static ArrayType *
canonical_values(Lookup *lookup, const GeNames *names, ArrayType *values)
{
	Datum *elements, *canonical = palloc_array(Datum, names->n);
	bool *is_null, missing = false;
	int n;

	deconstruct_array(values, TEXTOID, -1, false, TYPALIGN_INT, &elements, &is_null, &n);
	if (n != names->n || ARR_NDIM(values) > 1)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
						errmsg("\"column_names\" has %d elements and \"values\" %d",
							   names->n, n)));
	for (int i = 0; i < n; i++)
	{
		char *value =
			canonical_text(open_column(lookup, names->names[i]),
						   is_null[i] ? NULL : TextDatumGetCString(elements[i]));

		missing |= value == NULL;
		canonical[i] = value == NULL ? (Datum) 0 : CStringGetTextDatum(value);
	}
	return missing ? NULL
				   : construct_array(canonical, n, TEXTOID, -1, false, TYPALIGN_INT);
}

Datum
ge_target_encoding_joint(PG_FUNCTION_ARGS)
{
	Lookup *lookup = open_lookup(fcinfo, ge_arg_regclass(fcinfo, 0, "encoder"));
	GeNames names = ge_arg_names(fcinfo, 1, "column_names");
	ArrayType *values;
	char *name;

	if (!names.given || PG_ARGISNULL(2))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("argument \"%s\" must not be null",
							   names.given ? "values" : "column_names")));
	name = find_combination(lookup, &names);
	values = canonical_values(lookup, &names, PG_GETARG_ARRAYTYPE_P(2));
	if (values == NULL)
		return encoding_of(fcinfo, lookup, name, NULL);
	return encoding_or_prior(
		fcinfo, lookup, name,
		execute(lookup, &lookup->by_values,
				"kind OPERATOR(pg_catalog.=) 'category' AND "
				"pg_catalog.hash_array_extended(\"values\", 0) OPERATOR(pg_catalog.=) "
				"pg_catalog.hash_array_extended($2 COLLATE pg_catalog.\"C\", 0) AND "
				"\"values\" OPERATOR(pg_catalog.=) $2",
				TEXTARRAYOID, CStringGetTextDatum(name), PointerGetDatum(values)));
}

Datum
ge_inverse_label(PG_FUNCTION_ARGS)
{
	Lookup *lookup = open_lookup(fcinfo, ge_arg_regclass(fcinfo, 0, "encoder"));
	LookupColumn *column =
		open_label_column(lookup, ge_arg_text(fcinfo, 1, "column_name"));
	Found found;

	if (PG_ARGISNULL(2))
		PG_RETURN_NULL();
	found =
		execute(lookup, &lookup->by_code,
				"kind OPERATOR(pg_catalog.<>) 'prior' AND code OPERATOR(pg_catalog.=) $2",
				INT4OID, CStringGetTextDatum(column->column->name), PG_GETARG_DATUM(2));
	if (!found.found)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("column \"%s\" of encoder %s has no code %d",
							   column->column->name, lookup->name, PG_GETARG_INT32(2)),
						errdetail("Its codes are 0 to %lld.",
								  (long long) column->column->categories - 1)));
	if (found.value == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(found.value));
}
