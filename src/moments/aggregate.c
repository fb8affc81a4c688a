/*
 * aggregate.c: the aggregates moments, merge, exact_sum and exact_avg.
 *
 * The transition type is moments itself.  A transition changes the state in place, or
 * returns a new one in the memory of the row, which the executor copies to the group.  A
 * final function reads the state: it may be called again, with more rows between.
 */
#include "postgres.h"

#include "moments/aggregate.h"

/* One transition function: the rows of one aggregate, read by `read`. */
#define TRANSITION(name, read, parts)                                                    \
	GE_SQL_FUNCTION(name);                                                               \
	Datum name(PG_FUNCTION_ARGS)                                                         \
	{                                                                                    \
		GeRow row;                                                                       \
                                                                                         \
		return add_row(fcinfo, read(fcinfo, &row) ? &row : NULL, parts);                 \
	}

GE_SQL_FUNCTION(ge_moments_combine);
GE_SQL_FUNCTION(ge_moments_final);
GE_SQL_FUNCTION(ge_exact_sum_final);
GE_SQL_FUNCTION(ge_exact_avg_final);

/* A state for a value that is none: a part of a plan gave it, in another form. */
static pg_noinline GeState *
state_of_other(Datum value)
{
	GeMoments moments;

	ge_moments_open(value, &moments);
	return ge_state_merge(ge_state_create(GE_MOMENTS_ALL), &moments);
}

/* The state so far, which is argument 0. */
static inline GeState *
state_of_argument(FunctionCallInfo fcinfo, int parts)
{
	GeState *state;

	(void) ge_aggregate_context(fcinfo);
	if (PG_ARGISNULL(0))
		return ge_state_create(parts);
	state = ge_state_of_value(PG_GETARG_DATUM(0));
	return state != NULL ? state : state_of_other(PG_GETARG_DATUM(0));
}

static inline Datum
add_row(FunctionCallInfo fcinfo, const GeRow *row, int parts)
{
	GeState *state = state_of_argument(fcinfo, parts);

	if (row == NULL)
		ge_state_add_nulls(state, 1);
	else
		state = ge_state_add(state, row, false);
	return PointerGetDatum(state);
}

TRANSITION(ge_moments_add_float8, ge_read_float8_row, GE_MOMENTS_ALL)
TRANSITION(ge_moments_add_int8, ge_read_int8_row, GE_MOMENTS_ALL)
TRANSITION(ge_moments_add_bool, ge_read_bool_row, GE_MOMENTS_ALL)
TRANSITION(ge_moments_add_weighted_float8, ge_read_weighted_float8_row, GE_MOMENTS_ALL)
TRANSITION(ge_moments_add_weighted_int8, ge_read_weighted_int8_row, GE_MOMENTS_ALL)
TRANSITION(ge_moments_add_weighted_bool, ge_read_weighted_bool_row, GE_MOMENTS_ALL)
TRANSITION(ge_exact_sum_add, ge_read_float8_row, 0)

/* Of two states, and of a state and a value: merge(moments). */
Datum
ge_moments_combine(PG_FUNCTION_ARGS)
{
	GeMoments moments;

	(void) ge_aggregate_context(fcinfo);
	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	if (PG_ARGISNULL(0)) /* the executor makes a copy of it */
		PG_RETURN_POINTER(PG_DETOAST_DATUM(PG_GETARG_DATUM(1)));
	ge_moments_open(PG_GETARG_DATUM(1), &moments);
	PG_RETURN_POINTER(
		ge_state_merge(state_of_argument(fcinfo, GE_MOMENTS_ALL), &moments));
}

Datum
ge_moments_final(PG_FUNCTION_ARGS)
{
	GeMoments moments;

	ge_moments_open(PG_GETARG_DATUM(0), &moments);
	PG_RETURN_DATUM(ge_moments_datum(&moments));
}

Datum
ge_exact_sum_final(PG_FUNCTION_ARGS)
{
	GeMoments moments;

	ge_moments_open(PG_GETARG_DATUM(0), &moments);
	return ge_exact_sum(fcinfo, &moments);
}

Datum
ge_exact_avg_final(PG_FUNCTION_ARGS)
{
	GeMoments moments;

	ge_moments_open(PG_GETARG_DATUM(0), &moments);
	return ge_exact_avg(fcinfo, &moments);
}
