/*
 * operators.c: moments added and subtracted.
 */
#include "postgres.h"

#include "base/compat.h"
#include "moments/state.h"

GE_SQL_FUNCTION(ge_moments_plus);
GE_SQL_FUNCTION(ge_moments_minus);

Datum
ge_moments_plus(PG_FUNCTION_ARGS)
{
	GeState *state = ge_state_create(GE_MOMENTS_ALL);
	GeMoments moments;

	for (int i = 0; i < 2; i++)
	{
		ge_moments_open(PG_GETARG_DATUM(i), &moments);
		state = ge_state_merge(state, &moments);
	}
	ge_state_open(state, &moments);
	PG_RETURN_DATUM(ge_moments_datum(&moments));
}

GE_NORETURN static void
refuse_difference(const char *what)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("the moments on the right are no part of those on the left"),
					errdetail_internal("The right ones have %s.", what)));
}

/* Whether a bound of the left is that of the rest: only if the right one is inside. */
static bool
bound_stays(const GeMoments *left, const GeMoments *right, int part, double inside)
{
	if ((left->parts & part) == 0)
		return false;
	if (right->weight.n == 0)
		return true;
	if ((right->parts & part) == 0)
		return false;
	if (inside < 0)
		refuse_difference(part == GE_MOMENTS_LEAST ? "a lesser least value"
												   : "a greater greatest value");
	return inside > 0;
}

static int
compare_doubles(double a, double b)
{
	return a < b ? -1 : a > b;
}

/* left becomes left - right. */
static void
subtract(GeMoments *left, const GeMoments *right)
{
	const GeMoments copy = *left;
	int squares = left->parts & right->parts & GE_MOMENTS_SQUARES;

	if (right->n_rows > left->n_rows)
		refuse_difference("more rows");
	if (right->n_target > left->n_target ||
		right->n_rows - right->n_target > left->n_rows - left->n_target)
		refuse_difference("more rows with a target, or more without");
	left->parts = squares;
	if (bound_stays(&copy, right, GE_MOMENTS_LEAST,
					compare_doubles(right->least, copy.least)))
		left->parts |= GE_MOMENTS_LEAST;
	if (bound_stays(&copy, right, GE_MOMENTS_GREATEST,
					compare_doubles(copy.greatest, right->greatest)))
		left->parts |= GE_MOMENTS_GREATEST;
	left->n_rows -= right->n_rows;
	left->n_target -= right->n_target;
	ge_number_subtract(&left->weight, &copy.weight, &right->weight);
	ge_number_subtract(&left->sum, &copy.sum, &right->sum);
	if (squares != 0)
		ge_number_subtract(&left->squares, &copy.squares, &right->squares);
	else
		ge_number_of_uint64(&left->squares, 0);
	if (left->weight.n == 0)
		left->parts = GE_MOMENTS_ALL;
}

Datum
ge_moments_minus(PG_FUNCTION_ARGS)
{
	GeMoments left, right;

	ge_moments_open(PG_GETARG_DATUM(0), &left);
	ge_moments_open(PG_GETARG_DATUM(1), &right);
	subtract(&left, &right);
	if (ge_moments_check(&left) != NULL)
		refuse_difference("figures that would leave a rest which no rows have");
	PG_RETURN_DATUM(ge_moments_datum(&left));
}
