/*
 * seen.c: whether a snapshot sees what a locked relation holds.  Contract in seen.h.
 */
#include "postgres.h"
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_rewrite.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "base/seen.h"

/* ------------------------------------------------------------------------ the catalog */

/* The rows of a catalog that belong to a relation, as a snapshot sees them. */
typedef struct CatalogRows
{
	Relation catalog;
	SysScanDesc scan;
} CatalogRows;

/* snapshot NULL: as they are now */
static CatalogRows
begin_rows(Oid catalog, Oid index, AttrNumber key_column, Oid relid, Snapshot snapshot)
{
	CatalogRows rows = {table_open(catalog, AccessShareLock)};
	ScanKeyData key;

	ScanKeyInit(&key, key_column, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(relid));
	rows.scan = systable_beginscan(rows.catalog, index, true, snapshot, 1, &key);
	return rows;
}

static void
end_rows(CatalogRows rows)
{
	systable_endscan(rows.scan);
	table_close(rows.catalog, AccessShareLock);
}

/* Whether the snapshot sees the rows that are there now.  Both scans have one order. */
static bool
sees_rows(Oid catalog, Oid index, AttrNumber key_column, Oid relid, Snapshot snapshot)
{
	CatalogRows seen = begin_rows(catalog, index, key_column, relid, snapshot);
	CatalogRows present = begin_rows(catalog, index, key_column, relid, NULL);
	HeapTuple one;
	HeapTuple other;
	bool is_same;

	do
	{
		one = systable_getnext(seen.scan);
		other = systable_getnext(present.scan);
		is_same = one != NULL && other != NULL
					  ? ItemPointerEquals(&one->t_self, &other->t_self)
					  : one == other;
	} while (is_same && one != NULL);
	end_rows(present);
	end_rows(seen);
	return is_same;
}

/* False: the snapshot sees no such relation. */
static bool
read_class(Oid relid, Snapshot snapshot, FormData_pg_class *class)
{
	CatalogRows rows = begin_rows(RelationRelationId, ClassOidIndexId, Anum_pg_class_oid,
								  relid, snapshot);
	HeapTuple tuple = systable_getnext(rows.scan);
	bool exists = HeapTupleIsValid(tuple);

	if (exists)
		memcpy(class, GETSTRUCT(tuple), CLASS_TUPLE_SIZE);
	end_rows(rows);
	return exists;
}

/* Whether the columns that are there now were there, with their names. */
static bool
sees_columns(Relation relation, Snapshot snapshot)
{
	TupleDesc desc = RelationGetDescr(relation);
	CatalogRows rows =
		begin_rows(AttributeRelationId, AttributeRelidNumIndexId,
				   Anum_pg_attribute_attrelid, RelationGetRelid(relation), snapshot);
	int n_seen = 0;
	HeapTuple tuple;

	while (HeapTupleIsValid(tuple = systable_getnext(rows.scan)))
	{
		Form_pg_attribute seen = (Form_pg_attribute) GETSTRUCT(tuple);
		Form_pg_attribute present;

		if (seen->attnum < 1 || seen->attnum > desc->natts)
			continue;
		present = TupleDescAttr(desc, seen->attnum - 1);
		if (present->attisdropped ||
			namestrcmp(&seen->attname, NameStr(present->attname)) == 0)
			n_seen++;
	}
	end_rows(rows);
	return n_seen == desc->natts;
}

/* ----------------------------------------------------------------------- one relation */

typedef struct Change
{
	const char *what; /* "created"; NULL: none */
	const char *consequence;
} Change;

static const char unseen_rows[] =
	"The snapshot does not see the rows that the relation holds.";
static const char perhaps_unseen_rows[] =
	"The snapshot may not see all rows that came with this change.";

