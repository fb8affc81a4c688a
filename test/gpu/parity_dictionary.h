/*
 * parity_dictionary.h: columns of keys in many shapes, and what a backend makes of one.
 */
#ifndef GE_PARITY_DICTIONARY_H
#define GE_PARITY_DICTIONARY_H

#include "parity.h"

/* How the keys of a case are made. */
typedef enum Shape
{
	SHAPE_INT_FEW,	/* int64: a thousand small numbers */
	SHAPE_INT_ANY,	/* int64: any, extremes too */
	SHAPE_SAME,		/* one text */
	SHAPE_USER,		/* user_123456: many, skewed */
	SHAPE_DISTINCT, /* all distinct, 12 bytes */
	SHAPE_MIXED,	/* 0 to 40 bytes over a small alphabet with zero bytes */
	SHAPE_PREFIXES, /* prefixes of one long text: each a prefix of the next */
	SHAPE_LONG,		/* up to 3,000 bytes, equal but for a few places */
	SHAPE_URL,		/* long common prefixes in groups */
	N_SHAPES
} Shape;

typedef struct Column
{
	GeKeys keys;
	uint8_t *missing;
	int64_t *values;
	uint32_t *offsets;
	uint8_t *bytes;
	uint64_t capacity;
} Column;

extern const char *const parity_shape_names[N_SHAPES];

void parity_make_column(Column *column, Shape shape, uint32_t n, bool with_missing);
void parity_free_column(Column *column);
/* Rows [first, first + n) of a column; batches start at offsets of any value. */
GeKeys parity_slice(const Column *column, uint32_t first, uint32_t n);

/* What a backend makes of a column. */
typedef struct Coded
{
	uint32_t n_first; /* categories after the first half */
	uint32_t n;
	uint32_t *ids;	  /* of rows */
	uint32_t *sorted; /* ids of the first half's categories, then the others' */
	int64_t *values;  /* keys in that order */
	uint64_t *offsets;
	uint8_t *bytes;
} Coded;

/* Add the rows of a column to a new dictionary, in batches, and read it. */
GeStatus parity_code(const GeBackend *backend, GeContext *context, const Column *column,
					 uint32_t batch, Coded *coded, GeError *error);
/* Sort a dictionary's n_first first ids and the others, and fetch all keys. */
GeStatus parity_read_coded(const GeBackend *backend, GeDictionary *dictionary,
						   GeKeyKind kind, Coded *coded, GeError *error);
/* NULL when both have the same categories and rows; ids become ranks. */
const char *parity_compare_coded(Coded *a, Coded *b, GeKeyKind kind, uint32_t n_rows);
void parity_free_coded(Coded *coded);

#endif /* GE_PARITY_DICTIONARY_H */
