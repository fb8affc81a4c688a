/*
 * columns.h: the columns of CSV files: their types, given or inferred, and what is
 * NULL in them.
 *
 * A type that column_types does not give is inferred: bigint where all values are whole
 * numbers that fit, double precision where all are numbers, boolean, date, timestamp,
 * timestamptz, else text (csv/kind.h).
 *
 * NULL is an unquoted field with COPY's null text (empty unless the options say
 * otherwise), COPY's force_null and force_not_null observed; any field, quoted or not,
 * with a text of null_values; and in columns that are no strings an empty field, quoted
 * or not.
 */
#ifndef GE_FILES_COLUMNS_H
#define GE_FILES_COLUMNS_H

#include "postgres.h"
#include "utils/jsonb.h"

#include "base/arguments.h"
#include "csv/kind.h"
#include "files/file.h"

typedef struct GeCsvColumn
{
	const char *name;
	bool is_given;		/* by column_types */
	bool is_known;		/* nothing has to be inferred */
	uint32 kinds;		/* of the values seen, if the type is inferred */
	GeCsvType inferred; /* where it is */
	Oid type;
	int32 typmod;
	Oid collation;
	bool is_string;		/* an empty value is a value of the type */
	bool null_quoted;	/* the null text is NULL within quotes too */
	bool null_unquoted; /* and without */
	bool null_is_value; /* COPY's force_not_null: without quotes it is a value */
} GeCsvColumn;

typedef struct GeCsvColumns
{
	int n;
	GeCsvColumn *columns;
	bool all_known;
	bool nulls_are_copys; /* COPY knows the null text; null_values alone are told here */
	const char *null_text;
	size_t null_length;
	GeNames null_values;
} GeCsvColumns;

/*
 * Columns of a table of these names, whatever their types: a field is NULL here only if it
 * is one of null_values, without quotes.
 */
extern GeCsvColumns *ge_csv_columns_of_table(const List *names,
											 const GeCsvOptions *options,
											 GeNames null_values);
/* The i-th column; more fields than columns are all of the last one. */
extern const GeCsvColumn *ge_csv_columns_at(const GeCsvColumns *columns, int i);

/* The columns of a file; types (may be NULL) is the argument column_types. */
extern GeCsvColumns *ge_csv_columns_create(const GeCsvFile *file,
										   const GeCsvOptions *options,
										   const Jsonb *types, GeNames null_values);
/*
 * The columns of a file with the types of other columns, by name; text for columns
 * without one there.
 */
extern GeCsvColumns *ge_csv_columns_like(const GeCsvFile *file,
										 const GeCsvColumns *other);
/*
 * Give the columns of a file the types that column_types has for them (column_types.c).
 * Errors: 42703 no such column, 42704 no such type, 22023 what is no object of type names.
 */
extern void ge_csv_columns_take_types(GeCsvColumns *columns, const GeCsvFile *file,
									  const Jsonb *types);
/* The column of that name; NULL when there is none. */
extern GeCsvColumn *ge_csv_columns_find(const GeCsvColumns *columns, const char *name);
/* Look at up to max_rows rows of a file; returns how many there were. */
extern uint64 ge_csv_columns_learn(GeCsvColumns *columns, GeCsvFile *file,
								   uint64 max_rows);
/* Decide the types that are not given. */
extern void ge_csv_columns_settle(GeCsvColumns *columns);

/*
 * Whether a function of a user may run when a value is read: of a CHECK constraint of a
 * domain, wherever in the type the domain is, or of the subtype of a range.
 */
extern bool ge_csv_columns_run_functions(const GeCsvColumns *columns);

/* An error (22P04) unless the file has these columns in this order. */
extern void ge_csv_columns_match(const GeCsvColumns *columns, const GeCsvFile *file);

extern bool ge_csv_is_null(const GeCsvColumns *columns, const GeCsvColumn *column,
						   const GeCsvField *field);
/* Whether a field that is not NULL would be the null text to COPY without force_not_null. */
extern bool ge_csv_looks_null(const GeCsvColumns *columns, const GeCsvColumn *column,
							  const GeCsvField *field);
/* An error (22P02) if a value that is not NULL does not fit its inferred type. */
extern void ge_csv_check_value(const GeCsvColumn *column, const GeCsvField *field,
							   uint64 line, const char *uri);

#endif /* GE_FILES_COLUMNS_H */
