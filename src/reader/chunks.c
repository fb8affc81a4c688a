/*
 * chunks.c: the chunks of a heap-mode source, and a scan that makes batches of
 * them.  Contract in chunks.h.
 */
#include "postgres.h"
#include "miscadmin.h"

#include "base/run_log.h"
#include "reader/batch.h"
#include "source/leaf_scan.h"
#include "reader/chunks.h"

/*
 * Chunks are long enough for reading ahead.  They are short enough that the last ones
 * keep all processes busy, and that the keys of a chunk stay in the CPU's caches.
 */
#define GE_CHUNKS_WANTED 256
#define GE_CHUNK_MIN_BLOCKS 64
#define GE_CHUNK_MAX_BLOCKS 1024

struct GeChunkScan
{
	const GeReadTask *task;
	MemoryContext context;
	GeBatchBuilder *builder;
	AttrNumber *attnos;	   /* of the columns, in the source */
	AttrNumber *positions; /* and in the open leaf */

	int leaf_index; /* the leaf whose first chunk is leaf_first_chunk */
	uint32 leaf_first_chunk;
	int open_leaf; /* index of the leaf that is open, or -1 */
	GeLeafScan leaf;

	bool in_chunk;
	bool row_waits; /* the row in leaf.slot is in no batch yet */
};

static uint32
chunks_of_leaf(const GeLeaf *leaf, uint32 chunk_blocks)
{
	return leaf->n_blocks / chunk_blocks + (leaf->n_blocks % chunk_blocks != 0);
}

GeChunkPlan
ge_chunks_plan(const GeLeaf *leaves, int n_leaves)
{
	GeChunkPlan plan = {.leaves = leaves, .n_leaves = n_leaves};
	uint64 wanted;
	int i;

	for (i = 0; i < n_leaves; i++)
		plan.n_blocks += leaves[i].n_blocks;
	wanted = plan.n_blocks / GE_CHUNKS_WANTED;
	plan.chunk_blocks = Min(Max(wanted, GE_CHUNK_MIN_BLOCKS), GE_CHUNK_MAX_BLOCKS);
	for (i = 0; i < n_leaves; i++)
		plan.n_chunks += chunks_of_leaf(&leaves[i], plan.chunk_blocks);
	return plan;
}

void
ge_chunks_show(const GeChunkPlan *plan, uint32 n_done)
{
	uint64 n_blocks = Min((uint64) n_done * plan->chunk_blocks, plan->n_blocks);

	if (n_done == plan->n_chunks)
		n_blocks = plan->n_blocks;
	ge_stage_bytes(n_blocks * BLCKSZ, plan->n_blocks * BLCKSZ);
}

GeChunkScan *
ge_chunk_scan_begin(const GeReadTask *task)
{
	GeChunkScan *scan = palloc0(sizeof *scan);
	int i;

	scan->task = task;
	scan->context = CurrentMemoryContext;
	scan->open_leaf = -1;
	scan->builder = ge_batch_builder_create(RelationGetDescr(task->relation),
											task->columns, task->n_columns);
	scan->attnos = palloc(task->n_columns * sizeof *scan->attnos);
	scan->positions = palloc(task->n_columns * sizeof *scan->positions);
	for (i = 0; i < task->n_columns; i++)
		scan->attnos[i] = task->columns[i].attno;
	return scan;
}

static void
open_leaf(GeChunkScan *scan)
{
	const GeReadTask *task = scan->task;
	MemoryContext caller = MemoryContextSwitchTo(scan->context);

	ge_leaf_scan_close(&scan->leaf);
	ge_leaf_scan_open(&scan->leaf, task->plan.leaves[scan->leaf_index].relid,
					  task->snapshot);
	ge_leaf_attnos(&scan->leaf, task->relation, scan->attnos, task->n_columns,
				   scan->positions);
	ge_batch_set_positions(scan->builder, scan->positions);
	scan->open_leaf = scan->leaf_index;
	MemoryContextSwitchTo(caller);
}

/* Draw a chunk and aim the scan at its blocks; false when none is left. */
static bool
start_chunk(GeChunkScan *scan)
{
	const GeChunkPlan *plan = &scan->task->plan;
	uint32 chunk = pg_atomic_fetch_add_u32(scan->task->next_chunk, 1);
	const GeLeaf *leaf;
	BlockNumber first;

	if (chunk >= plan->n_chunks)
		return false;
	leaf = &plan->leaves[scan->leaf_index];
	while (chunk - scan->leaf_first_chunk >= chunks_of_leaf(leaf, plan->chunk_blocks))
	{
		scan->leaf_first_chunk += chunks_of_leaf(leaf, plan->chunk_blocks);
		leaf = &plan->leaves[++scan->leaf_index];
	}
	if (scan->open_leaf != scan->leaf_index)
		open_leaf(scan);
	first = (chunk - scan->leaf_first_chunk) * plan->chunk_blocks;
	ge_leaf_scan_range(&scan->leaf, first,
					   Min(plan->chunk_blocks, leaf->n_blocks - first));
	ge_batch_start_chunk(scan->builder, chunk);
	return true;
}

bool
ge_chunk_scan_next(GeChunkScan *scan, GeChunkPart *part)
{
	if (!scan->in_chunk && !start_chunk(scan))
		return false;
	scan->in_chunk = true;
	while (scan->row_waits || ge_leaf_scan_next(&scan->leaf))
	{
		scan->row_waits = !ge_batch_add(scan->builder, scan->leaf.slot);
		if (scan->row_waits)
			break;
	}
	scan->in_chunk = scan->row_waits;
	part->ends_chunk = !scan->row_waits;
	part->batch = ge_batch_take(scan->builder);
	return true;
}

void
ge_chunk_scan_end(GeChunkScan *scan)
{
	ge_leaf_scan_close(&scan->leaf);
}
