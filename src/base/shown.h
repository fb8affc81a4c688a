/*
 * shown.h: texts of users in messages.
 */
#ifndef GE_BASE_SHOWN_H
#define GE_BASE_SHOWN_H

#include "postgres.h"

#include "fmgr.h"
#include "lib/stringinfo.h"

#include "base/compat.h"

/* Values that one message lists. */
#define GE_SHOWN_VALUES 5

/* A value for a message (palloc'd): its first 64 characters, and how many more it has. */
extern char *ge_shown(const char *value);
/* Append a list of values, the first GE_SHOWN_VALUES of n, each quoted: "a", "b", ... */
extern void ge_append_shown(StringInfo list, char *const *values, uint32 n_given,
							uint32 n);

/*
 * Call body.  PostgreSQL's own errors about values and names (classes 22 and 42) show them
 * whole, those of input functions and of COPY for example: they get messages and details in
 * which each is cut as by ge_shown().
 */
extern Datum ge_call_shown(PGFunction body, FunctionCallInfo fcinfo);

/* An SQL function: SQL calls name, which calls body so. */
#define GE_SHOWN_FUNCTION(name, body)                                                    \
	static Datum body(PG_FUNCTION_ARGS);                                                 \
	GE_SQL_FUNCTION(name);                                                               \
	Datum name(PG_FUNCTION_ARGS)                                                         \
	{                                                                                    \
		return ge_call_shown(body, fcinfo);                                              \
	}                                                                                    \
	extern int no_such_variable

#endif /* GE_BASE_SHOWN_H */
