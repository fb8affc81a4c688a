/*
 * arguments.c: one row of an aggregate, from its arguments.
 */
#include "postgres.h"

#include <math.h>

#include "moments/aggregate.h"

MemoryContext
ge_aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("this function can only be called by an aggregate")));
	return context;
}

GE_NORETURN static void
refuse_number(const char *what, double number)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s is %s", what,
					isnan(number)	? "NaN"
					: isinf(number) ? (number > 0 ? "Infinity" : "-Infinity")
									: "negative"),
			 errhint("Leave such rows out with FILTER, or give them another value.")));
}

/* A weight is checked even if the target is NULL. */
static void
read_weight(FunctionCallInfo fcinfo, GeRow *row)
{
	if (PG_ARGISNULL(2))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("a weight is null"),
				 errhint("Leave such rows out with FILTER, or give them a weight, "
						 "0 for example.")));
	row->has_weight = true;
	row->weight = PG_GETARG_FLOAT8(2);
	if (unlikely(!isfinite(row->weight) || row->weight < 0))
		refuse_number("a weight", row->weight);
}

bool
ge_read_float8_row(FunctionCallInfo fcinfo, GeRow *row)
{
	double y;

	if (PG_ARGISNULL(1))
		return false;
	y = PG_GETARG_FLOAT8(1);
	if (unlikely(!isfinite(y)))
		refuse_number("a target", y);
	*row = ge_row_of_double(y);
	return true;
}

bool
ge_read_int8_row(FunctionCallInfo fcinfo, GeRow *row)
{
	if (PG_ARGISNULL(1))
		return false;
	*row = ge_row_of_int64(PG_GETARG_INT64(1));
	return true;
}

bool
ge_read_bool_row(FunctionCallInfo fcinfo, GeRow *row)
{
	if (PG_ARGISNULL(1))
		return false;
	*row = ge_row_of_int64(PG_GETARG_BOOL(1) ? 1 : 0);
	return true;
}

bool
ge_read_weighted_float8_row(FunctionCallInfo fcinfo, GeRow *row)
{
	bool has_target = ge_read_float8_row(fcinfo, row);

	read_weight(fcinfo, row);
	return has_target;
}

bool
ge_read_weighted_int8_row(FunctionCallInfo fcinfo, GeRow *row)
{
	bool has_target = ge_read_int8_row(fcinfo, row);

	read_weight(fcinfo, row);
	return has_target;
}

bool
ge_read_weighted_bool_row(FunctionCallInfo fcinfo, GeRow *row)
{
	bool has_target = ge_read_bool_row(fcinfo, row);

	read_weight(fcinfo, row);
	return has_target;
}
