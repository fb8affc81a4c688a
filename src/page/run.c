/*
 * run.c: finished pages appended to a new relation's main fork.
 *
 * PostgreSQL 17 and later have an interface for this (storage/bulk_write.h), which is
 * used there.  For 15 and 16 this file does the work: pages are logged, many to a record,
 * then extend the fork without being registered for a sync one by one.  The whole fork is
 * registered at the end.  If a checkpoint came between, it did not know the pages, and
 * recovery would start after their records.  Then the fork is synced at once.
 */
#include "postgres.h"
#include "access/xlog.h"
#include "access/xloginsert.h"
#include "miscadmin.h"
#include "storage/proc.h"
#include "storage/smgr.h"
#include "storage/sync.h"

#include "base/compat.h"
#include "page/run.h"

#ifdef GE_HAVE_BULK_WRITE

struct GePageRun
{
	BulkWriteState *writer;
	BulkWriteBuffer buffer; /* the page that is being filled, or NULL */
	BlockNumber block;		/* of the next page */
};

GePageRun *
ge_page_run_begin(Relation relation)
{
	GePageRun *run = palloc0(sizeof(GePageRun));

	run->writer = smgr_bulk_start_rel(relation, MAIN_FORKNUM);
	return run;
}

static void
hand_over_page(GePageRun *run)
{
	if (run->buffer != NULL)
		smgr_bulk_write(run->writer, run->block - 1, run->buffer, true);
	run->buffer = NULL;
}

Page
ge_page_run_next(GePageRun *run, BlockNumber *block)
{
	CHECK_FOR_INTERRUPTS();
	hand_over_page(run);
	run->buffer = smgr_bulk_get_buf(run->writer);
	PageInit((Page) run->buffer, BLCKSZ, 0);
	*block = run->block++;
	return (Page) run->buffer;
}

void
ge_page_run_append(GePageRun *run, char *pages, BlockNumber n)
{
	hand_over_page(run);
	for (BlockNumber i = 0; i < n; i++)
	{
		run->buffer = smgr_bulk_get_buf(run->writer);
		memcpy(run->buffer, pages + (Size) i * BLCKSZ, BLCKSZ);
		run->block++;
		hand_over_page(run);
	}
}

void
ge_page_run_end(GePageRun *run)
{
	hand_over_page(run);
	smgr_bulk_finish(run->writer);
	pfree(run);
}

#else

#define RUN_PAGES 32 /* 256 kB, and as many as one record of the log may hold */

struct GePageRun
{
	Relation relation;
	bool needs_wal;
	XLogRecPtr redo_at_start;
	BlockNumber n_written;
	int n_pages; /* of the run, the one being filled included */
	char *memory;
	Page pages[RUN_PAGES]; /* in memory, aligned for direct I/O */
};

GePageRun *
ge_page_run_begin(Relation relation)
{
	GePageRun *run = palloc0(sizeof(GePageRun));
	char *first;

	run->relation = relation;
	run->needs_wal = RelationNeedsWAL(relation);
	run->redo_at_start = GetRedoRecPtr();
	run->memory = palloc(RUN_PAGES * BLCKSZ + GE_IO_ALIGNMENT);
	first = (char *) TYPEALIGN(GE_IO_ALIGNMENT, run->memory);
	for (int i = 0; i < RUN_PAGES; i++)
		run->pages[i] = first + i * BLCKSZ;
	return run;
}

static void
log_pages(GePageRun *run, Page *pages, int n)
{
	BlockNumber blocks[RUN_PAGES];

	for (int i = 0; i < n; i++)
		blocks[i] = run->n_written + i;
	log_newpages(ge_relation_locator(run->relation), MAIN_FORKNUM, n, blocks, pages,
				 true);
}

/* Append n <= RUN_PAGES pages. */
static void
write_pages(GePageRun *run, Page *pages, int n)
{
	CHECK_FOR_INTERRUPTS();
	if (run->needs_wal && n > 0)
		log_pages(run, pages, n);
	for (int i = 0; i < n; i++)
	{
		PageSetChecksumInplace(pages[i], run->n_written);
		smgrextend(RelationGetSmgr(run->relation), MAIN_FORKNUM, run->n_written, pages[i],
				   true);
		run->n_written++;
	}
}

static void
write_run(GePageRun *run)
{
	write_pages(run, run->pages, run->n_pages);
	run->n_pages = 0;
}

void
ge_page_run_append(GePageRun *run, char *pages, BlockNumber n)
{
	write_run(run);
	for (BlockNumber first = 0; first < n; first += RUN_PAGES)
	{
		Page part[RUN_PAGES];
		int n_part = Min(n - first, RUN_PAGES);

		for (int i = 0; i < n_part; i++)
			part[i] = pages + (Size) (first + i) * BLCKSZ;
		write_pages(run, part, n_part);
	}
}

Page
ge_page_run_next(GePageRun *run, BlockNumber *block)
{
	Page page;

	if (run->n_pages == RUN_PAGES)
		write_run(run);
	*block = run->n_written + run->n_pages;
	page = run->pages[run->n_pages++];
	PageInit(page, BLCKSZ, 0);
	return page;
}

/* Ask the checkpointer to sync every segment; false if its queue is full. */
static bool
register_segments(GePageRun *run)
{
	FileTag tag = {.handler = SYNC_HANDLER_MD, .forknum = MAIN_FORKNUM};

	ge_file_tag_locator(tag) = *ge_relation_locator(run->relation);
	for (tag.segno = 0; tag.segno * (BlockNumber) RELSEG_SIZE < run->n_written;
		 tag.segno++)
		if (!RegisterSyncRequest(&tag, SYNC_REQUEST, false))
			return false;
	return true;
}

/*
 * Make sure that the pages reach the disk.  No checkpoint may start between the test for
 * a checkpoint and the registration: recovery would start after the records of the pages,
 * and the pages would not be synced.  Without records (an unlogged relation, or one that
 * is synced at commit) only a clean shutdown matters, and its checkpoint comes later.
 */
static void
sync_run(GePageRun *run)
{
	bool is_registered;

	Assert((MyProc->delayChkptFlags & DELAY_CHKPT_START) == 0);
	MyProc->delayChkptFlags |= DELAY_CHKPT_START;
	is_registered = (!run->needs_wal || run->redo_at_start == GetRedoRecPtr()) &&
					register_segments(run);
	MyProc->delayChkptFlags &= ~DELAY_CHKPT_START;
	if (!is_registered)
		smgrimmedsync(RelationGetSmgr(run->relation), MAIN_FORKNUM);
}

void
ge_page_run_end(GePageRun *run)
{
	write_run(run);
	sync_run(run);
	pfree(run->memory);
	pfree(run);
}

#endif /* GE_HAVE_BULK_WRITE */
