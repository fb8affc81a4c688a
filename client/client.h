/*
 * client.h: gpu-encode, the client command: what its parts share.
 *
 * The command has no list of the arguments of the SQL functions. It reads their names,
 * types and defaults from the catalog of the server, so that every argument is an option.
 */
#ifndef GE_CLIENT_H
#define GE_CLIENT_H

#include "postgres_fe.h"

#include "libpq-fe.h"
#include "pqexpbuffer.h"

/* Exit codes. */
enum
{
	EXIT_REFUSED = 1,		/* the server raised an error */
	EXIT_USAGE = 2,			/* the command line is wrong */
	EXIT_NO_CONNECTION = 3, /* no connection, or it was lost */
	EXIT_LOCAL_FILE = 4,	/* a file here cannot be read or written */
	EXIT_CANCELLED = 130	/* Ctrl-C */
};

/* Write "gpu-encode: ..." to standard error and leave with that exit code. */
extern void leave(int exit_code, const char *format, ...) pg_attribute_printf(2, 3)
	__attribute__((noreturn));

/* ------------------------------------------------------------------ the command line */

/* An argument of the SQL function and the text that the command line gives it. */
typedef struct Argument
{
	const char *name;
	char *value;
} Argument;

typedef struct CommandLine
{
	const char *command; /* NULL: none */
	/* of the connection; NULL: as the environment says */
	const char *host;
	const char *port;
	const char *user;
	const char *database; /* a name, a conninfo string or a URI */
	bool ask_password;
	bool never_ask_password;
	/* of the command itself */
	bool help;
	bool version;
	bool dry_run;
	bool csv;
	bool quiet;
	bool append; /* import: into a table that exists */
	/* all others, in their order */
	int n_rest;
	char **rest;
} CommandLine;

extern CommandLine command_line_read(int argc, char **argv);

/* ------------------------------------------------------------------------ connection */

/* Connect as psql does, or leave. */
extern PGconn *client_connect(const CommandLine *line);
/* A second connection to the same place; NULL if there is none. */
extern PGconn *client_connect_again(PGconn *connection);
/* Run a statement that returns no rows, or leave with the server's message. */
extern void client_command(PGconn *connection, const char *sql);
/* Run a query with text parameters, or leave with the server's message. */
extern PGresult *client_query(PGconn *connection, const char *sql, int n_values,
							  const char *const *values);
/* Leave with the message of a result that is none. */
extern void client_refused(PGconn *connection, PGresult *result)
	__attribute__((noreturn));

/* ---------------------------------------------------------------------- SQL functions */

typedef struct Parameter
{
	const char *name;
	const char *type;
	const char *default_value; /* NULL: there is none */
} Parameter;

typedef struct Function
{
	const char *name;
	const char *comment; /* NULL: none */
	int n_parameters;
	Parameter *parameters;
} Function;

/* The function gpu_encode.NAME of the server; leaves if there is none. */
extern Function *function_read(PGconn *connection, const char *name);
extern const Parameter *function_parameter(const Function *function, const char *name);

/* The arguments of one call. */
typedef struct Call
{
	const Function *function;
	int n_arguments;
	Argument *arguments;
} Call;

/* The arguments of a function from the rest of a command line, or leave. */
extern Call call_read(const Function *function, const CommandLine *line);
/* The value of an argument; NULL when it is not given. */
extern char *call_value(const Call *call, const char *name);
extern void call_set(Call *call, const char *name, const char *value);
/* Take an argument out that the command itself deals with; NULL when it is not given. */
extern char *call_take(Call *call, const char *name);
/* The text of a boolean, as PostgreSQL reads it; NULL is false. Leaves if it is none. */
extern bool call_bool(const char *name, const char *value);
/* Refuse arguments that are for URIs alone: all but those two. */
extern void call_refuse_others(const Call *call, const char *path, const char *other);
/* SELECT * FROM gpu_encode.NAME(argument => 'value', ...) */
extern char *call_sql(PGconn *connection, const Call *call);

/* ---------------------------------------------------------------------------- files */

/* Whether a name means an object of S3 or a file of the server, or a file here. */
extern bool is_uri(const char *name);
extern bool is_local_file(const char *name);
/* is_local_file() of a name that cannot be a relation; leaves if it reads as one. */
extern bool names_local_file(const char *name);

/* A CSV file of this machine, read as text; a file that ends in .gz is decompressed. */
typedef struct LocalColumns
{
	int n;
	char **names;
	const char **types;
} LocalColumns;

/*
 * The columns of a file: names from its header, types from its values as s3_create_table
 * infers them, or from `types` (names to types; "*" for all others), where `known` has no
 * column of that name. Leaves if the file is no CSV file.
 */
extern LocalColumns local_columns(const char *path, const LocalColumns *types,
								  const LocalColumns *known);
/* Print what psql runs for a file: \copy SOURCE from|to FILE. */
extern void local_print_copy(const char *source, bool out, const char *path);
/* CREATE TABLE with these columns. */
extern char *local_create_sql(const char *table, const LocalColumns *columns,
							  const char *kind);
/* COPY table FROM this file. Returns the number of rows. */
extern uint64 local_copy_in(PGconn *connection, const char *table, const char *path);
/* COPY source (a table or a query in parentheses) TO a file beside path; its name. */
extern char *local_copy_out(PGconn *connection, const char *source, const char *path);
/* Give the file that local_copy_out() made its own name. */
extern void local_finish(const char *made, const char *path);
/* Remove unfinished files when the command leaves early. */
extern void local_give_up(void);

/* --------------------------------------------------------------------------- progress */

/* Begin to show the progress of a step; quiet: nothing is shown. */
extern void progress_start(PGconn *connection, const char *step, bool quiet);
/* The part that is done, 0..1; below 0: not known. */
extern void progress_part(double part, uint64 rows);
/* Ask the server about its COPY progress, if it is time to. */
extern void progress_ask(void);
/* The step is done. */
extern void progress_end(void);
/* The step has failed. */
extern void progress_drop(void);
/* Make room for a message. */
extern void progress_clear(void);

/* Send a query and show its progress until its result is there. Leaves on an error. */
extern PGresult *client_query_shown(PGconn *connection, const char *step, const char *sql,
									bool quiet);

/* --------------------------------------------------------------------------- commands */

/* Run the command; returns the exit code. */
extern int command_run(const CommandLine *line);
extern void command_list(FILE *out);
/* Rows on standard output, as psql shows them or as CSV. */
extern void show_rows(const PGresult *result, bool csv);
/* The one value of a result on standard output, as it is. */
extern void show_text(const PGresult *result);

#endif /* GE_CLIENT_H */
