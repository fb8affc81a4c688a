/*
 * key_column.h: columns of keys to test dictionaries with, and what is right for them.
 *
 * A column holds n rows drawn from a list of distinct keys.  Its label codes by
 * definition come from qsort() with memcmp(): code[row] is the rank of the row's key
 * among those that occur, or -1 where it is missing.
 */
#ifndef GE_KEY_COLUMN_H
#define GE_KEY_COLUMN_H

#include "support.h"

typedef enum KeyShape
{
	KEYS_INT64_SMALL, /* around 0 */
	KEYS_INT64_ANY,	  /* the whole range, extremes too */
	KEYS_SHORT,		  /* 0..15 bytes of any value, NULs and high bytes too */
	KEYS_USER,		  /* user_123456 */
	KEYS_ZEROS,		  /* 0, 1, 2, ... zero bytes: lengths alone differ */
	KEYS_LONG_PREFIX, /* a common prefix of 40 bytes, then a number */
	KEYS_NESTED,	  /* prefixes of one another, in steps of a few bytes */
	KEYS_MIXED,		  /* 0..40 bytes around all the boundaries of representations */
	KEYS_HUGE,		  /* some of 1 MB */
	N_KEY_SHAPES
} KeyShape;

typedef struct KeyColumn
{
	GeKeys keys; /* all rows */
	uint32_t n_rows;
	int64_t *values;
	uint32_t *offsets;
	uint8_t *bytes;
	uint8_t *is_missing;
} KeyColumn;

/* n_rows rows of n_distinct keys (no more occur), one in ten missing if some_missing. */
extern KeyColumn *key_column_make(KeyShape shape, uint32_t n_rows, uint32_t n_distinct,
								  bool some_missing, uint64_t seed);
/* Its keys in ascending order, but every nth row behind all others; none is missing. */
extern KeyColumn *key_column_ascending(const KeyColumn *column, uint32_t nth);
extern void key_column_free(KeyColumn *column);

/* Rows first..first+n-1, as a batch of their own. */
extern GeKeys key_column_rows(const KeyColumn *column, uint32_t first, uint32_t n);

/* Label codes by definition, n_rows of them; *n_codes is how many keys occur. */
extern int64_t *key_column_codes(const KeyColumn *column, uint32_t *n_codes);

/* Whether row's key is these bytes (or this value). */
extern bool key_column_equals(const KeyColumn *column, uint32_t row, int64_t value,
							  const uint8_t *bytes, uint64_t length);

#endif /* GE_KEY_COLUMN_H */
