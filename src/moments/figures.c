/*
 * figures.c: what a value of moments says, as functions of SQL.
 *
 * With W, S, Q the sums of w, w y, w y y (all exact) and RN the nearest double:
 *
 *   mean         RN(RN(S) / RN(W)), the prior M of target encodings
 *   variance     A / W^2 with A = W Q - S^2: A is rounded to m 2^e, m of 53 bits, then
 *                RN(RN(m / RN(W)) / RN(W)) * 2^e, as target encodings have it
 *   deviation    the root of that quotient, with an even e
 *
 * A figure that is not known, or of no rows, is NULL.  Beyond double precision: 22003.
 */
#include "postgres.h"

#include <math.h>

#include "backend/finish.h"
#include "cpu/float_mode.h"
#include "moments/aggregate.h"

GE_SQL_FUNCTION(ge_moments_n_rows);
GE_SQL_FUNCTION(ge_moments_n_target);
GE_SQL_FUNCTION(ge_moments_total_weight);
GE_SQL_FUNCTION(ge_moments_sum);
GE_SQL_FUNCTION(ge_moments_mean);
GE_SQL_FUNCTION(ge_moments_var_pop);
GE_SQL_FUNCTION(ge_moments_stddev_pop);
GE_SQL_FUNCTION(ge_moments_min_value);
GE_SQL_FUNCTION(ge_moments_max_value);

static double
check_range(const char *what, double figure)
{
	if (isinf(figure))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("the %s is beyond the range of double precision", what)));
	return figure;
}

double
ge_exact_sum(const GeMoments *moments)
{
	return check_range("sum", ge_number_round(&moments->sum));
}

double
ge_exact_avg(const GeMoments *moments)
{
	return check_range("mean",
					   ge_number_round_quotient(&moments->sum, moments->n_target));
}

/* The argument, opened; false if it has no weight. */
static bool
open_argument(FunctionCallInfo fcinfo, GeMoments *moments)
{
	ge_moments_open(PG_GETARG_DATUM(0), moments);
	ge_float_mode_reset();
	return moments->weight.n > 0;
}

Datum
ge_moments_n_rows(PG_FUNCTION_ARGS)
{
	GeMoments moments;

	(void) open_argument(fcinfo, &moments);
	PG_RETURN_INT64((int64) moments.n_rows);
}

Datum
ge_moments_n_target(PG_FUNCTION_ARGS)
{
	GeMoments moments;

	(void) open_argument(fcinfo, &moments);
	PG_RETURN_INT64((int64) moments.n_target);
}

Datum
ge_moments_total_weight(PG_FUNCTION_ARGS)
{
	GeMoments moments;

	(void) open_argument(fcinfo, &moments);
	PG_RETURN_FLOAT8(check_range("sum of weights", ge_number_round(&moments.weight)));
}

Datum
ge_moments_sum(PG_FUNCTION_ARGS)
{
	GeMoments moments;

	if (!open_argument(fcinfo, &moments))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(ge_exact_sum(&moments));
}

static double
mean_of(const GeMoments *moments)
{
	double weight = check_range("sum of weights", ge_number_round(&moments->weight));

	return check_range("mean", ge_exact_sum(moments) / weight);
}

Datum
ge_moments_mean(PG_FUNCTION_ARGS)
{
	GeMoments moments;

	if (!open_argument(fcinfo, &moments))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(mean_of(&moments));
}

/*
 * The variance as quotient * 2^exponent.  RN(W) is taken as a number from 1 to 2 times a
 * power of two, so that no quotient leaves the range of a double: all bits stay.
 */
static double
variance_of(const GeMoments *moments, int *exponent)
{
	double weight = check_range("sum of weights", ge_number_round(&moments->weight));
	int weight_exponent;
	GeNumber deviations;
	double quotient;

	weight = 2 * frexp(weight, &weight_exponent);
	ge_number_cross(&deviations, &moments->weight, &moments->squares, &moments->sum);
	quotient = ge_number_round_wide(&deviations, exponent);
	*exponent -= 2 * (weight_exponent - 1);
	quotient = quotient / weight;
	return quotient / weight;
}

/* The argument, opened; false if the squares are not known, or there are none. */
static bool
open_squares(FunctionCallInfo fcinfo, GeMoments *moments)
{
	return open_argument(fcinfo, moments) && (moments->parts & GE_MOMENTS_SQUARES) != 0;
}

Datum
ge_moments_var_pop(PG_FUNCTION_ARGS)
{
	GeMoments moments;
	double quotient;
	int exponent;

	if (!open_squares(fcinfo, &moments))
		PG_RETURN_NULL();
	quotient = variance_of(&moments, &exponent);
	PG_RETURN_FLOAT8(check_range("variance", ldexp(quotient, exponent)));
}

Datum
ge_moments_stddev_pop(PG_FUNCTION_ARGS)
{
	GeMoments moments;
	double quotient;
	int exponent;

	if (!open_squares(fcinfo, &moments))
		PG_RETURN_NULL();
	quotient = variance_of(&moments, &exponent);
	if (exponent % 2 != 0)
	{
		quotient *= 2;
		exponent--;
	}
	PG_RETURN_FLOAT8(
		check_range("standard deviation", ldexp(sqrt(quotient), exponent / 2)));
}

Datum
ge_moments_min_value(PG_FUNCTION_ARGS)
{
	GeMoments moments;

	if (!open_argument(fcinfo, &moments) || (moments.parts & GE_MOMENTS_LEAST) == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(moments.least);
}

Datum
ge_moments_max_value(PG_FUNCTION_ARGS)
{
	GeMoments moments;

	if (!open_argument(fcinfo, &moments) || (moments.parts & GE_MOMENTS_GREATEST) == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(moments.greatest);
}
