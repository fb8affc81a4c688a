/*
 * query.c: query mode: one SELECT, run once, its rows kept in a tuplestore.
 *
 * The query reads the used columns in ascending order of their attribute numbers, then
 * ctid and tableoid if rows have ids.  It runs as the caller in the ordinary executor, so
 * view owners, row security and foreign servers are honoured as in any other SELECT.
 * Rows come in the order of order_by.  Without order_by they come in physical order if
 * there is one, else as the query returns them.
 */
#include "postgres.h"
#include "access/sysattr.h"
#include "catalog/pg_class.h"
#include "utils/builtins.h"

#include "base/compat.h"
#include "base/relation.h"
#include "source/internal.h"

/* ------------------------------------------------------------------------- the text */

static void
append_column(StringInfo sql, const GeSource *source, AttrNumber attno)
{
	Form_pg_attribute attribute = TupleDescAttr(ge_source_desc(source), attno - 1);

	appendStringInfo(sql, "r.%s", quote_identifier(NameStr(attribute->attname)));
}

static void
append_target_list(StringInfo sql, const GeSource *source)
{
	const char *separator = " ";
	int attno = -1;

	while ((attno = bms_next_member(source->used, attno)) >= 0)
	{
		appendStringInfoString(sql, separator);
		append_column(sql, source, attno);
		separator = ", ";
	}
	if (source->has_row_ids)
		appendStringInfo(sql, "%sr.ctid, r.tableoid", separator);
}

static void
append_order_by(StringInfo sql, const GeSource *source)
{
	int i;

	for (i = 0; i < source->n_order_by; i++)
	{
		AttrNumber attno = source->order_by[i];
		Form_pg_attribute attribute = TupleDescAttr(ge_source_desc(source), attno - 1);

		appendStringInfoString(sql, i == 0 ? " ORDER BY " : ", ");
		append_column(sql, source, attno);
		if (OidIsValid(attribute->attcollation))
			appendStringInfoString(sql, " COLLATE pg_catalog.\"C\"");
		appendStringInfoString(sql, " ASC NULLS LAST");
	}
}

static void
append_physical_order(StringInfo sql, const GeSource *source)
{
	int i;

	appendStringInfoString(sql, " ORDER BY ");
	if (source->n_leaves > 1)
	{
		appendStringInfoString(sql, "pg_catalog.array_position('{");
		for (i = 0; i < source->n_leaves; i++)
			appendStringInfo(sql, "%s%u", i == 0 ? "" : ",", source->leaves[i].relid);
		appendStringInfoString(sql, "}'::pg_catalog.oid[], r.tableoid), ");
	}
	appendStringInfoString(sql, "r.ctid");
}

static char *
query_text(const GeSource *source)
{
	Relation relation = source->relation;
	bool only = source->has_row_ids && relation->rd_rel->relkind == RELKIND_RELATION;
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfoString(&sql, "SELECT");
	append_target_list(&sql, source);
	appendStringInfo(&sql, " FROM %s%s AS r", only ? "ONLY " : "",
					 ge_relation_name(RelationGetRelid(relation)));
	if (source->n_order_by > 0)
		append_order_by(&sql, source);
	else if (source->has_row_ids)
		append_physical_order(&sql, source);
	return sql.data;
}

/* ------------------------------------------------------------------------- planning */

/*
 * The text named the relation.  If a schema was renamed meanwhile, the name may mean
 * another relation now.  Row ids need no right of their own: the caller needs SELECT on
 * the columns alone.
 */
static void
settle_relation(GeSource *source, Query *query)
{
	RangeTblEntry *entry = linitial_node(RangeTblEntry, query->rtable);
	Bitmapset **selected = ge_selected_columns(query, entry);

	if (entry->relid != RelationGetRelid(source->relation))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
						errmsg("relation %s was renamed meanwhile", source->name)));
	*selected = bms_del_member(*selected, SelfItemPointerAttributeNumber -
											  FirstLowInvalidHeapAttributeNumber);
	*selected = bms_del_member(*selected, TableOidAttributeNumber -
											  FirstLowInvalidHeapAttributeNumber);
}

void
ge_query_prepare(GeSource *source)
{
	char *sql = query_text(source);
	Query *parsed = ge_statement_parse(sql);

	settle_relation(source, parsed);
	source->query = ge_statement_plan(sql, parsed);
}

bool
ge_source_reads(const GeSource *source, Oid relid)
{
	if (source->relation == NULL)
		return false;
	return RelationGetRelid(source->relation) == relid ||
		   (source->query != NULL && ge_statement_reads(source->query, relid));
}

double
ge_source_planned_rows(const GeSource *source)
{
	if (source->given != NULL)
		return ge_given_count(source);
	return ge_statement_planned_rows(source->query);
}

/* -------------------------------------------------------------------------- running */

void
ge_query_rewind(GeSource *source)
{
	if (source->given != NULL)
		ge_given_rewind(source);
	else
		ge_statement_rewind(source->query, source, source->n_order_by > 0);
}

TupleTableSlot *
ge_query_next(GeSource *source)
{
	if (source->given != NULL)
		return ge_given_next(source);
	return ge_statement_next(source->query);
}
