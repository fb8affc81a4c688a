/*
 * html.c: HTML in the making, and what may stand in it.
 *
 * Everything that users wrote goes through ge_html_text(): characters that are markup, or
 * no ASCII, become references, so that no encoding on the way to a file changes the page.
 * Characters that have no look of their own, or change how others look, are shown by
 * pictures or numbers.  The page is also well-formed XML.
 */
#include "postgres.h"

#include <math.h>

#include "common/shortest_dec.h"
#include "mb/pg_wchar.h"
#include "utils/memutils.h"

#include "report/internal.h"

static void
put_bytes(GeHtml *html, const char *bytes, Size n)
{
	if ((Size) html->data.len + n + 1 >= MaxAllocSize)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("the report of encoder %s would have more than 1 GB",
							   html->encoder),
						errhint("Fit encoders of fewer columns.")));
	appendBinaryStringInfo(&html->data, bytes, (int) n);
}

void
ge_html_put(GeHtml *html, const char *markup)
{
	put_bytes(html, markup, strlen(markup));
}

void
ge_html_printf(GeHtml *html, const char *format, ...)
{
	char markup[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(markup, sizeof markup, format, arguments);
	va_end(arguments);
	ge_html_put(html, markup);
}

/* ---------------------------------------------------------------------------- text */

/*
 * Characters beyond ASCII without a look of their own: control characters, zero-width
 * ones, those that turn the direction of text or break lines.
 */
static bool
is_hidden(pg_wchar c)
{
	return (c >= 0x80 && c <= 0x9F) || c == 0xAD || c == 0x61C ||
		   (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
		   (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c & 0xFFFE) == 0xFFFE;
}

/* A control character has a picture of its own. */
static void
put_ascii(GeHtml *html, unsigned char c)
{
	if (c < ' ')
		ge_html_printf(html, "&#%d;", 0x2400 + c);
	else if (c == 0x7F)
		ge_html_put(html, "&#9249;");
	else if (strchr("<>&\"'", c) != NULL)
		ge_html_printf(html, "&#%d;", c);
	else
		put_bytes(html, (char *) &c, 1);
}

/* A byte that is no character. */
static void
put_byte(GeHtml *html, unsigned char byte)
{
	ge_html_printf(html, "&#10216;%02X&#10217;", byte);
}

/*
 * The first character of a string, which is UTF-8 but for bytes of other servers, whose
 * texts the server does not check; returns its bytes.
 */
static int
put_character(GeHtml *html, const char *string)
{
	const unsigned char *bytes = (const unsigned char *) string;
	int length = pg_utf_mblen(bytes);
	pg_wchar c;

	if (strnlen(string, length) < (Size) length || !pg_utf8_islegal(bytes, length))
	{
		put_byte(html, *bytes);
		return 1;
	}
	c = utf8_to_unicode(bytes);
	ge_html_printf(html, is_hidden(c) ? "&#10216;U+%04X&#10217;" : "&#%u;", c);
	return length;
}

void
ge_html_text(GeHtml *html, const char *string)
{
	bool is_unknown = GetDatabaseEncoding() == PG_SQL_ASCII;

	if (!is_unknown)
		string = pg_server_to_any(string, (int) strlen(string), PG_UTF8);
	while (*string != '\0')
	{
		if (!IS_HIGHBIT_SET(*string))
			put_ascii(html, (unsigned char) *string++);
		else if (is_unknown)
			put_byte(html, (unsigned char) *string++);
		else
			string += put_character(html, string);
	}
}

/* ------------------------------------------------------------------------- numbers */

/* 1234567 as 1,234,567 */
static const char *
group_digits(uint64 count, char *room)
{
	char digits[32];
	int n = snprintf(digits, sizeof digits, UINT64_FORMAT, count), at = 0;

	for (int i = 0; i < n; i++)
	{
		if (i > 0 && (n - i) % 3 == 0)
			room[at++] = ',';
		room[at++] = digits[i];
	}
	room[at] = '\0';
	return room;
}

void
ge_html_count(GeHtml *html, uint64 count)
{
	char room[48];

	ge_html_printf(html, "<data value=\"" UINT64_FORMAT "\">%s</data>", count,
				   group_digits(count, room));
}

static void
put_number(GeHtml *html, double number, const char *shown)
{
	char digits[DOUBLE_SHORTEST_DECIMAL_LEN];

	double_to_shortest_decimal_buf(number, digits);
	ge_html_printf(html, "<data value=\"%s\">%s</data>", digits, shown);
}

void
ge_html_number(GeHtml *html, double number)
{
	char shown[32];

	if (isnan(number))
	{
		ge_html_put(html, "&#8211;");
		return;
	}
	snprintf(shown, sizeof shown, "%.4g", number);
	put_number(html, number, shown);
}

void
ge_html_share(GeHtml *html, double share)
{
	char shown[32];

	snprintf(shown, sizeof shown,
			 share > 0 && share < 0.001 ? "&lt;0.1&#160;%%" : "%.1f&#160;%%",
			 100 * share);
	put_number(html, share, shown);
}
