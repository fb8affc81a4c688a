/*
 * execute.c: statements run on relations by OID.  Contract in execute.h.
 */
#include "postgres.h"
#include "access/xact.h"
#include "executor/executor.h"
#include "nodes/nodeFuncs.h"
#include "parser/analyze.h"
#include "tcop/dest.h"
#include "tcop/tcopprot.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

#include "base/compat.h"
#include "base/execute.h"
#include "base/shown.h"

/* Rules make several queries of a text, or none. */
struct GeExecutable
{
	const char *sql;
	List *plans;
};

/* ------------------------------------------------------------------------- preparing */

typedef struct Relids
{
	const Oid *relids;
	int n;
} Relids;

static void
check_relation(Oid relid, const Relids *meant)
{
	for (int i = 0; i < meant->n; i++)
		if (meant->relids[i] == relid)
			return;
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_TABLE),
			 errmsg("relations of the call were renamed meanwhile"),
			 errdetail("The name of one of them means another relation \"%s\" by now.",
					   ge_shown(get_rel_name(relid))),
			 errhint("Run the statement again.")));
}

/* Every relation in the query is a meant one. */
static bool
check_relations(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, RangeTblEntry))
	{
		if (OidIsValid(((RangeTblEntry *) node)->relid))
			check_relation(((RangeTblEntry *) node)->relid, context);
		return false;
	}
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, check_relations, context,
								 QTW_EXAMINE_RTES_BEFORE);
	return expression_tree_walker(node, check_relations, context);
}

static PlannedStmt *
plan_query(Query *query, const char *sql)
{
	if (query->commandType == CMD_UTILITY)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("a rule of an output runs a command that is no query")));
	return pg_plan_query(query, sql, 0, NULL);
}

GeExecutable *
ge_execute_prepare(const char *sql, Oid *types, int n_types, const Oid *relids,
				   int n_relids)
{
	GeExecutable *executable = palloc0_object(GeExecutable);
	Relids meant = {relids, n_relids};
	Query *parsed;
	ListCell *cell;

	PushActiveSnapshot(GetTransactionSnapshot());
	executable->sql = pstrdup(sql);
	parsed = parse_analyze_fixedparams(linitial_node(RawStmt, pg_parse_query(sql)),
									   executable->sql, types, n_types, NULL);
	(void) check_relations((Node *) parsed, &meant);
	foreach (cell, pg_rewrite_query(parsed))
		executable->plans = lappend(
			executable->plans, plan_query(lfirst_node(Query, cell), executable->sql));
	PopActiveSnapshot();
	return executable;
}

/* --------------------------------------------------------------------------- running */

static uint64
run_plan(PlannedStmt *plan, const char *sql, ParamListInfo params)
{
	QueryDesc *running;
	uint64 n_rows;

	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	running = CreateQueryDesc(plan, sql, GetActiveSnapshot(), InvalidSnapshot,
							  None_Receiver, params, NULL, 0);
	ExecutorStart(running, 0);
	ge_executor_run(running);
	n_rows = running->estate->es_processed;
	ExecutorFinish(running);
	ExecutorEnd(running);
	FreeQueryDesc(running);
	PopActiveSnapshot();
	return plan->canSetTag ? n_rows : 0;
}

uint64
ge_execute_run(const GeExecutable *executable, ParamListInfo params)
{
	uint64 n_rows = 0;
	ListCell *cell;

	foreach (cell, executable->plans)
		n_rows += run_plan(lfirst_node(PlannedStmt, cell), executable->sql, params);
	CommandCounterIncrement();
	return n_rows;
}

uint64
ge_execute(const char *sql, const Oid *relids, int n_relids)
{
	return ge_execute_run(ge_execute_prepare(sql, NULL, 0, relids, n_relids), NULL);
}
