/*
 * number.c: numbers of another type than the column's.
 *
 * A number is written as the type that it has, without an exponent, and read as the type of
 * the category.  What comes of it must be the same number; reals differ from double
 * precision by their value, not by how they are printed.
 */
#include "postgres.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"

#include "category/internal.h"

static Datum
numeric_of_text(const char *string)
{
	Datum number = DirectFunctionCall3(numeric_in, CStringGetDatum(string),
									   ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));

	return DirectFunctionCall1(numeric_trim_scale, number);
}

/* Whether double precision becomes real, of that text, without a loss. */
static bool
is_real(Datum value, const char *real)
{
	float4 number = DatumGetFloat4(DirectFunctionCall1(float4in, CStringGetDatum(real)));
	float8 given = DatumGetFloat8(value);

	return (float8) number == given || (number != number && given != given);
}

char *
ge_category_canonical_number(GeCategoryType *category, Oid type, Datum value)
{
	Oid from = getBaseType(type);
	Datum number;
	char *canonical;

	if (from == FLOAT4OID && category->form == GE_FORM_FLOAT8)
	{
		from = FLOAT8OID;
		value = Float8GetDatum((float8) DatumGetFloat4(value));
	}
	number = numeric_of_text(ge_category_canonical_value(
		ge_category_type_create("value", from, InvalidOid, NULL), value));
	canonical = ge_category_canonical_text(
		category, DatumGetCString(DirectFunctionCall1(numeric_out, number)), false);
	if (canonical == NULL || !DatumGetBool(DirectFunctionCall2(
								 numeric_eq, number, numeric_of_text(canonical))))
		return NULL;
	if (from == FLOAT8OID && category->form == GE_FORM_FLOAT4 &&
		!is_real(value, canonical))
		return NULL;
	return canonical;
}
