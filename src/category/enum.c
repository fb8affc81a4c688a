/*
 * enum.c: the labels of an enum and their ranks.
 *
 * Ranks are positions in enum order.  ALTER TYPE ... ADD VALUE BEFORE would move them,
 * and takes ExclusiveLock on the type. ge_enum_labels_load() takes a lock that conflicts
 * with ExclusiveLock and with no reader of the type.  So ranks agree in all category
 * types of a transaction.  A function that a source calls may still alter the type in the
 * session itself: ge_enum_labels_are_current() tells.
 */
#include "postgres.h"
#include "access/genam.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/pg_enum.h"
#include "catalog/pg_type.h"
#include "storage/lmgr.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"

#include "category/internal.h"

typedef struct EnumLabel
{
	Oid oid;
	int32 rank;
} EnumLabel;

struct GeEnumLabels
{
	int count;
	int n_oids; /* labels that the type has; names added later have none */
	int capacity;
	char **names;	   /* by rank */
	EnumLabel *by_oid; /* ascending */
};

int64
ge_enum_add_name(GeEnumLabels *labels, const char *name)
{
	if (labels->count == labels->capacity)
	{
		Size capacity = (Size) labels->capacity * 2;

		labels->names = repalloc_huge(labels->names, capacity * sizeof(char *));
		labels->by_oid = repalloc_huge(labels->by_oid, capacity * sizeof(EnumLabel));
		labels->capacity = (int) capacity;
	}
	labels->names[labels->count] =
		MemoryContextStrdup(GetMemoryChunkContext(labels), name);
	return labels->count++;
}

static void
add_label(GeEnumLabels *labels, Form_pg_enum row)
{
	int32 rank = (int32) ge_enum_add_name(labels, NameStr(row->enumlabel));

	labels->by_oid[labels->n_oids++] = (EnumLabel){row->oid, rank};
}

static int
compare_oids(const void *left, const void *right)
{
	Oid a = ((const EnumLabel *) left)->oid;
	Oid b = ((const EnumLabel *) right)->oid;

	return a < b ? -1 : a > b;
}

GeEnumLabels *
ge_enum_labels_load(Oid enum_type)
{
	GeEnumLabels *labels = palloc0(sizeof(GeEnumLabels));
	Relation table;
	Relation index;
	SysScanDesc scan;
	ScanKeyData of_type;
	HeapTuple tuple;

	LockDatabaseObject(TypeRelationId, enum_type, 0, RowShareLock);

	labels->capacity = 16;
	labels->names = palloc(labels->capacity * sizeof(char *));
	labels->by_oid = palloc(labels->capacity * sizeof(EnumLabel));

	table = table_open(EnumRelationId, AccessShareLock);
	index = index_open(EnumTypIdSortOrderIndexId, AccessShareLock);
	ScanKeyInit(&of_type, Anum_pg_enum_enumtypid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(enum_type));
	scan = systable_beginscan_ordered(table, index, NULL, 1, &of_type);
	while (HeapTupleIsValid(tuple = systable_getnext_ordered(scan, ForwardScanDirection)))
		add_label(labels, (Form_pg_enum) GETSTRUCT(tuple));
	systable_endscan_ordered(scan);
	index_close(index, AccessShareLock);
	table_close(table, AccessShareLock);

	qsort(labels->by_oid, labels->n_oids, sizeof(EnumLabel), compare_oids);
	return labels;
}

bool
ge_enum_labels_are_current(const GeEnumLabels *labels, Oid enum_type)
{
	const GeEnumLabels *now = ge_enum_labels_load(enum_type);

	if (now->n_oids != labels->n_oids ||
		memcmp(now->by_oid, labels->by_oid, labels->n_oids * sizeof(EnumLabel)) != 0)
		return false;
	for (int rank = 0; rank < labels->n_oids; rank++)
		if (strcmp(now->names[rank], labels->names[rank]) != 0)
			return false;
	return true;
}

int64
ge_enum_rank_of_oid(const GeEnumLabels *labels, Oid label)
{
	int low = 0;
	int high = labels->n_oids; /* the label, if any, is in [low, high) */

	while (low < high)
	{
		int middle = low + (high - low) / 2;

		if (labels->by_oid[middle].oid == label)
			return labels->by_oid[middle].rank;
		if (labels->by_oid[middle].oid < label)
			low = middle + 1;
		else
			high = middle;
	}
	ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
					errmsg("invalid internal value for enum: %u", label)));
}

int64
ge_enum_rank_of_name(const GeEnumLabels *labels, const char *name)
{
	for (int rank = 0; rank < labels->count; rank++)
	{
		if (strcmp(labels->names[rank], name) == 0)
			return rank;
	}
	return -1;
}

const char *
ge_enum_name_of_rank(const GeEnumLabels *labels, int64 rank)
{
	if (rank < 0 || rank >= labels->count)
		return NULL;
	return labels->names[rank];
}
