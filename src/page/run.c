/*
 * run.c: finished pages appended to a new relation's main fork.
 *
 * Pages are written many at a time.  Before each time the fork must have no pages but
 * these: a function of a user that ran for a row may have inserted another, and its page
 * would be overwritten.
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
#include "utils/rel.h"

#include "base/compat.h"
#include "page/run.h"

#define RUN_PAGES 32 /* 256 kB, and as many as one record of the log may hold */

struct GePageRun
{
	Relation relation;
#ifdef GE_HAVE_BULK_WRITE
	BulkWriteState *writer;
#else
	bool needs_wal;
	XLogRecPtr redo_at_start;
#endif
	BlockNumber n_written;
	int n_pages; /* of the run, the one being filled included */
	char *memory;
	Page pages[RUN_PAGES]; /* in memory, aligned for direct I/O */
};

/* --------------------------------------------------------------------- into the fork */

#ifdef GE_HAVE_BULK_WRITE

static void
begin_writing(GePageRun *run)
{
	run->writer = smgr_bulk_start_rel(run->relation, MAIN_FORKNUM);
}

/* The interface writes RUN_PAGES pages at a time; the last ones wait in its memory. */
static void
put_pages(GePageRun *run, Page *pages, int n)
{
	for (int i = 0; i < n; i++)
	{
		BulkWriteBuffer buffer = smgr_bulk_get_buf(run->writer);

		memcpy(buffer, pages[i], BLCKSZ);
		smgr_bulk_write(run->writer, run->n_written++, buffer, true);
	}
}

static void
end_writing(GePageRun *run)
{
	smgr_bulk_finish(run->writer);
}

#else

static void
begin_writing(GePageRun *run)
{
	run->needs_wal = RelationNeedsWAL(run->relation);
	run->redo_at_start = GetRedoRecPtr();
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

static void
put_pages(GePageRun *run, Page *pages, int n)
{
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
end_writing(GePageRun *run)
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

#endif /* GE_HAVE_BULK_WRITE */

static void
refuse_other_pages(const GePageRun *run)
{
	if (smgrnblocks(RelationGetSmgr(run->relation), MAIN_FORKNUM) <= run->n_written)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_IN_USE),
			 errmsg("rows were inserted into table \"%s\" while it was filled",
					RelationGetRelationName(run->relation)),
			 errdetail("A function that ran for a row of the table inserted them."),
			 errhint("Let the function insert into another table, or set "
					 "gpu_encode.page_writer to off.")));
}

/* Append n <= RUN_PAGES pages. */
static void
write_pages(GePageRun *run, Page *pages, int n)
{
	CHECK_FOR_INTERRUPTS();
	refuse_other_pages(run);
	put_pages(run, pages, n);
}

static void
write_run(GePageRun *run)
{
	write_pages(run, run->pages, run->n_pages);
	run->n_pages = 0;
}

/* --------------------------------------------------------------------------- the run */

GePageRun *
ge_page_run_begin(Relation relation)
{
	GePageRun *run = palloc0(sizeof(GePageRun));
	char *first;

	run->relation = relation;
	run->memory = palloc(RUN_PAGES * BLCKSZ + GE_IO_ALIGNMENT);
	first = (char *) TYPEALIGN(GE_IO_ALIGNMENT, run->memory);
	for (int i = 0; i < RUN_PAGES; i++)
		run->pages[i] = first + i * BLCKSZ;
	begin_writing(run);
	return run;
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

void
ge_page_run_end(GePageRun *run)
{
	write_run(run);
	end_writing(run);
	pfree(run->memory);
	pfree(run);
}
