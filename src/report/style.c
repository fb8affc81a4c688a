/*
 * style.c: how the page looks, light and dark, on a phone and on paper.
 */
#include "postgres.h"

#include "report/internal.h"

static const char colours[] =
	"<style>\n"
	":root{color-scheme:light "
	"dark;--back:#fff;--text:#1c1f23;--dim:#5b6470;--line:#d8dde3;"
	"--bar:#3569b8;--soft:#dfe8f5;--warn:#9a3412;--warn-back:#fff4ec}\n"
	"@media "
	"(prefers-color-scheme:dark){:root{--back:#15181c;--text:#e6e8eb;--dim:#9aa4b0;"
	"--line:#343b44;--bar:#7fb0f5;--soft:#24364f;--warn:#ffb48a;--warn-back:#3a2318}}\n"
	"@media "
	"print{:root{color-scheme:light;--back:#fff;--text:#000;--dim:#444;--line:#bbb;"
	"--bar:#2b4f8a;--soft:#e4e9f1;--warn:#7a2a0a;--warn-back:#fff}}\n";

static const char blocks[] =
	"*{box-sizing:border-box}\n"
	"body{margin:0 auto;padding:1.5rem 1rem 3rem;max-width:60rem;background:var(--back);"
	"color:var(--text);font:15px/1.5 system-ui,sans-serif}\n"
	"h1{font-size:1.6rem;line-height:1.25;margin:0 0 .25rem}\n"
	"h2{font-size:1.2rem;margin:0 0 .5rem}\n"
	"h3{font-size:1rem;margin:1.25rem 0 .25rem}\n"
	"h1,h2,h3,td,th,p,dd{overflow-wrap:anywhere}\n"
	"p{margin:.25rem 0 .75rem}\n"
	"a{color:inherit}\n"
	".dim{color:var(--dim)}\n"
	"section{border-top:1px solid var(--line);margin-top:2rem;padding-top:1.25rem}\n"
	"dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.75rem;"
	"margin:.5rem 0 1rem}\n"
	"dt{color:var(--dim);font-size:.85rem}\n"
	"dd{margin:0;font-variant-numeric:tabular-nums}\n"
	".warn{color:var(--warn);background:var(--warn-back);border-left:3px solid "
	"var(--warn);padding:.5rem .75rem}\n";

static const char tables[] =
	".scroll{overflow-x:auto}\n"
	"table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}\n"
	"th,td{border-bottom:1px solid var(--line);padding:.3rem .6rem .3rem 0;"
	"text-align:right;vertical-align:top}\n"
	"th{color:var(--dim);font-weight:normal;font-size:.85rem;vertical-align:bottom}\n"
	"th:first-child,td:first-child{text-align:left;min-width:9rem}\n"
	"td+td,th+th{white-space:nowrap}\n"
	".bar{display:block;height:.3rem;min-width:4rem;margin-top:.2rem;"
	"background:var(--soft)}\n"
	".bar b{display:block;height:100%;background:var(--bar)}\n"
	"svg{display:block;width:100%;max-width:44rem;height:auto;margin:.5rem 0}\n"
	"svg text{fill:var(--dim);font:12px system-ui,sans-serif}\n"
	"svg .axis{stroke:var(--line)}\n"
	"svg .prior{stroke:var(--dim);stroke-dasharray:4 3}\n"
	"svg .move{stroke:var(--dim);stroke-opacity:.45}\n"
	"svg circle{fill:var(--bar);fill-opacity:.75}\n"
	"@media (max-width:30rem){body{font-size:14px;padding:1rem .75rem 2rem}"
	"th:first-child,td:first-child{min-width:6rem}th,td{padding-right:.45rem}"
	"svg text{font-size:20px}}\n"
	"@media print{body{max-width:none;padding:0;font-size:10pt}"
	"table,svg,dl{break-inside:avoid}h2,h3{break-after:avoid}svg{max-width:30rem}"
	".scroll{overflow:visible}"
	"b,circle{print-color-adjust:exact;-webkit-print-color-adjust:exact}}\n"
	"</style>\n";

void
ge_html_style(GeHtml *html)
{
	ge_html_put(html, colours);
	ge_html_put(html, blocks);
	ge_html_put(html, tables);
}
