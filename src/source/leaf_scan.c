/*
 * leaf_scan.c: sequential scans of block ranges of one leaf.  Contract in leaf_scan.h.
 */
#include "postgres.h"
#include "access/heapam.h"
#include "access/table.h"

#include "base/compat.h"
#include "source/leaf_scan.h"

void
ge_leaf_scan_open(GeLeafScan *leaf, Oid relid, Snapshot snapshot)
{
	leaf->relation = table_open(relid, AccessShareLock);
	leaf->scan = table_beginscan_strat(leaf->relation, snapshot, 0, NULL, true, false);
	leaf->slot = table_slot_create(leaf->relation, NULL);
}

void
ge_leaf_scan_range(GeLeafScan *leaf, BlockNumber first, BlockNumber n_blocks)
{
	ge_heap_scan_restart(leaf->scan);
	heap_setscanlimits(leaf->scan, first, n_blocks);
}

void
ge_leaf_scan_close(GeLeafScan *leaf)
{
	if (leaf->relation == NULL)
		return;
	ExecDropSingleTupleTableSlot(leaf->slot);
	table_endscan(leaf->scan);
	table_close(leaf->relation, NoLock);
	leaf->relation = NULL;
}

void
ge_leaf_attnos(const GeLeafScan *leaf, Relation source, const AttrNumber *attnos, int n,
			   AttrNumber *leaf_attnos)
{
	AttrMap *map =
		ge_attribute_map(RelationGetDescr(leaf->relation), RelationGetDescr(source));
	int i;

	for (i = 0; i < n; i++)
		leaf_attnos[i] = map == NULL ? attnos[i] : map->attnums[attnos[i] - 1];
	if (map != NULL)
		free_attrmap(map);
}
