/*
 * shown.c: texts of users in messages, cut to a length that a log can hold.
 */
#include "postgres.h"
#include "mb/pg_wchar.h"

#include "base/shown.h"

#define SHOWN_CHARACTERS 64
/* Of a value that was cut before, with the number of the others. */
#define CUT_CHARACTERS (SHOWN_CHARACTERS + 32)
/* Of a message whose values cannot be told from its words; of one with values cut before. */
#define MESSAGE_CHARACTERS 400
#define LIST_CHARACTERS 1000

/* The first characters of a text, and how many more it has. */
static char *
cut(const char *value, int length, int most)
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
	return cut(value, strlen(value), SHOWN_CHARACTERS);
}

void
ge_append_shown(StringInfo list, char *const *values, uint32 n_given, uint32 n)
{
	for (uint32 i = 0; i < Min(n_given, GE_SHOWN_VALUES); i++)
		appendStringInfo(list, "%s\"%s\"", i == 0 ? "" : ", ", ge_shown(values[i]));
	if (n > Min(n_given, GE_SHOWN_VALUES))
		appendStringInfoString(list, ", ...");
}

/* ------------------------------------------------------- errors that others have raised */

static bool
is_long(const char *message)
{
	return message != NULL && strlen(message) > SHOWN_CHARACTERS;
}

static bool
ends_with(const char *value, int length, const char *end)
{
	int n = strlen(end);

	return length >= n && memcmp(value + length - n, end, n) == 0;
}

/* A quoted part, which may have been cut before: by ge_shown(), or by COPY. */
static char *
cut_part(const char *value, int length)
{
	if (pg_mbstrlen_with_len(value, length) <= CUT_CHARACTERS &&
		(ends_with(value, length, " more characters)") ||
		 ends_with(value, length, " more character)")))
		return pnstrdup(value, length);
	if (ends_with(value, length, "..."))
		return psprintf("%.*s...", pg_mbcharcliplen(value, length - 3, SHOWN_CHARACTERS),
						value);
	return cut(value, length, SHOWN_CHARACTERS);
}

/* A message with every quoted part cut. */
static char *
cut_quoted(const char *message)
{
	StringInfoData out;
	const char *open, *close;

	initStringInfo(&out);
	while ((open = strchr(message, '"')) != NULL &&
		   (close = strchr(open + 1, '"')) != NULL)
	{
		appendBinaryStringInfo(&out, message, open + 1 - message);
		appendStringInfoString(&out, cut_part(open + 1, close - open - 1));
		appendStringInfoChar(&out, '"');
		message = close + 1;
	}
	appendStringInfoString(&out, message);
	return out.data;
}

/* The same for a value that has quotes itself, so that they mean little. */
static char *
cut_message(const char *message)
{
	char *shorter = cut_quoted(message);
	const char *open = strchr(message, '"'), *close = strrchr(message, '"');
	int most = strstr(message, "... (") != NULL ? LIST_CHARACTERS : MESSAGE_CHARACTERS;

	if (pg_mbstrlen(shorter) > most && open != close)
		shorter = psprintf("%.*s%s%s", (int) (open + 1 - message), message,
						   cut(open + 1, close - open - 1, SHOWN_CHARACTERS), close);
	return cut(shorter, strlen(shorter), most);
}

/*
 * A line of a context that COPY has made: all between its quotes is one value.  Other lines
 * belong to functions of users.
 */
static char *
cut_context_line(char *line)
{
	const char *open = strchr(line, '"'), *close = strrchr(line, '"');

	if (strncmp(line, "COPY ", 5) != 0 || open == close)
		return line;
	return psprintf("%.*s%s%s", (int) (open + 1 - line), line,
					cut_part(open + 1, close - open - 1), close);
}

static char *
cut_context(const char *context)
{
	StringInfoData out;

	initStringInfo(&out);
	for (const char *end; *context != '\0'; context = *end == '\0' ? end : end + 1)
	{
		end = context + strcspn(context, "\n");
		appendStringInfo(&out, "%s%s", out.len > 0 ? "\n" : "",
						 cut_context_line(pnstrdup(context, end - context)));
	}
	return out.data;
}

Datum
ge_call_shown(PGFunction body, FunctionCallInfo fcinfo)
{
	MemoryContext caller = CurrentMemoryContext;
	volatile Datum result = (Datum) 0;

	PG_TRY();
	{
		result = body(fcinfo);
	}
	PG_CATCH();
	{
		int category = ERRCODE_TO_CATEGORY(geterrcode());
		ErrorData *error;

		if (category != ERRCODE_DATA_EXCEPTION &&
			category != ERRCODE_SYNTAX_ERROR_OR_ACCESS_RULE_VIOLATION)
			PG_RE_THROW();
		MemoryContextSwitchTo(caller);
		error = CopyErrorData();
		FlushErrorState();
		if (is_long(error->message))
			error->message = cut_message(error->message);
		if (is_long(error->detail))
			error->detail = cut_message(error->detail);
		if (is_long(error->context))
			error->context = cut_context(error->context);
		ReThrowError(error);
	}
	PG_END_TRY();
	return result;
}
