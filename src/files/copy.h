/*
 * copy.h: the rows of a CSV file into a new table, by COPY.
 */
#ifndef GE_FILES_COPY_H
#define GE_FILES_COPY_H

#include "postgres.h"
#include "utils/rel.h"

#include "files/columns.h"
#include "files/file.h"
#include "files/options.h"

/*
 * Copy the rows of a file, opened or rewound and not yet read, into a table with these
 * columns that the caller has just created.  check_values: the types were not inferred
 * from all these rows.  Returns the number of rows.
 */
extern uint64 ge_csv_copy(Relation relation, GeCsvFile *file, const GeCsvColumns *columns,
						  const GeCsvOptions *options, bool check_values);

#endif /* GE_FILES_COPY_H */
