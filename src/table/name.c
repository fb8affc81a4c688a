/*
 * name.c: the name of a table that a call fills, read from text.
 *
 * The text is read as SQL reads a table name: "a"."B c", pg_temp.x.  PostgreSQL's own
 * readers of such text cut an identifier that is too long without an error, so the table
 * would get a name that nobody gave.  Here such an identifier is an error.
 */
#include "postgres.h"
#include "catalog/namespace.h"
#include "commands/dbcommands.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "parser/scansup.h"
#include "utils/varlena.h"

#include "base/shown.h"
#include "table/table.h"

#define MAX_NAME_PARTS 3 /* database, schema, table */

/*
 * The lengths in bytes of the identifiers, before any cut.  The caller has checked that
 * names is a list of identifiers, so every quote is closed.
 */
static void
identifier_lengths(const char *names, Size *shortest, Size *longest)
{
	*shortest = SIZE_MAX;
	*longest = 0;
	while (scanner_isspace(*names))
		names++;
	while (*names != '\0')
	{
		Size length = 0;

		if (*names == '"')
		{
			for (names++; *names != '"' || names[1] == '"'; names++, length++)
				if (*names == '"')
					names++;
			names++;
		}
		else
			for (; *names != '\0' && *names != '.' && !scanner_isspace(*names); names++)
				length++;
		*shortest = Min(*shortest, length);
		*longest = Max(*longest, length);
		while (*names == '.' || scanner_isspace(*names))
			names++;
	}
}

/* The parts of a name as a list of strings, each folded or unquoted. */
static List *
split_name(const char *argument, const char *name)
{
	List *parts;
	Size shortest;
	Size longest;

	if (!SplitIdentifierString(pstrdup(name), '.', &parts) || parts == NIL)
		ereport(ERROR, errcode(ERRCODE_INVALID_NAME),
				errmsg("argument \"%s\" is not a table name: \"%s\"", argument,
					   ge_shown(name)),
				errhint("Write it as in SQL: table, schema.table, or \"Quoted Name\"."));
	identifier_lengths(name, &shortest, &longest);
	if (shortest == 0)
		ereport(ERROR, errcode(ERRCODE_INVALID_NAME),
				errmsg("argument \"%s\" contains an empty identifier: \"%s\"", argument,
					   ge_shown(name)));
	if (longest >= NAMEDATALEN)
		ereport(
			ERROR, errcode(ERRCODE_NAME_TOO_LONG),
			errmsg("argument \"%s\" contains an identifier that is too long", argument),
			errdetail("It has %zu bytes in \"%s\"; at most %d are possible.", longest,
					  ge_shown(name), NAMEDATALEN - 1));
	return parts;
}

static RangeVar *
name_of_parts(const List *parts)
{
	int n_parts = list_length(parts);
	char *catalog = n_parts > 2 ? linitial(parts) : NULL;
	char *schema = n_parts > 1 ? list_nth(parts, n_parts - 2) : NULL;
	RangeVar *result = makeRangeVar(schema, llast(parts), -1);

	result->catalogname = catalog;
	return result;
}

static RangeVar *
parse_name(const char *argument, const char *name)
{
	List *parts;
	RangeVar *result;

	if (name == NULL)
		ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				errmsg("argument \"%s\" must not be null", argument));
	parts = split_name(argument, name);
	if (list_length(parts) > MAX_NAME_PARTS)
		ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR),
				errmsg("argument \"%s\" has too many dotted names: \"%s\"", argument,
					   ge_shown(name)));
	result = name_of_parts(parts);
	if (result->catalogname != NULL &&
		strcmp(result->catalogname, get_database_name(MyDatabaseId)) != 0)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("argument \"%s\" names another database: \"%s\"", argument,
					   ge_shown(name)),
				errdetail("The current database is \"%s\".",
						  get_database_name(MyDatabaseId)));
	return result;
}

GeOutputName
ge_output_name(const char *argument, const char *name)
{
	return (GeOutputName){.argument = argument, .name = parse_name(argument, name)};
}

void
ge_output_names_differ(const GeOutputName *names, int n)
{
	for (int i = 0; i < n; i++)
		for (int j = 0; j < i; j++)
			if (names[i].schema == names[j].schema &&
				strcmp(names[i].name->relname, names[j].name->relname) == 0)
				ereport(ERROR, errcode(ERRCODE_DUPLICATE_TABLE),
						errmsg("arguments \"%s\" and \"%s\" name one table, \"%s\"",
							   names[j].argument, names[i].argument,
							   names[i].name->relname),
						errhint("Give each table a name of its own."));
}
