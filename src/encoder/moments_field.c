/*
 * moments_field.c: the field moments: the exact statistics of every target and class.
 */
#include "postgres.h"
#include "utils/array.h"
#include "utils/lsyscache.h"

#include "encoder/load.h"

void
ge_encoder_moments_take(GeEncoderCursor *cursor, int n, Datum *moments)
{
	Oid type = get_element_type(ge_encoder_columns()[GE_ENCODER_MOMENTS].type);
	bool is_null, by_value;
	int16 length;
	char align;
	Datum datum = ge_encoder_field(cursor, GE_ENCODER_MOMENTS, &is_null), *elements;
	ArrayType *array;
	int n_found;

	if (is_null)
		ge_encoder_damaged(cursor->name, "A row has no moments.");
	array = DatumGetArrayTypePCopy(datum);
	if (ARR_NDIM(array) != 1 || ARR_ELEMTYPE(array) != type ||
		array_contains_nulls(array))
		ge_encoder_damaged(cursor->name, "A row has moments that are no list.");
	get_typlenbyvalalign(type, &length, &by_value, &align);
	deconstruct_array(array, type, length, by_value, align, &elements, NULL, &n_found);
	if (n_found != n)
		ge_encoder_damaged(
			cursor->name,
			psprintf("A row has %d moments, but %d are expected.", n_found, n));
	memcpy(moments, elements, sizeof(Datum) * n);
	pfree(elements);
}
