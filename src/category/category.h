/*
 * category.h: what one category is, for every type of PostgreSQL.
 *
 * Maps values of a column's type to keys of the two kinds that backends know, and keys
 * back to text.  Equal keys are one category, the order of keys is the order of label
 * codes, and the text of a key is canonical.  The rules are in docs/computation.md, "What
 * one category is".
 */
#ifndef GE_CATEGORY_H
#define GE_CATEGORY_H

#include "postgres.h"
#include "lib/stringinfo.h"

#include "backend/backend.h"

typedef struct GeCategoryType GeCategoryType;

/*
 * The mapping for values of a type with a collation, in CurrentMemoryContext.
 * column_name is for messages.  null_value is the text that NULL stands for, or NULL;
 * it is an error (22023) for a type that is not text-like.  A collation that is not
 * deterministic is an error (0A000).
 */
extern GeCategoryType *ge_category_type_create(const char *column_name, Oid type,
											   Oid collation, const char *null_value);

/*
 * text, varchar, char(n), name, enum, types that are stored as text (citext), and domains over
 * them.
 */
extern bool ge_type_is_text_like(Oid type);

/*
 * Whether values of a type have an equality of their own and a text under no settings:
 * all types but those that are compared by what they print, citext among them.
 */
extern bool ge_type_has_natural_form(Oid type);

/* Whether equal texts of the two types are one category: equal base types, text and varchar,
 * or integers of any width. */
extern bool ge_types_mean_the_same(Oid a, Oid b);

extern GeKeyKind ge_category_key_kind(const GeCategoryType *category);
extern bool ge_category_is_text_like(const GeCategoryType *category);
/*
 * Whether the bytes of a key are those of its value, which has a header of variable length;
 * no key stands for NULL.
 */
extern bool ge_category_key_is_value(const GeCategoryType *category);
/* Whether keys may be made in a parallel worker. */
extern bool ge_category_parallel_safe(const GeCategoryType *category);

/*
 * The key of one value; false when it is missing (NULL without a null_value).  A bytes
 * key is appended to key; a missing value appends nothing.  Other memory is allocated in
 * CurrentMemoryContext, which the caller resets now and then.  Types that need a text
 * form must be converted between ge_text_form_begin() and _end().
 */
extern bool ge_category_int64_key(GeCategoryType *category, Datum value, bool is_null,
								  int64 *key);
extern bool ge_category_bytes_key(GeCategoryType *category, Datum value, bool is_null,
								  StringInfo key);

/* The number of a key of type real or double precision. */
extern float8 ge_float8_of_key(int64 key);
/* The (palloc'd) numeric of a key of that type, without trailing zeros. */
extern Datum ge_numeric_of_key(const uint8 *bytes, Size length);

/* The canonical text of a key (palloc'd).  Between ge_text_form_begin() and _end(). */
extern char *ge_category_text_of_int64(GeCategoryType *category, int64 key);
extern char *ge_category_text_of_bytes(GeCategoryType *category, const uint8 *bytes,
									   Size length);

/*
 * The key of a value given as text, into *number or appended to bytes.  The text is that
 * of null_value, or a value is read from it.  Only PostgreSQL's own input functions are
 * called, of the types with a natural form; for any other type the text itself is the
 * category.  If the type cannot read the text: false, or its error if must_read.  Between
 * ge_text_form_begin() and _end().
 */
extern bool ge_category_key_of_text(GeCategoryType *category, const char *string,
									bool must_read, int64 *number, StringInfo bytes);
/*
 * The key of a stored text of a category.  A label that an enum no longer has is still a
 * category, after all others.
 */
extern bool ge_category_key_of_stored_text(GeCategoryType *category, const char *string,
										   int64 *number, StringInfo bytes);

/*
 * The canonical text (palloc'd) of the category of a text, or of a value that is not
 * NULL.  NULL: the type cannot read the text.  Both call _begin() and _end().
 */
extern char *ge_category_canonical_text(GeCategoryType *category, const char *string,
										bool must_read);
extern char *ge_category_canonical_value(GeCategoryType *category, Datum value);
/* That of a stored text of a category.  Between ge_text_form_begin() and _end(). */
extern char *ge_category_canonical_stored_text(GeCategoryType *category,
											   const char *string);

/* smallint to bigint, oid, real, double precision, numeric, and domains over them. */
extern bool ge_type_is_number(Oid type);
/*
 * The canonical text of a number of another type, as a category; NULL if no value of the
 * category's type is that number (number.c).
 */
extern char *ge_category_canonical_number(GeCategoryType *category, Oid type,
										  Datum value);

/*
 * Text forms are made under fixed settings (ISO dates, postgres intervals, UTC,
 * extra_float_digits 3, hex bytea, search_path pg_catalog), whatever the settings of the
 * session are.  Begin returns the argument of end.  On an error the transaction's abort
 * restores the settings.
 */
extern int ge_text_form_begin(void);
extern void ge_text_form_end(int nest_level);

#endif /* GE_CATEGORY_H */
