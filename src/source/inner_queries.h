/*
 * inner_queries.h: the queries of functions that run while a source is read.
 */
#ifndef GE_SOURCE_INNER_QUERIES_H
#define GE_SOURCE_INNER_QUERIES_H

#include "postgres.h"
#include "executor/execdesc.h"

/*
 * Run a started query.  Errors: those of ge_relation_check_seen() for a relation that a query
 * of a function reads meanwhile, by the snapshot of that query.
 */
extern void ge_run_watched(QueryDesc *running);

#endif /* GE_SOURCE_INNER_QUERIES_H */
