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
	bool *is_null;
	Datum *elements =
		ge_encoder_list(cursor, GE_ENCODER_ENCODINGS, &ge_float8_elements, n, &is_null);

	for (int i = 0; i < n; i++)
	{
		encodings[i] = is_null[i] ? ge_no_value() : DatumGetFloat8(elements[i]);
		if (!is_null[i] && !isfinite(encodings[i]))
			ge_encoder_damaged(cursor->name, "An encoding is not finite.");
	}
}
