/*
 * output.h: the rows of a job's results as a CSV file.
 *
 * Passed columns are text as they are; codes are integers; encodings are the shortest
 * decimals that read back as the same double.  No setting of the session matters.
 */
#ifndef GE_FILES_OUTPUT_H
#define GE_FILES_OUTPUT_H

#include "postgres.h"

#include "files/options.h"
#include "s3/sink.h"
#include "output/layout.h"

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
	GeOutputLayout *layout;
	GeResultCounts counts;
	double seconds; /* since the call began */
} GeCsvOutput;

/* Lay out the columns, before anything is read; two of one name are an error. */
extern void ge_csv_output_lay_out(GeCsvOutput *output, GePlan *plan,
								  const char *label_suffix, const char *te_suffix,
								  const AttrNumber *shown);
/* Write all rows and finish the sink, which is not yet complete. */
extern void ge_csv_output_fill(GeCsvOutput *output, GeRun *run);

#endif /* GE_FILES_OUTPUT_H */
