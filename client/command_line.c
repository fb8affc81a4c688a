/*
 * command_line.c: the options of the connection and of the command itself; all others
 * wait until the server says which arguments a function has.
 */
#include "client.h"

#include <stdarg.h>

void
leave(int exit_code, const char *format, ...)
{
	va_list args;

	progress_drop();
	local_give_up();
	fputs("gpu-encode: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(exit_code);
}

/* An option of the command line: its short letter, its name, and where its value goes. */
typedef struct KnownOption
{
	char letter; /* 0: none */
	const char *name;
	const char **value; /* NULL: it is a flag */
	bool *flag;
} KnownOption;

static const char *
value_of(const char *name, const char *attached, int argc, char **argv, int *at)
{
	if (attached != NULL)
		return attached;
	if (*at + 1 >= argc)
		leave(EXIT_USAGE, "option %s needs a value", name);
	return argv[++*at];
}

/* Whether argv[*at] is this option. If so, take it. */
static bool
take_option(const KnownOption *option, int argc, char **argv, int *at)
{
	const char *text = argv[*at];
	size_t length = strlen(option->name);
	const char *attached = NULL;

	if (strncmp(text, "--", 2) == 0)
	{
		if (strncmp(text + 2, option->name, length) != 0)
			return false;
		if (text[2 + length] == '=' && option->value != NULL)
			attached = text + 2 + length + 1;
		else if (text[2 + length] != '\0')
			return false;
	}
	else
	{
		if (option->letter == 0 || text[0] != '-' || text[1] != option->letter)
			return false;
		if (text[2] != '\0')
		{
			if (option->value == NULL)
				return false;
			attached = text + 2;
		}
	}
	if (option->value != NULL)
		*option->value = value_of(text, attached, argc, argv, at);
	else
		*option->flag = true;
	return true;
}

CommandLine
command_line_read(int argc, char **argv)
{
	CommandLine line = {.rest = pg_malloc(sizeof(char *) * argc)};
	const KnownOption known[] = {
		{'h', "host", &line.host, NULL},
		{'p', "port", &line.port, NULL},
		{'U', "username", &line.user, NULL},
		{'d', "dbname", &line.database, NULL},
		{'W', "password", NULL, &line.ask_password},
		{'w', "no-password", NULL, &line.never_ask_password},
		{'?', "help", NULL, &line.help},
		{'V', "version", NULL, &line.version},
		{'q', "quiet", NULL, &line.quiet},
		{0, "dry-run", NULL, &line.dry_run},
		{0, "csv", NULL, &line.csv},
		{0, "append", NULL, &line.append},
	};

	for (int at = 1; at < argc; at++)
	{
		bool taken = false;

		for (size_t i = 0; i < lengthof(known) && !taken; i++)
			taken = take_option(&known[i], argc, argv, &at);
		if (taken)
			continue;
		if (argv[at][0] == '-' && argv[at][1] != '-')
			leave(EXIT_USAGE, "there is no option %s; gpu-encode --help lists them",
				  argv[at]);
		if (line.command == NULL && argv[at][0] != '-')
			line.command = argv[at];
		else
			line.rest[line.n_rest++] = argv[at];
	}
	return line;
}
