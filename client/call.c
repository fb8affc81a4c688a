/*
 * call.c: from options to the call of an SQL function.
 *
 * An option is the name of a parameter, with - or _ between words. Arguments without a
 * name are those of the parameters without a default, in order. The server converts every
 * value from its text; a list is written as one record of CSV, or as an array ({a,b}).
 */
#include "client.h"

#include <limits.h>

#include "fe_utils/string_utils.h"

/* ----------------------------------------------------------------------- near names */

static int
distance(const char *a, const char *b)
{
	int row[64];
	int n = (int) strlen(b);

	if (n >= (int) lengthof(row))
		return INT_MAX;
	for (int j = 0; j <= n; j++)
		row[j] = j;
	for (int i = 1; a[i - 1] != '\0'; i++)
	{
		int diagonal = row[0];

		row[0] = i;
		for (int j = 1; j <= n; j++)
		{
			int change = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			row[j] = Min(change, Min(row[j], row[j - 1]) + 1);
		}
	}
	return row[n];
}

static void __attribute__((noreturn))
leave_unknown(const Function *function, const char *name)
{
	const char *nearest = NULL;
	int least = 4;

	for (int i = 0; i < function->n_parameters; i++)
	{
		int d = distance(name, function->parameters[i].name);

		if (d < least)
		{
			least = d;
			nearest = function->parameters[i].name;
		}
	}
	if (nearest != NULL)
		leave(EXIT_USAGE, "%s() has no argument \"%s\"; perhaps you meant --%s",
			  function->name, name, nearest);
	leave(EXIT_USAGE, "%s() has no argument \"%s\"; --help lists all", function->name,
		  name);
}

/* ------------------------------------------------------------------------------ lists */

static bool
is_list(const Parameter *parameter)
{
	size_t length = strlen(parameter->type);

	return length > 2 && strcmp(parameter->type + length - 2, "[]") == 0;
}

/* One record of CSV as the text of an array. */
static char *
array_of_csv(const char *option, const char *text)
{
	PQExpBufferData array, element;
	const char *at = text;

	if (text[0] == '{')
		return pg_strdup(text);
	initPQExpBuffer(&array);
	initPQExpBuffer(&element);
	for (bool first = true; first || *at == ','; first = false)
	{
		if (!first)
			at++;
		resetPQExpBuffer(&element);
		if (*at == '"')
		{
			for (at++; *at != '\0' && (at[0] != '"' || at[1] == '"'); at++)
			{
				at += *at == '"';
				appendPQExpBufferChar(&element, *at);
			}
			if (*at != '"' || (at[1] != '\0' && at[1] != ','))
				leave(EXIT_USAGE, "the quotes in the list of --%s do not match", option);
			at++;
		}
		else
			for (; *at != '\0' && *at != ','; at++)
				appendPQExpBufferChar(&element, *at);
		if (first)
			appendPQExpBufferChar(&array, '{');
		/* puts a comma between elements */
		appendPGArray(&array, element.data);
	}
	appendPQExpBufferChar(&array, '}');
	termPQExpBuffer(&element);
	return array.data;
}

/* -------------------------------------------------------------------------- arguments */

char *
call_value(const Call *call, const char *name)
{
	for (int i = 0; i < call->n_arguments; i++)
		if (strcmp(call->arguments[i].name, name) == 0)
			return call->arguments[i].value;
	return NULL;
}

void
call_set(Call *call, const char *name, const char *value)
{
	for (int i = 0; i < call->n_arguments; i++)
		if (strcmp(call->arguments[i].name, name) == 0)
		{
			call->arguments[i].value = pg_strdup(value);
			return;
		}
	call->arguments[call->n_arguments++] =
		(Argument){.name = name, .value = pg_strdup(value)};
}

char *
call_take(Call *call, const char *name)
{
	char *value = call_value(call, name);
	int n = 0;

	for (int i = 0; i < call->n_arguments; i++)
		if (strcmp(call->arguments[i].name, name) != 0)
			call->arguments[n++] = call->arguments[i];
	call->n_arguments = n;
	return value;
}

