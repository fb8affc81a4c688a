/*
 * pages.h: an output filled by several threads, page by page.
 */
#ifndef GE_OUTPUT_PAGES_H
#define GE_OUTPUT_PAGES_H

#include "postgres.h"

#include "job/job.h"
#include "output/layout.h"
#include "table/table.h"

/*
 * Fill a table with the rows of a source.  False, and nothing is done, unless the table
 * is filled page by page, every column passed through was kept when the source was read,
 * and no row can be long enough for the toaster.  The content of the table does not
 * depend on the number of threads.
 */
extern bool ge_output_pages(const GeOutputLayout *layout, GeRun *run, int source,
							bool out_of_fold, GeOutputTable *table,
							GeResultCounts *counts);

#endif /* GE_OUTPUT_PAGES_H */
