/*
 * texts.h: texts of categories as values of a column, by id.
 *
 * Belongs to pages.c and piece.c.  A column that is a category passes its texts through by
 * the ids of its rows: no text is read again.
 */
#ifndef GE_OUTPUT_TEXTS_H
#define GE_OUTPUT_TEXTS_H

#include "postgres.h"

#include "job/job.h"

/* The texts of a category column. */
typedef struct GeTexts
{
	int column;
	Datum *values; /* by id; those of missing ones are 0 */
	Size longest;  /* bytes of a value, its header included */
} GeTexts;

/* The columns of a source that ids stand for. */
typedef struct GeTextColumns
{
	int n;
	GeTexts *texts;
	int *of_kept; /* by kept column: which of texts; -1: none */
} GeTextColumns;

/* Fetch their texts, in CurrentMemoryContext.  False if these take too much memory. */
extern bool ge_text_columns_fetch(GeTextColumns *columns, const GeRun *run,
								  const GePlanSource *source, uint64 n_rows);

/*
 * The values of n rows of a segment from row `first` on, and which of them are NULL; returns
 * whether any is.  In any thread.
 */
extern bool ge_texts_of_rows(const GeTexts *texts, const GeSegment *segment, uint32 first,
							 uint32 n, Datum *values, uint8 *is_null);

#endif /* GE_OUTPUT_TEXTS_H */
