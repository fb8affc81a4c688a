/*
 * encodings.h: the fields encodings and moments: one number for each output column, exact
 * statistics for each target and class.
 */
#ifndef GE_ENCODER_ENCODINGS_H
#define GE_ENCODER_ENCODINGS_H

#include "postgres.h"

#include "encoder/list_field.h"

/* float8[]; ge_no_value() becomes NULL. */
extern Datum ge_encodings_datum(const double *encodings, int n);
/*
 * Those of the cursor's row, which must be n; NULL becomes ge_no_value().  Reports an
 * encoder with other ones as damaged.
 */
extern void ge_encodings_take(GeEncoderCursor *cursor, int n, double *encodings);

/* What an array of moments has (moments_field.c). */
extern GeElementType ge_encoder_moments_type(void);
/* Those of the cursor's row, which must be n, in CurrentMemoryContext. */
extern void ge_encoder_moments_take(GeEncoderCursor *cursor, const GeElementType *type,
									int n, Datum *moments);

#endif /* GE_ENCODER_ENCODINGS_H */
