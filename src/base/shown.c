/*
 * shown.c: texts of users in messages, cut to a length that a log can hold, and without
 * what a terminal would obey.
 */
#include "postgres.h"
#include "mb/pg_wchar.h"

#include "base/shown.h"

char *
ge_shown_part(const char *value, int length, int most)
{
	int shown = pg_mbcharcliplen(value, length, most), more;

	if (shown == length)
		return pnstrdup(value, length);
	more = pg_mbstrlen_with_len(value + shown, length - shown);
	return psprintf("%.*s... (%d more character%s)", shown, value, more,
					more == 1 ? "" : "s");
}

/* U+0080 to U+009F are bytes of their own. */
static bool
has_controls_above_ascii(int encoding)
{
	return (encoding >= PG_LATIN1 && encoding <= PG_LATIN10) ||
		   (encoding >= PG_ISO_8859_5 && encoding <= PG_ISO_8859_8);
}

/* The bytes of the control character that a value begins with; 0: it begins with none. */
static int
control_length(const char *value)
{
	const unsigned char *bytes = (const unsigned char *) value;
	int encoding = GetDatabaseEncoding();

	if (bytes[0] < ' ' || bytes[0] == 0x7f)
		return 1;
	if (encoding == PG_UTF8 || encoding == PG_SQL_ASCII)
		return bytes[0] == 0xc2 && bytes[1] >= 0x80 && bytes[1] < 0xa0 ? 2 : 0;
	return has_controls_above_ascii(encoding) && bytes[0] >= 0x80 && bytes[0] < 0xa0;
}

/* kept: characters that stay as they are */
static char *
escape_controls(const char *value, const char *kept)
{
	StringInfoData result;

	initStringInfo(&result);
	while (*value != '\0')
	{
		int length = strchr(kept, *value) == NULL ? control_length(value) : 0;

		if (length == 0)
			appendStringInfoChar(&result, *value++);
		for (; length > 0; length--)
			appendStringInfo(&result, "\\x%02x", (unsigned char) *value++);
	}
	return result.data;
}

char *
ge_printable(const char *value)
{
	return escape_controls(value, "");
}

char *
ge_shown(const char *value)
{
	/* blanks, which COPY's messages show as well */
	return escape_controls(ge_shown_part(value, strlen(value), GE_SHOWN_CHARACTERS),
						   "\t\n\r");
}

void
ge_append_shown(StringInfo list, char *const *values, uint32 n_given, uint32 n)
{
	for (uint32 i = 0; i < Min(n_given, GE_SHOWN_VALUES); i++)
		appendStringInfo(list, "%s\"%s\"", i == 0 ? "" : ", ", ge_shown(values[i]));
	if (n > Min(n_given, GE_SHOWN_VALUES))
		appendStringInfoString(list, ", ...");
}
