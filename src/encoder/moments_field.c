/*
 * moments_field.c: the field moments: the exact statistics of every target and class.
 */
#include "postgres.h"
#include "utils/array.h"
#include "utils/lsyscache.h"

#include "encoder/encodings.h"

GeElementType
ge_encoder_moments_type(void)
{
	GeElementType type = {
		.type = get_element_type(ge_encoder_columns()[GE_ENCODER_MOMENTS].type)};

	get_typlenbyvalalign(type.type, &type.length, &type.by_value, &type.align);
	return type;
}

void
ge_encoder_moments_take(GeEncoderCursor *cursor, const GeElementType *type, int n,
						Datum *moments)
{
	bool is_null;
	Datum datum = ge_encoder_field(cursor, GE_ENCODER_MOMENTS, &is_null), *elements;
	ArrayType *array;
	int n_found;

	if (is_null)
		ge_encoder_damaged(cursor->name, "A row has no moments.");
	array = DatumGetArrayTypePCopy(datum);
	if (ARR_NDIM(array) != 1 || ARR_ELEMTYPE(array) != type->type ||
		array_contains_nulls(array))
		ge_encoder_damaged(cursor->name, "A row has moments that are no list.");
	deconstruct_array(array, type->type, type->length, type->by_value, type->align,
					  &elements, NULL, &n_found);
	if (n_found != n)
		ge_encoder_damaged(
			cursor->name,
			psprintf("A row has %d moments, but %d are expected.", n_found, n));
	memcpy(moments, elements, sizeof(Datum) * n);
	pfree(elements);
}
