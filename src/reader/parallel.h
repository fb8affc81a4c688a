/*
 * parallel.h: chunks scanned by parallel workers, and by the leader when it would
 * be idle.
 *
 * parallel.c is the leader's side, worker.c the worker's; between them
 * lies what this file lays out in dynamic shared memory.
 */
#ifndef GE_READER_PARALLEL_H
#define GE_READER_PARALLEL_H

#include "postgres.h"
#include "port/atomics.h"
#include "storage/dsm.h"
#include "storage/shm_toc.h"

#include "reader/reader.h"
#include "reader/chunks.h"

/* How many workers would help with the task, at most max_workers; 0: none can. */
extern int ge_reader_workers(const GeReadTask *task, int max_workers);

/*
 * Read all chunks with up to n_workers workers; task->next_chunk is not used.  Memory
 * comes from context.  Returns the number of workers that ran.
 */
extern int ge_read_in_parallel(const GeReadTask *task, int n_workers,
							   MemoryContext context, GeBatchConsumer consume, void *arg);

/* ------------------------------------------------------------ dynamic shared memory */

typedef enum GeReaderKey
{
	GE_READER_SHARED,  /* GeReaderShared */
	GE_READER_LEAVES,  /* GeLeaf of every leaf */
	GE_READER_COLUMNS, /* GeSharedColumn of every column */
	GE_READER_STRINGS, /* what offsets in other structs point to */
	GE_READER_QUEUES,  /* one of queue_bytes for each worker */
	GE_READER_BUFFERS, /* BufferUsage of each worker */
	GE_READER_WAL,	   /* WalUsage of each worker */
	GE_READER_N_KEYS
} GeReaderKey;

typedef struct GeReaderShared
{
	Oid relid; /* the source */
	int n_leaves;
	int n_columns;
	Size queue_bytes;
	int64 query_text; /* the leader's, in the strings; -1: none */
	pg_atomic_uint32 next_chunk;
} GeReaderShared;

typedef struct GeSharedColumn
{
	AttrNumber attno;
	GeReadKind kind;
	int64 null_value; /* in the strings; -1: none */
} GeSharedColumn;

/* The queue of a worker. */
static inline void *
ge_reader_queue(shm_toc *toc, const GeReaderShared *shared, int worker)
{
	char *queues = (char *) shm_toc_lookup(toc, GE_READER_QUEUES, false);

	return queues + worker * shared->queue_bytes;
}

/* Entry point of a parallel worker. */
PGDLLEXPORT void ge_reader_worker_main(dsm_segment *segment, shm_toc *toc);

#endif /* GE_READER_PARALLEL_H */
