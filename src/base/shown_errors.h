/*
 * shown_errors.h: errors that PostgreSQL raises in a call, with values cut as in ours.
 */
#ifndef GE_BASE_SHOWN_ERRORS_H
#define GE_BASE_SHOWN_ERRORS_H

#include "postgres.h"

#include "fmgr.h"

#include "base/compat.h"

/*
 * Call body.  PostgreSQL's own errors about values and names (classes 22, 23 and 42) show
 * them whole, those of input functions and of COPY for example: they get messages and details
 * in which each is cut as by ge_shown().
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

#endif /* GE_BASE_SHOWN_ERRORS_H */
