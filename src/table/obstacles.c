/*
 * obstacles.c: what stands in the way of a table's replacement.
 *
 * Rows come into the new heap past the executor.  So a table is refused if anything at it
 * would want to see them: triggers, rules, constraints, row security, replication.  All
 * obstacles are in one error.  Indexes, and unique constraints with them, are built anew.
 */
#include "postgres.h"
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_am.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_publication.h"
#include "catalog/pg_rewrite.h"
#include "catalog/pg_trigger.h"
#include "commands/defrem.h"
#include "lib/stringinfo.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

#include "base/citus.h"
#include "base/relation.h"
#include "base/shown.h"
#include "table/replace.h"
#include "table/shape.h"

static void
add_line(StringInfo lines, const char *line)
{
	appendStringInfo(lines, "%s%s", lines->len > 0 ? "\n" : "", line);
}

/* A line about some names; format has a place for the names. */
static void
add_names(StringInfo lines, List *names, const char *one, const char *several)
{
	char *shown[GE_SHOWN_VALUES];
	int n = list_length(names), n_shown = Min(n, GE_SHOWN_VALUES);
	StringInfoData list;

	if (n == 0)
		return;
	for (int i = 0; i < n_shown; i++)
		shown[i] = list_nth(names, i);
	initStringInfo(&list);
	ge_append_shown(&list, shown, n_shown, n_shown);
	if (n > n_shown)
		appendStringInfo(&list, " and %d more", n - n_shown);
	if (lines->len > 0)
		appendStringInfoChar(lines, '\n');
	appendStringInfo(lines, n == 1 ? one : several, list.data);
}

/* ------------------------------------------------------------- rows of the catalogs */

/* The name of what a row describes; NULL: it does not stand in the way. */

static const char *
trigger_name(HeapTuple row)
{
	Form_pg_trigger form = (Form_pg_trigger) GETSTRUCT(row);

	return form->tgisinternal ? NULL : NameStr(form->tgname);
}

static const char *
rule_name(HeapTuple row)
{
	return NameStr(((Form_pg_rewrite) GETSTRUCT(row))->rulename);
}

static const char *
foreign_key_name(HeapTuple row)
{
	Form_pg_constraint form = (Form_pg_constraint) GETSTRUCT(row);

	return form->contype == CONSTRAINT_FOREIGN ? NameStr(form->conname) : NULL;
}

static const char *
check_name(HeapTuple row)
{
	Form_pg_constraint form = (Form_pg_constraint) GETSTRUCT(row);

	return form->contype == CONSTRAINT_CHECK ? NameStr(form->conname) : NULL;
}

static const char *
child_name(HeapTuple row)
{
	return get_rel_name(((Form_pg_inherits) GETSTRUCT(row))->inhrelid);
}

static const struct
{
	Oid catalog;
	Oid index;		/* InvalidOid: there is none for the key */
	AttrNumber key; /* the column that holds the table's OID */
	const char *(*name)(HeapTuple row);
	const char *one;
	const char *several;
} kinds[] = {
	{TriggerRelationId, TriggerRelidNameIndexId, Anum_pg_trigger_tgrelid, trigger_name,
	 "It has trigger %s.", "It has triggers %s."},
	{RewriteRelationId, RewriteRelRulenameIndexId, Anum_pg_rewrite_ev_class, rule_name,
	 "It has rule %s.", "It has rules %s."},
	{ConstraintRelationId, ConstraintRelidTypidNameIndexId, Anum_pg_constraint_conrelid,
	 foreign_key_name, "It has foreign key %s.", "It has foreign keys %s."},
	{ConstraintRelationId, InvalidOid, Anum_pg_constraint_confrelid, foreign_key_name,
	 "Foreign key %s refers to it.", "Foreign keys %s refer to it."},
	{ConstraintRelationId, ConstraintRelidTypidNameIndexId, Anum_pg_constraint_conrelid,
	 check_name, "It has CHECK constraint %s.", "It has CHECK constraints %s."},
	{InheritsRelationId, InheritsParentIndexId, Anum_pg_inherits_inhparent, child_name,
	 "Table %s inherits from it.", "Tables %s inherit from it."},
};

