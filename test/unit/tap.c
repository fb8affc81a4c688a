/*
 * tap.c: results of unit tests in the Test Anything Protocol.
 */
#include "tap.h"

#include <stdarg.h>
#include <stdio.h>

static int n_results;
static int n_failed;

bool
tap_ok(bool ok, const char *name, ...)
{
	va_list args;

	n_results++;
	n_failed += !ok;
	printf("%s %d - ", ok ? "ok" : "not ok", n_results);
	va_start(args, name);
	vprintf(name, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
	return ok;
}

void
tap_note(const char *note, ...)
{
	va_list args;

	fputs("# ", stdout);
	va_start(args, note);
	vprintf(note, args);
	va_end(args);
	putchar('\n');
}

int
tap_done(void)
{
	printf("1..%d\n", n_results);
	return n_failed > 0 || n_results == 0;
}
