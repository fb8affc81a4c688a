/*
 * tuple_internal.h: what a GeTupleForm is made of, for tuple.c and
 * tuple_columns.c.
 */
#ifndef GE_PAGE_TUPLE_INTERNAL_H
#define GE_PAGE_TUPLE_INTERNAL_H

#include "postgres.h"

#include "page/tuple.h"

typedef enum GeStoreKind
{
	GE_STORE_BYTE, /* by value, by width */
	GE_STORE_INT16,
	GE_STORE_INT32,
	GE_STORE_INT64,
	GE_STORE_FIXED,	 /* by reference, of a fixed length */
	GE_STORE_VARLENA /* of variable length */
} GeStoreKind;

typedef struct GeTupleColumn
{
	GeStoreKind kind;
	uint8 alignment;  /* 1, 2, 4 or 8 */
	bool may_shorten; /* a one-byte header may replace that of four */
	int16 length;	  /* in bytes; -1: variable */
	uint16 offset;	  /* if none is NULL and those of variable length take no bytes */
} GeTupleColumn;

struct GeTupleForm
{
	HeapTupleHeaderData header; /* of a row without NULL */
	uint8 hoff_with_nulls;		/* where data starts after a bitmap of NULLs */
	bool is_fixed;				/* no column varies in length */
	Size fixed_size;			/* of a row without NULL, if is_fixed */
	/* the tail: columns after all of variable length, from one aligned as a tuple: */
	int tail;		  /* the first; n_columns: there is none */
	Size tail_offset; /* its GeTupleColumn.offset */
	Size tail_size;	  /* of a row without NULL */
	int n_columns;
	GeTupleColumn columns[FLEXIBLE_ARRAY_MEMBER];
};

/* The end of a value of variable length that starts at or after an offset. */
static inline Size
ge_tuple_varlena_end(const GeTupleColumn *column, Size offset, const char *value)
{
	if (VARATT_IS_SHORT(value))
		return offset + VARSIZE_SHORT(value);
	if (column->may_shorten && VARATT_CAN_MAKE_SHORT(value))
		return offset + VARATT_CONVERTED_SHORT_SIZE(value);
	return TYPEALIGN(column->alignment, offset) + VARSIZE(value);
}

/* Copy up to 126 bytes. */
static inline void
ge_tuple_copy_short(char *to, const char *from, Size n)
{
	if (n > 16)
		memcpy(to, from, n);
	else if (n >= 8)
	{
		memcpy(to, from, 8);
		memcpy(to + n - 8, from + n - 8, 8);
	}
	else if (n >= 4)
	{
		memcpy(to, from, 4);
		memcpy(to + n - 4, from + n - 4, 4);
	}
	else
		for (Size i = 0; i < n; i++)
			to[i] = from[i];
}

/* Store a value of variable length at or after at; returns its end. */
static inline char *
ge_tuple_store_varlena(const GeTupleColumn *column, const char *value, char *at)
{
	Size size;

	Assert(!VARATT_IS_EXTERNAL(value));
	if (VARATT_IS_SHORT(value))
	{
		size = VARSIZE_SHORT(value);
		ge_tuple_copy_short(at, value, size);
	}
	else if (column->may_shorten && VARATT_CAN_MAKE_SHORT(value))
	{
		size = VARATT_CONVERTED_SHORT_SIZE(value);
		SET_VARSIZE_SHORT(at, size);
		ge_tuple_copy_short(at + VARHDRSZ_SHORT, VARDATA(value), size - VARHDRSZ_SHORT);
	}
	else
	{
		at = (char *) TYPEALIGN(column->alignment, at);
		size = VARSIZE(value);
		memcpy(at, value, size);
	}
	return at + size;
}

/* Store a value of fixed width at its place. */
static inline void
ge_tuple_store_fixed(const GeTupleColumn *column, Datum value, char *at)
{
	switch (column->kind)
	{
		case GE_STORE_BYTE:
			*at = DatumGetChar(value);
			break;
		case GE_STORE_INT16:
			*(int16 *) at = DatumGetInt16(value);
			break;
		case GE_STORE_INT32:
			*(int32 *) at = DatumGetInt32(value);
			break;
		case GE_STORE_INT64:
			*(int64 *) at = DatumGetInt64(value);
			break;
		default:
			memcpy(at, DatumGetPointer(value), column->length);
	}
}

#endif /* GE_PAGE_TUPLE_INTERNAL_H */
