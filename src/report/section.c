/*
 * section.c: a column or combination: its figures, its largest categories, its encodings.
 */
#include "postgres.h"

#include <math.h>

#include "report/internal.h"

/* What one section shows at most. */
#define MOST_LINES 10
#define MOST_VIEWS 12
#define MOST_VIEWS_OF_TABLE 3

/* --------------------------------------------------------------------------- figures */

static void
begin_figure(GeHtml *html, const char *figure, const char *title)
{
	ge_html_printf(html, "<div><dt>%s</dt><dd data-figure=\"%s\">", title, figure);
}

static void
end_figure(GeHtml *html)
{
	ge_html_put(html, "</dd></div>\n");
}

static void
put_count(GeHtml *html, const char *figure, const char *title, uint64 count)
{
	begin_figure(html, figure, title);
	ge_html_count(html, count);
	end_figure(html);
}

static void
put_number(GeHtml *html, const char *figure, const char *title, double number)
{
	begin_figure(html, figure, title);
	ge_html_number(html, number);
	end_figure(html);
}

/* A number of rows, and its share of all. */
static void
put_rows(GeHtml *html, const char *figure, const char *title, const GeReportPart *part,
		 uint64 n)
{
	begin_figure(html, figure, title);
	ge_html_count(html, n);
	ge_html_put(html, " (");
	ge_html_share(html, ge_report_share(part, n));
	ge_html_put(html, ")");
	end_figure(html);
}

static void
put_largest(GeHtml *html, const GeReportPart *part)
{
	const GeReportCategory *largest = part->largest.picks[0].category;

	begin_figure(html, "largest", "Largest category");
	ge_html_text(html, largest->name);
	ge_html_put(html, ": ");
	ge_html_count(html, largest->n_rows);
	ge_html_put(html, " (");
	ge_html_share(html, ge_report_share(part, largest->n_rows));
	ge_html_put(html, ")");
	end_figure(html);
}

static void
put_figures(GeHtml *html, const GeReportPart *part)
{
	ge_html_put(html, "<dl>\n");
	put_count(html, "rows", "Rows", part->n_rows);
	put_count(html, "categories", "Categories", part->categories);
	if (part->largest.n > 0)
		put_largest(html, part);
	put_rows(html, "missing", "Missing values", part, part->missing);
	put_rows(html, "singletons", "Alone in their category", part, part->singletons);
	if (part->part->has_infrequent)
		put_rows(html, "infrequent", "In the category of rare values", part,
				 part->infrequent);
	if (part->is_label)
		put_count(html, "codes", "Label codes", (uint64) part->n_codes);
	ge_html_put(html, "</dl>\n");
}

/* ------------------------------------------------------------------------ categories */

static void
put_head_of_views(GeHtml *html, const GeReportPart *part)
{
	for (int v = 0; v < Min(part->n_views, MOST_VIEWS_OF_TABLE); v++)
	{
		const GeReportView *view = &part->views[v];

		if (ge_view_is_mean(view))
			ge_html_put(html, "<th>Mean</th>");
		ge_html_put(html, "<th>");
		ge_html_text(html,
					 view->stat->name != NULL ? view->stat->name : view->stat->stat.name);
		ge_html_put(html, "</th>");
	}
}

static void
put_cell(GeHtml *html, double number)
{
	ge_html_put(html, "<td>");
	ge_html_number(html, number);
	ge_html_put(html, "</td>");
}

static void
put_category(GeHtml *html, const GeReportPart *part, const GeReportCategory *category)
{
	double share = ge_report_share(part, category->n_rows);

	ge_html_put(html, "<tr><td>");
	ge_html_text(html, category->name);
	ge_html_put(html, "</td><td>");
	ge_html_count(html, category->n_rows);
	ge_html_put(html, "</td><td>");
	ge_html_share(html, share);
	ge_html_printf(html, "<span class=\"bar\"><b style=\"width:%.1f%%\"></b></span></td>",
				   100 * share);
	if (part->is_label && category->has_code)
		ge_html_printf(html, "<td>%d</td>", category->code);
	else if (part->is_label)
		ge_html_put(html, "<td></td>");
	for (int v = 0; v < Min(part->n_views, MOST_VIEWS_OF_TABLE); v++)
	{
		const GeReportView *view = &part->views[v];

		if (ge_view_is_mean(view))
			put_cell(html, category->means[view->target - part->part->targets]);
		put_cell(html, category->encodings[view->output]);
	}
	ge_html_put(html, "</tr>\n");
}

