/*
 * moments_field.c: the field moments: the exact statistics of every target and class.
 */
#include "postgres.h"
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
	Datum *elements = ge_encoder_list(cursor, GE_ENCODER_MOMENTS, type, n, NULL);

	memcpy(moments, elements, sizeof(Datum) * n);
	pfree(elements);
}
