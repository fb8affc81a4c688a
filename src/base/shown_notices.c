/*
 * shown_notices.c: the parser's NOTICE about names that are too long.  Contract in
 * shown_notices.h.
 */
#include "postgres.h"

#include "base/shown.h"
#include "base/shown_notices.h"

/* A context callback runs before a message is sent, so that it can replace the message. */
static void
replace_message(void *given)
{
	if (geterrcode() == ERRCODE_NAME_TOO_LONG)
		errmsg("a name of over %d bytes is cut in \"%s\"", NAMEDATALEN - 1,
			   ge_shown(given));
}

void
ge_shown_notices_begin(GeShownNotices *notices, const char *given)
{
	notices->previous = error_context_stack;
	notices->callback = replace_message;
	notices->arg = unconstify(char *, given);
	error_context_stack = notices;
}

void
ge_shown_notices_end(const GeShownNotices *notices)
{
	error_context_stack = notices->previous;
}
