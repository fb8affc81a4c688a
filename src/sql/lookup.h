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
