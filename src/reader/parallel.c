/*
 * parallel.c: the leader of a parallel reading.
 *
 * Sets up dynamic shared memory, starts workers, and hands their batches to the consumer
 * as they come.  If no batch is there, the leader scans chunks itself, unless
 * parallel_leader_participation is off.  A chunk counts as done when its last part has
 * come.  So a worker that ends early cannot lose rows: either its own error is raised, or
 * one here.
 *
 * Parallel mode lasts from the set-up to the last batch; the consumer runs inside it.
 * On error the transaction's abort ends the workers and unmaps the memory; nothing else
 * refers to it.
 */
#include "postgres.h"

#include <sys/statvfs.h>

#include "access/parallel.h"
#include "access/xact.h"
#include "executor/instrument.h"
#include "miscadmin.h"
#include "optimizer/optimizer.h"
#include "optimizer/paths.h"
#include "storage/dsm_impl.h"
#include "storage/latch.h"
#include "storage/proc.h"
#include "tcop/tcopprot.h"
#include "utils/snapmgr.h"
#include "utils/wait_event.h"

#include "reader/queue.h"
#include "reader/parallel.h"

/* The library that has ge_reader_worker_main(). */
#ifndef GE_LIBRARY
#define GE_LIBRARY "$libdir/gpu_encode"
#endif

/* All queues together stay well below the 64 MB that containers give to /dev/shm. */
#define GE_QUEUES_BYTES ((Size) 16 * 1024 * 1024)
#define GE_QUEUE_MAX_BYTES ((Size) 4 * 1024 * 1024)
/* Usually more than the server's own data for its workers. */
#define GE_PARALLEL_STATE_BYTES ((Size) 1024 * 1024)

/* A parallel reading from the leader's side. */
typedef struct Leader
{
	GeReadTask task; /* next_chunk is the shared counter */
	GeBatchConsumer consume;
	void *arg;
	ParallelContext *parallel;
	GeBatchReceiver **receivers; /* those of workers that have not ended */
	int n_receivers;
	GeChunkScan *scan; /* the leader's own */
	bool scan_is_done; /* or the leader is not to scan */
	bool is_stopped;   /* the consumer wants no more */
	uint32 n_chunks_done;
} Leader;

/* ---------------------------------------------------------------------------- set-up */

static Size
string_bytes(const char *string)
{
	return string == NULL ? 0 : strlen(string) + 1;
}

static Size
strings_bytes(const GeReadTask *task)
{
	Size bytes = string_bytes(debug_query_string);
	int i;

	for (i = 0; i < task->n_columns; i++)
		bytes = add_size(bytes, string_bytes(task->columns[i].null_value));
	return bytes;
}

static Size
bytes_of_queue(int n_workers)
{
	return MAXALIGN_DOWN(Min(GE_QUEUES_BYTES / n_workers, GE_QUEUE_MAX_BYTES));
}

/* The size of the data of each key. */
static void
compute_sizes(const GeReadTask *task, int n_workers, Size sizes[GE_READER_N_KEYS])
{
	sizes[GE_READER_SHARED] = sizeof(GeReaderShared);
	sizes[GE_READER_LEAVES] = mul_size(task->plan.n_leaves, sizeof(GeLeaf));
	sizes[GE_READER_COLUMNS] = mul_size(task->n_columns, sizeof(GeSharedColumn));
	sizes[GE_READER_STRINGS] = strings_bytes(task);
	sizes[GE_READER_QUEUES] = mul_size(n_workers, bytes_of_queue(n_workers));
	sizes[GE_READER_BUFFERS] = mul_size(n_workers, sizeof(BufferUsage));
	sizes[GE_READER_WAL] = mul_size(n_workers, sizeof(WalUsage));
}

/* Copy a string to *end, and return its offset from the start; -1 for NULL. */
static int64
put_string(const char *string, char *start, char **end)
{
	int64 offset = *end - start;

	if (string == NULL)
		return -1;
	*end = stpcpy(*end, string) + 1;
	return offset;
}

