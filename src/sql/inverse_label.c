/*
 * inverse_label.c: the category that has a label code.
 */
#include "postgres.h"
#include "fmgr.h"
#include "utils/builtins.h"

#include "base/arguments.h"
#include "base/compat.h"
#include "base/shown.h"
#include "sql/lookup.h"

GE_SQL_FUNCTION(ge_inverse_label);

/* A code that no category has. */
GE_NORETURN static void
refuse_code(const GeLookup *lookup, const GeEncoderColumn *column, int32 code)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("column \"%s\" of encoder %s has no code %d",
						   ge_shown(column->name), lookup->name, code),
					column->n_codes == 0 ? errdetail("It has no codes.")
										 : errdetail("Its codes are 0 to %lld.",
													 (long long) column->n_codes - 1)));
}

/* Whether a code is the one that rare values share: many rows may have it. */
static bool
is_infrequent(GeLookup *lookup, const GeEncoderColumn *column, int32 code)
{
	GeFound found;

	if (!column->has_infrequent)
		return false;
	found = ge_require_kind(lookup, column->name, false, "infrequent");
	return !found.code_is_null && found.code == code;
}

Datum
ge_inverse_label(PG_FUNCTION_ARGS)
{
	GeArguments *args = ge_arguments_open(fcinfo);
	GeLookup *lookup = ge_lookup_open(fcinfo, ge_arg_regclass(args, "encoder"));
	GeLookupColumn *column =
		ge_open_label_column(lookup, ge_arg_text(args, "column_name"));
	int32 code;
	bool given = ge_arg_int32_given(args, "code", &code);
	GeFound found;

	ge_arguments_done(args);
	if (!given || is_infrequent(lookup, column->column, code))
		PG_RETURN_NULL();
	found = ge_lookup_code(lookup, column->column->name, code);
	if (!found.found)
		refuse_code(lookup, column->column, code);
	if (found.value == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(found.value));
}
