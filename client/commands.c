/*
 * commands.c: what each command runs.
 */
#include "client.h"
#include "job.h"

#include <ctype.h>
#include <unistd.h>

#include "fe_utils/string_utils.h"

typedef int (*CommandRun)(PGconn *connection, const CommandLine *line);

typedef struct Command
{
	const char *name;
	const char *words;
	const char *does;
	CommandRun run;
} Command;

/* -------------------------------------------------------------------- what all share */

/* --help of a command: its options from the catalog. */
static int
show_options(const Function *function, const CommandLine *line)
{
	printf("gpu-encode %s runs gpu_encode.%s(). Its options:\n\n", line->command,
		   function->name);
	for (int i = 0; i < function->n_parameters; i++)
	{
		const Parameter *parameter = &function->parameters[i];
		char name[NAMEDATALEN];

		strlcpy(name, parameter->name, sizeof name);
		for (char *c = name; *c != '\0'; c++)
			if (*c == '_')
				*c = '-';
		printf("  --%-24s %s%s%s\n", name, parameter->type,
			   parameter->default_value == NULL ? ", required" : ", default ",
			   parameter->default_value == NULL ? "" : parameter->default_value);
	}
	if (function->comment != NULL)
		printf("\n%s\n", function->comment);
	return 0;
}

/* Run the call, or print it, and show its rows. */
static int
run_call(PGconn *connection, const CommandLine *line, const Call *call)
{
	char *sql = call_sql(connection, call);

	if (line->dry_run)
		printf("%s;\n", sql);
	else
		show_rows(client_query_shown(connection, line->command, sql, line->quiet),
				  line->csv);
	return 0;
}

/* ------------------------------------------------------------------------- the commands */

/* Whether any relation of a job is named by a URI. */
static bool
names_uris(const CommandLine *line)
{
	for (int i = 0; i < line->n_rest; i++)
	{
		const char *text = line->rest[i];

		if (is_uri(text) && (text[0] != '-' || strncmp(text, "--train", 7) == 0 ||
							 strncmp(text, "--validation", 12) == 0))
			return true;
	}
	return false;
}

static int
run_job(PGconn *connection, const CommandLine *line, const char *name)
{
	Function *function = function_read(connection, name);
	Call call;

	job_add_file_options(function);
	if (line->help)
		return show_options(function, line);
	call = call_read(function, line);
	return job_run(connection, line, &call);
}

static int
run_preprocess(PGconn *connection, const CommandLine *line)
{
	Function *function;
	Call call;

	if (!names_uris(line))
		return run_job(connection, line, "preprocess");
	function = function_read(connection, "preprocess_s3");
	if (line->help)
		return show_options(function, line);
	call = call_read(function, line);
	job_check_uris(&call);
	return run_call(connection, line, &call);
}

static int
run_fit(PGconn *connection, const CommandLine *line)
{
	return run_job(connection, line, "fit");
}

static int
run_transform(PGconn *connection, const CommandLine *line)
{
	return run_job(connection, line, "transform");
}

static void
refuse_table_that_exists(PGconn *connection, const char *table)
{
	PGresult *result =
		client_query(connection, "SELECT to_regclass($1)::oid IS NOT NULL", 1, &table);

	if (strcmp(PQgetvalue(result, 0, 0), "t") == 0)
		leave(EXIT_REFUSED, "table %s exists; --append adds rows to it", table);
	PQclear(result);
}

/* A file of this machine into a table. */
static int
import_file(PGconn *connection, const CommandLine *line, Call *call)
{
	const char *table = call_value(call, line->append ? "rel" : "table_name");
	const char *path = call_value(call, "uri");
	/* rows that are added go to columns that have types */
	char *all[] = {"*"};
	const char *text[] = {"text"};
	const LocalColumns any = {.n = 1, .names = all, .types = text};
	LocalColumns columns;
	char *create;
	uint64 n_rows;

	call_refuse_others(call, path, table);
	if (!line->append)
		refuse_table_that_exists(connection, table);
	progress_start(connection, "read", line->quiet);
	columns = local_columns(path, line->append ? &any : NULL, NULL);
	create = local_create_sql(table, &columns, "");
	if (line->dry_run)
	{
		progress_end();
		if (!line->append)
			printf("%s;\n", create);
		local_print_copy(table, false, path);
		return 0;
	}
	client_command(connection, "BEGIN");
	if (!line->append)
		client_command(connection, create);
	n_rows = local_copy_in(connection, table, path);
	client_command(connection, "COMMIT");
	progress_end();
	printf("%s: " UINT64_FORMAT " rows, %d columns\n", table, n_rows, columns.n);
	return 0;
}

