/*
 * correlation.c: encodings and targets in pairs, and how they correlate.
 *
 * Means and deviations are updated pair by pair (Welford 1962, with weights as West 1979),
 * so that no large sums are subtracted.
 */
#include "postgres.h"

#include <math.h>

#include "report/internal.h"

void
ge_pairs_add(GePairs *pairs, uint64 n, double weight, double x, double y)
{
	double dx = x - pairs->x, dy = y - pairs->y, share;

	pairs->n += n;
	if (!(weight > 0))
		return;
	pairs->weight += weight;
	share = weight / pairs->weight;
	pairs->x += dx * share;
	pairs->y += dy * share;
	pairs->xx += weight * dx * (x - pairs->x);
	pairs->xy += weight * dx * (y - pairs->y);
	pairs->yy += weight * dy * (y - pairs->y);
}

double
ge_pairs_correlation(const GePairs *pairs, double yy)
{
	double r = pairs->xy / (sqrt(pairs->xx) * sqrt(yy));

	return isfinite(r) ? Max(-1, Min(1, r)) : ge_no_value();
}

bool
ge_view_is_of_fitted_rows(const GeReportView *view)
{
	return view->table.n == view->full.n &&
		   fabs(view->table.weight - view->full.weight) <= 1e-9 * view->full.weight;
}

double
ge_view_full_correlation(const GeReportView *view)
{
	return ge_view_is_of_fitted_rows(view)
			   ? ge_pairs_correlation(&view->full, view->table.yy)
			   : ge_no_value();
}

bool
ge_view_leaks(const GeReportView *view)
{
	double full = ge_view_full_correlation(view),
		   table = ge_pairs_correlation(&view->table, view->table.yy);

	return fabs(full) > 1e-6 && fabs(full - table) <= 1e-9;
}
