/*
 * copy_options.c: the options of COPY, read from text.
 *
 * The server's own parser reads "COPY t FROM STDIN <options>"; the statement is never run,
 * only its list of options is taken.  One option that COPY does not know is ours.
 */
#include "postgres.h"
#include "commands/defrem.h"
#include "nodes/parsenodes.h"
#include "parser/parser.h"

#include "base/compat.h"
#include "base/shown.h"
#include "base/shown_notices.h"
#include "files/options.h"

GE_NORETURN static void
report_no_options(const char *argument, const char *string)
{
	ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR),
			errmsg("argument \"%s\" has no options of COPY: \"%s\"", argument,
				   ge_shown(string)),
			errhint("Write (format csv, header match), for example."));
	pg_unreachable();
}

/* The word "format" occurs: these are options of the form that needs parentheses. */
static bool
is_bare_list(const char *string)
{
	for (const char *c = string; *c != '\0'; c++)
		if (pg_strncasecmp(c, "format", 6) == 0)
			return true;
	return false;
}

List *
ge_copy_options_parse(const char *argument, const char *string)
{
	const char *start = string + strspn(string, " \t\r\n");
	GeShownNotices notices;
	char *statement;
	List *parsed;
	CopyStmt *copy;

	if (*start == '\0')
		return NIL;
	statement = psprintf(*start != '(' && is_bare_list(start) ? "COPY t FROM STDIN (%s)"
															  : "COPY t FROM STDIN %s",
						 start);
	ge_shown_notices_begin(&notices, string);
	parsed = raw_parser(statement, RAW_PARSE_DEFAULT);
	ge_shown_notices_end(&notices);
	if (list_length(parsed) != 1)
		report_no_options(argument, string);
	copy = (CopyStmt *) linitial_node(RawStmt, parsed)->stmt;
	if (!IsA(copy, CopyStmt) || copy->whereClause != NULL)
		report_no_options(argument, string);
	return copy->options;
}

bool
ge_copy_take_stray_quotes(List **options)
{
	bool are_text = false, given = false;
	ListCell *cell;

	foreach (cell, *options)
	{
		DefElem *option = lfirst_node(DefElem, cell);
		char *word;

		if (strcmp(option->defname, "stray_quotes") != 0)
			continue;
		word = option->arg != NULL ? defGetString(option) : "";
		are_text = strcmp(word, "literal") == 0;
		if (given || (!are_text && strcmp(word, "error") != 0))
			ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					given ? errmsg("stray_quotes is given twice")
						  : errmsg("invalid value for option stray_quotes: \"%s\"",
								   ge_shown(word)),
					errhint("It is literal or error."));
		given = true;
		*options = foreach_delete_current(*options, cell);
	}
	return are_text;
}
