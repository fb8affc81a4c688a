/*
 * worker.c: a parallel worker of the reader.
 *
 * Rebuilds the leader's task from dynamic shared memory.  Then scans chunks and sends
 * their batches, until no chunk is left or the leader no longer listens.  Locks belong to
 * the leader's lock group, and the snapshot is the active one that the leader pushed.
 */
#include "postgres.h"
#include "access/parallel.h"
#include "access/table.h"
#include "executor/instrument.h"
#include "pgstat.h"
#include "tcop/tcopprot.h"
#include "utils/backend_status.h"
#include "utils/snapmgr.h"

#include "reader/queue.h"
#include "reader/parallel.h"

/* Show the leader's query as the activity of this worker. */
static void
report_activity(const GeReaderShared *shared, const char *strings)
{
	if (shared->query_text >= 0)
		debug_query_string = strings + shared->query_text;
	pgstat_report_activity(STATE_RUNNING, debug_query_string);
}

static GeReadColumn *
rebuild_columns(Relation relation, const GeReaderShared *shared, shm_toc *toc)
{
	const GeSharedColumn *from = shm_toc_lookup(toc, GE_READER_COLUMNS, false);
	const char *strings = shm_toc_lookup(toc, GE_READER_STRINGS, false);
	GeReadColumn *columns = palloc0(shared->n_columns * sizeof *columns);
	int i;

	for (i = 0; i < shared->n_columns; i++)
	{
		Form_pg_attribute attribute =
			TupleDescAttr(RelationGetDescr(relation), from[i].attno - 1);

		columns[i].attno = from[i].attno;
		columns[i].kind = from[i].kind;
		if (from[i].null_value >= 0)
			columns[i].null_value = strings + from[i].null_value;
		if (from[i].kind == GE_READ_CATEGORY)
			columns[i].category =
				ge_category_type_create(NameStr(attribute->attname), attribute->atttypid,
										attribute->attcollation, columns[i].null_value);
	}
	return columns;
}

static void
send_chunks(const GeReadTask *task, GeBatchSender *sender)
{
	GeChunkScan *scan = ge_chunk_scan_begin(task);
	GeChunkPart part;

	while (ge_chunk_scan_next(scan, &part))
		if (!ge_batch_send(sender, &part))
			break;
	ge_chunk_scan_end(scan);
}

static void
run_task(GeReaderShared *shared, dsm_segment *segment, shm_toc *toc)
{
	Relation relation = table_open(shared->relid, AccessShareLock);
	const GeLeaf *leaves = shm_toc_lookup(toc, GE_READER_LEAVES, false);
	GeReadTask task = {.relation = relation,
					   .snapshot = GetActiveSnapshot(),
					   .columns = rebuild_columns(relation, shared, toc),
					   .n_columns = shared->n_columns,
					   .plan = ge_chunks_plan(leaves, shared->n_leaves),
					   .next_chunk = &shared->next_chunk};
	GeBatchSender *sender = ge_batch_sender_attach(
		ge_reader_queue(toc, shared, ParallelWorkerNumber), segment, shared->n_columns);

	send_chunks(&task, sender);
	table_close(relation, NoLock);
}

void
ge_reader_worker_main(dsm_segment *segment, shm_toc *toc)
{
	GeReaderShared *shared = shm_toc_lookup(toc, GE_READER_SHARED, false);
	BufferUsage *buffers = shm_toc_lookup(toc, GE_READER_BUFFERS, false);
	WalUsage *wal = shm_toc_lookup(toc, GE_READER_WAL, false);

	report_activity(shared, shm_toc_lookup(toc, GE_READER_STRINGS, false));
	InstrStartParallelQuery();
	run_task(shared, segment, toc);
	InstrEndParallelQuery(&buffers[ParallelWorkerNumber], &wal[ParallelWorkerNumber]);
	pgstat_report_activity(STATE_IDLE, NULL);
}
