/*
 * reader.c: relation -> batches of columns: chooses how a source is read.
 *
 * Contract in reader.h.  Query mode reads the tuplestore; heap mode scans chunks, here
 * when no workers help, else in parallel.c.
 */
#include "postgres.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "reader/batch.h"
#include "reader/reader.h"
#include "reader/chunks.h"
#include "reader/parallel.h"
#include "source/source.h"

static GeBatchBuilder *
create_query_builder(const GeSource *source, const GeReadColumn *columns, int n_columns)
{
	GeBatchBuilder *builder =
		ge_batch_builder_create(ge_source_desc(source), columns, n_columns);
	AttrNumber *positions = palloc(n_columns * sizeof *positions);
	int i;

	for (i = 0; i < n_columns; i++)
		positions[i] = ge_query_position(source, columns[i].attno);
	ge_batch_set_positions(builder, positions);
	pfree(positions);
	return builder;
}

/* Every batch is a chunk of its own. */
static void
read_query(GeSource *source, GeBatchBuilder *builder, GeBatchConsumer consume, void *arg)
{
	uint32 chunk = 0;
	const GeBatch *batch;
	TupleTableSlot *slot;

	ge_query_rewind(source);
	ge_batch_start_chunk(builder, chunk);
	while ((slot = ge_query_next(source)) != NULL)
	{
		CHECK_FOR_INTERRUPTS();
		if (ge_batch_add(builder, slot))
			continue;
		if (!consume(ge_batch_take(builder), arg))
			return;
		ge_batch_start_chunk(builder, ++chunk);
		(void) ge_batch_add(builder, slot);
	}
	batch = ge_batch_take(builder);
	if (batch->n_rows > 0)
		(void) consume(batch, arg);
}

static void
read_chunks(GeChunkScan *scan, const GeChunkPlan *plan, GeBatchConsumer consume,
			void *arg)
{
	GeChunkPart part;
	uint32 n_done = 0;

	while (ge_chunk_scan_next(scan, &part))
	{
		if (part.batch->n_rows > 0 && !consume(part.batch, arg))
			break;
		if (part.ends_chunk)
			ge_chunks_show(plan, ++n_done);
	}
	ge_chunk_scan_end(scan);
}

static int
read_heap(GeSource *source, const GeReadColumn *columns, int n_columns, int max_workers,
		  MemoryContext context, GeBatchConsumer consume, void *arg)
{
	pg_atomic_uint32 next_chunk;
	GeHeapRows rows = ge_source_heap_rows(source);
	GeReadTask task = {.relation = ge_source_relation(source),
					   .snapshot = rows.snapshot,
					   .columns = columns,
					   .n_columns = n_columns,
					   .plan = ge_chunks_plan(rows.leaves, rows.n_leaves),
					   .next_chunk = &next_chunk};
	int n_workers = ge_reader_workers(&task, max_workers);
	MemoryContext caller;
	GeChunkScan *scan;

	if (n_workers > 0)
		return ge_read_in_parallel(&task, n_workers, context, consume, arg);
	pg_atomic_init_u32(&next_chunk, 0);
	caller = MemoryContextSwitchTo(context);
	scan = ge_chunk_scan_begin(&task);
	MemoryContextSwitchTo(caller);
	read_chunks(scan, &task.plan, consume, arg);
	return 0;
}

int
ge_read(GeSource *source, const GeReadColumn *columns, int n_columns, int max_workers,
		GeBatchConsumer consume, void *arg)
{
	MemoryContext context = AllocSetContextCreate(
		CurrentMemoryContext, "gpu_encode reader", ALLOCSET_DEFAULT_SIZES);
	int workers = 0;

	if (ge_source_mode(source) == GE_SOURCE_HEAP)
		workers =
			read_heap(source, columns, n_columns, max_workers, context, consume, arg);
	else
	{
		MemoryContext caller = MemoryContextSwitchTo(context);
		GeBatchBuilder *builder = create_query_builder(source, columns, n_columns);

		MemoryContextSwitchTo(caller);
		read_query(source, builder, consume, arg);
	}
	MemoryContextDelete(context);
	return workers;
}