static void
put_categories(GeHtml *html, const GeReportPart *part)
{
	int n = Min(part->largest.n, MOST_LINES);

	if (n == 0)
		return;
	ge_html_put(html, "<div class=\"scroll\"><table class=\"categories\"><tr>"
					  "<th>Category</th><th>Rows</th><th>Share</th>");
	if (part->is_label)
		ge_html_put(html, "<th>Code</th>");
	put_head_of_views(html, part);
	ge_html_put(html, "</tr>\n");
	for (int i = 0; i < n; i++)
		put_category(html, part, part->largest.picks[i].category);
	ge_html_put(html, "</table></div>\n");
	if (part->categories > (uint64) n)
	{
		ge_html_put(html, "<p class=\"dim\">");
		ge_html_count(html, part->categories - (uint64) n);
		ge_html_put(html, " more categories are not listed.</p>\n");
	}
}

/* ------------------------------------------------------------------------- encodings */

static void
put_title_of_view(GeHtml *html, const GeReportView *view)
{
	ge_html_put(html, "<h3>");
	ge_html_text(html,
				 view->stat->name != NULL ? view->stat->name : view->stat->stat.name);
	ge_html_printf(html, " <span class=\"dim\">%s of ", view->stat->stat.name);
	ge_html_text(html, view->target->target);
	if (view->target->class != NULL)
	{
		ge_html_put(html, ", class ");
		ge_html_text(html, view->target->class);
	}
	ge_html_put(html, "</span></h3>\n");
}

static void
put_smoothing(GeHtml *html, const GeReportView *view)
{
	if (!ge_view_is_mean(view) || view->moved_rows == 0)
		return;
	put_number(html, "moved", "Moved by smoothing, a row",
			   view->moved / (double) view->moved_rows);
	begin_figure(html, "most_moved", "Moved most");
	ge_html_text(html, view->most_moved);
	ge_html_put(html, ": ");
	ge_html_number(html, view->largest_move);
	end_figure(html);
}

static void
put_comparison(GeHtml *html, const GeReportView *view)
{
	if (view->lacks != NULL)
		return;
	put_count(html, "pairs", "Rows compared", view->table.n);
	put_number(html, "correlation", "Correlation with the target",
			   ge_pairs_correlation(&view->table, view->table.yy));
	put_number(html, "full_correlation", "That of full encodings",
			   ge_view_full_correlation(view));
}

static void
put_remarks(GeHtml *html, const GeReportView *view)
{
	if (view->lacks != NULL)
	{
		ge_html_put(html, "<p class=\"dim\">The output table has no column ");
		ge_html_text(html, view->lacks);
		ge_html_put(html, " to compare.</p>\n");
	}
	else if (!ge_view_is_of_fitted_rows(view))
		ge_html_put(html, "<p class=\"dim\">The output table has other rows than the "
						  "encoder learned from, so that nothing is known of full "
						  "encodings.</p>\n");
	else if (ge_view_leaks(view))
		ge_html_put(html,
					"<p class=\"warn\">A leak: the encodings in the table correlate with "
					"the target as full ones do. Each row's own target is in them. "
					"fit_transform and preprocess make encodings out of fold.</p>\n");
}

static void
put_view(GeHtml *html, const GeReport *report, const GeReportPart *part,
		 const GeReportView *view)
{
	ge_html_put(html, "<div class=\"view\">\n");
	put_title_of_view(html, view);
	ge_html_put(html, "<dl>\n");
	put_number(html, "prior", "Unseen categories", view->prior);
	put_number(html, "missing_encoding", "Missing values", view->missing);
	put_smoothing(html, view);
	if (report->output != NULL)
		put_comparison(html, view);
	ge_html_put(html, "</dl>\n");
	if (report->output != NULL)
		put_remarks(html, view);
	if (part->largest.n > 0)
		ge_html_chart(html, part, view);
	ge_html_put(html, "</div>\n");
}

void
ge_html_section(GeHtml *html, const GeReport *report, int i)
{
	const GeReportPart *part = &report->parts[i];

	ge_html_printf(html, "<section id=\"part%d\">\n<h2>", i + 1);
	ge_html_text(html, part->part->name);
	ge_html_put(html, "</h2>\n");
	put_figures(html, part);
	put_categories(html, part);
	for (int v = 0; v < Min(part->n_views, MOST_VIEWS); v++)
		put_view(html, report, part, &part->views[v]);
	if (part->n_views > MOST_VIEWS)
		ge_html_printf(html,
					   "<p class=\"dim\">%d more targets or classes are not shown.</p>\n",
					   part->n_views - MOST_VIEWS);
	ge_html_put(html, "</section>\n");
}
