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

/*
 * Fetch the texts of a column, in CurrentMemoryContext.  False if they take more than
 * *room bytes, from which theirs are subtracted.
 */
extern bool ge_texts_fetch(GeTexts *texts, const GeRun *run, int column, Size *room);

/*
 * The values of n rows of a segment from row `first` on, and which of them are NULL; returns
 * whether any is.  In any thread.
 */
extern bool ge_texts_of_rows(const GeTexts *texts, const GeSegment *segment, uint32 first,
							 uint32 n, Datum *values, uint8 *is_null);

#endif /* GE_OUTPUT_TEXTS_H */
