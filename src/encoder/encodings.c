/*
 * encodings.c: the field encodings: one number for each output column.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/array.h"

#include "encoder/encodings.h"

Datum
ge_encodings_datum(const double *encodings, int n)
{
	Datum *elements = palloc_array(Datum, n + 1);
	bool *is_null = palloc_array(bool, n + 1);
	int low = 1;

	for (int i = 0; i < n; i++)
	{
		elements[i] = Float8GetDatum(encodings[i]);
		is_null[i] = isnan(encodings[i]);
	}
	return PointerGetDatum(construct_md_array(elements, is_null, 1, &n, &low, FLOAT8OID,
											  sizeof(float8), FLOAT8PASSBYVAL,
											  TYPALIGN_DOUBLE));
}

void
ge_encodings_take(GeEncoderCursor *cursor, int n, double *encodings)
{
	bool missing, *is_null;
	Datum datum = ge_encoder_field(cursor, GE_ENCODER_ENCODINGS, &missing), *elements;
	ArrayType *array;
	int n_found;

	if (missing)
		ge_encoder_damaged(cursor->name, "A row has no encodings.");
	array = DatumGetArrayTypeP(datum);
	if (ARR_NDIM(array) > 1 || ARR_ELEMTYPE(array) != FLOAT8OID)
		ge_encoder_damaged(cursor->name, "A row has encodings that are no list.");
	deconstruct_array(array, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE,
					  &elements, &is_null, &n_found);
	if (n_found != n)
		ge_encoder_damaged(
			cursor->name,
			psprintf("A row has %d encodings, but %d are expected.", n_found, n));
	for (int i = 0; i < n; i++)
	{
		encodings[i] = is_null[i] ? ge_no_value() : DatumGetFloat8(elements[i]);
		if (!is_null[i] && !isfinite(encodings[i]))
			ge_encoder_damaged(cursor->name, "An encoding is not finite.");
	}
}
