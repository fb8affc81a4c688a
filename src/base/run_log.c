/*
 * run_log.c: logs of calls.
 *
 * Each call has its log in a memory context of its own.  Calls are nested, so the logs of
 * running calls are a list, the innermost first.  An error takes a log off the list too.
 * The log of an outermost call can be read after the call, even after an error.
 */
#include "postgres.h"
#include "commands/progress.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "pgstat.h"
#include "portability/instr_time.h"
#include "tcop/utility.h"
#include "utils/backend_progress.h"
#include "utils/backend_status.h"
#include "utils/memutils.h"

#include "base/run_log.h"
#include "base/settings.h"
#include "base/shown_errors.h"

typedef struct Run
{
	MemoryContext context; /* this struct and all that it leads to */
	struct Run *outer;	   /* the call in which this one was made */
	Oid session_user;
	Oid user;
	instr_time start;
	instr_time stage_start;
	bool is_shown; /* the running stage, in pg_stat_progress_copy */
	List *stages;
} Run;

static Run *current = NULL; /* the innermost call that runs */
static Run *last = NULL;	/* the last outermost call that has ended */

static ProcessUtility_hook_type next_process_utility = NULL;

static double
seconds_since(instr_time start)
{
	instr_time now;

	INSTR_TIME_SET_CURRENT(now);
	INSTR_TIME_SUBTRACT(now, start);
	return INSTR_TIME_GET_DOUBLE(now);
}

static void
forget_last(void)
{
	if (last != NULL)
		MemoryContextDelete(last->context);
	last = NULL;
}

static Run *
begin_run(void)
{
	MemoryContext context =
		AllocSetContextCreate(TopMemoryContext, "gpu_encode run", ALLOCSET_SMALL_SIZES);
	Run *run = MemoryContextAllocZero(context, sizeof(Run));

	run->context = context;
	run->outer = current;
	run->session_user = GetSessionUserId();
	run->user = GetUserId();
	INSTR_TIME_SET_CURRENT(run->start);
	run->stage_start = run->start;
	return run;
}

static void
hide_stage(Run *run)
{
	if (run->is_shown)
		pgstat_progress_end_command();
	run->is_shown = false;
}

/* Throws nothing: it ends failed calls, too. */
static void
end_run(Run *run)
{
	hide_stage(run);
	current = run->outer;
	if (current != NULL)
	{
		MemoryContextDelete(run->context);
		return;
	}
	forget_last();
	last = run;
}

Datum
ge_run_call(PGFunction body, FunctionCallInfo fcinfo)
{
	Run *run = begin_run();
	volatile Datum result = (Datum) 0;

	current = run;
	PG_TRY();
	{
		result = ge_call_shown(body, fcinfo);
	}
	PG_FINALLY();
	{
		end_run(run);
	}
	PG_END_TRY();
	return result;
}

static void
show_stage(ProgressCommandType command, Oid relid)
{
	if (MyBEEntry == NULL || MyBEEntry->st_progress_command != PROGRESS_COMMAND_INVALID)
		return;
	pgstat_progress_start_command(command, relid);
	current->is_shown = true;
}

void
ge_stage_begin(void)
{
	if (current == NULL)
		return;
	INSTR_TIME_SET_CURRENT(current->stage_start);
	hide_stage(current);
	show_stage(PROGRESS_COMMAND_COPY, InvalidOid);
}

/* Only what is shown already: else something else is. */
static void
show_again(ProgressCommandType command, Oid relid)
{
	if (current == NULL || !current->is_shown)
		return;
	hide_stage(current);
	show_stage(command, relid);
}

void
ge_stage_relation(Oid relid)
{
	show_again(PROGRESS_COMMAND_COPY, relid);
}

void
ge_stage_swaps(Oid relid)
{
	show_again(PROGRESS_COMMAND_CLUSTER, relid);
}

void
ge_stage_rows(uint64 n_rows)
{
	if (current != NULL && current->is_shown)
		pgstat_progress_update_param(PROGRESS_COPY_TUPLES_PROCESSED, n_rows);
}

