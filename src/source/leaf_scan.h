/*
 * leaf_scan.h: sequential scans of block ranges of one leaf.
 *
 * Both readings of a source use these scans: the first by chunks, in leader and workers;
 * the second row by row.  A scan uses a bulk-read ring of buffers, is not synchronised
 * with other sessions' scans, and takes the predicate lock of a sequential scan.
 */
#ifndef GE_SOURCE_LEAF_SCAN_H
#define GE_SOURCE_LEAF_SCAN_H

#include "postgres.h"
#include "access/tableam.h"
#include "miscadmin.h"

typedef struct GeLeafScan
{
	Relation relation; /* NULL: none is open */
	TableScanDesc scan;
	TupleTableSlot *slot; /* the current row */
} GeLeafScan;

/* Lock the leaf (ACCESS SHARE, to the end of the transaction) and open it. */
extern void ge_leaf_scan_open(GeLeafScan *leaf, Oid relid, Snapshot snapshot);

/* Scan these blocks next; the scan is new or has returned its last row. */
extern void ge_leaf_scan_range(GeLeafScan *leaf, BlockNumber first, BlockNumber n_blocks);

/*
 * The next visible row into leaf->slot, valid until the next call.  Checks for
 * interrupts.
 */
static inline bool
ge_leaf_scan_next(GeLeafScan *leaf)
{
	CHECK_FOR_INTERRUPTS();
	return table_scan_getnextslot(leaf->scan, ForwardScanDirection, leaf->slot);
}

/* Nothing happens when none is open. */
extern void ge_leaf_scan_close(GeLeafScan *leaf);

/*
 * The positions in the leaf of n attributes of the source: leaves may have columns in
 * another order, and dropped columns.
 */
extern void ge_leaf_attnos(const GeLeafScan *leaf, Relation source,
						   const AttrNumber *attnos, int n, AttrNumber *leaf_attnos);

#endif /* GE_SOURCE_LEAF_SCAN_H */
