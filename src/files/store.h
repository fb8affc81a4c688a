/*
 * store.h: the rows of CSV files in a temporary file, for one job.
 *
 * A column that the job reads as values is a column of the stored rows, with its type.  The
 * texts of all other fields, and those of values that are no text, are packed into one
 * value of the row, the record.  Rows stand in the order of the files.
 */
#ifndef GE_FILES_STORE_H
#define GE_FILES_STORE_H

#include "postgres.h"

#include "files/row_file.h"
#include "files/set.h"
#include "job/job.h"

/* The place of the text of a column of the files. */
typedef struct GeStoredField
{
	const char *name;
	AttrNumber attno; /* a column of text of the rows; 0: the record */
	int in_record;	  /* its place there, from 0; -1: none */
} GeStoredField;

typedef struct GeCsvStore
{
	GeRowFile *rows;
	int n_columns;			   /* of the rows */
	const char **column_names; /* as ge_source_rename() takes them */
	bool *are_categories;	   /* by column of the rows: not only target, fold or order */
	int n_fields;			   /* of the files */
	GeStoredField *fields;
	GeNames names;	   /* theirs */
	AttrNumber record; /* 0: there is none */
	int n_in_record;
} GeCsvStore;

/* A text of a record; value NULL: it is NULL. */
typedef struct GeStoredText
{
	const char *value;
	size_t length;
} GeStoredText;

/*
 * Read a set of files.  options says which columns are read as values, or, for files to be
 * matched to others, the store of those.  Errors: 22P02 if a value does not fit its type;
 * 54011 if more columns are read as values than there are attribute numbers.
 */
extern GeCsvStore *ge_csv_store_fill(GeCsvSet *set, const GeJobOptions *options,
									 const GeCsvStore *fitted);
/* Remove columns that the job does not see from its exclude_columns. */
extern void ge_csv_store_include(const GeCsvStore *store, GeJobOptions *options);
/* The n_in_record texts of a record, valid as long as the record. */
extern void ge_csv_store_unpack(const GeCsvStore *store, const struct varlena *record,
								GeStoredText *texts);
/* Remove the file. */
extern void ge_csv_store_close(GeCsvStore *store);

#endif /* GE_FILES_STORE_H */
