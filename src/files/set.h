/*
 * set.h: the CSV files behind one URI, as one sequence of rows with one set of columns.
 *
 * Each file is fetched once: text that is read to infer the types is kept in temporary
 * files and read again.  If sample_rows ends the inference early, the remaining files are
 * read when their turn comes.
 */
#ifndef GE_FILES_SET_H
#define GE_FILES_SET_H

#include "postgres.h"
#include "utils/jsonb.h"

#include "files/columns.h"

typedef struct GeCsvSet
{
	/* asked: */
	const char *uri;
	const GeCsvOptions *options;
	GeFileAccess access;
	GeNames null_values;
	const Jsonb *column_types;	  /* may be NULL */
	const GeCsvColumns *types_of; /* not NULL: the types of other files' columns */
	uint64 sample_rows;			  /* UINT64_MAX: all */
	/* found: */
	int n_files;
	const char **uris;
	GeCsvFile **files; /* open and read for the inference of types; NULL: not yet */
	GeCsvColumns *columns;
	uint64 n_inferred; /* rows looked at */
	uint64 n_bytes;	   /* of the files that are closed, as they are stored */
} GeCsvSet;

/*
 * Find the files and infer the types of their columns.  Files without any line are left
 * out; if all files are empty: an error.
 */
extern void ge_csv_set_open(GeCsvSet *set);

/*
 * File i from its first row; NULL if it has no line.  Close it with ge_csv_set_done()
 * before the next.
 */
extern GeCsvFile *ge_csv_set_file(GeCsvSet *set, int i);
extern void ge_csv_set_done(GeCsvSet *set, int i);

#endif /* GE_FILES_SET_H */
