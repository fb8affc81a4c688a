/*
 * chart.c: a drawing of encodings against rows, as SVG.
 *
 * A dot is a category: its rows on a logarithmic axis, and its encoding.  The dashed line is
 * the prior.  A line leads from the mean of the category's targets to the encoding: what
 * smoothing moved.
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "report/internal.h"

enum
{
	WIDTH = 640,
	HEIGHT = 280,
	LEFT = 78,
	RIGHT = WIDTH - 12,
	TOP = 12,
	BOTTOM = HEIGHT - 48
};

typedef struct Chart
{
	GeHtml *html;
	const GeReportPart *part;
	const GeReportView *view;
	int target;		  /* of the part */
	int first_decade; /* of rows: from 10 to the power of this one on, */
	double decades;	  /* so many */
	double low;		  /* of encodings */
	double high;
} Chart;

static double
place_x(const Chart *chart, uint64 n_rows)
{
	return LEFT + (RIGHT - LEFT) * (log10((double) n_rows) - chart->first_decade) /
					  chart->decades;
}

/* Halved first: low and high may be at both ends of the range of numbers. */
static double
place_y(const Chart *chart, double value)
{
	double share = (value / 2 - chart->low / 2) / (chart->high / 2 - chart->low / 2);

	return BOTTOM - (BOTTOM - TOP) * share;
}

/* ---------------------------------------------------------------------------- range */

static void
widen(Chart *chart, double value)
{
	if (isnan(value))
		return;
	chart->low = Min(chart->low, value);
	chart->high = Max(chart->high, value);
}

static void
fit_picks(Chart *chart, const GePicks *picks, double *last_decade)
{
	for (int i = 0; i < picks->n; i++)
	{
		const GeReportCategory *category = picks->picks[i].category;
		double decade = log10((double) category->n_rows);

		chart->first_decade = Min(chart->first_decade, (int) decade);
		*last_decade = Max(*last_decade, decade);
		widen(chart, category->encodings[chart->view->output]);
		if (ge_view_is_mean(chart->view))
			widen(chart, category->means[chart->target]);
	}
}

static void
fit_range(Chart *chart)
{
	double last_decade = 0;

	chart->first_decade = 18; /* rows are fewer than 2^63 */
	chart->low = INFINITY;
	chart->high = -INFINITY;
	widen(chart, chart->view->prior);
	fit_picks(chart, &chart->part->largest, &last_decade);
	fit_picks(chart, &chart->part->others, &last_decade);
	chart->decades = Max(last_decade - chart->first_decade, 1);
	if (chart->low > chart->high)
		chart->low = chart->high = 0;
	if (!(chart->high / 2 - chart->low / 2 > 0))
	{
		double room = fabs(chart->low) < DBL_MIN ? 1 : fabs(chart->low) / 4;

		chart->low -= room;
		chart->high += room;
	}
}

/* ----------------------------------------------------------------------------- axes */

/* The least of 1, 2, 5 times a power of ten that divides the range into five or fewer. */
static double
step_of(const Chart *chart)
{
	double rough = chart->high / 5 - chart->low / 5, power = pow(10, floor(log10(rough)));

	for (int i = 0; i < 3; i++)
		if (rough <= power * (int[]){1, 2, 5}[i])
			return power * (int[]){1, 2, 5}[i];
	return 10 * power;
}

static void
put_tick_y(const Chart *chart, double value)
{
	double y = place_y(chart, value);

	ge_html_printf(chart->html,
				   "<line class=\"axis\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
				   "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.4g</text>\n",
				   LEFT, RIGHT, y, y, LEFT - 6, y + 4, value);
}

static void
put_axes(const Chart *chart)
{
	double step = step_of(chart), first = ceil(chart->low / step);
	int n_decades = (int) chart->decades, every = n_decades > 8 ? 3 : 1;

	for (int i = 0; i < 8 && isfinite(step) && step > 0; i++)
		if ((first + i) * step <= chart->high)
			put_tick_y(chart, (first + i) * step);
	for (int i = 0; i <= n_decades; i += every)
	{
		double x = LEFT + (RIGHT - LEFT) * i / chart->decades;

		ge_html_printf(chart->html,
					   "<line class=\"axis\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" "
					   "y2=\"%d\"/><text x=\"%.1f\" y=\"%d\" "
					   "text-anchor=\"middle\">%.0f</text>\n",
					   x, x, BOTTOM, BOTTOM + 4, x, BOTTOM + 20,
					   pow(10, chart->first_decade + i));
	}
	ge_html_printf(
		chart->html,
		"<text x=\"%d\" y=\"%d\" text-anchor=\"end\">rows of the category</text>\n",
		RIGHT, BOTTOM + 42);
}

/* ----------------------------------------------------------------------- categories */

static void
put_category(const Chart *chart, const GeReportCategory *category)
{
	double encoding = category->encodings[chart->view->output],
		   mean = category->means[chart->target], x = place_x(chart, category->n_rows);

	if (isnan(encoding))
		return;
	if (ge_view_is_mean(chart->view) && !isnan(mean) && mean != encoding)
		ge_html_printf(chart->html,
					   "<line class=\"move\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" "
					   "y2=\"%.1f\"/>",
					   x, x, place_y(chart, mean), place_y(chart, encoding));
	ge_html_printf(chart->html, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"><title>", x,
				   place_y(chart, encoding));
	ge_html_text(chart->html, category->name);
	ge_html_printf(chart->html, ": " UINT64_FORMAT " rows, %.6g</title></circle>\n",
				   category->n_rows, encoding);
}

static bool
has_pick(const GePicks *picks, const GeReportCategory *category)
{
	for (int i = 0; i < picks->n; i++)
		if (picks->picks[i].category->hash == category->hash)
			return true;
	return false;
}

static void
put_categories(const Chart *chart)
{
	const GePicks *largest = &chart->part->largest, *others = &chart->part->others;

	for (int i = 0; i < largest->n; i++)
		put_category(chart, largest->picks[i].category);
	for (int i = 0; i < others->n; i++)
		if (!has_pick(largest, others->picks[i].category))
			put_category(chart, others->picks[i].category);
}

void
ge_html_chart(GeHtml *html, const GeReportPart *part, const GeReportView *view)
{
	Chart chart = {.html = html,
				   .part = part,
				   .view = view,
				   .target = (int) (view->target - part->part->targets)};

	fit_range(&chart);
	ge_html_printf(html,
				   "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"Encodings "
				   "against rows of each category\">\n",
				   WIDTH, HEIGHT);
	put_axes(&chart);
	if (!isnan(view->prior))
		ge_html_printf(html,
					   "<line class=\"prior\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" "
					   "y2=\"%.1f\"/>\n",
					   LEFT, RIGHT, place_y(&chart, view->prior),
					   place_y(&chart, view->prior));
	put_categories(&chart);
	ge_html_put(html, "</svg>\n");
}
