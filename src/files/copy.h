/*
 * copy.h: the rows of a CSV file, as COPY reads them, into a table.
 */
#ifndef GE_FILES_COPY_H
#define GE_FILES_COPY_H

#include "postgres.h"
#include "utils/rel.h"

#include "files/columns.h"
#include "files/file.h"
#include "files/options.h"
#include "table/table.h"

typedef struct GeCsvCopy
{
	Relation relation;
	GeOutputTable *table;		 /* NULL: COPY itself writes the rows into the relation */
	List *names;				 /* of its columns, as COPY takes them; NIL: all */
	const GeCsvOptions *options; /* header: as passed to COPY */
	const GeCsvColumns *columns; /* the rules for NULL; NULL: those of COPY */
	bool check_values;			 /* types were not inferred from all these rows */
} GeCsvCopy;

/* Copy the rows of a file, opened or rewound and not yet read.  Returns their number. */
extern uint64 ge_csv_copy(const GeCsvCopy *copy, GeCsvFile *file);

#endif /* GE_FILES_COPY_H */