/* What was done to a relation that the snapshot does not see. */
static Change
find_change(Relation relation, Snapshot snapshot)
{
	Form_pg_class present = relation->rd_rel;
	Oid relid = RelationGetRelid(relation);
	FormData_pg_class seen;

	if (!read_class(relid, snapshot, &seen))
		return (Change){"created", unseen_rows};
	if (seen.relfilenode != present->relfilenode)
		return (Change){"rewritten", unseen_rows};
	if (present->relkind == RELKIND_VIEW &&
		!sees_rows(RewriteRelationId, RewriteRelRulenameIndexId, Anum_pg_rewrite_ev_class,
				   relid, snapshot))
		return (Change){"redefined", perhaps_unseen_rows};
	if ((seen.relhassubclass || present->relhassubclass) &&
		!sees_rows(InheritsRelationId, InheritsParentIndexId, Anum_pg_inherits_inhparent,
				   relid, snapshot))
		return (Change){"given other partitions or children", perhaps_unseen_rows};
	if (!sees_columns(relation, snapshot))
		return (Change){"given other columns", perhaps_unseen_rows};
	return (Change){NULL};
}

static void
refuse(Relation relation, Change change)
{
	bool whole_transaction = IsolationUsesXactSnapshot();

	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("relation \"%s\" was %s after the %s took its snapshot",
					RelationGetRelationName(relation), change.what,
					whole_transaction ? "transaction" : "statement"),
			 errdetail("%s", change.consequence),
			 whole_transaction ? errhint("Roll back, and run the transaction again.")
							   : errhint("Run the statement again.")));
}

void
ge_relation_check_seen(Oid relid, Snapshot snapshot)
{
	Relation relation = relation_open(relid, AccessShareLock);
	Change change = find_change(relation, snapshot);

	if (change.what != NULL)
		refuse(relation, change);
	relation_close(relation, NoLock);
}

void
ge_relation_check_known(Oid relid, Snapshot snapshot)
{
	Relation relation = relation_open(relid, AccessShareLock);
	FormData_pg_class seen;

	if (!read_class(relid, snapshot, &seen))
		refuse(relation, (Change){"created", unseen_rows});
	relation_close(relation, NoLock);
}

/* ------------------------------------------------------------------------------ rows */

/* Whether the snapshot sees a schema with the name that it has now. */
static bool
sees_schema(Oid schema, Snapshot snapshot)
{
	CatalogRows rows = begin_rows(NamespaceRelationId, NamespaceOidIndexId,
								  Anum_pg_namespace_oid, schema, snapshot);
	HeapTuple tuple = systable_getnext(rows.scan);
	char *name = get_namespace_name(schema);
	bool is_same =
		HeapTupleIsValid(tuple) && name != NULL &&
		namestrcmp(&((Form_pg_namespace) GETSTRUCT(tuple))->nspname, name) == 0;

	end_rows(rows);
	return is_same;
}

bool
ge_relation_was_renamed(Oid relid, Snapshot snapshot)
{
	Relation relation = relation_open(relid, AccessShareLock);
	FormData_pg_class seen;
	bool was_renamed =
		read_class(relid, snapshot, &seen) &&
		(namestrcmp(&seen.relname, RelationGetRelationName(relation)) != 0 ||
		 seen.relnamespace != RelationGetNamespace(relation) ||
		 !sees_schema(seen.relnamespace, snapshot));

	relation_close(relation, NoLock);
	return was_renamed;
}

/* Whether a snapshot sees the rows that are in a heap now. */
static bool
sees_present_rows(Relation heap, Snapshot snapshot)
{
	TableScanDesc scan = table_beginscan(heap, SnapshotAny, 0, NULL);
	TupleTableSlot *slot = table_slot_create(heap, NULL);
	bool is_same = true;

	while (is_same && table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		CHECK_FOR_INTERRUPTS();
		is_same = table_tuple_satisfies_snapshot(heap, slot, snapshot) ==
				  table_tuple_satisfies_snapshot(heap, slot, SnapshotSelf);
	}
	ExecDropSingleTupleTableSlot(slot);
	table_endscan(scan);
	return is_same;
}

void
ge_relation_check_rows_seen(Oid relid, Snapshot snapshot)
{
	Relation relation = relation_open(relid, AccessShareLock);

	if (relation->rd_tableam == GetHeapamTableAmRoutine() &&
		!sees_present_rows(relation, snapshot))
		refuse(relation, (Change){"filled", unseen_rows});
	relation_close(relation, NoLock);
}