static int
run_import(PGconn *connection, const CommandLine *line)
{
	Function *function =
		function_read(connection, line->append ? "s3_import" : "s3_create_table");
	Call call;

	if (line->help)
		return show_options(function, line);
	call = call_read(function, line);
	return names_local_file(call_value(&call, "uri"))
			   ? import_file(connection, line, &call)
			   : run_call(connection, line, &call);
}

/* What stands for a relation or a query in COPY (...) TO: a query. */
static char *
query_of(const char *text)
{
	static const char *const words[] = {"select", "with", "table", "values"};

	while (isspace((unsigned char) *text))
		text++;
	for (size_t i = 0; i < lengthof(words); i++)
	{
		size_t length = strlen(words[i]);

		if (pg_strncasecmp(text, words[i], length) == 0 &&
			(isspace((unsigned char) text[length]) || text[length] == '('))
			return pg_strdup(text);
	}
	return text[0] == '(' ? pg_strdup(text) : psprintf("TABLE %s", text);
}

static int
export_file(PGconn *connection, const CommandLine *line, const char *query,
			const char *path)
{
	/* a comment at the end must not take the parenthesis in */
	const char *end = strstr(query, "--") != NULL ? "\n" : "";
	char *made, *source = psprintf("(%s%s)", query, end);

	if (line->dry_run)
	{
		local_print_copy(source, true, path);
		return 0;
	}
	progress_start(connection, "write", line->quiet);
	made = local_copy_out(connection, source, path);
	progress_end();
	local_finish(made, path);
	return 0;
}

static int
run_export(PGconn *connection, const CommandLine *line)
{
	Function *function = function_read(connection, "s3_export");
	Call call;
	char *path;
	bool overwrite;

	if (line->help)
		return show_options(function, line);
	call = call_read(function, line);
	call_set(&call, "query", query_of(call_value(&call, "query")));
	path = call_value(&call, "uri");
	if (!names_local_file(path))
		return run_call(connection, line, &call);
	overwrite = call_bool("overwrite", call_take(&call, "overwrite"));
	call_refuse_others(&call, path, call_value(&call, "query"));
	if (access(path, F_OK) == 0 && !overwrite)
		leave(EXIT_LOCAL_FILE, "\"%s\" exists; --overwrite replaces it", path);
	return export_file(connection, line, call_value(&call, "query"), path);
}

static int
run_compare(PGconn *connection, const CommandLine *line)
{
	Function *function = function_read(connection, "compare_encoders");
	Call call;

	if (line->help)
		return show_options(function, line);
	call = call_read(function, line);
	return run_call(connection, line, &call);
}

/* The page itself, whatever the options say of rows. */
static int
run_report(PGconn *connection, const CommandLine *line)
{
	Function *function = function_read(connection, "report");
	Call call;
	char *sql;

	if (line->help)
		return show_options(function, line);
	call = call_read(function, line);
	sql = call_sql(connection, &call);
	if (line->dry_run)
		printf("%s;\n", sql);
	else
		show_text(client_query_shown(connection, line->command, sql, line->quiet));
	return 0;
}

/* ------------------------------------------------------------------------------- table */

static const Command commands[] = {
	{"preprocess", "TRAIN TRAIN_OUTPUT",
	 "the whole job: codes and encodings of training and new rows", run_preprocess},
	{"fit", "ENCODER SOURCE", "learn an encoder", run_fit},
	{"transform", "ENCODER SOURCE OUTPUT", "apply an encoder", run_transform},
	{"import", "TABLE FILE", "a new table from CSV files", run_import},
	{"export", "TABLE|QUERY FILE", "a table or the rows of a query as CSV", run_export},
	{"compare", "BEFORE AFTER", "what changed from one encoder to another", run_compare},
	{"report", "ENCODER", "an encoder as a page of HTML", run_report},
};

void
command_list(FILE *out)
{
	for (size_t i = 0; i < lengthof(commands); i++)
		fprintf(out, "  %-10s %-22s %s\n", commands[i].name, commands[i].words,
				commands[i].does);
}

int
command_run(const CommandLine *line)
{
	for (size_t i = 0; i < lengthof(commands); i++)
		if (strcmp(commands[i].name, line->command) == 0)
		{
			PGconn *connection = client_connect(line);
			int code = commands[i].run(connection, line);

			PQfinish(connection);
			return code;
		}
	leave(EXIT_USAGE, "there is no command \"%s\"; gpu-encode --help lists them",
		  line->command);
}
