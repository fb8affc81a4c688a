/*
 * run.h: finished pages appended to a new relation's main fork.
 *
 * Pages are private memory until they are written, in runs, past the shared buffers.  The
 * fork must be empty at the start and nobody else may extend it before the end: 55006 then.
 * Afterwards every page is logged if the relation needs it, carries a checksum if the
 * cluster has checksums, and reaches the disk by the next checkpoint.
 */
#ifndef GE_PAGE_RUN_H
#define GE_PAGE_RUN_H

#include "postgres.h"
#include "storage/bufpage.h"
#include "utils/rel.h"

typedef struct GePageRun GePageRun;

/* In CurrentMemoryContext. */
extern GePageRun *ge_page_run_begin(Relation relation);

/*
 * The next page, initialised and empty, and its block number.  The call completes the
 * page that was returned before; that page now belongs to the run.
 */
extern Page ge_page_run_next(GePageRun *run, BlockNumber *block);

/*
 * Append n finished pages, aligned to GE_IO_ALIGNMENT.  The call completes the page that
 * ge_page_run_next() returned last.  It sets checksums in the pages.
 */
extern void ge_page_run_append(GePageRun *run, char *pages, BlockNumber n);

/* Write the remaining pages and make sure that all pages are synced. */
extern void ge_page_run_end(GePageRun *run);

#endif /* GE_PAGE_RUN_H */
