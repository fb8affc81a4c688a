/*
 * connection.c: a connection as psql makes one, and statements on it.
 */
#include "client.h"

#include "common/string.h"
#include "fe_utils/cancel.h"

/* NOTICE, WARNING and their hints go to standard error, in place of the progress. */
static void
show_notice(void *unused, const char *message)
{
	progress_clear();
	fputs(message, stderr);
}

static PGconn *
connect_with(const CommandLine *line, const char *password)
{
	const char *const names[] = {"host",
								 "port",
								 "user",
								 "password",
								 "dbname",
								 "fallback_application_name",
								 "client_encoding",
								 NULL};
	const char *const values[] = {line->host,
								  line->port,
								  line->user,
								  password,
								  line->database,
								  "gpu-encode",
								  getenv("PGCLIENTENCODING") != NULL ? NULL : "UTF8",
								  NULL};

	return PQconnectdbParams(names, values, true);
}

PGconn *
client_connect(const CommandLine *line)
{
	char *password = line->ask_password ? simple_prompt("Password: ", false) : NULL;
	PGconn *connection = connect_with(line, password);

	if (PQstatus(connection) == CONNECTION_BAD && PQconnectionNeedsPassword(connection) &&
		password == NULL && !line->never_ask_password)
	{
		PQfinish(connection);
		password = simple_prompt("Password: ", false);
		connection = connect_with(line, password);
	}
	if (PQstatus(connection) == CONNECTION_BAD)
	{
		char *message = PQerrorMessage(connection);

		leave(EXIT_NO_CONNECTION, "%.*s", (int) strcspn(message, "\n"), message);
	}
	PQsetNoticeProcessor(connection, show_notice, NULL);
	setup_cancel_handler(NULL);
	SetCancelConn(connection);
	return connection;
}

PGconn *
client_connect_again(PGconn *connection)
{
	PQconninfoOption *options = PQconninfo(connection);
	const char *names[64], *values[64];
	int n = 0;
	PGconn *again;

	for (PQconninfoOption *option = options;
		 option != NULL && option->keyword != NULL && n < 63; option++)
		if (option->val != NULL)
		{
			names[n] = option->keyword;
			values[n++] = option->val;
		}
	names[n] = values[n] = NULL;
	again = PQconnectdbParams(names, values, false);
	PQconninfoFree(options);
	if (PQstatus(again) == CONNECTION_OK)
		return again;
	PQfinish(again);
	return NULL;
}

void
client_refused(PGconn *connection, PGresult *result)
{
	const char *message = result == NULL ? "" : PQresultErrorMessage(result);
	const char *state =
		result == NULL ? NULL : PQresultErrorField(result, PG_DIAG_SQLSTATE);
	size_t length;

	if (message[0] == '\0')
		message = PQerrorMessage(connection);
	length = strlen(message);
	while (length > 0 && message[length - 1] == '\n')
		length--;
	if (PQstatus(connection) == CONNECTION_BAD)
		leave(EXIT_NO_CONNECTION, "%.*s", (int) length, message);
	if (CancelRequested || (state != NULL && strcmp(state, "57014") == 0))
		leave(EXIT_CANCELLED, "cancelled; nothing was changed");
	leave(EXIT_REFUSED, "%.*s", (int) length, message);
}

PGresult *
client_query(PGconn *connection, const char *sql, int n_values, const char *const *values)
{
	PGresult *result =
		PQexecParams(connection, sql, n_values, NULL, values, NULL, NULL, 0);

	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		client_refused(connection, result);
	return result;
}

void
client_command(PGconn *connection, const char *sql)
{
	PGresult *result = PQexec(connection, sql);

	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		client_refused(connection, result);
	PQclear(result);
}
