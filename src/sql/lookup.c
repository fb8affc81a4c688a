/*
 * lookup.c: label and target_encoding, one value at a time.
 */
#include "postgres.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "base/arguments.h"
#include "base/compat.h"
#include "base/shown.h"
#include "sql/category_arguments.h"
#include "sql/lookup.h"

GE_SQL_FUNCTION(ge_label);
GE_SQL_FUNCTION(ge_label_any);
GE_SQL_FUNCTION(ge_target_encoding);
GE_SQL_FUNCTION(ge_target_encoding_any);
GE_SQL_FUNCTION(ge_target_encoding_joint);

GeLookupColumn *
ge_open_label_column(GeLookup *lookup, const char *name)
{
	GeLookupColumn *column = ge_lookup_column(lookup, name);

	lookup->n_outputs = lookup->output = 0;
	if (!column->column->is_label)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
						errmsg("encoder %s has no label codes for column \"%s\"",
							   lookup->name, ge_shown(name))));
	return column;
}

/* A value as a category. */
typedef struct Value
{
	bool is_missing;
	const char *text; /* canonical; NULL: missing, or unreadable for the type */
} Value;

static Value
value_of_text(const GeLookupColumn *column, const char *string, bool must_read)
{
	Value value = {0};

	if (string == NULL)
		string = column->column->options.null_value;
	if (string == NULL)
		value.is_missing = true;
	else
		value.text = ge_category_canonical_text(column->category, string, must_read);
	return value;
}

GE_NORETURN static void
refuse_type(const GeLookup *lookup, const GeLookupColumn *column, Oid type,
			bool is_number)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("column \"%s\" of encoder %s has type %s, but the value has type %s",
					ge_shown(column->column->name), lookup->name,
					ge_shown(column->column->type_name), format_type_be(type)),
			 is_number ? errdetail("No value of the column's type is that number.") : 0,
			 errhint("Cast the value.")));
}

/*
 * The polymorphic third argument: a value of the column's type, any text for a column of
 * text, or a number for a column of numbers.
 */
static Value
value_of_argument(GeArguments *args, const GeLookup *lookup, const GeLookupColumn *column,
				  bool must_read)
{
	Oid type, wanted = column->column->type;
	Datum datum;
	Value value = {0};

	if (!ge_arg_any(args, "value", &datum, &type))
		return value_of_text(column, NULL, must_read);
	if (getBaseType(type) == getBaseType(wanted))
		value.text = ge_category_canonical_value(column->category, datum);
	else if (ge_type_is_text_like(type) && ge_type_is_text_like(wanted))
	{
		Oid output;
		bool is_varlena;

		getTypeOutputInfo(type, &output, &is_varlena);
		return value_of_text(column, OidOutputFunctionCall(output, datum), must_read);
	}
	else if (ge_type_is_number(type) && ge_type_is_number(wanted))
	{
		value.text = ge_category_canonical_number(column->category, type, datum);
		if (value.text == NULL && must_read)
			refuse_type(lookup, column, type, true);
	}
	else
		refuse_type(lookup, column, type, false);
	return value;
}

/* A NULL that handle_missing => 'error' refuses. */
static void
check_missing(const GeLookup *lookup, const char *column, GeMissing missing)
{
	if (missing == GE_MISSING_ERROR)
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("column \"%s\" of encoder %s takes no nulls",
							   ge_shown(column), lookup->name),
						errdetail("It was fitted with handle_missing => 'error'.")));
}

GeFound
ge_require_kind(GeLookup *lookup, const char *name, bool is_combination, const char *kind)
{
	GeFound found = ge_lookup_kind(lookup, name, is_combination, kind);

	if (!found.found)
		ge_encoder_damaged(lookup->name,
						   psprintf("It has no row of kind '%s' for a column.", kind));
	return found;
}

/* The row of a column's category, or of a missing one. */
static GeFound
find_category(GeLookup *lookup, const GeEncoderColumn *column, const Value *value)
{
	if (value->is_missing)
	{
		check_missing(lookup, column->name, column->options.handle_missing);
		return ge_require_kind(lookup, column->name, false, "missing");
	}
	if (value->text == NULL)
		return (GeFound){.found = false};
	return ge_lookup_value(lookup, column->name, value->text);
}

/* The code that rare values share. */
static int32
code_of_infrequent(GeLookup *lookup, const GeLookupColumn *column)
{
	GeFound found;

	if (!column->column->has_infrequent)
		ge_unknown_refuse_infrequent(column->column->name);
	found = ge_require_kind(lookup, column->column->name, false, "infrequent");
	if (found.code_is_null)
		ge_encoder_damaged(lookup->name, "A category has no code.");
	return found.code;
}

