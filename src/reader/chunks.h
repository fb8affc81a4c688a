/*
 * chunks.h: the chunks of a heap-mode source, and a scan that makes batches of
 * them.
 *
 * A chunk is a run of blocks of one leaf.  Chunks are numbered in physical order over all
 * leaves.  Leader and workers draw numbers from one counter.  So the numbers of each
 * process ascend, and every chunk is scanned once.
 */
#ifndef GE_READER_CHUNKS_H
#define GE_READER_CHUNKS_H

#include "postgres.h"
#include "port/atomics.h"

#include "reader/reader.h"
#include "source/source.h"

typedef struct GeChunkPlan
{
	const GeLeaf *leaves;
	int n_leaves;
	uint32 chunk_blocks; /* of every chunk but the last of a leaf */
	uint32 n_chunks;
	uint64 n_blocks;
} GeChunkPlan;

/* What a process needs to scan chunks; it outlives the scan. */
typedef struct GeReadTask
{
	Relation relation; /* the source */
	Snapshot snapshot;
	const GeReadColumn *columns;
	int n_columns;
	GeChunkPlan plan;
	pg_atomic_uint32 *next_chunk; /* shared */
} GeReadTask;

/* A part of a chunk. */
typedef struct GeChunkPart
{
	const GeBatch *batch; /* perhaps without a row */
	bool ends_chunk;
} GeChunkPart;

typedef struct GeChunkScan GeChunkScan;

/* All but the counter; leaves have been measured. */
extern GeChunkPlan ge_chunks_plan(const GeLeaf *leaves, int n_leaves);

/* Let pg_stat_progress_copy show that so many chunks are read. */
extern void ge_chunks_show(const GeChunkPlan *plan, uint32 n_done);

/* In CurrentMemoryContext. */
extern GeChunkScan *ge_chunk_scan_begin(const GeReadTask *task);
/*
 * The next part of the current chunk, or of another one; false if no chunk is left.  The
 * batch is valid until the next call.
 */
extern bool ge_chunk_scan_next(GeChunkScan *scan, GeChunkPart *part);
/* Close what the scan has open. */
extern void ge_chunk_scan_end(GeChunkScan *scan);

#endif /* GE_READER_CHUNKS_H */
