/*
 * lookup.c: label, one value at a time.
 */
#include "postgres.h"
#include "fmgr.h"

#include "base/arguments.h"
#include "base/compat.h"
#include "base/shown.h"
#include "sql/category_arguments.h"
#include "sql/lookup.h"

GE_SQL_FUNCTION(ge_label);
GE_SQL_FUNCTION(ge_label_any);

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
		 GeLookupValue value, GeUnknown unknown, int32 unknown_value)
{
	GeFound found = ge_lookup_category(lookup, column->column, &value);
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
					ge_lookup_text(column, string, unknown == GE_UNKNOWN_ERROR), unknown,
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
	GeLookupValue value =
		ge_lookup_argument(args, lookup, column, unknown == GE_UNKNOWN_ERROR);

	ge_arguments_done(args);
	return label_of(fcinfo, lookup, column, value, unknown, unknown_value);
}
