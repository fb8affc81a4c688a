/*
 * list_field.c: fields of an encoder that are lists: encodings, moments, values.
 */
#include "postgres.h"
#include "catalog/pg_type.h"
#include "utils/array.h"

#include "encoder/encoder.h"
#include "encoder/list_field.h"

const GeElementType ge_float8_elements = {FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL,
										  TYPALIGN_DOUBLE};
const GeElementType ge_text_elements = {TEXTOID, -1, false, TYPALIGN_INT};

Datum *
ge_encoder_list(GeEncoderCursor *cursor, int column, const GeElementType *type, int n,
				bool **is_null)
{
	const char *field = ge_encoder_columns()[column].name;
	bool missing;
	Datum datum = ge_encoder_field(cursor, column, &missing), *elements;
	ArrayType *array;
	int n_found;

	if (missing)
		ge_encoder_damaged(cursor->name, psprintf("A row has no %s.", field));
	array = type->by_value ? DatumGetArrayTypeP(datum) : DatumGetArrayTypePCopy(datum);
	if (ARR_NDIM(array) > 1 || ARR_ELEMTYPE(array) != type->type ||
		(is_null == NULL && array_contains_nulls(array)))
		ge_encoder_damaged(cursor->name,
						   psprintf("A row has %s that are no list.", field));
	deconstruct_array(array, type->type, type->length, type->by_value, type->align,
					  &elements, is_null, &n_found);
	if (n_found != n)
		ge_encoder_damaged(cursor->name, psprintf("A row has %d %s, but %d are expected.",
												  n_found, field, n));
	return elements;
}
