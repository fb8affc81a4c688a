/*
 * show.c: result rows as psql shows them, by psql's own library; one value as it is.
 */
#include "client.h"

#include <unistd.h>

#include "fe_utils/print.h"

void
show_rows(const PGresult *result, bool csv)
{
	printQueryOpt options = {
		.topt = {.format = csv ? PRINT_CSV : PRINT_ALIGNED,
				 /* a row that is wider than the terminal: one column a line */
				 .expanded = !csv && isatty(STDOUT_FILENO) ? 2 : 0,
				 .border = 1,
				 .start_table = true,
				 .stop_table = true,
				 .default_footer = true,
				 .csvFieldSep = ",",
				 .fieldSep = {.separator = pg_strdup("|")},
				 .recordSep = {.separator = pg_strdup("\n")},
				 .encoding = pg_char_to_encoding("UTF8")},
	};

	printQuery(result, &options, stdout, false, NULL);
}

void
show_text(const PGresult *result)
{
	size_t length = PQgetlength(result, 0, 0);

	if (fwrite(PQgetvalue(result, 0, 0), 1, length, stdout) != length ||
		fflush(stdout) != 0)
		leave(EXIT_LOCAL_FILE, "cannot write to standard output: %m");
}
