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
#include "access/relation.h"
#include "access/sysattr.h"
#include "access/transam.h"
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "parser/analyze.h"
#include "tcop/dest.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/tuplestore.h"

#include "base/compat.h"
#include "source/internal.h"
#include "source/ties.h"

struct GeSourceQuery
{
	char *sql;
	PlannedStmt *plan;
	List *relations;	   /* of the plan, held open from planning on, as leaves are */
	Tuplestorestate *rows; /* NULL until the query ran */
	TupleTableSlot *slot;  /* the row that ge_query_next() gave */
};

/* Receives the rows of the running query. */
typedef struct RowReceiver
{
	DestReceiver pub;
	GeSource *source;
	GeTieCheck *ties; /* NULL without order_by */
} RowReceiver;

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
	const char *schema = get_namespace_name(RelationGetNamespace(relation));
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfoString(&sql, "SELECT");
	append_target_list(&sql, source);
	appendStringInfo(
		&sql, " FROM %s%s AS r", only ? "ONLY " : "",
		quote_qualified_identifier(schema, RelationGetRelationName(relation)));
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

/*
 * The relations that the plan reads, which planning has locked.  plan->relationOids has
 * those of regclass constants too, which nobody has: functions open them, if any does.
 */
static List *
open_relations(const PlannedStmt *plan)
{
	List *relations = NIL;
	ListCell *cell;

	foreach (cell, plan->rtable)
	{
		const RangeTblEntry *entry = lfirst_node(RangeTblEntry, cell);

		/* since PostgreSQL 16 a view's query has the view */
		if (entry->rtekind == RTE_RELATION ||
			(entry->rtekind == RTE_SUBQUERY && OidIsValid(entry->relid)))
			relations = lappend(relations, relation_open(entry->relid, NoLock));
	}
	return relations;
}

void
ge_query_prepare(GeSource *source)
{
	GeSourceQuery *query = palloc0(sizeof *query);
	List *statements;
	Query *parsed;

	query->sql = query_text(source);
	statements = pg_parse_query(query->sql);
	parsed = parse_analyze_fixedparams(linitial_node(RawStmt, statements), query->sql,
									   NULL, 0, NULL);
	settle_relation(source, parsed);
	parsed = linitial_node(Query, pg_rewrite_query(parsed));
	query->plan = pg_plan_query(parsed, query->sql, 0, NULL);
	ge_check_plan_rights(query->plan);
	query->relations = open_relations(query->plan);
	source->query = query;
}

void
ge_query_check_seen(const GeSource *source)
{
	ListCell *cell;

	foreach (cell, source->query->plan->relationOids)
		ge_relation_check_seen(lfirst_oid(cell), source->snapshot);
}

bool
ge_source_reads(const GeSource *source, Oid relid)
{
	if (source->relation == NULL)
		return false;
	return RelationGetRelid(source->relation) == relid ||
		   (source->query != NULL &&
			list_member_oid(source->query->plan->relationOids, relid));
}

double
ge_source_planned_rows(const GeSource *source)
{
	if (source->given != NULL)
		return ge_given_count(source);
	return source->query->plan->planTree->plan_rows;
}

/* ------------------------------------------- what functions of the query read themselves */

static ExecutorStart_hook_type next_executor_start;
static bool is_running; /* a query of a source */

/*
 * ExecutorStart_hook: relations that a function reads are not in the plan of the query, and
 * are locked, perhaps after a wait, when the function comes to them.
 */
static void
check_inner_query(QueryDesc *query, int flags)
{
	ListCell *cell;

	if (is_running && query->snapshot != InvalidSnapshot)
		foreach (cell, query->plannedstmt->relationOids)
			if (lfirst_oid(cell) >= FirstNormalObjectId)
				ge_relation_check_seen(lfirst_oid(cell), query->snapshot);
	(next_executor_start != NULL ? next_executor_start : standard_ExecutorStart)(query,
																				 flags);
}

