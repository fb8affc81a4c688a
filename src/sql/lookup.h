/*
 * lookup.h: what the functions that look one value up share.
 */
#ifndef GE_SQL_LOOKUP_H
#define GE_SQL_LOOKUP_H

#include "postgres.h"

#include "base/arguments.h"
#include "encoder/lookup.h"

/* A column with label codes: 42703 otherwise. */
extern GeLookupColumn *ge_open_label_column(GeLookup *lookup, const char *name);
/* A value as a category. */
typedef struct GeLookupValue
{
	bool is_missing;
	const char *text; /* canonical; NULL: missing, or unreadable for the type */
} GeLookupValue;

/* A text; NULL is missing.  must_read: one that the type cannot read is an error. */
extern GeLookupValue ge_lookup_text(const GeLookupColumn *column, const char *string,
									bool must_read);
/*
 * The polymorphic argument "value": a value of the column's type, any text for a column of
 * text, or a number for a column of numbers.  42804 for another type.
 */
extern GeLookupValue ge_lookup_argument(GeArguments *args, const GeLookup *lookup,
										const GeLookupColumn *column, bool must_read);
/* Refuse (22004) a NULL where handle_missing => 'error' does. */
extern void ge_lookup_check_missing(const GeLookup *lookup, const char *column,
									GeMissing missing);
/* The row of a column's category, or of a missing one. */
extern GeFound ge_lookup_category(GeLookup *lookup, const GeEncoderColumn *column,
								  const GeLookupValue *value);
/* The row of kind 'missing', 'infrequent' or 'prior', which must be there. */
extern GeFound ge_require_kind(GeLookup *lookup, const char *name, bool is_combination,
							   const char *kind);
/*
 * Arguments stat, target and class: which encoding of a column or combination is wanted.
 * 42703 if the encoder has no such encoding, or several (which_encoding.c).
 */
extern void ge_read_which(GeArguments *args, GeLookup *lookup, const char *name,
						  const GeEncoderOutputs *outputs);

#endif /* GE_SQL_LOOKUP_H */