static void
describe_task(const GeReadTask *task, shm_toc *toc, Size queue_bytes)
{
	GeReaderShared *shared = shm_toc_lookup(toc, GE_READER_SHARED, false);
	GeSharedColumn *columns = shm_toc_lookup(toc, GE_READER_COLUMNS, false);
	char *strings = shm_toc_lookup(toc, GE_READER_STRINGS, false);
	char *end = strings;
	int i;

	shared->relid = RelationGetRelid(task->relation);
	shared->n_leaves = task->plan.n_leaves;
	shared->n_columns = task->n_columns;
	shared->queue_bytes = queue_bytes;
	shared->query_text = put_string(debug_query_string, strings, &end);
	pg_atomic_init_u32(&shared->next_chunk, 0);
	memcpy(shm_toc_lookup(toc, GE_READER_LEAVES, false), task->plan.leaves,
		   task->plan.n_leaves * sizeof(GeLeaf));
	for (i = 0; i < task->n_columns; i++)
	{
		columns[i].attno = task->columns[i].attno;
		columns[i].kind = task->columns[i].kind;
		columns[i].null_value = put_string(task->columns[i].null_value, strings, &end);
	}
}

static void
create_queues(ParallelContext *parallel, const GeReaderShared *shared)
{
	int i;

	for (i = 0; i < parallel->nworkers; i++)
		shm_mq_set_receiver(
			shm_mq_create(ge_reader_queue(parallel->toc, shared, i), shared->queue_bytes),
			MyProc);
}

/* May come back without memory for any worker: parallel->nworkers is 0 then. */
static ParallelContext *
create_parallel_context(const GeReadTask *task, int n_workers)
{
	ParallelContext *parallel =
		CreateParallelContext(GE_LIBRARY, "ge_reader_worker_main", n_workers);
	Size sizes[GE_READER_N_KEYS];
	int key;

	compute_sizes(task, n_workers, sizes);
	for (key = 0; key < GE_READER_N_KEYS; key++)
	{
		shm_toc_estimate_chunk(&parallel->estimator, sizes[key]);
		shm_toc_estimate_keys(&parallel->estimator, 1);
	}
	InitializeParallelDSM(parallel);
	for (key = 0; key < GE_READER_N_KEYS; key++)
		shm_toc_insert(parallel->toc, key, shm_toc_allocate(parallel->toc, sizes[key]));
	describe_task(task, parallel->toc, bytes_of_queue(n_workers));
	memset(shm_toc_lookup(parallel->toc, GE_READER_BUFFERS, false), 0,
		   sizes[GE_READER_BUFFERS]);
	memset(shm_toc_lookup(parallel->toc, GE_READER_WAL, false), 0, sizes[GE_READER_WAL]);
	create_queues(parallel, shm_toc_lookup(parallel->toc, GE_READER_SHARED, false));
	return parallel;
}

static bool
is_shared_memory_free(const GeReadTask *task, int n_workers)
{
	Size sizes[GE_READER_N_KEYS], bytes = GE_PARALLEL_STATE_BYTES;
	struct statvfs room;
	int key;

	compute_sizes(task, n_workers, sizes);
	for (key = 0; key < GE_READER_N_KEYS; key++)
		bytes = add_size(bytes, sizes[key]);
	if (dynamic_shared_memory_type != DSM_IMPL_POSIX || statvfs("/dev/shm", &room) != 0)
		return true;
	return (uint64) room.f_bavail * room.f_frsize >= bytes;
}

static bool
is_parallel_safe(const GeReadTask *task)
{
	int i;

	if (!IsUnderPostmaster || IsInParallelMode() || IsParallelWorker() ||
		task->relation->rd_rel->relpersistence == RELPERSISTENCE_TEMP)
		return false;
	for (i = 0; i < task->n_columns; i++)
		if (task->columns[i].kind == GE_READ_CATEGORY &&
			!ge_category_parallel_safe(task->columns[i].category))
			return false;
	return true;
}

int
ge_reader_workers(const GeReadTask *task, int max_workers)
{
	int64 n_workers = Min(max_workers, max_parallel_workers);

	n_workers = Min(n_workers, (int64) task->plan.n_chunks - 1);
	if (n_workers <= 0 || task->plan.n_blocks < min_parallel_table_scan_size ||
		!is_parallel_safe(task) || !is_shared_memory_free(task, n_workers))
		return 0;
	return n_workers;
}

/* --------------------------------------------------------------------------- reading */

static void
start_workers(Leader *leader)
{
	ParallelContext *parallel = leader->parallel;
	const GeReaderShared *shared = shm_toc_lookup(parallel->toc, GE_READER_SHARED, false);
	int i;

	LaunchParallelWorkers(parallel);
	leader->receivers = palloc0(parallel->nworkers * sizeof *leader->receivers);
	for (i = 0; i < parallel->nworkers_launched; i++)
		leader->receivers[leader->n_receivers++] = ge_batch_receiver_attach(
			ge_reader_queue(parallel->toc, shared, i), parallel->seg,
			parallel->worker[i].bgwhandle, leader->task.columns, leader->task.n_columns);
	leader->scan_is_done = !parallel_leader_participation && leader->n_receivers > 0;
}

