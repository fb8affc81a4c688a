/*
 * row_file.h: rows in a temporary file, for one job.
 *
 * Nobody else can read or change them, and they have no limits of tables.  They are
 * written once, then read in their order as often as needed.
 */
#ifndef GE_FILES_ROW_FILE_H
#define GE_FILES_ROW_FILE_H

#include "postgres.h"

#include "job/job.h"

typedef struct GeRowFile GeRowFile;

/* In CurrentMemoryContext; desc lives as long.  An error removes the file. */
extern GeRowFile *ge_row_file_create(TupleDesc desc);
/* Append a row; values as heap_form_tuple() takes them, none in a TOAST table. */
extern void ge_row_file_put(GeRowFile *file, Datum *values, bool *is_null);
/* Its rows, to be read when all are written. */
extern GeGivenRows *ge_row_file_rows(GeRowFile *file);
extern void ge_row_file_close(GeRowFile *file);

#endif /* GE_FILES_ROW_FILE_H */
