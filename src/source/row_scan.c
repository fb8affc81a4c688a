/*
 * row_scan.c: the rows of a source one by one, in ordinal order.
 *
 * This is the second reading.  It repeats the order of the first, in the leader alone.
 * Leaves are scanned in order.  If a leaf has its columns at the positions of the source,
 * a row is handed out as its slot holds it; else it is copied into the source's layout.
 */
#include "postgres.h"
#include "executor/tuptable.h"

#include "source/leaf_scan.h"
#include "source/internal.h"

struct GeRowScan
{
	GeSource *source;
	MemoryContext context; /* that of ge_row_scan_begin() */
	int n_needed;
	AttrNumber *needed;	   /* attribute numbers of the source, ascending */
	AttrNumber *positions; /* their positions in the current slots */
	AttrNumber n_deformed; /* attributes of a slot up to the last needed one */
	bool is_mapped;		   /* positions differ from needed */
	Datum *values;		   /* in the source's layout, for mapped rows */
	bool *is_null;

	/* heap mode */
	int next_leaf;
	GeLeafScan leaf;
	Oid table_oid; /* of the open leaf */
};

static void
set_positions(GeRowScan *scan)
{
	int i;

	scan->is_mapped = false;
	scan->n_deformed = 0;
	for (i = 0; i < scan->n_needed; i++)
	{
		scan->is_mapped |= scan->positions[i] != scan->needed[i];
		scan->n_deformed = Max(scan->n_deformed, scan->positions[i]);
	}
}

GeRowScan *
ge_row_scan_begin(GeSource *source, const Bitmapset *needed)
{
	GeRowScan *scan = palloc0(sizeof *scan);
	int n_attributes = ge_source_desc(source)->natts;
	int attno = -1, i;

	scan->source = source;
	scan->context = CurrentMemoryContext;
	scan->needed = palloc(n_attributes * sizeof *scan->needed);
	while ((attno = bms_next_member(needed, attno)) >= 0)
		scan->needed[scan->n_needed++] = attno;
	scan->positions = palloc(n_attributes * sizeof *scan->positions);
	scan->values = palloc0(n_attributes * sizeof *scan->values);
	scan->is_null = palloc0(n_attributes * sizeof *scan->is_null);
	if (source->mode == GE_SOURCE_QUERY)
	{
		ge_query_rewind(source);
		for (i = 0; i < scan->n_needed; i++)
			scan->positions[i] = ge_query_position(source, scan->needed[i]);
		set_positions(scan);
	}
	return scan;
}

static void
open_leaf(GeRowScan *scan, const GeLeaf *leaf)
{
	GeSource *source = scan->source;
	MemoryContext caller = MemoryContextSwitchTo(scan->context);

	ge_leaf_scan_open(&scan->leaf, leaf->relid, source->snapshot);
	ge_leaf_scan_range(&scan->leaf, 0, leaf->n_blocks);
	ge_leaf_attnos(&scan->leaf, source->relation, scan->needed, scan->n_needed,
				   scan->positions);
	set_positions(scan);
	scan->table_oid = leaf->relid;
	MemoryContextSwitchTo(caller);
}

/* Go to the next leaf with blocks; false when there is none. */
static bool
open_next_leaf(GeRowScan *scan)
{
	GeSource *source = scan->source;

	ge_leaf_scan_close(&scan->leaf);
	while (scan->next_leaf < source->n_leaves &&
		   source->leaves[scan->next_leaf].n_blocks == 0)
		scan->next_leaf++;
	if (scan->next_leaf == source->n_leaves)
		return false;
	open_leaf(scan, &source->leaves[scan->next_leaf++]);
	return true;
}

/* The values of the needed columns, at their positions in the source's layout. */
static void
expose_values(GeRowScan *scan, TupleTableSlot *slot, GeRow *row)
{
	int i;

	slot_getsomeattrs(slot, scan->n_deformed);
	row->values = slot->tts_values;
	row->is_null = slot->tts_isnull;
	if (!scan->is_mapped)
		return;
	for (i = 0; i < scan->n_needed; i++)
	{
		scan->values[scan->needed[i] - 1] = slot->tts_values[scan->positions[i] - 1];
		scan->is_null[scan->needed[i] - 1] = slot->tts_isnull[scan->positions[i] - 1];
	}
	row->values = scan->values;
	row->is_null = scan->is_null;
}

static bool
next_heap_row(GeRowScan *scan, GeRow *row)
{
	while (scan->leaf.relation == NULL || !ge_leaf_scan_next(&scan->leaf))
		if (!open_next_leaf(scan))
			return false;
	expose_values(scan, scan->leaf.slot, row);
	row->tid = scan->leaf.slot->tts_tid;
	row->table_oid = scan->table_oid;
	return true;
}

static void
set_queried_row_id(GeRowScan *scan, TupleTableSlot *slot, GeRow *row)
{
	AttrNumber position = ge_query_tid_position(scan->source);
	bool is_null;

	row->tid = *(ItemPointer) DatumGetPointer(slot_getattr(slot, position, &is_null));
	row->table_oid = DatumGetObjectId(slot_getattr(slot, position + 1, &is_null));
}

static bool
next_queried_row(GeRowScan *scan, GeRow *row)
{
	TupleTableSlot *slot;

	CHECK_FOR_INTERRUPTS();
	slot = ge_query_next(scan->source);
	if (slot == NULL)
		return false;
	expose_values(scan, slot, row);
	if (scan->source->has_row_ids)
		set_queried_row_id(scan, slot, row);
	else
	{
		ItemPointerSetInvalid(&row->tid);
		row->table_oid = InvalidOid;
	}
	return true;
}

bool
ge_row_scan_next(GeRowScan *scan, GeRow *row)
{
	if (scan->source->mode == GE_SOURCE_HEAP)
		return next_heap_row(scan, row);
	return next_queried_row(scan, row);
}

void
ge_row_scan_end(GeRowScan *scan)
{
	ge_leaf_scan_close(&scan->leaf);
	pfree(scan->needed);
	pfree(scan->positions);
	pfree(scan->values);
	pfree(scan->is_null);
	pfree(scan);
}
