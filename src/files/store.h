/*
 * store.h: the rows of CSV files in a temporary table, for one job.
 *
 * A column that the job reads as values has its type; every column can be shown as the
 * text that stood in the file.  Where both are needed a further column holds that text.
 * Rows stand in the order of the files.
 */
#ifndef GE_FILES_STORE_H
#define GE_FILES_STORE_H

#include "postgres.h"

#include "files/set.h"
#include "job/job.h"

typedef struct GeCsvStore
{
	Oid relid;
	AttrNumber *shown; /* as ge_output_layout_create() takes it */
	GeNames unlabeled; /* columns that are no labels though they are text here */
	uint64 n_rows;
} GeCsvStore;

/*
 * Read a set of files.  table is the name of the temporary table; options says which
 * columns are read as values, fitted whether target and fold column are among them.
 * Errors: 22P02 where a value does not fit its type.
 */
extern GeCsvStore *ge_csv_store_fill(const char *table, GeCsvSet *set,
									 const GeJobOptions *options, bool fitted);
/* Drop the table. */
extern void ge_csv_store_drop(GeCsvStore *store);

#endif /* GE_FILES_STORE_H */