static Datum
label_of(FunctionCallInfo fcinfo, GeLookup *lookup, const GeLookupColumn *column,
		 Value value, GeUnknown unknown, int32 unknown_value)
{
	GeFound found = find_category(lookup, column->column, &value);
	bool codes_missing = column->column->options.handle_missing == GE_MISSING_CATEGORY;

	if (unknown == GE_UNKNOWN_VALUE)
		ge_unknown_value_check(unknown_value, column->column->name,
							   column->column->n_codes);
	if (found.found && found.code_is_null && (!value.is_missing || codes_missing))
		ge_encoder_damaged(lookup->name, "A category has no code.");
	if (found.found && found.code_is_null)
		PG_RETURN_NULL();
	if (found.found)
		PG_RETURN_INT32(found.code);
	if (unknown == GE_UNKNOWN_VALUE)
		PG_RETURN_INT32(unknown_value);
	if (unknown == GE_UNKNOWN_INFREQUENT)
		PG_RETURN_INT32(code_of_infrequent(lookup, column));
	if (unknown == GE_UNKNOWN_ERROR)
		ereport(
			ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("value \"%s\" of column \"%s\" has no label code in encoder %s",
					ge_shown(value.text), ge_shown(column->column->name), lookup->name),
			 errhint("Say handle_unknown => 'null', or 'value' with an unknown_value.")));
	PG_RETURN_NULL();
}

/* Whether the fitted source lacks the category.  A rare one is in the pool, if this has rows. */
static bool
is_unseen(GeLookup *lookup, const char *name, bool is_combination, bool has_infrequent,
		  const GeFound *found)
{
	GeFound pool;

	if (!found->found || found->has_rows || !has_infrequent || found->code_is_null)
		return !found->found || !found->has_rows;
	pool = ge_require_kind(lookup, name, is_combination, "infrequent");
	return pool.code_is_null || pool.code != found->code || !pool.has_rows;
}

/* Refuse an unseen category, if the options ask for that; else whether its encoding is NULL. */
static bool
unseen_is_null(const GeLookup *lookup, const char *name, GeUnseen unseen)
{
	if (unseen == GE_UNSEEN_ERROR)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the value of \"%s\" has no target encoding in encoder %s",
						ge_shown(name), lookup->name),
				 errdetail("The rows that the encoder was fitted on do not have it, and "
						   "the encoder has \"unseen\": \"error\".")));
	return unseen == GE_UNSEEN_NULL;
}

/*
 * The encoding of the row, or the prior.  A category lacks an encoding only if there is
 * no prior.
 */
static Datum
encoding_or_prior(FunctionCallInfo fcinfo, GeLookup *lookup, const char *name,
				  bool is_combination, bool is_missing, GeFound found)
{
	if (!found.found || (found.encoding_is_null && !is_missing))
	{
		GeFound prior = ge_require_kind(lookup, name, is_combination, "prior");

		if (found.found && !prior.encoding_is_null)
			ge_encoder_damaged(lookup->name, "A category has no encoding.");
		found = prior;
	}
	if (found.encoding_is_null)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(found.encoding);
}

static Datum
encoding_of(FunctionCallInfo fcinfo, GeLookup *lookup, const GeLookupColumn *column,
			Value value)
{
	const GeEncoderColumn *fitted = column->column;
	GeFound found = find_category(lookup, fitted, &value);

	if (fitted->options.unseen != GE_UNSEEN_PRIOR && !value.is_missing &&
		is_unseen(lookup, fitted->name, false, fitted->has_infrequent, &found) &&
		unseen_is_null(lookup, fitted->name, fitted->options.unseen))
		PG_RETURN_NULL();
	return encoding_or_prior(fcinfo, lookup, fitted->name, false, value.is_missing,
							 found);
}

static GeLookupColumn *
open_target_column(GeLookup *lookup, const char *name)
{
	GeLookupColumn *column = ge_lookup_column(lookup, name);

	if (!column->column->is_target)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("encoder %s has no target encoding of column \"%s\"",
						lookup->name, ge_shown(name)),
				 errhint("Columns that target_columns named have target encodings.")));
	return column;
}

Datum
ge_label(PG_FUNCTION_ARGS)
{
	GeArguments *args = ge_arguments_open(fcinfo);
	GeLookup *lookup = ge_lookup_open(fcinfo, ge_arg_regclass(args, "encoder"));
	GeLookupColumn *column =
		ge_open_label_column(lookup, ge_arg_text(args, "column_name"));
	int32 unknown_value;
	GeUnknown unknown = ge_arg_unknown(args, &unknown_value);
	char *string = ge_arg_text_or_null(args, "value");

	ge_arguments_done(args);
	return label_of(fcinfo, lookup, column,
					value_of_text(column, string, unknown == GE_UNKNOWN_ERROR), unknown,
					unknown_value);
}

