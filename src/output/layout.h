/*
 * layout.h: the columns of an output, and its rows from rows of results.
 *
 * An output has every column of its source in its order.  Codes replace the values of
 * label columns; with a suffix they are in columns of their own, after all source
 * columns.  One column for each target encoding follows.
 */
#ifndef GE_OUTPUT_LAYOUT_H
#define GE_OUTPUT_LAYOUT_H

#include "postgres.h"

#include "job/job.h"
#include "table/table.h"

typedef enum GeFieldKind
{
	GE_FIELD_PASS,	  /* the source's value */
	GE_FIELD_CODE,	  /* a label code */
	GE_FIELD_ENCODING /* a target encoding */
} GeFieldKind;

/* The origin of the values of an output column. */
typedef struct GeOutputField
{
	GeFieldKind kind;
	int index; /* attribute number - 1, category column, or output of the plan */
} GeOutputField;

typedef struct GeOutputLayout
{
	int n_columns;
	GeOutputColumn *columns;
	GeOutputField *fields;
	Bitmapset *needed; /* of the source, by attribute number */
} GeOutputLayout;

/* In CurrentMemoryContext. */
extern GeOutputLayout *ge_output_layout_create(const GePlan *plan, int source,
											   const char *label_suffix,
											   const char *te_suffix);

/* The values of an output row, valid as long as the row of results. */
extern void ge_output_layout_row(const GeOutputLayout *layout, const GeResultRow *row,
								 Datum *values, bool *is_null);

#endif /* GE_OUTPUT_LAYOUT_H */
