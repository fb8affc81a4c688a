/*
 * grouped.c: statements that group the rows of a source where they lie.
 *
 * Contract in grouped.h.  A partitioned table is not queried itself: grouped by any other
 * key than its own it would pull all rows.  So each leaf is, which takes rights on leaves
 * that a query of the parent does not need.
 */
#include "postgres.h"
#include "access/table.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "foreign/fdwapi.h"
#include "miscadmin.h"
#include "parser/parsetree.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rls.h"

#include "base/citus.h"
#include "base/compat.h"
#include "base/relation.h"
#include "source/grouped.h"
#include "source/internal.h"

struct GeGrouped
{
	GeSource *source;
	GeStatement *statement;
};

/* ------------------------------------------------------------------ where rows lie */

/* Whether the rows of a relation lie on servers that may group them. */
static bool
is_remote(Oid relid)
{
	if (ge_relation_is_distributed(relid))
		return true;
	return get_rel_relkind(relid) == RELKIND_FOREIGN_TABLE &&
		   GetFdwRoutineByRelId(relid)->GetForeignUpperPaths != NULL;
}

/* The relations that hold the rows, or are queried for them; locked by ge_source_prepare(). */
static List *
relations_with_rows(const GeSource *source)
{
	Oid relid = RelationGetRelid(source->relation);
	List *leaves = NIL;
	ListCell *cell;

	if (source->relation->rd_rel->relkind != RELKIND_PARTITIONED_TABLE ||
		ge_relation_is_distributed(relid))
		return list_make1_oid(relid);
	foreach (cell, find_all_inheritors(relid, AccessShareLock, NULL))
		if (get_rel_relkind(lfirst_oid(cell)) != RELKIND_PARTITIONED_TABLE)
			leaves = lappend_oid(leaves, lfirst_oid(cell));
	return leaves;
}

bool
ge_source_is_remote(const GeSource *source)
{
	ListCell *cell;

	if (source->relation == NULL)
		return false;
	foreach (cell, relations_with_rows(source))
		if (is_remote(lfirst_oid(cell)))
			return true;
	return false;
}

/* A query of the parent needs no rights on a leaf, and heeds no policies of the leaf. */
static const char *
leaf_obstacle(Oid leaf)
{
	const char *name = get_rel_name(leaf);

	if (ge_schema_usage(get_rel_namespace(leaf)) != ACLCHECK_OK ||
		pg_class_aclcheck(leaf, GetUserId(), ACL_SELECT) != ACLCHECK_OK)
		return psprintf("The right SELECT on partition \"%s\" is missing.", name);
	if (check_enable_rls(leaf, InvalidOid, true) == RLS_ENABLED)
		return psprintf("Partition \"%s\" has row-level security.", name);
	return NULL;
}

const char *
ge_source_ungroupable(const GeSource *source)
{
	const char *obstacle = NULL;
	Oid relid = RelationGetRelid(source->relation);
	ListCell *cell;

	if (check_enable_rls(relid, InvalidOid, true) == RLS_ENABLED)
		return "The relation has row-level security.";
	foreach (cell, relations_with_rows(source))
		if (lfirst_oid(cell) != relid && obstacle == NULL)
			obstacle = leaf_obstacle(lfirst_oid(cell));
	return obstacle;
}

/* ------------------------------------------------------------------------- the text */

char *
ge_group_column(const GeSource *source, AttrNumber attno)
{
	Form_pg_attribute attribute = TupleDescAttr(ge_source_desc(source), attno - 1);

	return psprintf("r.%s", quote_identifier(NameStr(attribute->attname)));
}

static void
append_select(StringInfo sql, const GeGrouping *grouping, Oid relid)
{
	appendStringInfoString(sql, "SELECT ");
	for (int i = 0; i < grouping->n_keys; i++)
		appendStringInfo(sql, "%s%s", i == 0 ? "" : ", ", grouping->keys[i]);
	for (int i = 0; i < grouping->n_values; i++)
		appendStringInfo(sql, "%s%s", i + grouping->n_keys == 0 ? "" : ", ",
						 grouping->values[i]);
	appendStringInfo(sql, " FROM %s AS r", ge_relation_name(relid));
	for (int i = 0; i < grouping->n_keys; i++)
		appendStringInfo(sql, "%s%d", i == 0 ? " GROUP BY " : ", ", i + 1);
}