/* The option at *at, and the next word if it is the option's value. */
static void
read_option(Call *call, const CommandLine *line, int *at)
{
	char *name = pg_strdup(line->rest[*at] + 2);
	char *value = strchr(name, '=');
	const Parameter *parameter;

	if (value != NULL)
		*value++ = '\0';
	for (char *c = name; *c != '\0'; c++)
		if (*c == '-')
			*c = '_';
	parameter = function_parameter(call->function, name);
	if (parameter == NULL)
		leave_unknown(call->function, name);
	if (call_value(call, name) != NULL)
		leave(EXIT_USAGE, "--%s is given twice", name);
	if (value == NULL && strcmp(parameter->type, "boolean") == 0)
		value = "true";
	if (value == NULL)
	{
		if (*at + 1 >= line->n_rest)
			leave(EXIT_USAGE, "option --%s needs a value", name);
		value = line->rest[++*at];
	}
	call_set(call, parameter->name,
			 is_list(parameter) ? array_of_csv(name, value) : value);
}

/* The first parameter without a default that has no value yet. */
static const Parameter *
next_required(const Call *call)
{
	for (int i = 0; i < call->function->n_parameters; i++)
	{
		const Parameter *parameter = &call->function->parameters[i];

		if (parameter->default_value == NULL && call_value(call, parameter->name) == NULL)
			return parameter;
	}
	return NULL;
}

Call
call_read(const Function *function, const CommandLine *line)
{
	Call call = {.function = function,
				 .arguments = pg_malloc(sizeof(Argument) * function->n_parameters)};
	const char **words = pg_malloc(sizeof(char *) * Max(line->n_rest, 1));
	int n_words = 0;
	const Parameter *missing;

	for (int at = 0; at < line->n_rest; at++)
	{
		if (strncmp(line->rest[at], "--", 2) == 0)
			read_option(&call, line, &at);
		else
			words[n_words++] = line->rest[at];
	}
	/* after all options: what an option gives needs no word */
	for (int i = 0; i < n_words; i++)
	{
		const Parameter *parameter = next_required(&call);

		if (parameter == NULL)
			leave(EXIT_USAGE, "\"%s\" is one argument too many", words[i]);
		call_set(&call, parameter->name, words[i]);
	}
	missing = next_required(&call);
	if (missing != NULL)
		leave(EXIT_USAGE, "%s needs the argument %s; gpu-encode %s --help lists all",
			  line->command, missing->name, line->command);
	return call;
}

bool
call_bool(const char *name, const char *value)
{
	static const struct
	{
		const char *word;
		size_t least; /* letters that tell it apart */
		bool value;
	} words[] = {{"true", 1, true}, {"yes", 1, true},	 {"on", 2, true},
				 {"1", 1, true},	{"false", 1, false}, {"no", 1, false},
				 {"off", 2, false}, {"0", 1, false}};
	size_t length = value == NULL ? 0 : strlen(value);

	if (value == NULL)
		return false;
	for (size_t i = 0; i < lengthof(words); i++)
		if (length >= words[i].least && length <= strlen(words[i].word) &&
			pg_strncasecmp(value, words[i].word, length) == 0)
			return words[i].value;
	leave(EXIT_USAGE, "\"%s\" is no boolean; --%s takes true or false", value, name);
}

void
call_refuse_others(const Call *call, const char *path, const char *other)
{
	for (int i = 0; i < call->n_arguments; i++)
		if (call->arguments[i].value != other && call->arguments[i].value != path)
			leave(EXIT_USAGE, "--%s is for URIs, and %s is a file of this machine",
				  call->arguments[i].name, path);
}

char *
call_sql(PGconn *connection, const Call *call)
{
	PQExpBufferData sql;

	initPQExpBuffer(&sql);
	appendPQExpBuffer(&sql, "SELECT * FROM gpu_encode.%s(", call->function->name);
	for (int i = 0; i < call->n_arguments; i++)
	{
		appendPQExpBuffer(&sql, "%s\n    %s => ", i == 0 ? "" : ",",
						  fmtId(call->arguments[i].name));
		appendStringLiteralConn(&sql, call->arguments[i].value, connection);
	}
	appendPQExpBufferStr(&sql, ")");
	return sql.data;
}
