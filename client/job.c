/*
 * job.c: preprocess, fit and transform, whose relations may be files of this machine.
 *
 * An input file becomes a temporary table, an output file is written from one. All of it
 * is one transaction; output files appear when it has committed.
 */
#include "client.h"
#include "job.h"

#include <sys/stat.h>
#include <unistd.h>

/* The arguments of the functions that are relations, and the table that stands for a file. */
typedef struct Place
{
	const char *argument;
	const char *table;
	bool is_output;
} Place;

static const Place places[] = {
	{"train", "pg_temp.gpu_encode_train", false},
	{"validation", "pg_temp.gpu_encode_validation", false},
	{"source", "pg_temp.gpu_encode_source", false},
	{"train_output", "pg_temp.gpu_encode_train_output", true},
	{"validation_output", "pg_temp.gpu_encode_validation_output", true},
	{"output", "pg_temp.gpu_encode_output", true},
};

/* The files of a call. */
typedef struct Files
{
	char *path[lengthof(places)]; /* NULL: a relation */
	char *made[lengthof(places)]; /* an output that is written */
	LocalColumns types;			  /* --column-types */
	bool overwrite;
	int n;
} Files;

/* Say how to name a file here whose name is read as that of a relation. */
static void
tell_of_file(const char *name)
{
	struct stat about;

	if (!is_uri(name) && stat(name, &about) == 0 && S_ISREG(about.st_mode))
		fprintf(stderr, "\"%s\" is read as the name of a relation; ./%s is the file\n",
				name, name);
}

static Files
find_files(Call *call)
{
	Files files = {.n = 0};

	for (size_t i = 0; i < lengthof(places); i++)
	{
		char *value = call_value(call, places[i].argument);

		if (value == NULL)
			continue;
		if (!is_local_file(value))
		{
			if (!places[i].is_output)
				tell_of_file(value);
			continue;
		}
		files.path[i] = value;
		files.n++;
		call_set(call, places[i].argument, places[i].table);
	}
	return files;
}

/* Refuse outputs that are there, before any work. */
static void
check_outputs(const Files *files)
{
	for (size_t i = 0; i < lengthof(places); i++)
	{
		if (files->path[i] == NULL || !places[i].is_output)
			continue;
		if (!files->overwrite && access(files->path[i], F_OK) == 0)
			leave(EXIT_LOCAL_FILE, "\"%s\" exists; --overwrite replaces it",
				  files->path[i]);
		for (size_t j = 0; j < i; j++)
			if (files->path[j] != NULL && places[j].is_output &&
				strcmp(files->path[i], files->path[j]) == 0)
				leave(EXIT_USAGE, "%s and %s are one file", places[j].argument,
					  places[i].argument);
	}
}

/* The JSON object of --column-types as columns. */
static LocalColumns
read_types(PGconn *connection, const char *json)
{
	const char *const values[] = {json};
	PGresult *rows =
		client_query(connection,
					 "SELECT key, pg_catalog.to_regtype(value)"
					 " FROM pg_catalog.jsonb_each_text($1::pg_catalog.jsonb)",
					 1, values);
	LocalColumns types = {.n = PQntuples(rows)};

	types.names = pg_malloc(sizeof(char *) * Max(types.n, 1));
	types.types = pg_malloc(sizeof(char *) * Max(types.n, 1));
	for (int i = 0; i < types.n; i++)
	{
		if (PQgetisnull(rows, i, 1))
			leave(EXIT_USAGE, "the type that --column-types gives \"%s\" does not exist",
				  PQgetvalue(rows, i, 0));
		types.names[i] = PQgetvalue(rows, i, 0);
		types.types[i] = PQgetvalue(rows, i, 1);
	}
	return types;
}

static void
read_inputs(PGconn *connection, const CommandLine *line, const Files *files)
{
	LocalColumns known = {0};

	for (size_t i = 0; i < lengthof(places); i++)
	{
		LocalColumns columns;
		char *sql;

		if (files->path[i] == NULL || places[i].is_output)
			continue;
		progress_start(connection, "read", line->quiet);
		columns = local_columns(files->path[i], &files->types, &known);
		sql = local_create_sql(places[i].table, &columns, "TEMPORARY ");
		client_command(connection, sql);
		(void) local_copy_in(connection, places[i].table, files->path[i]);
		progress_end();
		free(sql);
		/* the types of train hold for validation too */
		known = columns;
	}
}

static void
write_outputs(PGconn *connection, const CommandLine *line, Files *files)
{
	for (size_t i = 0; i < lengthof(places); i++)
	{
		if (files->path[i] == NULL || !places[i].is_output)
			continue;
		progress_start(connection, "write", line->quiet);
		files->made[i] = local_copy_out(connection, places[i].table, files->path[i]);
		progress_end();
	}
}

static void
print_plan(PGconn *connection, const Call *call, const Files *files)
{
	for (size_t i = 0; i < lengthof(places); i++)
		if (files->path[i] != NULL && !places[i].is_output)
			local_print_copy(places[i].table, false, files->path[i]);
	printf("%s;\n", call_sql(connection, call));
	for (size_t i = 0; i < lengthof(places); i++)
		if (files->path[i] != NULL && places[i].is_output)
			local_print_copy(places[i].table, true, files->path[i]);
}

/* The arguments of files, which the function itself does not have. */
static void
take_file_options(PGconn *connection, Call *call, Files *files)
{
	char *types = call_take(call, "column_types");
	char *overwrite = call_take(call, "overwrite");

	if (files->n == 0 && (types != NULL || overwrite != NULL))
		leave(EXIT_USAGE, "--column-types and --overwrite are for files; here are none");
	if (types != NULL)
		files->types = read_types(connection, types);
	files->overwrite = call_bool("overwrite", overwrite);
}

static int
run_with_files(PGconn *connection, const CommandLine *line, Call *call, Files *files)
{
	PGresult *result;

	check_outputs(files);
	client_command(connection, "BEGIN");
	read_inputs(connection, line, files);
	result = client_query_shown(connection, line->command, call_sql(connection, call),
								line->quiet);
	write_outputs(connection, line, files);
	client_command(connection, "COMMIT");
	for (size_t i = 0; i < lengthof(places); i++)
		if (files->made[i] != NULL)
			local_finish(files->made[i], files->path[i]);
	show_rows(result, line->csv);
	return 0;
}

int
job_run(PGconn *connection, const CommandLine *line, Call *call)
{
	Files files = find_files(call);

	take_file_options(connection, call, &files);
	if (line->dry_run)
		print_plan(connection, call, &files);
	else if (files.n > 0)
		return run_with_files(connection, line, call, &files);
	else
		show_rows(client_query_shown(connection, line->command,
									 call_sql(connection, call), line->quiet),
				  line->csv);
	return 0;
}

void
job_add_file_options(Function *function)
{
	static const Parameter extra[] = {
		{"column_types", "jsonb", "NULL"},
		{"overwrite", "boolean", "false"},
	};

	function->parameters =
		pg_realloc(function->parameters,
				   sizeof(Parameter) * (function->n_parameters + lengthof(extra)));
	for (size_t i = 0; i < lengthof(extra); i++)
		function->parameters[function->n_parameters++] = extra[i];
}

void
job_check_uris(const Call *call)
{
	for (size_t i = 0; i < lengthof(places); i++)
	{
		const char *value = call_value(call, places[i].argument);

		if (value != NULL && !is_uri(value))
			leave(EXIT_USAGE,
				  "%s is a %s, and others are URIs; all have to be of one kind", value,
				  is_local_file(value) ? "file of this machine" : "relation");
	}
}
