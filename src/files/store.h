/*
 * store.h: the rows of CSV files in a temporary table, for one job.
 *
 * A column that the job reads as values is a column of the table, with its type.  The
 * texts of all other fields, and those of values that are no text, are packed into one
 * value of the row, the record.  So only columns that are read as values have the limits
 * of tables on the number of columns and the size of rows; their names are known to the
 * job only.  Rows stand in the order of the files.
 */
#ifndef GE_FILES_STORE_H
#define GE_FILES_STORE_H

#include "postgres.h"

#include "files/set.h"
#include "job/job.h"

/* The place of the text of a column of the files. */
typedef struct GeStoredField
{
	const char *name;
	AttrNumber attno; /* a column of text of the table; 0: the record */
	int in_record;	  /* its place there, from 0; -1: none */
} GeStoredField;

typedef struct GeCsvStore
{
	Oid relid;
	int n_columns;			   /* of the table */
	const char **column_names; /* as ge_source_rename() takes them */
	bool *are_categories; /* by column of the table: not only target, fold or order */
	int n_fields;		  /* of the files */
	GeStoredField *fields;
	GeNames names;	   /* theirs */
	AttrNumber record; /* 0: there is none */
	int n_in_record;
	uint64 n_rows;
} GeCsvStore;

/* A text of a record; value NULL: it is NULL. */
typedef struct GeStoredText
{
	const char *value;
	size_t length;
} GeStoredText;

/*
 * Read a set of files.  table is the name of the temporary table; options says which
 * columns are read as values, or, for files to be matched to others, the store of those.
 * Errors: 22P02 if a value does not fit its type; 54011 if more columns are read as
 * values than a table may have.
 */
extern GeCsvStore *ge_csv_store_fill(const char *table, GeCsvSet *set,
									 const GeJobOptions *options,
									 const GeCsvStore *fitted);
/* Remove columns that the job does not see from its exclude_columns. */
extern void ge_csv_store_include(const GeCsvStore *store, GeJobOptions *options);
/* The n_in_record texts of a record, valid as long as the record. */
extern void ge_csv_store_unpack(const GeCsvStore *store, const struct varlena *record,
								GeStoredText *texts);
/* Drop the table. */
extern void ge_csv_store_drop(GeCsvStore *store);

#endif /* GE_FILES_STORE_H */
