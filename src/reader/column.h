/*
 * column.h: one column of a batch in the making.
 *
 * Belongs to batch.c.  Knows how values of a type become keys or numbers, and holds the
 * arrays that they are put into.
 */
#ifndef GE_READER_COLUMN_H
#define GE_READER_COLUMN_H

#include "postgres.h"
#include "executor/tuptable.h"
#include "lib/stringinfo.h"

#include "reader/batch.h"

typedef enum GeConversion
{
	GE_TEXT_TO_BYTES, /* text and varchar: the key is the value's bytes */
	GE_CATEGORY_TO_BYTES,
	GE_CATEGORY_TO_INT64,
	GE_BOOL_TO_INT64,
	GE_INT2_TO_INT64,
	GE_INT4_TO_INT64,
	GE_INT8_TO_INT64,
	GE_FLOAT4_TO_FLOAT64,
	GE_FLOAT8_TO_FLOAT64,
	GE_NUMERIC_TO_FLOAT64
} GeConversion;

/* Arrays have the max_rows elements of ge_column_builder_allocate(). */
typedef struct GeColumnBuilder
{
	GeConversion conversion;
	AttrNumber position; /* in the slots at hand */
	bool is_varlena;
	bool has_missing;
	GeCategoryType *category;
	uint8 *is_missing;
	int64 *values;
	double *floats;
	uint32 *offsets; /* one more element; offsets[0] is 0 */
	StringInfoData bytes;
} GeColumnBuilder;

/* Choose the conversion; desc is that of the source. */
extern void ge_column_builder_init(GeColumnBuilder *column, const GeReadColumn *read,
								   TupleDesc desc);

/* Bytes of fixed width that a row takes. */
extern Size ge_column_builder_width(const GeColumnBuilder *column);

/* Make room for max_rows rows, in CurrentMemoryContext. */
extern void ge_column_builder_allocate(GeColumnBuilder *column, Size max_rows);

/* Start a batch; CurrentMemoryContext is that of ge_column_builder_allocate(). */
extern void ge_column_builder_start(GeColumnBuilder *column);

/*
 * Put row number `row` of a batch into its columns; *n_bytes is then what the columns
 * hold of variable width.  False when the row has a value so long that it must be the
 * first of a batch.  Leaves garbage in CurrentMemoryContext.
 */
extern bool ge_column_builders_add(GeColumnBuilder *columns, int n_columns, uint32 row,
								   TupleTableSlot *slot, uint64 *n_bytes);

/* Point a batch's column at the first n_rows rows. */
extern void ge_column_builder_expose(const GeColumnBuilder *column, uint32 n_rows,
									 GeBatchColumn *exposed);

#endif /* GE_READER_COLUMN_H */