Datum
ge_label_any(PG_FUNCTION_ARGS)
{
	GeArguments *args = ge_arguments_open(fcinfo);
	GeLookup *lookup = ge_lookup_open(fcinfo, ge_arg_regclass(args, "encoder"));
	GeLookupColumn *column =
		ge_open_label_column(lookup, ge_arg_text(args, "column_name"));
	int32 unknown_value;
	GeUnknown unknown = ge_arg_unknown(args, &unknown_value);
	Value value = value_of_argument(args, lookup, column, unknown == GE_UNKNOWN_ERROR);

	ge_arguments_done(args);
	return label_of(fcinfo, lookup, column, value, unknown, unknown_value);
}

Datum
ge_target_encoding(PG_FUNCTION_ARGS)
{
	GeArguments *args = ge_arguments_open(fcinfo);
	GeLookup *lookup = ge_lookup_open(fcinfo, ge_arg_regclass(args, "encoder"));
	GeLookupColumn *column = open_target_column(lookup, ge_arg_text(args, "column_name"));
	char *string = ge_arg_text_or_null(args, "value");

	ge_read_which(args, lookup, column->column->name, &column->column->outputs);
	ge_arguments_done(args);
	return encoding_of(fcinfo, lookup, column, value_of_text(column, string, true));
}

Datum
ge_target_encoding_any(PG_FUNCTION_ARGS)
{
	GeArguments *args = ge_arguments_open(fcinfo);
	GeLookup *lookup = ge_lookup_open(fcinfo, ge_arg_regclass(args, "encoder"));
	GeLookupColumn *column = open_target_column(lookup, ge_arg_text(args, "column_name"));
	Value value = value_of_argument(args, lookup, column, true);

	ge_read_which(args, lookup, column->column->name, &column->column->outputs);
	ge_arguments_done(args);
	return encoding_of(fcinfo, lookup, column, value);
}

/* The combination of these columns. */
static const GeEncoderCombination *
find_combination(const GeLookup *lookup, const GeNames *names)
{
	for (int i = 0; i < lookup->parameters->n_combinations; i++)
	{
		const GeEncoderCombination *combination = &lookup->parameters->combinations[i];
		const GeNames *known = &combination->names;
		bool same = known->n == names->n;

		for (int k = 0; same && k < known->n; k++)
			same = strcmp(known->names[k], names->names[k]) == 0;
		if (same)
			return combination;
	}
	ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
					errmsg("encoder %s has no combination \"%s\"", lookup->name,
						   ge_shown(ge_names_joined(names))),
					errhint("Name the columns in the order of target_combinations.")));
}

/* The canonical texts of a combination's values; NULL when one is missing. */
static ArrayType *
canonical_values(GeLookup *lookup, const GeNames *names, ArrayType *values)
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
		Value value =
			value_of_text(ge_lookup_column(lookup, names->names[i]),
						  is_null[i] ? NULL : TextDatumGetCString(elements[i]), true);

		missing |= value.is_missing;
		canonical[i] = value.is_missing ? (Datum) 0 : CStringGetTextDatum(value.text);
	}
	return missing ? NULL
				   : construct_array(canonical, n, TEXTOID, -1, false, TYPALIGN_INT);
}

Datum
ge_target_encoding_joint(PG_FUNCTION_ARGS)
{
	GeArguments *args = ge_arguments_open(fcinfo);
	GeLookup *lookup = ge_lookup_open(fcinfo, ge_arg_regclass(args, "encoder"));
	GeNames names = ge_arg_names(args, "column_names");
	ArrayType *values = ge_arg_text_array(args, "values");
	const GeEncoderCombination *combination;
	GeFound found;

	if (!names.given)
		ge_arg_refuse_null("column_names");
	combination = find_combination(lookup, &names);
	ge_read_which(args, lookup, combination->name, &combination->outputs);
	ge_arguments_done(args);
	values = canonical_values(lookup, &names, values);
	if (values == NULL)
		check_missing(lookup, combination->name, combination->options.handle_missing);
	found = values == NULL ? ge_require_kind(lookup, combination->name, true, "missing")
						   : ge_lookup_values(lookup, combination->name, values);
	if (combination->options.unseen != GE_UNSEEN_PRIOR && values != NULL &&
		is_unseen(lookup, combination->name, true, false, &found) &&
		unseen_is_null(lookup, combination->name, combination->options.unseen))
		PG_RETURN_NULL();
	return encoding_or_prior(fcinfo, lookup, combination->name, true, values == NULL,
							 found);
}