/* ------------------------------------------------------------------------- planning */

/* The query that reads a relation itself, the k-th of a UNION ALL. */
static RangeTblEntry *
entry_of(const Query *parsed, int n, int k)
{
	const RangeTblEntry *branch;

	if (n == 1)
		return linitial_node(RangeTblEntry, parsed->rtable);
	branch = list_nth_node(RangeTblEntry, parsed->rtable, k);
	return linitial_node(RangeTblEntry, branch->subquery->rtable);
}

/* The text named the relations: other ones may have the names now. */
static void
settle_relations(const GeSource *source, const Query *parsed, const List *relations)
{
	int n = list_length(relations);

	for (int k = 0; k < n; k++)
		if (entry_of(parsed, n, k)->relid != list_nth_oid(relations, k))
			ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
							errmsg("partitions of %s were renamed meanwhile",
								   ge_source_name(source)),
							errhint("Run the statement again.")));
}

GeGrouped *
ge_grouped_create(GeSource *source, const GeGrouping *grouping)
{
	MemoryContext caller = MemoryContextSwitchTo(source->context);
	GeGrouped *grouped = palloc_object(GeGrouped);
	List *relations = relations_with_rows(source);
	StringInfoData sql;
	Query *parsed;

	initStringInfo(&sql);
	for (int k = 0; k < list_length(relations); k++)
	{
		if (k > 0)
			appendStringInfoString(&sql, " UNION ALL ");
		append_select(&sql, grouping, list_nth_oid(relations, k));
	}
	parsed = ge_statement_parse(sql.data);
	settle_relations(source, parsed, relations);
	grouped->source = source;
	grouped->statement = ge_statement_plan(sql.data, parsed);
	if (grouping->most > 0)
		ge_statement_limit(grouped->statement,
						   (uint64) grouping->most * list_length(relations));
	MemoryContextSwitchTo(caller);
	return grouped;
}

/* ------------------------------------------------------------------ rows that travel */

/* The foreign scans of a plan of these statements. */
static void
find_foreign_scans(Plan *plan, List **scans)
{
	ListCell *cell;

	check_stack_depth();
	if (plan == NULL)
		return;
	if (IsA(plan, ForeignScan))
		*scans = lappend(*scans, plan);
	if (IsA(plan, SubqueryScan))
		find_foreign_scans(((SubqueryScan *) plan)->subplan, scans);
	if (IsA(plan, Append))
		foreach (cell, ((Append *) plan)->appendplans)
			find_foreign_scans(lfirst(cell), scans);
	find_foreign_scans(plan->lefttree, scans);
	find_foreign_scans(plan->righttree, scans);
}

List *
ge_grouped_pulled(const GeGrouped *grouped, int *n_foreign)
{
	const PlannedStmt *plan = ge_statement_planned(grouped->statement);
	List *scans = NIL, *pulled = NIL;
	ListCell *cell;

	find_foreign_scans(plan->planTree, &scans);
	foreach (cell, scans)
	{
		Index scanned = ((ForeignScan *) lfirst(cell))->scan.scanrelid;

		/* a scan of no relation is a query that groups */
		if (scanned > 0)
			pulled = lappend_oid(pulled, rt_fetch(scanned, plan->rtable)->relid);
	}
	*n_foreign = list_length(scans);
	return pulled;
}

/* -------------------------------------------------------------------------- running */

void
ge_grouped_rewind(GeGrouped *grouped)
{
	ge_statement_rewind(grouped->statement, grouped->source, false);
}

TupleTableSlot *
ge_grouped_next(GeGrouped *grouped)
{
	CHECK_FOR_INTERRUPTS();
	return ge_statement_next(grouped->statement);
}

uint64
ge_grouped_count(const GeGrouped *grouped)
{
	return ge_statement_count(grouped->statement);
}

bool
ge_grouped_is_cut(const GeGrouped *grouped)
{
	return ge_statement_is_cut(grouped->statement);
}

void
ge_grouped_close(GeGrouped *grouped)
{
	ge_statement_close(grouped->statement);
}