void
ge_stage_bytes(uint64 done, uint64 total)
{
	const int fields[] = {PROGRESS_COPY_BYTES_PROCESSED, PROGRESS_COPY_BYTES_TOTAL};
	const int64 values[] = {done, total};

	if (current != NULL && current->is_shown)
		pgstat_progress_update_multi_param(lengthof(fields), fields, values);
}

static const char *format_detail(const char *format, va_list args)
	pg_attribute_printf(1, 0);

/* A whole text, however long, in the memory of the running call. */
static const char *
format_detail(const char *format, va_list args)
{
	size_t size = 128;

	for (;;)
	{
		char *detail = MemoryContextAlloc(current->context, size);
		va_list copy;
		size_t needed;

		va_copy(copy, args);
		needed = pvsnprintf(detail, size, format, copy);
		va_end(copy);
		if (needed < size)
			return detail;
		pfree(detail);
		size = needed;
	}
}

/* One line, whatever else the server adds to lines of its log. */
static void
log_stage(const GeStage *stage)
{
	StringInfoData line;

	initStringInfo(&line);
	appendStringInfo(&line, "gpu_encode stage %s: " INT64_FORMAT " rows", stage->name,
					 stage->rows);
	if (stage->bytes >= 0)
		appendStringInfo(&line, ", " INT64_FORMAT " bytes", stage->bytes);
	appendStringInfo(&line, " in %.3f s", stage->seconds);
	if (stage->backend[0] != '\0')
		appendStringInfo(&line, " on %s", stage->backend);
	if (stage->detail[0] != '\0')
		appendStringInfo(&line, ": %s", stage->detail);
	ereport(LOG, errmsg_internal("%s", line.data), errhidestmt(true),
			errhidecontext(true));
	pfree(line.data);
}

void
ge_stage_end(const char *name, int64 rows, int64 bytes, const char *backend,
			 const char *detail_format, ...)
{
	MemoryContext caller;
	GeStage *stage;
	va_list args;

	if (current == NULL)
		return;
	hide_stage(current);
	caller = MemoryContextSwitchTo(current->context);
	stage = palloc0_object(GeStage);
	stage->name = pstrdup(name);
	stage->backend = pstrdup(backend);
	stage->rows = rows;
	stage->bytes = bytes;
	stage->seconds = seconds_since(current->stage_start);
	va_start(args, detail_format);
	stage->detail = format_detail(detail_format, args);
	va_end(args);
	current->stages = lappend(current->stages, stage);
	MemoryContextSwitchTo(caller);
	if (ge_setting_log_stages)
		log_stage(stage);
}

void
ge_stage_explain(const char *name, const char *format, ...)
{
	va_list args;

	if (current == NULL)
		return;
	for (int i = list_length(current->stages) - 1; i >= 0; i--)
	{
		GeStage *stage = list_nth(current->stages, i);

		if (strcmp(stage->name, name) != 0)
			continue;
		va_start(args, format);
		stage->detail = format_detail(format, args);
		va_end(args);
		return;
	}
}

double
ge_run_seconds(void)
{
	return current != NULL ? seconds_since(current->start) : 0;
}

/* Details name relations, which other users must not see. */
List *
ge_run_last(void)
{
	if (last != NULL &&
		(last->session_user != GetSessionUserId() || last->user != GetUserId()))
		forget_last();
	return last != NULL ? last->stages : NIL;
}

/* ProcessUtility_hook: connection pools say DISCARD ALL between two users. */
static void
forget_on_discard(PlannedStmt *statement, const char *query, bool read_only_tree,
				  ProcessUtilityContext context, ParamListInfo params,
				  QueryEnvironment *environment, DestReceiver *receiver,
				  QueryCompletion *completion)
{
	bool discards_all =
		IsA(statement->utilityStmt, DiscardStmt) &&
		castNode(DiscardStmt, statement->utilityStmt)->target == DISCARD_ALL;

	(next_process_utility != NULL ? next_process_utility : standard_ProcessUtility)(
		statement, query, read_only_tree, context, params, environment, receiver,
		completion);
	if (discards_all)
		forget_last();
}

void
ge_run_log_init(void)
{
	next_process_utility = ProcessUtility_hook;
	ProcessUtility_hook = forget_on_discard;
}
