/*
 * options.c: what COPY's option text says of CSV files.
 */
#include "postgres.h"
#include "commands/defrem.h"
#include "mb/pg_wchar.h"

#include "files/options.h"
#include "s3/import.h"

static void
name_argument(void *argument)
{
	errcontext("argument \"%s\"", (const char *) argument);
}

GeCsvOptions *
ge_csv_options_parse(const char *argument, const char *words, bool is_from)
{
	GeCsvOptions *options = palloc0(sizeof *options);
	ErrorContextCallback context = {.callback = name_argument,
									.arg = unconstify(char *, argument),
									.previous = error_context_stack};

	error_context_stack = &context;
	options->list = ge_copy_options_parse(argument, words);
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
	/* COPY would take the client's, with which the file has nothing to do */
	options->encoding = options->copy.file_encoding >= 0 ? options->copy.file_encoding
														 : GetDatabaseEncoding();
	options->null_text = options->copy.null_print;
	options->null_length = options->copy.null_print_len;
	return options;
}
