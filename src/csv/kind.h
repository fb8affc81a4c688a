/*
 * kind.h: the type of a CSV column, inferred from the texts of its values.
 *
 * Every value adds its kind to a set, and the set decides.  NULL adds nothing.  Blanks
 * around a value do not matter, as they do not matter to the input functions of the
 * types.  The type that a set leads to accepts every value of the set and keeps different
 * whole numbers and times different; fractions and numbers with exponents are rounded to
 * the nearest double.  Numbers with leading zeros, whole numbers beyond bigint, fractions
 * of numbers beyond 2^53 and times finer than microseconds are text, and so is a column
 * that has both fractions and whole numbers beyond 2^53.
 */
#ifndef GE_CSV_KIND_H
#define GE_CSV_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Kinds of values, as members of a set. */
enum
{
	GE_KIND_WHOLE = 1 << 0,		  /* a whole number of at most 2^53 in size */
	GE_KIND_NUMBER = 1 << 1,	  /* another number, within double precision */
	GE_KIND_BOOLEAN = 1 << 2,	  /* true or false in any case */
	GE_KIND_DATE = 1 << 3,		  /* 2026-11-23 */
	GE_KIND_TIMESTAMP = 1 << 4,	  /* 2026-11-23 10:00[:00[.000000]], or with T */
	GE_KIND_TIMESTAMPTZ = 1 << 5, /* the same with Z, +01, +0100 or +01:00 behind */
	GE_KIND_BIG_WHOLE = 1 << 6,	  /* another whole number that fits bigint */
	GE_KIND_TEXT = 1 << 7		  /* anything else */
};

typedef enum GeCsvType
{
	GE_CSV_TEXT,
	GE_CSV_BIGINT,
	GE_CSV_DOUBLE,
	GE_CSV_BOOLEAN,
	GE_CSV_DATE,
	GE_CSV_TIMESTAMP,
	GE_CSV_TIMESTAMPTZ
} GeCsvType;

/* The kind of one value, which need not end in a zero byte. */
extern uint32_t ge_kind_of(const char *value, size_t length);

/* The type that holds values of all these kinds; text for none. */
extern GeCsvType ge_kind_type(uint32_t kinds);

/* Whether a value of that kind can stand in a column of that type. */
extern bool ge_kind_fits(GeCsvType type, uint32_t kind);

#endif /* GE_CSV_KIND_H */
