/*
 * page.c: the page as a whole.
 */
#include "postgres.h"

#include "report/internal.h"

static void
put_head(GeHtml *html, const GeReport *report)
{
	ge_html_put(html,
				"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>\n"
				"<meta name=\"viewport\" content=\"width=device-width,"
				"initial-scale=1\"/>\n"
				"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
				"'none'; style-src 'unsafe-inline'\"/>\n<title>");
	ge_html_text(html, report->encoder);
	ge_html_put(html, "</title>\n");
	ge_html_style(html);
	ge_html_put(html, "</head><body>\n<h1>Encoder ");
	ge_html_text(html, report->encoder);
	ge_html_put(html, "</h1>\n<p class=\"dim\">Learned from ");
	ge_html_text(html, report->parameters->source);
	if (report->parameters->fitted_at != NULL)
	{
		ge_html_put(html, " at ");
		ge_html_text(html, report->parameters->fitted_at);
	}
	ge_html_put(html, ".");
	if (report->parameters->encoder_id != NULL)
	{
		ge_html_put(html, " encoder_id ");
		ge_html_text(html, report->parameters->encoder_id);
		ge_html_put(html, ".");
	}
	ge_html_put(html, "</p>\n");
}

static void
put_output(GeHtml *html, const GeReport *report)
{
	if (report->output == NULL)
		return;
	ge_html_put(html, "<p>Output table ");
	ge_html_text(html, report->output);
	ge_html_put(html, ": <span data-figure=\"output_rows\">");
	ge_html_count(html, report->output_rows);
	ge_html_put(html,
				"</span> rows. Encodings out of fold correlate less with the target "
				"than full ones, which contain each row's own target. The larger "
				"the difference, the more a column would leak.</p>\n");
}

text *
ge_report_page(const GeReport *report)
{
	GeHtml html = {.encoder = report->encoder};

	initStringInfo(&html.data);
	/* the page becomes the result where it stands, without a copy */
	appendStringInfoSpaces(&html.data, VARHDRSZ);
	put_head(&html, report);
	put_output(&html, report);
	ge_html_summary(&html, report);
	for (int i = 0; i < report->n_parts; i++)
		ge_html_section(&html, report, i);
	ge_html_put(
		&html, "<p class=\"dim\">A dot is a category. The dashed line is the encoding of "
			   "unseen categories. A line from a dot leads to the mean of the category's "
			   "targets: smoothing moved the encoding so far.</p>\n</body></html>\n");
	SET_VARSIZE(html.data.data, html.data.len);
	return (text *) html.data.data;
}
