/*
 * main.c: gpu-encode: reads the command line and leads to a command.
 */
#include "client.h"

static const char usage[] =
	"gpu-encode runs the functions of the PostgreSQL extension gpu_encode.\n"
	"\n"
	"Usage: gpu-encode COMMAND [ARGUMENT...] [OPTION...]\n"
	"\n"
	"Commands:\n";

static const char options[] =
	"\n"
	"Each argument of the SQL function is an option: --target-columns=a,b is\n"
	"target_columns => '{a,b}'. gpu-encode COMMAND --help lists the options that the\n"
	"server knows. A boolean option without a value is true.\n"
	"\n"
	"A name with :// is an object of S3 or a file of the server. A name with / or one "
	"that\n"
	"ends in .csv or .csv.gz is a file of this machine. All others are relations.\n"
	"\n"
	"  --append              import: into a table that exists\n"
	"  --csv                 write the result rows as CSV\n"
	"  --dry-run             print the SQL and run nothing\n"
	"  -q, --quiet           show no progress\n"
	"  -d, --dbname=NAME     database, conninfo string or URI\n"
	"  -h, --host=HOST       server, or directory of its socket\n"
	"  -p, --port=PORT       port\n"
	"  -U, --username=NAME   user\n"
	"  -w, --no-password     never ask for a password\n"
	"  -W, --password        ask for a password at once\n"
	"  -?, --help            this text; after a command: its options\n"
	"  -V, --version         version\n"
	"\n"
	"Without connection options the environment leads to the server, as psql's does\n"
	"(PGHOST, PGSERVICE, ~/.pgpass, ...).\n"
	"\n"
	"Exit codes: 0 done, 1 the server refused, 2 wrong command line, 3 no connection,\n"
	"4 a file of this machine, 130 cancelled by Ctrl-C.\n";

int
main(int argc, char **argv)
{
	CommandLine line = command_line_read(argc, argv);

	if (line.version)
	{
		puts("gpu-encode (gpu_encode) " GE_VERSION);
		return 0;
	}
	if (line.command == NULL)
	{
		FILE *out = line.help ? stdout : stderr;

		fputs(usage, out);
		command_list(out);
		fputs(options, out);
		return line.help ? 0 : EXIT_USAGE;
	}
	return command_run(&line);
}