static void
watch_inner_queries(void)
{
	static bool is_watched = false;

	if (is_watched)
		return;
	next_executor_start = ExecutorStart_hook;
	ExecutorStart_hook = check_inner_query;
	is_watched = true;
}

/* -------------------------------------------------------------------------- running */

static bool
receive_row(TupleTableSlot *slot, DestReceiver *self)
{
	RowReceiver *receiver = (RowReceiver *) self;

	if (receiver->ties != NULL)
		ge_tie_check(receiver->ties, slot);
	tuplestore_puttupleslot(receiver->source->query->rows, slot);
	return true;
}

static void
start_receiver(DestReceiver *self, int operation, TupleDesc desc)
{
	RowReceiver *receiver = (RowReceiver *) self;
	GeSource *source = receiver->source;
	MemoryContext caller = MemoryContextSwitchTo(source->context);

	source->query->slot =
		MakeSingleTupleTableSlot(CreateTupleDescCopy(desc), &TTSOpsMinimalTuple);
	if (source->n_order_by > 0)
		receiver->ties = ge_tie_check_create(source);
	MemoryContextSwitchTo(caller);
}

static void
stop_receiver(DestReceiver *self)
{
	RowReceiver *receiver = (RowReceiver *) self;

	if (receiver->ties != NULL)
		ge_tie_check_free(receiver->ties);
	receiver->ties = NULL;
}

static void
destroy_receiver(DestReceiver *self)
{
}

static void
execute_plan(GeSource *source)
{
	GeSourceQuery *query = source->query;
	RowReceiver receiver = {
		.pub = {receive_row, start_receiver, stop_receiver, destroy_receiver, DestNone},
		.source = source};
	QueryDesc *running = CreateQueryDesc(query->plan, query->sql, source->snapshot,
										 InvalidSnapshot, &receiver.pub, NULL, NULL, 0);

	bool was_running = is_running;

	ExecutorStart(running, 0);
	watch_inner_queries();
	PG_TRY();
	{
		is_running = true;
		ge_executor_run(running);
	}
	PG_FINALLY();
	{
		is_running = was_running;
	}
	PG_END_TRY();
	ExecutorFinish(running);
	ExecutorEnd(running);
	FreeQueryDesc(running);
}

/*
 * A synchronized scan would start at the position of another session's scan, and so
 * change the order from run to run.  On error the transaction's abort restores the
 * setting.
 */
static void
run_query(GeSource *source)
{
	MemoryContext caller = MemoryContextSwitchTo(source->context);
	int nest_level = NewGUCNestLevel();

	source->query->rows = tuplestore_begin_heap(false, false, work_mem);
	(void) set_config_option("synchronize_seqscans", "off", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	PushActiveSnapshot(source->snapshot);
	execute_plan(source);
	PopActiveSnapshot();
	AtEOXact_GUC(true, nest_level);
	MemoryContextSwitchTo(caller);
}

void
ge_query_rewind(GeSource *source)
{
	if (source->given != NULL)
	{
		ge_given_rewind(source);
		return;
	}
	if (source->query->rows == NULL)
		run_query(source);
	tuplestore_rescan(source->query->rows);
}

TupleTableSlot *
ge_query_next(GeSource *source)
{
	GeSourceQuery *query = source->query;

	if (source->given != NULL)
		return ge_given_next(source);
	if (!tuplestore_gettupleslot(query->rows, true, false, query->slot))
		return NULL;
	return query->slot;
}

void
ge_query_close(GeSource *source)
{
	GeSourceQuery *query = source->query;
	ListCell *cell;

	if (query->slot != NULL)
		ExecDropSingleTupleTableSlot(query->slot);
	if (query->rows != NULL)
		tuplestore_end(query->rows);
	foreach (cell, query->relations)
		relation_close((Relation) lfirst(cell), NoLock);
	source->query = NULL;
}
