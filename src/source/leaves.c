/*
 * leaves.c: the heap relations that hold the rows of a source, in their order.
 *
 * A table or materialized view is its own leaf.  The leaves of a partitioned table come
 * depth first in partition bound order, which puts DEFAULT last and is the order that
 * EXPLAIN shows.
 */
#include "postgres.h"
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "miscadmin.h"
#include "partitioning/partdesc.h"
#include "storage/bufmgr.h"
#include "storage/predicate.h"

#include "base/citus.h"
#include "base/seen.h"
#include "source/internal.h"

static bool
is_heap(Relation relation)
{
	char kind = relation->rd_rel->relkind;

	return (kind == RELKIND_RELATION || kind == RELKIND_MATVIEW) &&
		   relation->rd_tableam == GetHeapamTableAmRoutine();
}

/* Whether the rows of a leaf are in its own storage. */
static bool
holds_rows(Relation relation)
{
	return is_heap(relation) && !ge_relation_is_distributed(RelationGetRelid(relation));
}

/* Append the relids of all leaves below relation.  False: one is no heap. */
static bool
collect_leaves(Relation relation, List **relids)
{
	PartitionDesc partitions;
	int i;

	check_stack_depth();
	if (relation->rd_rel->relkind != RELKIND_PARTITIONED_TABLE)
	{
		*relids = lappend_oid(*relids, RelationGetRelid(relation));
		return holds_rows(relation);
	}
	partitions = RelationGetPartitionDesc(relation, true);
	for (i = 0; i < partitions->nparts; i++)
	{
		Relation partition = table_open(partitions->oids[i], AccessShareLock);
		bool all_heaps = collect_leaves(partition, relids);

		table_close(partition, NoLock);
		if (!all_heaps)
			return false;
	}
	return true;
}

bool
ge_leaves_find(GeSource *source)
{
	List *relids = NIL;
	ListCell *cell;

	if (!collect_leaves(source->relation, &relids))
		return false;
	source->leaves = palloc0(list_length(relids) * sizeof *source->leaves);
	source->open_leaves = palloc(list_length(relids) * sizeof *source->open_leaves);
	foreach (cell, relids)
	{
		source->open_leaves[source->n_leaves] = table_open(lfirst_oid(cell), NoLock);
		source->leaves[source->n_leaves++].relid = lfirst_oid(cell);
	}
	return true;
}

void
ge_leaves_close(GeSource *source)
{
	for (int i = 0; i < source->n_leaves; i++)
		table_close(source->open_leaves[i], NoLock);
}

void
ge_leaves_check_seen(const GeSource *source)
{
	Oid relid = RelationGetRelid(source->relation);
	ListCell *cell;

	foreach (cell, find_all_inheritors(relid, NoLock, NULL))
		ge_relation_check_seen(lfirst_oid(cell), source->snapshot);
	if (ge_relation_was_renamed(relid, source->snapshot))
		for (int i = 0; i < source->n_leaves; i++)
			ge_relation_check_rows_seen(source->leaves[i].relid, source->snapshot);
}

/*
 * The lock comes before the count.  A transaction that adds a block after the count then
 * meets the lock, so SERIALIZABLE sees the conflict.  Empty leaves are locked too.
 */
void
ge_leaves_measure(GeSource *source)
{
	for (int i = 0; i < source->n_leaves; i++)
	{
		PredicateLockRelation(source->open_leaves[i], source->snapshot);
		source->leaves[i].n_blocks = RelationGetNumberOfBlocks(source->open_leaves[i]);
	}
}
