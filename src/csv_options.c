/*
 * csv_options.c: parses COPY's option text by the server's own parser.
 */
#include "postgres.h"
#include "commands/defrem.h"
#include "mb/pg_wchar.h"
#include "nodes/parsenodes.h"
#include "parser/parser.h"

#include "csv_options.h"

static void
name_argument(void *argument)
{
	errcontext("argument \"%s\"", (const char *) argument);
}

/* The options behind COPY x FROM|TO STDIN; nothing else may stand in the text. */
static List *
parse_list(const char *argument, const char *words, bool is_from)
{
	char *sql = psprintf("COPY x %s %s", is_from ? "FROM STDIN" : "TO STDOUT", words);
	List *statements = raw_parser(sql, RAW_PARSE_DEFAULT);
	CopyStmt *copy = NULL;

	if (list_length(statements) == 1)
		copy = (CopyStmt *) linitial_node(RawStmt, statements)->stmt;
	if (copy == NULL || !IsA(copy, CopyStmt) || copy->whereClause != NULL ||
		copy->filename != NULL || copy->is_program)
		ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR),
						errmsg("\"%s\" holds more than options of COPY", argument),
						errhint("Options look like (format csv, header).")));
	return copy->options;
}

GeCsvOptions *
ge_csv_options_parse(const char *argument, const char *words, bool is_from)
{
	GeCsvOptions *options = palloc0(sizeof *options);
	ErrorContextCallback context = {.callback = name_argument,
									.arg = unconstify(char *, argument),
									.previous = error_context_stack};

	error_context_stack = &context;
	options->list = parse_list(argument, words, is_from);
	ProcessCopyOptions(NULL, &options->copy, is_from, options->list);
	if (!options->copy.csv_mode)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("only files in format csv are supported here"),
						errhint("Say %s => '(format csv, header)'.", argument)));
	error_context_stack = context.previous;
	options->format = (GeCsvFormat){.delimiter = options->copy.delim[0],
									.quote = options->copy.quote[0],
									.escape = options->copy.escape[0]};
	options->has_header = options->copy.header_line != COPY_HEADER_FALSE;
	options->encoding = options->copy.file_encoding >= 0 ? options->copy.file_encoding
														 : pg_get_client_encoding();
	options->null_text = options->copy.null_print;
	options->null_length = options->copy.null_print_len;
	return options;
}
