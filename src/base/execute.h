/*
 * execute.h: statements of this extension's own text, run on relations that it holds.
 *
 * A text can only name relations, and names change: while a call runs, the owner of a schema
 * may rename the schema and put another one in its place, with a view or a trigger that would
 * run with the caller's rights.  SPI looks the names up whenever it makes a plan anew.  Here
 * a text is parsed once.  The relations that its names mean are compared with those that the
 * caller holds; then the parsed text is planned and run, without a look at any name.
 */
#ifndef GE_BASE_EXECUTE_H
#define GE_BASE_EXECUTE_H

#include "postgres.h"
#include "nodes/params.h"

typedef struct GeExecutable GeExecutable;

/*
 * Parse and plan an INSERT or a DELETE, with $1 and so on of n_types types.  relids are all
 * the relations that it names.  In CurrentMemoryContext.  Error: 42P01 if a name means
 * another relation by now.
 */
extern GeExecutable *ge_execute_prepare(const char *sql, Oid *types, int n_types,
										const Oid *relids, int n_relids);
/* Run it, on what all commands before it left; returns the number of its rows. */
extern uint64 ge_execute_run(const GeExecutable *executable, ParamListInfo params);

/* Both, without parameters. */
extern uint64 ge_execute(const char *sql, const Oid *relids, int n_relids);

#endif /* GE_BASE_EXECUTE_H */