static List *
find_names(int kind, Oid relid)
{
	Relation catalog = table_open(kinds[kind].catalog, AccessShareLock);
	List *names = NIL;
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple row;

	ScanKeyInit(&key, kinds[kind].key, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(relid));
	scan = systable_beginscan(catalog, kinds[kind].index, OidIsValid(kinds[kind].index),
							  NULL, 1, &key);
	while (HeapTupleIsValid(row = systable_getnext(scan)))
	{
		const char *name = kinds[kind].name(row);

		if (name != NULL)
			names = lappend(names, pstrdup(name));
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return names;
}

/* A publication of the table itself, of its schema, or of all tables. */
static List *
find_publications(const GeReplacement *replacement)
{
	Relation relation = replacement->relation;
	List *names = NIL, *oids;
	ListCell *cell;

	if (relation->rd_rel->relpersistence != RELPERSISTENCE_PERMANENT &&
		replacement->persistence != RELPERSISTENCE_PERMANENT)
		return NIL;
	oids = list_concat(GetRelationPublications(RelationGetRelid(relation)),
					   GetSchemaPublications(RelationGetNamespace(relation)));
	oids = list_concat(oids, GetAllTablesPublications());
	foreach (cell, oids)
		names = lappend(names, get_publication_name(lfirst_oid(cell), false));
	return names;
}

/* ----------------------------------------------------------------------- the columns */

static bool
is_not_null(Form_pg_attribute column)
{
	return column->attnotnull;
}

static bool
is_generated(Form_pg_attribute column)
{
	return column->attgenerated != '\0';
}

static bool
is_identity(Form_pg_attribute column)
{
	return column->attidentity != '\0';
}

static List *
find_columns(TupleDesc desc, bool (*is_one)(Form_pg_attribute column))
{
	List *names = NIL;

	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(desc, i);

		if (!column->attisdropped && is_one(column))
			names = lappend(names, pstrdup(NameStr(column->attname)));
	}
	return names;
}

/* The first difference to the columns that are needed; a line, or none. */
static void
compare_columns(StringInfo lines, TupleDesc desc, TupleDesc shape)
{
	int n = 0;

	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(desc, i);

		if (column->attisdropped)
			continue;
		if (n < shape->natts && !ge_output_column_is(column, TupleDescAttr(shape, n)))
		{
			add_line(lines, psprintf("Column %d is %s; %s is needed.", n + 1,
									 ge_output_describe_column(column),
									 ge_output_describe_column(TupleDescAttr(shape, n))));
			return;
		}
		n++;
	}
	if (n != shape->natts)
		add_line(lines, psprintf("It has %d columns; %d are needed.", n, shape->natts));
}

static void
describe_columns(StringInfo lines, const GeReplacement *replacement)
{
	TupleDesc desc = RelationGetDescr(replacement->relation);

	add_names(lines, find_columns(desc, is_not_null), "Column %s is NOT NULL.",
			  "Columns %s are NOT NULL.");
	add_names(lines, find_columns(desc, is_generated), "Column %s is generated.",
			  "Columns %s are generated.");
	add_names(lines, find_columns(desc, is_identity), "Column %s is an identity column.",
			  "Columns %s are identity columns.");
	compare_columns(lines, desc, replacement->shape);
}

/*
 * The executor writes the copies of a reference table (copies.c), with the caller's rights.  Indexes
 * are built with those of the owner.
 */
static void
describe_distribution(StringInfo lines, Relation relation)
{
	if (ge_distribution_of(RelationGetRelid(relation)).kind != GE_REFERENCE)
		add_line(lines, "Citus distributes its rows.");
	add_names(lines, ge_indexes_with_user_code(relation),
			  "Index %s of this table of Citus calls functions of users.",
			  "Indexes %s of this table of Citus call functions of users.");
}

static void
describe_table(StringInfo lines, const GeReplacement *replacement)
{
	Form_pg_class form = replacement->relation->rd_rel;
	Oid relid = RelationGetRelid(replacement->relation);

	if (form->relispartition)
		add_line(lines, "It is a partition.");
	if (form->relam != HEAP_TABLE_AM_OID)
		add_line(lines,
				 psprintf("Its access method is \"%s\".", get_am_name(form->relam)));
	if (ge_relation_is_distributed(relid))
		describe_distribution(lines, replacement->relation);
	if (form->relrowsecurity)
		add_line(lines, "Row-level security is enabled.");
	for (int kind = 0; kind < lengthof(kinds); kind++)
		add_names(lines, find_names(kind, relid), kinds[kind].one, kinds[kind].several);
	add_names(lines, find_publications(replacement), "It is in publication %s.",
			  "It is in publications %s.");
}

void
ge_obstacles_refuse(const GeReplacement *replacement)
{
	StringInfoData lines;

	initStringInfo(&lines);
	describe_table(&lines, replacement);
	describe_columns(&lines, replacement);
	if (lines.len > 0)
		ereport(
			ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			errmsg("table \"%s\" cannot be replaced",
				   RelationGetRelationName(replacement->relation)),
			errdetail_internal("%s", lines.data),
			replacement->is_given
				? errhint("Drop what stands in the way.")
				: errhint("Drop what stands in the way, drop the table, or give another "
						  "name."));
	pfree(lines.data);
}
