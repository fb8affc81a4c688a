/*
 * aggregate.h: the arguments that the aggregates of moments share.
 */
#ifndef GE_MOMENTS_AGGREGATE_H
#define GE_MOMENTS_AGGREGATE_H

#include "postgres.h"
#include "fmgr.h"

#include "moments/state.h"

/*
 * The target is argument 1, its weight argument 2.  False: the target is NULL.  Errors:
 * 22023 for a number that is not finite or a negative weight, 22004 for a NULL weight.
 */
extern bool ge_read_float8_row(FunctionCallInfo fcinfo, GeRow *row);
extern bool ge_read_int8_row(FunctionCallInfo fcinfo, GeRow *row);
extern bool ge_read_bool_row(FunctionCallInfo fcinfo, GeRow *row);
extern bool ge_read_weighted_float8_row(FunctionCallInfo fcinfo, GeRow *row);
extern bool ge_read_weighted_int8_row(FunctionCallInfo fcinfo, GeRow *row);
extern bool ge_read_weighted_bool_row(FunctionCallInfo fcinfo, GeRow *row);

/* The context that holds states of the aggregate; an error outside of aggregates. */
extern MemoryContext ge_aggregate_context(FunctionCallInfo fcinfo);

/* RN of the sum, and of the exact mean, as results; NULL of no target.  Errors: 22003. */
extern Datum ge_exact_sum(FunctionCallInfo fcinfo, const GeMoments *moments);
extern Datum ge_exact_avg(FunctionCallInfo fcinfo, const GeMoments *moments);

#endif /* GE_MOMENTS_AGGREGATE_H */
