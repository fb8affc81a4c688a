/*
 * relation.c: locks the relations that a call is given.  Contract in relation.h.
 */
#include "postgres.h"
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_namespace.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "base/relation.h"

/* ---------------------------------------------------------------- names and locks */

char *
ge_relation_name(Oid relid)
{
	char *schema = get_namespace_name_or_temp(get_rel_namespace(relid));
	char *name = get_rel_name(relid);

	if (schema == NULL || name == NULL)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
						errmsg("relation with OID %u does not exist", relid)));
	return quote_qualified_identifier(schema, name);
}

/* The catalog's entry of a relation; false: it does not exist. */
static bool
find_relation(Oid relid, GeRelationRef *found)
{
	HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Form_pg_class form;

	if (!HeapTupleIsValid(tuple))
		return false;
	form = (Form_pg_class) GETSTRUCT(tuple);
	*found = (GeRelationRef){.relid = relid,
							 .schema = get_namespace_name(form->relnamespace),
							 .name = pstrdup(NameStr(form->relname)),
							 .owner = form->relowner,
							 .kind = form->relkind};
	ReleaseSysCache(tuple);
	return found->schema != NULL;
}

GeRelationRef
ge_relation_ref(Oid relid)
{
	GeRelationRef given;

	if (!find_relation(relid, &given))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
						errmsg("relation with OID %u does not exist", relid)));
	return given;
}

/* The relation that the name means now; InvalidOid: none. */
static Oid
look_up(const GeRelationRef *given)
{
	Oid schema = get_namespace_oid(given->schema, true);

	return OidIsValid(schema) ? get_relname_relid(given->name, schema) : InvalidOid;
}

static const char *
name_of(const GeRelationRef *given)
{
	return quote_qualified_identifier(given->schema, given->name);
}

static void
refuse_dropped(const GeRelationRef *given)
{
	ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
					errmsg("relation %s does not exist", name_of(given)),
					errdetail("It was dropped while the call waited for a lock on it.")));
}

/*
 * Refuse the relation that took the place of the given one unless it has the same kind
 * and, if it is another relation, the same owner.  Its code runs as the caller, who
 * agreed to read a relation of that kind and owner.
 */
static void
check_replacement(const GeRelationRef *given, const GeRelationRef *found)
{
	bool other_kind = found->kind != given->kind;

	if (!other_kind && (found->relid == given->relid || found->owner == given->owner))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("relation %s was replaced while the call waited for a lock on it",
					name_of(given)),
			 errdetail("The name means a relation of another %s now.",
					   other_kind ? "kind" : "owner"),
			 errhint("If you mean the relation that has the name now, run the call "
					 "again.")));
}

Oid
ge_relation_lock(const GeRelationRef *given, LOCKMODE mode)
{
	Oid relid = given->relid;

	for (;;)
	{
		GeRelationRef found;
		bool exists;
		Oid meant;

		CHECK_FOR_INTERRUPTS();
		LockRelationOid(relid, mode);
		meant = look_up(given);
		/* a relation that was renamed, with nothing in its place, is still the given one */
		exists = find_relation(OidIsValid(meant) ? meant : relid, &found);
		if (!exists && !OidIsValid(meant))
			refuse_dropped(given);
		if (exists)
			check_replacement(given, &found);
		if (exists && found.relid == relid)
			return relid;
		UnlockRelationOid(relid, mode);
		relid = exists ? meant : given->relid;
	}
}

/* ----------------------------------------------------------------------- shared rows */

/* Whether a relation is a partition or child of another, or of its partitions or children. */
static bool
is_below(Oid relid, Oid parent)
{
	Relation inherits = table_open(InheritsRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple tuple;
	bool is_found = false;

	check_stack_depth();
	ScanKeyInit(&key, Anum_pg_inherits_inhrelid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(relid));
	scan = systable_beginscan(inherits, InheritsRelidSeqnoIndexId, true, NULL, 1, &key);
	while (!is_found && HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Oid above = ((Form_pg_inherits) GETSTRUCT(tuple))->inhparent;

		is_found = above == parent || is_below(above, parent);
	}
	systable_endscan(scan);
	table_close(inherits, AccessShareLock);
	return is_found;
}

bool
ge_relations_share_rows(Oid a, Oid b)
{
	return a == b || is_below(a, b) || is_below(b, a);
}

/* --------------------------------------------------------------------- changes heard of */

static uint64 n_changes;

static void
count_change(Datum unused, Oid relid)
{
	n_changes++;
}

uint64
ge_relation_changes(void)
{
	static bool is_registered = false;

	if (!is_registered)
		CacheRegisterRelcacheCallback(count_change, (Datum) 0);
	is_registered = true;
	return n_changes;
}
