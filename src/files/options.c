/*
 * options.c: the options of COPY for CSV files.
 */
#include "postgres.h"
#include "commands/defrem.h"
#include "mb/pg_wchar.h"

#include "files/options.h"

static void
name_argument(void *argument)
{
	errcontext("argument \"%s\"", (const char *) argument);
}

GeCsvOptions *
ge_csv_options_of(List *list, bool is_from, int encoding)
{
	GeCsvOptions *options = palloc0(sizeof *options);

	options->list = list;
	if (is_from)
		options->format.stray_quotes_are_text = ge_copy_take_stray_quotes(&options->list);
	ProcessCopyOptions(NULL, &options->copy, is_from, options->list);
	if (!options->copy.csv_mode)
		return options;
	options->format.delimiter = options->copy.delim[0];
	options->format.quote = options->copy.quote[0];
	options->format.escape = options->copy.escape[0];
	options->has_header = options->copy.header_line != COPY_HEADER_FALSE;
	options->encoding =
		options->copy.file_encoding >= 0 ? options->copy.file_encoding : encoding;
	options->null_text = options->copy.null_print;
	options->null_length = options->copy.null_print_len;
	return options;
}

/* COPY would take the client's encoding, which does not apply to the file. */
GeCsvOptions *
ge_csv_options_parse(const char *argument, const char *words, bool is_from)
{
	GeCsvOptions *options;
	ErrorContextCallback context = {.callback = name_argument,
									.arg = unconstify(char *, argument),
									.previous = error_context_stack};

	error_context_stack = &context;
	options = ge_csv_options_of(ge_copy_options_parse(argument, words), is_from,
								GetDatabaseEncoding());
	if (!options->copy.csv_mode)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("only files in format csv are supported here"),
						errhint("Say %s => '(format csv, header)'.", argument)));
	error_context_stack = context.previous;
	return options;
}
