/*
 * encoder_load.h: what encoder_load.c and encoder_load_combinations.c share.
 */
#ifndef GE_ENCODER_LOAD_H
#define GE_ENCODER_LOAD_H

#include "postgres.h"
#include "executor/spi.h"

#include "encoder/encoder.h"

typedef struct GeEncoderLoad
{
	GeRun *run;
	const char *encoder;		 /* its name */
	MemoryContext context;		 /* of what stays */
	MemoryContext block_context; /* of a block of rows */
} GeEncoderLoad;

/* One column or combination being loaded. */
typedef struct GeEncoderLoadColumn
{
	const GeCategoryColumn *column; /* NULL: a combination */
	GeCategories *categories;		/* of the column */
	GeRunEncoding *encoding;		/* NULL: none */
	uint32 expected;				/* categories */
	uint64 n_rows;					/* loaded so far */
	int32 *codes;					/* by id 0..expected, as the next two */
	double *full;
	bool *seen;
} GeEncoderLoadColumn;

/* Result columns of ge_encoder_rows(). */
enum
{
	GE_LOAD_VALUE = 1, /* value, or values */
	GE_LOAD_CODE,
	GE_LOAD_N_ROWS,
	GE_LOAD_ENCODING
};

/* A block of rows; CurrentMemoryContext goes after it. */
typedef void (*GeEncoderConsumer)(GeEncoderLoad *state, SPITupleTable *rows, uint64 n,
								  void *arg);

/* The rows of one column name and kind that meet a condition, a block at a time; select is
 * what stands for the value. */
extern void ge_encoder_rows(GeEncoderLoad *state, const char *select,
							const char *column_name, const char *kind,
							const char *condition, GeEncoderConsumer consume, void *arg);
/* Ids of categories given as texts, through the column's type; false as
 * ge_compute_try_add() says it. */
extern bool ge_encoder_ids_of_texts(GeEncoderLoad *state, int column, char **texts,
									uint32 n, uint32 *ids);
/* A field of a row that must not be NULL. */
extern Datum ge_encoder_figure(GeEncoderLoad *state, HeapTuple row, TupleDesc desc,
							   int column, const char *what);
/* The encoding of a row: finite. */
extern double ge_encoder_encoding(GeEncoderLoad *state, HeapTuple row, TupleDesc desc);
extern void ge_encoder_create_arrays(GeEncoderLoad *state, GeEncoderLoadColumn *load);
/* The rows of kind 'prior' and 'missing'. */
extern void ge_encoder_load_singles(GeEncoderLoad *state, GeEncoderLoadColumn *load,
									const char *name);

/* Load the i-th combination as rows of ids of its parts. */
extern void ge_encoder_load_combination(GeEncoderLoad *state, int i, uint32 expected);

#endif /* GE_ENCODER_LOAD_H */
