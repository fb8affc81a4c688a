/*
 * statement.c: a SELECT that is planned, run once, and read any number of times.
 *
 * Contract in statement.h.
 */
#include "postgres.h"
#include "access/relation.h"
#include "access/transam.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "parser/analyze.h"
#include "tcop/dest.h"
#include "tcop/tcopprot.h"
#include "utils/guc.h"
#include "utils/snapmgr.h"
#include "utils/tuplestore.h"

#include "base/compat.h"
#include "base/seen.h"
#include "source/inner_queries.h"
#include "source/internal.h"
#include "source/ties.h"

struct GeStatement
{
	char *sql;
	PlannedStmt *plan;
	List *relations;	   /* of the plan, held open from planning on, as leaves are */
	Tuplestorestate *rows; /* NULL until the statement ran */
	TupleTableSlot *slot;  /* the row that ge_statement_next() gave */
	uint64 most;		   /* rows that are kept; 0: all */
	bool is_cut;		   /* there were more */
};

/* Receives the rows of the running statement. */
typedef struct RowReceiver
{
	DestReceiver pub;
	GeStatement *statement;
	GeSource *source;
	bool is_ordered;
	GeTieCheck *ties; /* is_ordered */
} RowReceiver;

/* ------------------------------------------------------------------------- planning */

Query *
ge_statement_parse(const char *sql)
{
	List *statements = pg_parse_query(sql);

	return parse_analyze_fixedparams(linitial_node(RawStmt, statements), sql, NULL, 0,
									 NULL);
}

/*
 * The relations that a plan reads, each once.  Not its relationOids: these have every
 * constant of type oid too, for which no relation need be there.
 */
List *
ge_relations_of_plan(const PlannedStmt *plan)
{
	List *relations = NIL;
	ListCell *cell;

	foreach (cell, plan->rtable)
		if (OidIsValid(lfirst_node(RangeTblEntry, cell)->relid))
			relations = list_append_unique_oid(relations,
											   lfirst_node(RangeTblEntry, cell)->relid);
	return relations;
}

static List *
open_relations(const PlannedStmt *plan)
{
	List *relations = NIL;
	ListCell *cell;

	foreach (cell, ge_relations_of_plan(plan))
		relations = lappend(relations, relation_open(lfirst_oid(cell), NoLock));
	return relations;
}

GeStatement *
ge_statement_plan(char *sql, Query *parsed)
{
	GeStatement *statement = palloc0_object(GeStatement);
	Query *rewritten = linitial_node(Query, pg_rewrite_query(parsed));

	statement->sql = sql;
	statement->plan = pg_plan_query(rewritten, sql, 0, NULL);
	ge_check_plan_rights(statement->plan);
	statement->relations = open_relations(statement->plan);
	return statement;
}

PlannedStmt *
ge_statement_planned(const GeStatement *statement)
{
	return statement->plan;
}

void
ge_statement_check_seen(const GeStatement *statement, Snapshot snapshot)
{
	ListCell *cell;

	foreach (cell, statement->relations)
		ge_relation_check_seen(RelationGetRelid((Relation) lfirst(cell)), snapshot);
}

void
ge_statement_check_rows_seen(const GeStatement *statement, Snapshot snapshot)
{
	ListCell *cell;

	foreach (cell, statement->relations)
		ge_relation_check_rows_seen(RelationGetRelid((Relation) lfirst(cell)), snapshot);
}

bool
ge_statement_reads(const GeStatement *statement, Oid relid)
{
	return list_member_oid(ge_relations_of_plan(statement->plan), relid);
}

double
ge_statement_planned_rows(const GeStatement *statement)
{
	return statement->plan->planTree->plan_rows;
}

/* -------------------------------------------------------------------------- running */

static bool
receive_row(TupleTableSlot *slot, DestReceiver *self)
{
	RowReceiver *receiver = (RowReceiver *) self;
	GeStatement *statement = receiver->statement;

	if (receiver->ties != NULL)
		ge_tie_check(receiver->ties, slot);
	statement->is_cut =
		statement->most > 0 && ge_statement_count(statement) == statement->most;
	if (!statement->is_cut)
		tuplestore_puttupleslot(statement->rows, slot);
	return !statement->is_cut;
}

static void
start_receiver(DestReceiver *self, int operation, TupleDesc desc)
{
	RowReceiver *receiver = (RowReceiver *) self;
	GeSource *source = receiver->source;
	MemoryContext caller = MemoryContextSwitchTo(source->context);

	receiver->statement->slot =
		MakeSingleTupleTableSlot(CreateTupleDescCopy(desc), &TTSOpsMinimalTuple);
	if (receiver->is_ordered)
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
execute_plan(GeStatement *statement, GeSource *source, bool is_ordered)
{
	RowReceiver receiver = {
		.pub = {receive_row, start_receiver, stop_receiver, destroy_receiver, DestNone},
		.statement = statement,
		.source = source,
		.is_ordered = is_ordered};
	QueryDesc *running =
		CreateQueryDesc(statement->plan, statement->sql, source->snapshot,
						InvalidSnapshot, &receiver.pub, NULL, NULL, 0);

	ExecutorStart(running, 0);
	ge_run_watched(running);
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
run_statement(GeStatement *statement, GeSource *source, bool is_ordered)
{
	MemoryContext caller = MemoryContextSwitchTo(source->context);
	int nest_level = NewGUCNestLevel();

	statement->rows = tuplestore_begin_heap(false, false, work_mem);
	(void) set_config_option("synchronize_seqscans", "off", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	PushActiveSnapshot(source->snapshot);
	execute_plan(statement, source, is_ordered);
	PopActiveSnapshot();
	AtEOXact_GUC(true, nest_level);
	MemoryContextSwitchTo(caller);
}

void
ge_statement_limit(GeStatement *statement, uint64 most)
{
	statement->most = most;
}

uint64
ge_statement_count(const GeStatement *statement)
{
	return (uint64) tuplestore_tuple_count(statement->rows);
}

bool
ge_statement_is_cut(const GeStatement *statement)
{
	return statement->is_cut;
}

void
ge_statement_rewind(GeStatement *statement, GeSource *source, bool is_ordered)
{
	if (statement->rows == NULL)
		run_statement(statement, source, is_ordered);
	tuplestore_rescan(statement->rows);
}

TupleTableSlot *
ge_statement_next(GeStatement *statement)
{
	/* a row that comes from a file is the slot's until the next one comes */
	MemoryContext caller = MemoryContextSwitchTo(statement->slot->tts_mcxt);
	bool found = tuplestore_gettupleslot(statement->rows, true, false, statement->slot);

	MemoryContextSwitchTo(caller);
	return found ? statement->slot : NULL;
}

void
ge_statement_close(GeStatement *statement)
{
	ListCell *cell;

	if (statement->slot != NULL)
		ExecDropSingleTupleTableSlot(statement->slot);
	if (statement->rows != NULL)
		tuplestore_end(statement->rows);
	foreach (cell, statement->relations)
		relation_close((Relation) lfirst(cell), NoLock);
}
