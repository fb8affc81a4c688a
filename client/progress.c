/*
 * progress.c: how far a step is: a bar on a terminal, a line at its end elsewhere.
 *
 * What the server does shows in pg_stat_progress_copy, which a second connection asks. A
 * server that has no connection left for that only costs the bar.
 */
#include "client.h"

#include <sys/ioctl.h>
#include <sys/time.h>
#include <termios.h>
#include <unistd.h>

/* Seconds: a step shorter than the first shows no bar; a bar changes that often. */
#define FIRST_AFTER 0.5
#define EVERY 0.2

#define BAR_WIDTH 24

static struct
{
	PGconn *connection; /* NULL: no step, or nothing is to be shown */
	PGconn *monitor;
	bool no_monitor;
	const char *step;
	double started;
	double shown; /* last time; 0: not yet */
	bool is_terminal;
	bool has_bar; /* on the current line */
} progress;

static double
now(void)
{
	struct timeval time;

	gettimeofday(&time, NULL);
	return time.tv_sec + time.tv_usec / 1e6;
}

void
progress_start(PGconn *connection, const char *step, bool quiet)
{
	progress.connection = quiet ? NULL : connection;
	progress.step = step;
	progress.started = now();
	progress.shown = 0;
	progress.is_terminal = isatty(STDERR_FILENO);
}

/* A count as people read it: 12.3M */
static const char *
short_count(double n, char *buffer, size_t size)
{
	if (n >= 1e9)
		snprintf(buffer, size, "%.1fG", n / 1e9);
	else if (n >= 1e6)
		snprintf(buffer, size, "%.1fM", n / 1e6);
	else if (n >= 1e4)
		snprintf(buffer, size, "%.0fk", n / 1e3);
	else
		snprintf(buffer, size, "%.0f", n);
	return buffer;
}

static int
terminal_width(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return 80;
}

static bool
is_time(void)
{
	double time = now();

	return progress.connection != NULL && progress.is_terminal &&
		   time - progress.started >= FIRST_AFTER && time - progress.shown >= EVERY;
}

static void
draw(double part, uint64 rows)
{
	char line[256], bar[BAR_WIDTH + 1], count[32], rate[32];
	double seconds = now() - progress.started;
	int n;

	n = snprintf(line, sizeof line, "%-10s", progress.step);
	if (part >= 0)
	{
		int full = (int) (Min(part, 1.0) * BAR_WIDTH);

		memset(bar, '.', BAR_WIDTH);
		memset(bar, '#', full);
		bar[BAR_WIDTH] = '\0';
		n += snprintf(line + n, sizeof line - n, " [%s] %3.0f %%", bar,
					  Min(part, 1.0) * 100);
	}
	if (rows > 0)
		n += snprintf(line + n, sizeof line - n, " %s rows, %s/s",
					  short_count((double) rows, count, sizeof count),
					  short_count(rows / seconds, rate, sizeof rate));
	n += snprintf(line + n, sizeof line - n, " %.0f s", seconds);
	if (part > 0.01 && part < 1)
		snprintf(line + n, sizeof line - n, ", %.0f s left", seconds * (1 - part) / part);
	fprintf(stderr, "\r%.*s\033[K", terminal_width() - 1, line);
	fflush(stderr);
	progress.has_bar = true;
	progress.shown = now();
}

void
progress_part(double part, uint64 rows)
{
	if (is_time())
		draw(part, rows);
}

void
progress_ask(void)
{
	char pid[16];
	const char *const values[] = {pid};
	PGresult *result;

	if (!is_time())
		return;
	if (progress.monitor == NULL && !progress.no_monitor)
		progress.monitor = client_connect_again(progress.connection);
	progress.no_monitor = progress.monitor == NULL;
	if (progress.no_monitor)
	{
		draw(-1, 0);
		return;
	}
	snprintf(pid, sizeof pid, "%d", PQbackendPID(progress.connection));
	result = PQexecParams(progress.monitor,
						  "SELECT tuples_processed, bytes_processed, bytes_total"
						  " FROM pg_catalog.pg_stat_progress_copy"
						  " WHERE pid OPERATOR(pg_catalog.=) $1::pg_catalog.int4",
						  1, NULL, values, NULL, NULL, 0);
	if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) > 0)
	{
		double done = strtod(PQgetvalue(result, 0, 1), NULL);
		double total = strtod(PQgetvalue(result, 0, 2), NULL);

		draw(total > 0 ? done / total : -1, strtoull(PQgetvalue(result, 0, 0), NULL, 10));
	}
	else
		draw(-1, 0);
	PQclear(result);
}

void
progress_clear(void)
{
	if (progress.has_bar)
		fputs("\r\033[K", stderr);
	progress.has_bar = false;
}

void
progress_drop(void)
{
	progress_clear();
	progress.connection = NULL;
}

void
progress_end(void)
{
	if (progress.connection != NULL && !progress.is_terminal && progress.step != NULL)
		fprintf(stderr, "%s: %.1f s\n", progress.step, now() - progress.started);
	progress_drop();
}

/* The only result of a query. The first error tells more than those that follow it. */
static PGresult *
wait_result(PGconn *connection)
{
	PGresult *result, *kept = NULL;
	bool is_error = false;

	while ((result = PQgetResult(connection)) != NULL)
	{
		if (is_error)
		{
			PQclear(result);
			continue;
		}
		PQclear(kept);
		kept = result;
		is_error = PQresultStatus(kept) != PGRES_TUPLES_OK;
	}
	if (is_error || kept == NULL)
		client_refused(connection, kept);
	return kept;
}

PGresult *
client_query_shown(PGconn *connection, const char *step, const char *sql, bool quiet)
{
	PGresult *last;

	if (!PQsendQuery(connection, sql))
		client_refused(connection, NULL);
	progress_start(connection, step, quiet);
	while (PQisBusy(connection))
	{
		fd_set sockets;
		struct timeval wait = {.tv_usec = 100000};

		FD_ZERO(&sockets);
		FD_SET(PQsocket(connection), &sockets);
		/* a signal interrupts the wait; its handler has sent the cancel */
		(void) select(PQsocket(connection) + 1, &sockets, NULL, NULL, &wait);
		/* a connection that is lost has a result that says so */
		if (!PQconsumeInput(connection))
			break;
		progress_ask();
	}
	last = wait_result(connection);
	progress_end();
	return last;
}
