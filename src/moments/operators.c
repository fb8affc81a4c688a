/*
 * operators.c: moments added and subtracted.
 */
#include "postgres.h"

#include "base/compat.h"
#include "moments/state.h"

GE_SQL_FUNCTION(ge_moments_plus);
GE_SQL_FUNCTION(ge_moments_minus);

Datum
ge_moments_together(Datum left, Datum right)
{
	GeState *state = ge_state_create(GE_MOMENTS_ALL);
	GeMoments moments;

	ge_moments_open(left, &moments);
	state = ge_state_merge(state, &moments);
	ge_moments_open(right, &moments);
	state = ge_state_merge(state, &moments);
	ge_state_open(state, &moments);
	return ge_moments_datum(&moments);
}

Datum
ge_moments_plus(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(ge_moments_together(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)));
}

/*
 * Whether a bound of the left is that of the rest: only if the right one is inside.  False:
 * the right one is beyond.
 */
static bool
keep_bound(GeMoments *left, const GeMoments *right, int part, double inside)
{
	if ((left->parts & part) == 0 || right->weight.n == 0)
		return true;
	if ((right->parts & part) == 0 || inside == 0)
		left->parts &= ~part;
	else if (inside < 0)
		return false;
	return true;
}

static int
compare_doubles(double a, double b)
{
	return a < b ? -1 : a > b;
}

static void
subtract_numbers(GeMoments *left, const GeMoments *right)
{
	const GeMoments copy = *left;

	left->parts &= right->parts | ~GE_MOMENTS_SQUARES;
	left->n_rows -= right->n_rows;
	left->n_target -= right->n_target;
	ge_number_subtract(&left->weight, &copy.weight, &right->weight);
	ge_number_subtract(&left->sum, &copy.sum, &right->sum);
	if ((left->parts & GE_MOMENTS_SQUARES) != 0)
		ge_number_subtract(&left->squares, &copy.squares, &right->squares);
	else
		ge_number_of_uint64(&left->squares, 0);
	if (left->weight.n == 0)
		left->parts = GE_MOMENTS_ALL;
}

const char *
ge_moments_subtract(GeMoments *left, const GeMoments *right)
{
	if (right->n_rows > left->n_rows)
		return "more rows";
	if (right->n_target > left->n_target ||
		right->n_rows - right->n_target > left->n_rows - left->n_target)
		return "more rows with a target, or more without";
	if (!keep_bound(left, right, GE_MOMENTS_LEAST,
					compare_doubles(right->least, left->least)))
		return "a lesser least value";
	if (!keep_bound(left, right, GE_MOMENTS_GREATEST,
					compare_doubles(left->greatest, right->greatest)))
		return "a greater greatest value";
	subtract_numbers(left, right);
	if (ge_moments_check(left) != NULL)
		return "figures that would leave a rest which no rows have";
	return NULL;
}

Datum
ge_moments_minus(PG_FUNCTION_ARGS)
{
	GeMoments left, right;
	const char *excess;

	ge_moments_open(PG_GETARG_DATUM(0), &left);
	ge_moments_open(PG_GETARG_DATUM(1), &right);
	excess = ge_moments_subtract(&left, &right);
	if (excess != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the moments on the right are no part of those on the left"),
				 errdetail_internal("The right ones have %s.", excess)));
	PG_RETURN_DATUM(ge_moments_datum(&left));
}
