/*
 * inner_queries.c: the queries of functions that run while a source is read.
 *
 * Relations that a function reads are not in the plan of the source's query, and are locked,
 * perhaps after a wait, when the function comes to them.  A function may run for every row:
 * a relation is looked at once, until something about any relation changes.
 */
#include "postgres.h"
#include "access/transam.h"
#include "executor/executor.h"

#include "base/compat.h"
#include "base/relation.h"
#include "base/seen.h"
#include "source/inner_queries.h"
#include "source/statement.h"

/* Relations that are seen by a snapshot, and so by all later ones. */
typedef struct Watch
{
	MemoryContext context;
	List *relids;
	uint64 n_changes;
	TransactionId xmax;
	uint32 n_running; /* transactions before xmax */
} Watch;

static ExecutorStart_hook_type next_executor_start;
static Watch *watch; /* NULL: no query of a source runs */

/* Whether a snapshot is older than the one of the watch. */
static bool
is_older(Snapshot snapshot)
{
	if (snapshot->xmax != watch->xmax)
		return TransactionIdPrecedes(snapshot->xmax, watch->xmax);
	return snapshot->xcnt > watch->n_running;
}

static void
check_relation(Oid relid, Snapshot snapshot)
{
	ge_relation_check_seen(relid, snapshot);
	if (ge_relation_was_renamed(relid, snapshot))
		ge_relation_check_rows_seen(relid, snapshot);
}

static void
remember(Oid relid, Snapshot snapshot)
{
	MemoryContext caller = MemoryContextSwitchTo(watch->context);

	watch->relids = lappend_oid(watch->relids, relid);
	watch->xmax = snapshot->xmax;
	watch->n_running = snapshot->xcnt;
	MemoryContextSwitchTo(caller);
}

static void
check_relations(List *relids, Snapshot snapshot)
{
	uint64 n_changes = ge_relation_changes();
	bool may_remember;
	ListCell *cell;

	if (n_changes != watch->n_changes)
	{
		list_free(watch->relids);
		watch->relids = NIL;
		watch->n_changes = n_changes;
	}
	may_remember = watch->relids == NIL || !is_older(snapshot);
	foreach (cell, relids)
	{
		Oid relid = lfirst_oid(cell);

		if (relid < FirstNormalObjectId ||
			(may_remember && list_member_oid(watch->relids, relid)))
			continue;
		check_relation(relid, snapshot);
		if (may_remember)
			remember(relid, snapshot);
	}
}

/* ExecutorStart_hook */
static void
check_inner_query(QueryDesc *query, int flags)
{
	if (watch != NULL && query->snapshot != InvalidSnapshot)
	{
		List *relids = ge_relations_of_plan(query->plannedstmt);

		check_relations(relids, query->snapshot);
		list_free(relids);
	}
	(next_executor_start != NULL ? next_executor_start : standard_ExecutorStart)(query,
																				 flags);
}

static void
install_hook(void)
{
	static bool is_installed = false;

	if (is_installed)
		return;
	next_executor_start = ExecutorStart_hook;
	ExecutorStart_hook = check_inner_query;
	is_installed = true;
}

void
ge_run_watched(QueryDesc *running)
{
	Watch *outer = watch;
	Watch inner = {.context = CurrentMemoryContext, .n_changes = ge_relation_changes()};

	install_hook();
	PG_TRY();
	{
		watch = &inner;
		ge_executor_run(running);
	}
	PG_FINALLY();
	{
		watch = outer;
	}
	PG_END_TRY();
	list_free(inner.relids);
}
