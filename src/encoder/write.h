/*
 * write.h: what the files that write encoders share.
 */
#ifndef GE_ENCODER_WRITE_H
#define GE_ENCODER_WRITE_H

#include "postgres.h"

#include "encoder/digest.h"
#include "encoder/encoder.h"
#include "encoder/encodings.h"
#include "job/fit_statistics.h"

/* A row in the making. */
typedef struct GeEncoderRow
{
	Datum values[GE_ENCODER_N_COLUMNS];
	bool is_null[GE_ENCODER_N_COLUMNS];
} GeEncoderRow;

/* One column or combination being written. */
typedef struct GeEncoderWrite
{
	GeRun *run;
	GeOutputTable *table;
	GeDigest *digest;
	const char *name;
	const GeCategories *categories;
	int i;							/* the category column */
	const GeCategoryColumn *column; /* NULL: a combination */
	const GeRunEncoding *encoding;	/* NULL: label codes only */
	uint64 *n_rows;					/* by id 0..n_known */
	GeFitStatistics **fits;			/* by fit; those by id of target statistics */
	GeFitStatistics **apart;		/* by fit; of categories counted apart, by number */
	double *encodings;				/* of one row */
	GeElementType moments;			/* what an array of moments has */
	MemoryContext row_context;
} GeEncoderWrite;

static inline void
ge_encoder_row_set(GeEncoderRow *row, int column, Datum value)
{
	row->values[column] = value;
	row->is_null[column] = false;
}

/* The statistics of the column, or combination, that is being written (figures.c). */
extern void ge_encoder_figures_fetch(GeEncoderWrite *state);
extern void ge_encoder_figures_free(GeEncoderWrite *state);

/*
 * The figures of one id in a row: row counts, and those of the target if there is one.  A
 * pooled category has figures of its own and the encoding of the pool.
 */
extern void ge_encoder_row_set_id(GeEncoderRow *row, const GeEncoderWrite *state,
								  uint32 id);
/* Those of the category that rare ones share. */
extern void ge_encoder_row_set_pool(GeEncoderRow *row, const GeEncoderWrite *state);
/* The encodings of a row are NULL. */
extern void ge_encoder_row_clear_encodings(GeEncoderRow *row,
										   const GeEncoderWrite *state);
/* Those of all rows of the fitted source. */
extern void ge_encoder_row_set_totals(GeEncoderRow *row, const GeEncoderWrite *state);

/*
 * What fit answers about a column (NULL: a combination) and its encoding (NULL: none):
 * a row for the label codes, and one for each target and class (summary.c).
 */
extern void ge_fit_summarise(GeFitAnswer *answer, const GeRun *run,
							 const GeCategoryColumn *column,
							 const GeRunEncoding *encoding,
							 GeFitStatistics *const *statistics, uint64 missing_rows);

#endif /* GE_ENCODER_WRITE_H */
