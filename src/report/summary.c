/*
 * summary.c: the table of all columns, a line each.
 */
#include "postgres.h"

#include <math.h>

#include "report/internal.h"

static void
put_cell(GeHtml *html, const char *figure)
{
	ge_html_printf(html, "<td data-figure=\"%s\">", figure);
}

static void
put_end(GeHtml *html)
{
	ge_html_put(html, "</td>");
}

/* The correlations of a part's first encoding. */
static void
put_correlations(GeHtml *html, const GeReportPart *part)
{
	double table = ge_no_value(), full = ge_no_value();

	if (part->n_views > 0 && part->views[0].lacks == NULL)
	{
		table = ge_pairs_correlation(&part->views[0].table, part->views[0].table.yy);
		full = ge_view_full_correlation(&part->views[0]);
	}
	put_cell(html, "correlation");
	ge_html_number(html, table);
	put_end(html);
	put_cell(html, "full_correlation");
	ge_html_number(html, full);
	put_end(html);
}

static uint64
largest_rows(const GeReportPart *part)
{
	return part->largest.n == 0 ? 0 : part->largest.picks[0].category->n_rows;
}

static void
put_line(GeHtml *html, const GeReport *report, int i)
{
	const GeReportPart *part = &report->parts[i];
	double largest = ge_report_share(part, largest_rows(part));

	ge_html_printf(html, "<tr><td><a href=\"#part%d\">", i + 1);
	ge_html_text(html, part->part->name);
	ge_html_put(html, "</a></td>");
	put_cell(html, "categories");
	ge_html_count(html, part->categories);
	put_end(html);
	put_cell(html, "largest_share");
	ge_html_share(html, largest);
	ge_html_printf(html, "<span class=\"bar\"><b style=\"width:%.1f%%\"></b></span>",
				   100 * largest);
	put_end(html);
	put_cell(html, "missing_share");
	ge_html_share(html, ge_report_share(part, part->missing));
	put_end(html);
	put_cell(html, "singletons");
	ge_html_count(html, part->singletons);
	put_end(html);
	if (report->output != NULL)
		put_correlations(html, part);
	ge_html_put(html, "</tr>\n");
}

void
ge_html_summary(GeHtml *html, const GeReport *report)
{
	ge_html_put(html, "<div class=\"scroll\"><table id=\"summary\"><tr><th>Column</th>"
					  "<th>Categories</th><th>Largest</th><th>Missing</th>"
					  "<th>With one row</th>");
	if (report->output != NULL)
		ge_html_put(html, "<th>Correlation<br/>in the table</th><th>Correlation<br/>of "
						  "full encodings</th>");
	ge_html_put(html, "</tr>\n");
	for (int i = 0; i < report->n_parts; i++)
		put_line(html, report, i);
	ge_html_put(html, "</table></div>\n");
}
