/*
 * figures.c: what a value of moments says, and target encodings, as functions of SQL.
 *
 * Every formula is that of backend/finish.h, so that plain SQL gives the bits of jobs.  A
 * figure that is not known, or of no rows, is NULL; one that is out of range is 22003.
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
GE_SQL_FUNCTION(ge_moments_encoding);

static double
check_range(const char *what, double figure)
{
	if (isinf(figure))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("the %s is beyond the range of double precision", what)));
	return figure;
}

Datum
ge_exact_sum(FunctionCallInfo fcinfo, const GeMoments *moments)
{
	if (moments->n_target == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(check_range("sum", ge_number_round(&moments->sum)));
}

Datum
ge_exact_avg(FunctionCallInfo fcinfo, const GeMoments *moments)
{
	if (moments->n_target == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(
		check_range("mean", ge_number_round_quotient(&moments->sum, moments->n_target)));
}

static GeFigures
figures_of(const GeMoments *moments)
{
	GeFigures figures = {.n_rows = moments->n_rows,
						 .n_targets = moments->n_target,
						 .empty = moments->weight.n == 0,
						 .weight = ge_weight(ge_number_round(&moments->weight)),
						 .sum = ge_number_round(&moments->sum),
						 .least = moments->least,
						 .greatest = moments->greatest};
	GeNumber spread;

	if ((moments->parts & GE_MOMENTS_SQUARES) != 0)
	{
		ge_number_cross(&spread, &moments->weight, &moments->squares, &moments->sum);
		figures.spread = ge_number_round_wide(&spread);
	}
	return figures;
}

/* What a finish makes of argument 0; NULL if it has no weight, or not these parts. */
static Datum
finish_argument(FunctionCallInfo fcinfo, GeFinishKind kind, int parts, const char *what)
{
	const GeFinish finish = {.kind = kind};
	const GePrior no_prior = {.unseen = 0};
	GeMoments moments;

	ge_moments_open(PG_GETARG_DATUM(0), &moments);
	ge_float_mode_reset();
	if (moments.weight.n == 0 || (moments.parts & parts) != parts)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(
		check_range(what, ge_finish(&finish, figures_of(&moments), no_prior)));
}

Datum
ge_moments_n_rows(PG_FUNCTION_ARGS)
{
	GeMoments moments;

	ge_moments_open(PG_GETARG_DATUM(0), &moments);
	PG_RETURN_INT64((int64) moments.n_rows);
}

Datum
ge_moments_n_target(PG_FUNCTION_ARGS)
{
	GeMoments moments;

	ge_moments_open(PG_GETARG_DATUM(0), &moments);
	PG_RETURN_INT64((int64) moments.n_target);
}

Datum
ge_moments_total_weight(PG_FUNCTION_ARGS)
{
	GeMoments moments;

	ge_moments_open(PG_GETARG_DATUM(0), &moments);
	PG_RETURN_FLOAT8(check_range("sum of weights", ge_number_round(&moments.weight)));
}

Datum
ge_moments_sum(PG_FUNCTION_ARGS)
{
	return finish_argument(fcinfo, GE_FINISH_SUM, 0, "sum");
}

Datum
ge_moments_mean(PG_FUNCTION_ARGS)
{
	return finish_argument(fcinfo, GE_FINISH_MEAN, 0, "mean");
}

Datum
ge_moments_var_pop(PG_FUNCTION_ARGS)
{
	return finish_argument(fcinfo, GE_FINISH_VAR, GE_MOMENTS_SQUARES, "variance");
}

Datum
ge_moments_stddev_pop(PG_FUNCTION_ARGS)
{
	return finish_argument(fcinfo, GE_FINISH_STD, GE_MOMENTS_SQUARES,
						   "standard deviation");
}

Datum
ge_moments_min_value(PG_FUNCTION_ARGS)
{
	return finish_argument(fcinfo, GE_FINISH_MIN, GE_MOMENTS_LEAST, "least value");
}

Datum
ge_moments_max_value(PG_FUNCTION_ARGS)
{
	return finish_argument(fcinfo, GE_FINISH_MAX, GE_MOMENTS_GREATEST, "greatest value");
}

double
ge_smooth_check(double smooth)
{
	if (!(smooth >= 0) || isinf(smooth))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("smooth must be a finite number, 0 or more"),
				 errdetail("It is %g.", smooth),
				 errhint("It is a pseudo-count: the weight of the prior, in rows.")));
	return smooth + 0.0; /* -0 becomes 0 */
}

/* The smooth of argument 2; NULL: from the variances. */
static double
smooth_of_argument(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(2))
		return GE_SMOOTH_AUTO;
	return ge_smooth_check(PG_GETARG_FLOAT8(2));
}

/* An argument that may be NULL: no rows. */
static void
open_or_clear(FunctionCallInfo fcinfo, int argument, bool needs_squares,
			  GeMoments *moments)
{
	ge_moments_clear(moments);
	if (!PG_ARGISNULL(argument))
		ge_moments_open(PG_GETARG_DATUM(argument), moments);
	if (needs_squares && (moments->parts & GE_MOMENTS_SQUARES) == 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("smooth from the data needs sums of squares"),
						errdetail("They are unknown in these moments."),
						errhint("Give smooth a number, or moments of the rows.")));
}

/* (moments, prior moments, smooth float8) */
Datum
ge_moments_encoding(PG_FUNCTION_ARGS)
{
	GeFinish finish = {.kind = GE_FINISH_MEAN, .smooth = smooth_of_argument(fcinfo)};
	bool from_data = PG_ARGISNULL(2);
	GeMoments moments, prior;
	double encoding;

	open_or_clear(fcinfo, 0, from_data, &moments);
	open_or_clear(fcinfo, 1, from_data, &prior);
	if (prior.weight.n == 0)
		PG_RETURN_NULL();
	ge_float_mode_reset();
	encoding =
		ge_finish(&finish, figures_of(&moments), ge_prior(&finish, figures_of(&prior)));
	PG_RETURN_FLOAT8(check_range("encoding", encoding));
}
