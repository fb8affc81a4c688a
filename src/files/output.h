/*
 * output.h: the rows of a job's results as a CSV file.
 *
 * Passed columns keep their text.  Codes are integers.  Encodings are the shortest
 * decimals that read back as equal doubles.  No setting of the session matters.
 */
#ifndef GE_FILES_OUTPUT_H
#define GE_FILES_OUTPUT_H

#include "postgres.h"

#include "files/options.h"
#include "files/store.h"
#include "s3/row_format.h"
#include "s3/sink.h"

/* A column of the file. */
typedef struct GeCsvOutputColumn
{
	const char *name;
	enum
	{
		GE_CSV_COLUMN,	 /* a column of text of the stored rows */
		GE_CSV_RECORDED, /* a text of the record */
		GE_CSV_CODE,
		GE_CSV_ENCODING
	} kind;
	int index; /* attribute number - 1, place in the record, column or encoding of the job */
} GeCsvOutputColumn;

typedef struct GeCsvOutput
{
	/* asked: */
	const char *part; /* 'train' or 'validation' */
	const char *uri;
	int source; /* of the job */
	bool out_of_fold;
	const GeCsvOptions *options;
	GeSink *sink;
	/* done: */
	const GeCsvStore *store;
	int n_columns;
	GeCsvOutputColumn *columns;
	GeRowFormat *format;
	GeResultCounts counts;
	double seconds; /* since the call began */
} GeCsvOutput;

/* Lay out the columns, before anything is read; two of one name are an error. */
extern void ge_csv_output_lay_out(GeCsvOutput *output, GePlan *plan,
								  const GeCsvStore *store, const char *label_suffix,
								  const char *te_suffix);
/* Write all rows and settle the sink, which is not yet complete. */
extern void ge_csv_output_fill(GeCsvOutput *output, GeRun *run);

#endif /* GE_FILES_OUTPUT_H */
