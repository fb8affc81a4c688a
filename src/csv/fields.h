/*
 * fields.h: the fields of a record.
 */
#ifndef GE_CSV_FIELDS_H
#define GE_CSV_FIELDS_H

#include "csv/reader.h"

/* Room for the fields of the current record; all zero at first. */
typedef struct GeCsvFields
{
	GeCsvField *fields;
	size_t max_fields;
	char *decoded; /* decoded values, if they differ from the text */
	size_t decoded_capacity;
} GeCsvFields;

/* Split a record whose text is set; false without memory.  The fields live until the next
 * call. */
extern bool ge_csv_fields_split(GeCsvFields *fields, const GeCsvFormat *format,
								GeCsvRecord *record);
extern void ge_csv_fields_free(GeCsvFields *fields);

#endif /* GE_CSV_FIELDS_H */
