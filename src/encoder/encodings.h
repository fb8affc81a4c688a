/*
 * encodings.h: the field encodings: one number for each output column.
 */
#ifndef GE_ENCODER_ENCODINGS_H
#define GE_ENCODER_ENCODINGS_H

#include "postgres.h"

#include "encoder/cursor.h"

/* float8[]; ge_no_value() becomes NULL. */
extern Datum ge_encodings_datum(const double *encodings, int n);
/*
 * Those of the cursor's row, which must be n; NULL becomes ge_no_value().  Reports an
 * encoder with other ones as damaged.
 */
extern void ge_encodings_take(GeEncoderCursor *cursor, int n, double *encodings);

#endif /* GE_ENCODER_ENCODINGS_H */
