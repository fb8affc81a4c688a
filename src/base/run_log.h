/*
 * run_log.h: the stages of a call, for gpu_encode.last_run().
 *
 * A log belongs to its call.  Calls that a call's sources make have logs of their own,
 * and do not change its stages and times. last_run() shows the log of the last outermost
 * call, until DISCARD ALL, and only to the user who made the call.
 */
#ifndef GE_BASE_RUN_LOG_H
#define GE_BASE_RUN_LOG_H

#include "postgres.h"
#include "fmgr.h"
#include "nodes/pg_list.h"

#include "base/compat.h"

typedef struct GeStage
{
	const char *name;
	int64 rows;
	int64 bytes; /* -1: not counted */
	double seconds;
	const char *backend; /* empty: none computed */
	const char *detail;
} GeStage;

extern void ge_run_log_init(void);

/*
 * An SQL function with a log: SQL calls name, which calls body.  The functions below
 * are for bodies and the code that bodies call; elsewhere they do nothing.
 */
#define GE_LOGGED_FUNCTION(name, body)                                                   \
	static Datum body(PG_FUNCTION_ARGS);                                                 \
	GE_SQL_FUNCTION(name);                                                               \
	Datum name(PG_FUNCTION_ARGS)                                                         \
	{                                                                                    \
		return ge_run_call(body, fcinfo);                                                \
	}                                                                                    \
	extern int no_such_variable

extern Datum ge_run_call(PGFunction body, FunctionCallInfo fcinfo);

/*
 * A stage begins now. ge_stage_end() ends the stage, and logs it if gpu_encode.log_stages
 * is on.  Meanwhile pg_stat_progress_copy shows the stage, unless it shows something that
 * the session had begun before, such as the COPY that makes the call.
 */
extern void ge_stage_begin(void);
/* What pg_stat_progress_copy shows of the running stage. */
extern void ge_stage_relation(Oid relid);
/* From here on pg_stat_progress_cluster shows the stage: the server swaps heaps. */
extern void ge_stage_swaps(Oid relid);
extern void ge_stage_rows(uint64 n_rows);
/* Bytes of a relation that is read: so far, and in all. */
extern void ge_stage_bytes(uint64 done, uint64 total);
extern void ge_stage_end(const char *name, int64 rows, int64 bytes, const char *backend,
						 const char *detail_format, ...) pg_attribute_printf(5, 6);
/* The last stage of that name, which has ended, gets another detail. */
extern void ge_stage_explain(const char *name, const char *format, ...)
	pg_attribute_printf(2, 3);
/* Seconds since the call began. */
extern double ge_run_seconds(void);

/* The stages of the last call, GeStage pointers; NIL if the user made none. */
extern List *ge_run_last(void);

#endif /* GE_BASE_RUN_LOG_H */
