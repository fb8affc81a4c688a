/*
 * shown_errors.c: PostgreSQL's own errors about values, shortened.  Contract in
 * shown_errors.h.
 */
#include "postgres.h"
#include "mb/pg_wchar.h"

#include "base/shown.h"
#include "base/shown_errors.h"

/* Of a value that was cut before, some characters as \xNN, with the number of the others. */
#define CUT_CHARACTERS (4 * GE_SHOWN_CHARACTERS + 32)
/* Of a message whose values cannot be told from its words. */
#define MESSAGE_CHARACTERS 400
/* Of a message of ours, which lists values that are cut. */
#define OWN_CHARACTERS 4000

static bool
is_long(const char *message)
{
	return message != NULL && strlen(message) > GE_SHOWN_CHARACTERS;
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
		return psprintf("%.*s...",
						pg_mbcharcliplen(value, length - 3, GE_SHOWN_CHARACTERS), value);
	return ge_shown_part(value, length, GE_SHOWN_CHARACTERS);
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

	if (pg_mbstrlen(shorter) > MESSAGE_CHARACTERS && open != close)
		shorter = psprintf("%.*s%s%s", (int) (open + 1 - message), message,
						   ge_shown_part(open + 1, close - open - 1, GE_SHOWN_CHARACTERS),
						   close);
	return ge_shown_part(shorter, strlen(shorter), MESSAGE_CHARACTERS);
}

/* Of a violated constraint: Key (columns)=(values) is duplicated. */
static char *
cut_key(char *detail)
{
	const char *open = strstr(detail, ")=("), *close = strrchr(detail, ')');

	if (strncmp(detail, "Key (", 5) != 0 || open == NULL || close < open + 3)
		return cut_message(detail);
	open += 3;
	return psprintf("%.*s%s%s", (int) (open - detail), detail,
					cut_part(open, close - open), close);
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

static bool
is_ours(const ErrorData *error)
{
	return error->domain != NULL && strcmp(error->domain, TEXTDOMAIN) == 0;
}

/* Values in messages of ours are cut already. */
static char *
shorten(const ErrorData *error, char *message)
{
	if (!is_long(message))
		return message;
	if (is_ours(error))
		return ge_shown_part(message, strlen(message), OWN_CHARACTERS);
	return message == error->detail ? cut_key(message) : cut_message(message);
}

static bool
shows_values(int sqlstate)
{
	int category = ERRCODE_TO_CATEGORY(sqlstate);

	return category == ERRCODE_DATA_EXCEPTION ||
		   category == ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION ||
		   category == ERRCODE_SYNTAX_ERROR_OR_ACCESS_RULE_VIOLATION;
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
		ErrorData *error;

		if (!shows_values(geterrcode()))
			PG_RE_THROW();
		MemoryContextSwitchTo(caller);
		error = CopyErrorData();
		FlushErrorState();
		error->message = shorten(error, error->message);
		error->detail = shorten(error, error->detail);
		if (is_long(error->context))
			error->context = cut_context(error->context);
		ReThrowError(error);
	}
	PG_END_TRY();
	return result;
}
