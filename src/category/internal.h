/*
 * internal.h: what the files of category/ share.
 *
 * A GeCategoryType is a form (how values of the base type become keys) and the data of
 * that form.  To add a form: a member of GeCategoryForm, a case in category.c for its
 * types, one in keys.c and one in text.c.
 */
#ifndef GE_CATEGORY_INTERNAL_H
#define GE_CATEGORY_INTERNAL_H

#include "postgres.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "port/pg_bswap.h"

#include "category/category.h"
#include "base/compat.h"

/* Forms up to GE_FORM_LAST_INT64 have GE_KEY_INT64 keys, the others GE_KEY_BYTES. */
typedef enum GeCategoryForm
{
	GE_FORM_BOOLEAN,
	GE_FORM_INT2,
	GE_FORM_INT4,
	GE_FORM_INT8,
	GE_FORM_OID,	   /* unsigned */
	GE_FORM_DATE,	   /* days, as stored; infinities are the extremes */
	GE_FORM_TIMESTAMP, /* with or without time zone: microseconds, as stored */
	GE_FORM_FLOAT4,	   /* as the double of the same value */
	GE_FORM_FLOAT8,	   /* bits made to sort as PostgreSQL sorts the numbers */
	GE_FORM_ENUM,	   /* rank in enum order, from 0 */
	GE_FORM_LAST_INT64 = GE_FORM_ENUM,

	GE_FORM_TEXT,	  /* text, varchar: the bytes */
	GE_FORM_BPCHAR,	  /* the bytes without trailing blanks */
	GE_FORM_NAME,	  /* the bytes up to the first zero */
	GE_FORM_UUID,	  /* 16 bytes */
	GE_FORM_BYTEA,	  /* the bytes */
	GE_FORM_INTERVAL, /* interval.c */
	GE_FORM_NUMERIC,  /* numeric.c */
	GE_FORM_OUTPUT	  /* what the type's output function prints */
} GeCategoryForm;

/* enum.c */
typedef struct GeEnumLabels GeEnumLabels;

/* The key of a null_value that is no label of the enum: after every label. */
#define GE_ENUM_NULL_RANK PG_INT64_MAX

struct GeCategoryType
{
	GeCategoryForm form;
	bool parallel_safe;

	Oid base_type;
	FmgrInfo input; /* with its typioparam; none for GE_FORM_ENUM and GE_FORM_OUTPUT */
	FmgrInfo output;
	bool output_is_varlena; /* its values may be toasted */
	Oid typioparam;

	/* What NULL stands for; NULL: nothing, it is missing.  char(n): without blanks. */
	char *null_value;
	Size null_length;
	int64 null_rank; /* its key, of an enum */

	GeEnumLabels *labels; /* of an enum */
};

/* ------------------------------------------------------------------- enum.c */

/*
 * The labels of an enum in CurrentMemoryContext.  The type is locked until the end of the
 * transaction against ALTER TYPE of other sessions, so that ranks mean the same in every
 * worker and source.
 */
extern GeEnumLabels *ge_enum_labels_load(Oid enum_type);
/* Whether who loads the labels now gets the same names and ranks. */
extern bool ge_enum_labels_are_current(const GeEnumLabels *labels, Oid enum_type);
extern int64 ge_enum_rank_of_oid(const GeEnumLabels *labels, Oid label);
/* -1 when the enum has no such label. */
extern int64 ge_enum_rank_of_name(const GeEnumLabels *labels, const char *name);
/* Make a name that is no label the last one; its rank comes back. */
extern int64 ge_enum_add_name(GeEnumLabels *labels, const char *name);
/* The label's name, owned by labels; NULL when no label has that rank. */
extern const char *ge_enum_name_of_rank(const GeEnumLabels *labels, int64 rank);

/* --------------------------------------------- interval.c, numeric.c */

extern void ge_interval_key_append(StringInfo key, Datum value);
/*
 * The interval (palloc'd) that justify_interval() makes of every interval with this key.
 */
extern Datum ge_interval_of_key(const uint8 *bytes, Size length);

extern void ge_numeric_key_append(StringInfo key, Datum value);

/* -------------------------------------------------------------------------- inline */

/* appendBinaryStringInfo(), without a function call if there is room. */
static inline void
ge_append_bytes(StringInfo key, const void *bytes, Size length)
{
	if (unlikely(length >= (Size) (key->maxlen - key->len)))
	{
		/* enlargeStringInfo() takes an int; a datum is smaller than that */
		enlargeStringInfo(key, (int) length);
	}
	memcpy(key->data + key->len, bytes, length);
	key->len += (int) length;
	key->data[key->len] = '\0';
}

/* Sorts as PostgreSQL sorts the numbers: all NaN are equal and last; -0 equals 0. */
static inline int64
ge_int64_of_float8(float8 number)
{
	int64 bits;

	if (unlikely(number != number))
		return PG_INT64_MAX;
	number += 0.0; /* -0 becomes 0 */
	memcpy(&bits, &number, sizeof(bits));
	return bits < 0 ? bits ^ PG_INT64_MAX : bits;
}

#endif /* GE_CATEGORY_INTERNAL_H */
