/*
 * list_field.h: fields of an encoder that are lists: encodings, moments, values.
 */
#ifndef GE_ENCODER_LIST_FIELD_H
#define GE_ENCODER_LIST_FIELD_H

#include "postgres.h"

#include "encoder/cursor.h"

/* The type of a list's elements. */
typedef struct GeElementType
{
	Oid type;
	int16 length;
	bool by_value;
	char align;
} GeElementType;

extern const GeElementType ge_float8_elements;
extern const GeElementType ge_text_elements;

/*
 * The n elements of a field (GE_ENCODER_*) of the cursor's row; is_null NULL: none may be
 * NULL.  Reports an encoder with any other list there as damaged.
 */
extern Datum *ge_encoder_list(GeEncoderCursor *cursor, int column,
							  const GeElementType *type, int n, bool **is_null);

#endif /* GE_ENCODER_LIST_FIELD_H */
