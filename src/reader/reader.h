/*
 * reader.h: relation -> batches of columns.
 *
 * ge_read() hands every row of a prepared source to a consumer, in columnar batches.  In
 * heap mode parallel workers scan chunks of blocks, so batches come in any order.  Each
 * batch has its place (chunk, first_row): rows of a chunk are counted from 0, chunks are
 * numbered in physical order over all leaves.  Sorted by their places, batches are in
 * ordinal order.
 */
#ifndef GE_READER_H
#define GE_READER_H

#include "postgres.h"

#include "backend/backend.h"
#include "category/category.h"
#include "source/source.h"

typedef enum GeReadKind
{
	GE_READ_CATEGORY, /* keys of a GeCategoryType */
	GE_READ_INT64,	  /* boolean (0/1), int2, int4, int8, domains over them: values */
	GE_READ_FLOAT64,  /* float4, float8, numeric (cast to float8), domains: floats */
	GE_READ_DATUM	  /* a type passed by value: its Datum, as values */
} GeReadKind;

typedef struct GeReadColumn
{
	AttrNumber attno; /* in ge_source_desc(); one of the used columns */
	GeReadKind kind;
	/* GE_READ_CATEGORY; null_value is part of it.  Workers make their own. */
	GeCategoryType *category;
	const char *null_value; /* as given to ge_category_type_create() */
} GeReadColumn;

/* One column of a batch: keys, except GE_READ_FLOAT64, which has keys.is_missing (NULLs)
 * and floats only. */
typedef struct GeBatchColumn
{
	GeKeys keys;
	const double *floats;
} GeBatchColumn;

typedef struct GeBatch
{
	uint32 chunk;
	uint32 first_row; /* of the batch within its chunk */
	uint32 n_rows;	  /* at least 1 */
	int n_columns;
	const GeBatchColumn *columns; /* as the GeReadColumn array */
} GeBatch;

/* May throw.  The batch is valid until it returns.  False: no more batches are wanted. */
typedef bool (*GeBatchConsumer)(const GeBatch *batch, void *arg);

/*
 * Read the columns of all rows, with at most max_workers parallel workers; none if
 * parallel reading is impossible.  Returns the number of workers that ran. n_columns may
 * be 0; rows are still counted.  Ends early, without an error, if the consumer wants no
 * more.
 */
extern int ge_read(GeSource *source, const GeReadColumn *columns, int n_columns,
				   int max_workers, GeBatchConsumer consume, void *arg);

#endif /* GE_READER_H */
