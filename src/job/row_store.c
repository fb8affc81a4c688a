/*
 * row_store.c: segments of ids and targets, narrowed and put in order.
 */
#include "postgres.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "job/row_store.h"

GeRowStore *
ge_row_store_create(int n_id_columns, int n_targets)
{
	GeRowStore *store = palloc0_object(GeRowStore);

	store->context = CurrentMemoryContext;
	store->n_id_columns = n_id_columns;
	store->n_targets = n_targets;
	store->max_segments = 64;
	store->segments = palloc_array(GeSegment, store->max_segments);
	return store;
}

GeSegment *
ge_row_store_append(GeRowStore *store, const GeBatch *batch)
{
	GeSegment *segment;

	if (store->n_segments == store->max_segments)
	{
		store->max_segments *= 2;
		store->segments = repalloc_huge(store->segments,
										sizeof(GeSegment) * (Size) store->max_segments);
	}
	segment = &store->segments[store->n_segments++];
	*segment = (GeSegment){
		.chunk = batch->chunk,
		.first_row = batch->first_row,
		.n_rows = batch->n_rows,
		.ids = MemoryContextAllocZero(store->context,
									  sizeof(GeIds) * Max(store->n_id_columns, 1)),
		.targets = MemoryContextAllocZero(store->context, sizeof(GeTargetValues) *
															  Max(store->n_targets, 1)),
	};
	store->n_rows += batch->n_rows;
	return segment;
}

uint32 *
ge_segment_ids_create(GeRowStore *store, GeSegment *segment, int column)
{
	GeIds *ids = &segment->ids[column];

	if (ids->data != NULL)
		pfree(ids->data);
	ids->width = sizeof(uint32);
	ids->data = MemoryContextAlloc(store->context, sizeof(uint32) * segment->n_rows);
	return ids->data;
}

/* Give 4-byte ids the width that the largest of them needs. */
static void
narrow(MemoryContext context, GeIds *ids, uint32 n_rows)
{
	const uint32 *wide = ids->data;
	uint32 all = 0;

	if (wide == NULL || ids->width != sizeof(uint32))
		return;
	for (uint32 i = 0; i < n_rows; i++)
		all |= wide[i];
	if (all <= PG_UINT8_MAX)
	{
		uint8 *bytes = MemoryContextAlloc(context, n_rows);

		for (uint32 i = 0; i < n_rows; i++)
			bytes[i] = wide[i];
		ids->data = bytes;
		ids->width = sizeof(uint8);
	}
	else if (all <= PG_UINT16_MAX)
	{
		uint16 *shorts = MemoryContextAlloc(context, sizeof(uint16) * n_rows);

		for (uint32 i = 0; i < n_rows; i++)
			shorts[i] = wide[i];
		ids->data = shorts;
		ids->width = sizeof(uint16);
	}
	else
		return;
	pfree((void *) wide);
}

void
ge_row_store_narrow_column(GeRowStore *store, int column)
{
	for (int i = 0; i < store->n_segments; i++)
		narrow(store->context, &store->segments[i].ids[column],
			   store->segments[i].n_rows);
}

void
ge_row_store_narrow(GeRowStore *store)
{
	for (; store->n_narrowed < store->n_segments; store->n_narrowed++)
	{
		GeSegment *segment = &store->segments[store->n_narrowed];

		for (int column = 0; column < store->n_id_columns; column++)
			narrow(store->context, &segment->ids[column], segment->n_rows);
	}
}

void
ge_row_store_drop(GeRowStore *store, int column)
{
	for (int i = 0; i < store->n_segments; i++)
	{
		GeIds *ids = &store->segments[i].ids[column];

		if (ids->data != NULL)
			pfree(ids->data);
		ids->data = NULL;
	}
}

static int
compare_segments(const void *a, const void *b)
{
	const GeSegment *x = a, *y = b;

	if (x->chunk != y->chunk)
		return x->chunk < y->chunk ? -1 : 1;
	return x->first_row < y->first_row ? -1 : x->first_row > y->first_row;
}

void
ge_row_store_finish(GeRowStore *store)
{
	uint64 ordinal = 0;

	ge_row_store_narrow(store);
	qsort(store->segments, store->n_segments, sizeof(GeSegment), compare_segments);
	for (int i = 0; i < store->n_segments; i++)
	{
		store->segments[i].first_ordinal = ordinal;
		ordinal += store->segments[i].n_rows;
	}
}

uint64
ge_row_store_first(const GeRowStore *store, int column, uint32 id)
{
	for (int i = 0; i < store->n_segments; i++)
	{
		const GeSegment *segment = &store->segments[i];

		CHECK_FOR_INTERRUPTS();
		for (uint32 row = 0; row < segment->n_rows; row++)
			if (ge_ids_get(&segment->ids[column], row) == id)
				return segment->first_ordinal + row;
	}
	return PG_UINT64_MAX;
}
