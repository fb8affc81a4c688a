/*
 * batch.c: rows in, columnar batches out.  Contract in batch.h.
 *
 * column.c converts the values; here a batch begins, fills up and is handed out.
 * Conversions allocate in a scratch context that each row resets.
 */
#include "postgres.h"
#include "utils/memutils.h"

#include "reader/batch.h"
#include "reader/column.h"

struct GeBatchBuilder
{
	int n_columns;
	GeColumnBuilder *columns;
	GeBatchColumn *exposed; /* of batch */
	GeBatch batch;
	AttrNumber n_deformed; /* attributes of a slot up to the last one needed */
	uint32 max_rows;
	uint32 n_rows;
	uint64 n_bytes;		  /* of variable width */
	uint64 fixed_width;	  /* bytes of a row of fixed width */
	uint32 rows_taken;	  /* of the chunk, in earlier batches */
	bool needs_text_form; /* some keys may be text forms */
	int text_form_level;  /* from ge_text_form_begin(); 0: not begun */
	MemoryContext context;
	MemoryContext scratch; /* of one row */
};

/* -------------------------------------------------------------------------- creating */

GeBatchBuilder *
ge_batch_builder_create(TupleDesc desc, const GeReadColumn *columns, int n_columns)
{
	GeBatchBuilder *builder = palloc0(sizeof *builder);
	int i;

	builder->n_columns = n_columns;
	builder->columns = palloc0(n_columns * sizeof *builder->columns);
	builder->exposed = palloc0(n_columns * sizeof *builder->exposed);
	builder->context = CurrentMemoryContext;
	builder->scratch = AllocSetContextCreate(CurrentMemoryContext, "gpu_encode batch",
											 ALLOCSET_SMALL_SIZES);
	for (i = 0; i < n_columns; i++)
	{
		ge_column_builder_init(&builder->columns[i], &columns[i], desc);
		builder->fixed_width += ge_column_builder_width(&builder->columns[i]);
		if (builder->columns[i].conversion == GE_CATEGORY_TO_BYTES)
			builder->needs_text_form = true;
	}
	builder->max_rows = GE_BATCH_BYTES / Max(builder->fixed_width, 1);
	builder->max_rows = Max(Min(builder->max_rows, GE_BATCH_ROWS), 1);
	for (i = 0; i < n_columns; i++)
		ge_column_builder_allocate(&builder->columns[i], builder->max_rows);
	return builder;
}

void
ge_batch_set_positions(GeBatchBuilder *builder, const AttrNumber *positions)
{
	int i;

	builder->n_deformed = 0;
	for (i = 0; i < builder->n_columns; i++)
	{
		builder->columns[i].position = positions[i];
		builder->n_deformed = Max(builder->n_deformed, positions[i]);
	}
}

void
ge_batch_start_chunk(GeBatchBuilder *builder, uint32 chunk)
{
	builder->batch.chunk = chunk;
	builder->rows_taken = 0;
}

/* --------------------------------------------------------------------------- filling */

static bool
is_full(const GeBatchBuilder *builder)
{
	return builder->n_rows == builder->max_rows ||
		   builder->n_bytes + builder->n_rows * builder->fixed_width >= GE_BATCH_BYTES;
}

static void
start_batch(GeBatchBuilder *builder)
{
	MemoryContext caller = MemoryContextSwitchTo(builder->context);
	int i;

	for (i = 0; i < builder->n_columns; i++)
		ge_column_builder_start(&builder->columns[i]);
	MemoryContextSwitchTo(caller);
	builder->n_bytes = 0;
	if (builder->needs_text_form)
		builder->text_form_level = ge_text_form_begin();
}

bool
ge_batch_add(GeBatchBuilder *builder, TupleTableSlot *slot)
{
	uint32 row = builder->n_rows;
	MemoryContext caller;
	uint64 n_bytes;
	bool fits;

	if (row == 0)
		start_batch(builder);
	else if (is_full(builder))
		return false;
	caller = MemoryContextSwitchTo(builder->scratch);
	slot_getsomeattrs(slot, builder->n_deformed);
	fits =
		ge_column_builders_add(builder->columns, builder->n_columns, row, slot, &n_bytes);
	MemoryContextSwitchTo(caller);
	if (!builder->scratch->isReset)
		MemoryContextReset(builder->scratch);
	if (fits)
	{
		builder->n_rows++;
		builder->n_bytes = n_bytes;
	}
	return fits;
}

/* -------------------------------------------------------------------------- exposing */

const GeBatch *
ge_batch_take(GeBatchBuilder *builder)
{
	GeBatch *batch = &builder->batch;
	int i;

	if (builder->text_form_level != 0)
		ge_text_form_end(builder->text_form_level);
	builder->text_form_level = 0;
	for (i = 0; i < builder->n_columns; i++)
		ge_column_builder_expose(&builder->columns[i], builder->n_rows,
								 &builder->exposed[i]);
	batch->first_row = builder->rows_taken;
	batch->n_rows = builder->n_rows;
	batch->n_columns = builder->n_columns;
	batch->columns = builder->exposed;
	builder->rows_taken += builder->n_rows;
	builder->n_rows = 0;
	return batch;
}