static void
take_part(Leader *leader, const GeChunkPart *part)
{
	if (part->batch->n_rows > 0 && !leader->consume(part->batch, leader->arg))
		leader->is_stopped = true;
	if (part->ends_chunk)
		ge_chunks_show(&leader->task.plan, ++leader->n_chunks_done);
}

/* Take at most one part of each worker; false if there was none. */
static bool
take_from_workers(Leader *leader)
{
	bool got_any = false;
	int i = 0;

	while (i < leader->n_receivers && !leader->is_stopped)
	{
		GeChunkPart part;
		GeReceived received = ge_batch_receive(leader->receivers[i], &part);

		if (received == GE_RECEIVED_END)
		{
			leader->receivers[i] = leader->receivers[--leader->n_receivers];
			continue;
		}
		if (received == GE_RECEIVED_PIECE)
		{
			take_part(leader, &part);
			got_any = true;
		}
		i++;
	}
	return got_any;
}

/* Take one part that the leader scans itself; false when no chunk is left for it. */
static bool
take_from_own_scan(Leader *leader)
{
	GeChunkPart part;

	if (leader->scan_is_done)
		return false;
	leader->scan_is_done = !ge_chunk_scan_next(leader->scan, &part);
	if (leader->scan_is_done)
		return false;
	take_part(leader, &part);
	return true;
}

static void
wait_for_workers(void)
{
	(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_EXIT_ON_PM_DEATH, 0, PG_WAIT_EXTENSION);
	ResetLatch(MyLatch);
}

static void
take_all(Leader *leader)
{
	while (leader->n_chunks_done < leader->task.plan.n_chunks && !leader->is_stopped)
	{
		CHECK_FOR_INTERRUPTS();
		if (take_from_workers(leader) || take_from_own_scan(leader))
			continue;
		if (leader->n_receivers == 0)
			break;
		wait_for_workers();
	}
}

/*
 * Wait for the end of the workers and add up their statistics.  Raises the errors of
 * workers.
 */
static void
finish_workers(Leader *leader)
{
	ParallelContext *parallel = leader->parallel;
	BufferUsage *buffers = shm_toc_lookup(parallel->toc, GE_READER_BUFFERS, false);
	WalUsage *wal = shm_toc_lookup(parallel->toc, GE_READER_WAL, false);
	int i;

	for (i = 0; i < leader->n_receivers && leader->is_stopped; i++)
		ge_batch_receiver_detach(leader->receivers[i]); /* that ends their senders */
	WaitForParallelWorkersToFinish(parallel);
	for (i = 0; i < parallel->nworkers_launched; i++)
		InstrAccumParallelQuery(&buffers[i], &wal[i]);
	if (leader->n_chunks_done != leader->task.plan.n_chunks && !leader->is_stopped)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("a parallel worker ended before it had delivered its rows"),
				 errdetail("%u of %u chunks of \"%s\" were read.", leader->n_chunks_done,
						   leader->task.plan.n_chunks,
						   RelationGetRelationName(leader->task.relation))));
}

static void
set_up(Leader *leader, int n_workers)
{
	GeReaderShared *shared;

	PushActiveSnapshot(leader->task.snapshot); /* the workers get the active one */
	EnterParallelMode();
	leader->parallel = create_parallel_context(&leader->task, n_workers);
	shared = shm_toc_lookup(leader->parallel->toc, GE_READER_SHARED, false);
	leader->task.next_chunk = &shared->next_chunk;
	start_workers(leader);
	leader->scan = ge_chunk_scan_begin(&leader->task);
}

int
ge_read_in_parallel(const GeReadTask *task, int n_workers, MemoryContext context,
					GeBatchConsumer consume, void *arg)
{
	Leader leader = {.task = *task, .consume = consume, .arg = arg};
	MemoryContext caller = MemoryContextSwitchTo(context);
	int n_launched;

	set_up(&leader, n_workers);
	MemoryContextSwitchTo(caller);
	take_all(&leader);
	ge_chunk_scan_end(leader.scan);
	finish_workers(&leader);
	n_launched = leader.parallel->nworkers_launched;
	DestroyParallelContext(leader.parallel);
	ExitParallelMode();
	PopActiveSnapshot();
	return n_launched;
}
