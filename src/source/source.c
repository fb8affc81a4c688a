/*
 * source.c: a relation as a source of rows: its kind, the caller's rights, its order.
 *
 * Contract in source.h.  Decides between heap mode and query mode; leaves, queries and
 * scans are in files of their own.
 */
#include "postgres.h"
#include "access/relation.h"
#include "access/sysattr.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"
#include "utils/typcache.h"

#include "base/citus.h"
#include "base/compat.h"
#include "base/rights.h"
#include "base/seen.h"
#include "base/shown.h"
#include "source/internal.h"

static void
check_kind(Relation relation)
{
	char kind = relation->rd_rel->relkind;

	if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE &&
		kind != RELKIND_VIEW && kind != RELKIND_MATVIEW && kind != RELKIND_FOREIGN_TABLE)
		ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
						errmsg("cannot read rows from relation \"%s\"",
							   RelationGetRelationName(relation)),
						errdetail_relkind_not_supported(kind),
						errhint("Give a table, view, materialized view or foreign "
								"table.")));
	if (RELATION_IS_OTHER_TEMP(relation))
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("cannot access temporary tables of other sessions")));
	if (!RelationIsScannable(relation))
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("materialized view \"%s\" has not been populated",
							   RelationGetRelationName(relation)),
						errhint("Use the REFRESH MATERIALIZED VIEW command.")));
}

static char *
name_of_relation(Relation relation)
{
	const char *schema = NULL;

	if (!RelationIsVisible(RelationGetRelid(relation)))
		schema = get_namespace_name(RelationGetNamespace(relation));
	return quote_qualified_identifier(schema, RelationGetRelationName(relation));
}

static GeSource *
create_source(void)
{
	MemoryContext context = AllocSetContextCreate(
		CurrentMemoryContext, "gpu_encode source", ALLOCSET_SMALL_SIZES);
	GeSource *source = MemoryContextAllocZero(context, sizeof *source);

	source->context = context;
	return source;
}

GeSource *
ge_source_open(const GeRelationRef *given)
{
	Relation relation =
		relation_open(ge_relation_lock(given, AccessShareLock), AccessShareLock);
	MemoryContext caller;
	GeSource *source;

	check_kind(relation);
	source = create_source();
	caller = MemoryContextSwitchTo(source->context);
	source->relation = relation;
	source->name = name_of_relation(relation);
	MemoryContextSwitchTo(caller);
	return source;
}

GeSource *
ge_source_of_rows(GeGivenRows *rows)
{
	GeSource *source = create_source();
	MemoryContext caller = MemoryContextSwitchTo(source->context);

	ge_given_open(source, rows);
	MemoryContextSwitchTo(caller);
	return source;
}

GeNames
ge_source_known_names(const GeSource *source)
{
	GeNames names = source->all_names;
	int natts = ge_source_desc(source)->natts;

	if (names.n > 0)
		return names;
	names.names = palloc_array(char *, natts);
	for (int attno = 1; attno <= natts; attno++)
	{
		const char *name = ge_source_column_name(source, attno);

		if (name != NULL)
			names.names[names.n++] = unconstify(char *, name);
	}
	return names;
}

static void
set_order_by(GeSource *source, const AttrNumber *order_by, int n_order_by)
{
	int i;

	source->n_order_by = n_order_by;
	source->order_by = palloc(n_order_by * sizeof *source->order_by);
	for (i = 0; i < n_order_by; i++)
	{
		Form_pg_attribute attribute =
			TupleDescAttr(ge_source_desc(source), order_by[i] - 1);
		TypeCacheEntry *type =
			lookup_type_cache(attribute->atttypid, TYPECACHE_LT_OPR | TYPECACHE_CMP_PROC);

		if (!OidIsValid(type->lt_opr) || !OidIsValid(type->cmp_proc))
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_FUNCTION),
					 errmsg("cannot order the rows of %s by column \"%s\"", source->name,
							ge_shown(ge_source_column_name(source, order_by[i]))),
					 errdetail("Type %s has no default btree operator class.",
							   format_type_be(attribute->atttypid))));
		source->order_by[i] = order_by[i];
		source->used = bms_add_member(source->used, order_by[i]);
	}
}

/* The rows of an inheritance parent are in several relations without a common order. */
static bool
has_inheritance_children(Relation relation)
{
	Oid relid = RelationGetRelid(relation);

	return relation->rd_rel->relkind == RELKIND_RELATION && has_subclass(relid) &&
		   find_inheritance_children(relid, AccessShareLock) != NIL;
}

static bool
uses_virtual_column(const GeSource *source)
{
	TupleDesc desc = ge_source_desc(source);
	int attno = -1;

	while ((attno = bms_next_member(source->used, attno)) >= 0)
		if (ge_attribute_is_virtual(TupleDescAttr(desc, attno - 1)))
			return true;
	return false;
}

/*
 * Heap mode bypasses the executor: check the rights that a SELECT of the used columns
 * would check.
 */
static void
check_rights(GeSource *source)
{
	Bitmapset *columns = NULL;
	int attno = -1;

	while ((attno = bms_next_member(source->used, attno)) >= 0)
		columns = bms_add_member(columns, attno - FirstLowInvalidHeapAttributeNumber);
	ge_require_select(source->relation, columns);
}

static void
choose_mode(GeSource *source)
{
	Oid relid = RelationGetRelid(source->relation);
	bool filters_rows = check_enable_rls(relid, InvalidOid, false) == RLS_ENABLED;

	source->has_row_ids = !ge_relation_is_distributed(relid) &&
						  !has_inheritance_children(source->relation) &&
						  ge_leaves_find(source);
	source->is_ordered = source->has_row_ids || source->n_order_by > 0;
	if (source->has_row_ids && source->n_order_by == 0 && !filters_rows &&
		!uses_virtual_column(source))
		source->mode = GE_SOURCE_HEAP;
	else
		source->mode = GE_SOURCE_QUERY;
}

void
ge_source_prepare(GeSource *source, const Bitmapset *used, const AttrNumber *order_by,
				  int n_order_by)
{
	MemoryContext caller = MemoryContextSwitchTo(source->context);

	source->used = bms_copy(used);
	set_order_by(source, order_by, n_order_by);
	if (source->given == NULL)
	{
		ge_require_schema_usage(RelationGetNamespace(source->relation));
		choose_mode(source);
		if (source->mode == GE_SOURCE_QUERY)
			ge_query_prepare(source);
		else
			check_rights(source);
	}
	MemoryContextSwitchTo(caller);
}

void
ge_source_begin(GeSource *source, Snapshot snapshot)
{
	if (source->given != NULL)
		return;
	source->snapshot = RegisterSnapshot(snapshot);
	if (source->mode == GE_SOURCE_QUERY)
	{
		ge_statement_check_seen(source->query, source->snapshot);
		if (ge_relation_was_renamed(RelationGetRelid(source->relation), source->snapshot))
			ge_statement_check_rows_seen(source->query, source->snapshot);
	}
	else
	{
		ge_leaves_check_seen(source);
		ge_leaves_measure(source);
	}
}

void
ge_source_close(GeSource *source)
{
	if (source->query != NULL)
		ge_statement_close(source->query);
	if (source->snapshot != NULL)
		UnregisterSnapshot(source->snapshot);
	ge_leaves_close(source);
	if (source->given != NULL)
		ge_given_close(source);
	else
		relation_close(source->relation, NoLock);
	MemoryContextDelete(source->context);
}
