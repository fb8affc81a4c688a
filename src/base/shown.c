/*
 * shown.c: texts of users in messages, cut to a length that a log can hold.
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

char *
ge_shown(const char *value)
{
	return ge_shown_part(value, strlen(value), GE_SHOWN_CHARACTERS);
}

void
ge_append_shown(StringInfo list, char *const *values, uint32 n_given, uint32 n)
{
	for (uint32 i = 0; i < Min(n_given, GE_SHOWN_VALUES); i++)
		appendStringInfo(list, "%s\"%s\"", i == 0 ? "" : ", ", ge_shown(values[i]));
	if (n > Min(n_given, GE_SHOWN_VALUES))
		appendStringInfoString(list, ", ...");
}
