/*
 * check.c: which figures moments can have.
 */
#include "postgres.h"

#include <math.h>

#include "moments/moments.h"

void
ge_moments_clear(GeMoments *moments)
{
	moments->n_rows = 0;
	moments->n_target = 0;
	moments->parts = GE_MOMENTS_ALL;
	moments->least = 0;
	moments->greatest = 0;
	ge_number_of_uint64(&moments->weight, 0);
	ge_number_of_uint64(&moments->sum, 0);
	ge_number_of_uint64(&moments->squares, 0);
}

/*
 * Words of the sums of at most 2^63 rows: of w, w y, w y y with doubles w and integers or
 * doubles y.
 */
static const char *
check_words(const GeMoments *moments)
{
	if (!ge_number_within(&moments->weight, -17, 16))
		return "the weight is out of range";
	if (!ge_number_within(&moments->sum, -34, 32))
		return "the sum is out of range";
	if (!ge_number_within(&moments->squares, -51, 48))
		return "the sum of squares is out of range";
	return NULL;
}

static const char *
check_empty(const GeMoments *moments)
{
	if (moments->sum.n > 0 || moments->squares.n > 0)
		return "there is a sum, but no weight";
	if (moments->parts != GE_MOMENTS_ALL)
		return "without any weight no part can be unknown";
	return NULL;
}

/* Cauchy and Schwarz: (sum of w y)^2 <= (sum of w) (sum of w y y). */
static const char *
check_squares(const GeMoments *moments)
{
	GeNumber deviations;

	if (moments->squares.negative)
		return "the sum of squares is negative";
	ge_number_cross(&deviations, &moments->weight, &moments->squares, &moments->sum);
	if (deviations.negative)
		return "the sum of squares is less than this sum allows";
	return NULL;
}

/* A bound that is a double, but not -0. */
static bool
is_bound(double bound)
{
	return isfinite(bound) && (bound != 0 || !signbit(bound));
}

static const char *
check_bounds(const GeMoments *moments)
{
	bool has_least = (moments->parts & GE_MOMENTS_LEAST) != 0;
	bool has_greatest = (moments->parts & GE_MOMENTS_GREATEST) != 0;

	if ((has_least && !is_bound(moments->least)) ||
		(has_greatest && !is_bound(moments->greatest)))
		return "the least or greatest value is no finite number";
	if (has_least && has_greatest && moments->least > moments->greatest)
		return "the least value is above the greatest";
	return NULL;
}

const char *
ge_moments_check(const GeMoments *moments)
{
	const char *wrong = check_words(moments);

	if (wrong != NULL)
		return wrong;
	if (moments->n_rows > GE_MOMENTS_MOST_ROWS)
		return "there are more than 2^63 - 1 rows";
	if (moments->n_target > moments->n_rows)
		return "there are more targets than rows";
	if (moments->weight.negative)
		return "the weight is negative";
	if (moments->n_target == 0 && moments->weight.n > 0)
		return "there is a weight, but no target";
	if (moments->weight.n == 0)
		return check_empty(moments);
	if ((moments->parts & GE_MOMENTS_SQUARES) != 0)
		wrong = check_squares(moments);
	return wrong != NULL ? wrong : check_bounds(moments);
}
