/*
 * lookup_value.c: a value that is looked up, as a category, and its row.
 */
#include "postgres.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "base/compat.h"
#include "base/shown.h"
#include "sql/lookup.h"

GeLookupValue
ge_lookup_text(const GeLookupColumn *column, const char *string, bool must_read)
{
	GeLookupValue value = {0};

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

GeLookupValue
ge_lookup_argument(GeArguments *args, const GeLookup *lookup,
				   const GeLookupColumn *column, bool must_read)
{
	Oid type;
	Datum datum;
	GeLookupValue value = {0};

	if (!ge_arg_any(args, "value", &datum, &type))
		return ge_lookup_text(column, NULL, must_read);
	if (getBaseType(type) == column->base_type)
		value.text = ge_category_canonical_value(column->category, datum);
	else if (ge_type_is_text_like(type) && column->is_text_like)
	{
		Oid output;
		bool is_varlena;

		getTypeOutputInfo(type, &output, &is_varlena);
		return ge_lookup_text(column, OidOutputFunctionCall(output, datum), must_read);
	}
	else if (ge_type_is_number(type) && column->is_number)
	{
		value.text = ge_category_canonical_number(column->category, type, datum);
		if (value.text == NULL && must_read)
			refuse_type(lookup, column, type, true);
	}
	else
		refuse_type(lookup, column, type, false);
	return value;
}

void
ge_lookup_check_missing(const GeLookup *lookup, const char *column, GeMissing missing)
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

GeFound
ge_lookup_category(GeLookup *lookup, const GeEncoderColumn *column,
				   const GeLookupValue *value)
{
	if (value->is_missing)
	{
		ge_lookup_check_missing(lookup, column->name, column->options.handle_missing);
		return ge_require_kind(lookup, column->name, false, "missing");
	}
	if (value->text == NULL)
		return (GeFound){.found = false};
	return ge_lookup_value(lookup, column->name, value->text);
}
