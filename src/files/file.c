/*
 * file.c: reads the header and the rows of one CSV file.
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/shown.h"
#include "files/file.h"

static void
free_reader(void *arg)
{
	GeCsvFile *file = arg;

	ge_csv_reader_destroy(file->reader);
	file->reader = NULL;
}

static void
start_reader(GeCsvFile *file)
{
	free_reader(file);
	file->reader = ge_csv_reader_create(&file->format, ge_csv_text_read, file->text);
	if (file->reader == NULL)
		ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));
}

/* -------------------------------------------------------------------------- records */

/* The error for a result; messages are those of COPY if COPY has one. */
GE_NORETURN static void
report(const GeCsvFile *file, GeCsvStatus status)
{
	uint64 line = ge_csv_line(file->reader), opened;
	const char *uri = ge_printable(file->uri);

	switch (status)
	{
		case GE_CSV_OPEN_QUOTE:
			ereport(ERROR, errcode(ERRCODE_BAD_COPY_FILE_FORMAT),
					errmsg("unterminated CSV quoted field"),
					errhint("Look at line " UINT64_FORMAT
							" of %s, where the quote opens.",
							line, uri));
			break;
		case GE_CSV_STRAY_QUOTE:
			opened = ge_csv_opened_line(file->reader);
			ereport(
				ERROR, errcode(ERRCODE_BAD_COPY_FILE_FORMAT),
				errmsg("quote inside an unquoted field in line " UINT64_FORMAT " of %s",
					   line, uri),
				opened != 0 && opened != line
					? errdetail("The field begins with a quote in line " UINT64_FORMAT
								", which may not be closed there.",
								opened)
					: errdetail("A quote opens a quoted field only at its beginning."),
				errhint("If quotes like this one belong to values, say stray_quotes "
						"literal among the options, as in (format csv, header, "
						"stray_quotes literal)."));
			break;
		case GE_CSV_BARE_RETURN:
			ereport(ERROR, errcode(ERRCODE_BAD_COPY_FILE_FORMAT),
					errmsg("unquoted carriage return found in data"),
					errhint("Look at line " UINT64_FORMAT
							" of %s: the lines before it end in another way. Quote the "
							"field if the carriage return belongs to it.",
							line, uri));
			break;
		case GE_CSV_BARE_NEWLINE:
			ereport(ERROR, errcode(ERRCODE_BAD_COPY_FILE_FORMAT),
					errmsg("unquoted newline found in data"),
					errhint("Look at line " UINT64_FORMAT
							" of %s: the lines before it end in another way. Quote the "
							"field if the newline belongs to it.",
							line, uri));
			break;
		case GE_CSV_RECORD_TOO_LONG:
			ereport(
				ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				errmsg("row of 1 GB or more in line " UINT64_FORMAT " of %s", line, uri),
				errhint("A quote that opens there may not be closed."));
			break;
		default:
			ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));
	}
	pg_unreachable();
}

static bool
next_record(GeCsvFile *file, GeCsvRecord *record)
{
	GeCsvStatus status = (file->how & GE_CSV_UNSPLIT) != 0
							 ? ge_csv_next_text(file->reader, record)
							 : ge_csv_next(file->reader, record);

	if (status != GE_CSV_RECORD && status != GE_CSV_END)
		report(file, status);
	return status == GE_CSV_RECORD;
}

static void
read_first(GeCsvFile *file)
{
	start_reader(file);
	file->has_first = file->first_waits = next_record(file, &file->first);
}

GeCsvFile *
ge_csv_file_open(const char *uri, const GeCsvOptions *options, const GeFileAccess *access,
				 int how)
{
	GeCsvFile *file = palloc0(sizeof *file);

	file->uri = pstrdup(uri);
	file->has_header = options->has_header;
	file->how = how;
	file->format = options->format;
	file->free_reader.func = free_reader;
	file->free_reader.arg = file;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, &file->free_reader);
	file->text = ge_csv_text_open(uri, &access->choice, access->compression,
								  options->encoding, (how & GE_CSV_KEPT) != 0);
	read_first(file);
	return file;
}

/* ---------------------------------------------------------------------------- names */

typedef struct NamedColumn
{
	const char *name;
	int position;
} NamedColumn;

static int
compare_names(const void *a, const void *b)
{
	const NamedColumn *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order != 0 ? order : x->position - y->position;
}

bool
ge_csv_names_repeat(const char *const *names, int n, int *first, int *second)
{
	NamedColumn *sorted = palloc(sizeof(NamedColumn) * n);
	bool repeat = false;

	for (int i = 0; i < n; i++)
		sorted[i] = (NamedColumn){names[i], i};
	qsort(sorted, n, sizeof(NamedColumn), compare_names);
	for (int i = 1; i < n && !repeat; i++)
	{
		repeat = strcmp(sorted[i - 1].name, sorted[i].name) == 0;
		*first = sorted[i - 1].position;
		*second = sorted[i].position;
	}
	pfree(sorted);
	return repeat;
}

static void
refuse_duplicates(const GeCsvFile *file)
{
	int first, second;

	if (!ge_csv_names_repeat((const char *const *) file->names, file->n_columns, &first,
							 &second))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_DUPLICATE_COLUMN),
			 errmsg("two columns of %s have the name \"%s\"", ge_printable(file->uri),
					ge_shown(file->names[first])),
			 errdetail("They are columns %d and %d.", first + 1, second + 1),
			 errhint("If the first line is a row and no header, say '(format csv)' "
					 "without header; else rename one of the columns in the "
					 "file.")));
}

void
ge_csv_file_take_names(GeCsvFile *file)
{
	const GeCsvRecord *record = &file->first;

	if (!file->has_first)
		return;
	file->n_columns = record->n_fields;
	file->names = palloc(sizeof(char *) * record->n_fields);
	for (int i = 0; i < record->n_fields; i++)
	{
		const GeCsvField *field = &record->fields[i];

		file->names[i] = file->has_header && field->length > 0
							 ? pnstrdup(field->value, field->length)
							 : psprintf("column%d", i + 1);
	}
	refuse_duplicates(file);
	file->first_waits = !file->has_header;
}

/* ----------------------------------------------------------------------------- rows */

static void
check_fields(const GeCsvFile *file, const GeCsvRecord *record)
{
	if (record->n_fields == file->n_columns)
		return;
	ereport(
		ERROR,
		(errcode(ERRCODE_BAD_COPY_FILE_FORMAT),
		 record->n_fields < file->n_columns
			 ? errmsg("missing data for column \"%s\" in line " UINT64_FORMAT " of %s",
					  ge_shown(file->names[record->n_fields]), (uint64) record->line,
					  ge_printable(file->uri))
			 : errmsg("extra data after the last column in line " UINT64_FORMAT " of %s",
					  (uint64) record->line, ge_printable(file->uri)),
		 errdetail("The line has %d fields; %d are expected. It reads \"%s\".",
				   record->n_fields, file->n_columns,
				   ge_shown(pnstrdup(record->text, record->length)))));
}

static bool
is_blank(const GeCsvRecord *record)
{
	if (record->n_fields != 1)
		return false;
	for (size_t i = 0; i < record->length; i++)
		if (record->text[i] != ' ' && record->text[i] != '\t')
			return false;
	return true;
}

/* Whether only blank lines follow. */
static bool
ends_blank(GeCsvFile *file)
{
	GeCsvRecord record;

	while (next_record(file, &record))
		if (!is_blank(&record))
			return false;
	return true;
}

bool
ge_csv_file_next(GeCsvFile *file, GeCsvRecord *record)
{
	if (file->first_waits)
	{
		*record = file->first;
		file->first_waits = false;
		return true;
	}
	if (!next_record(file, record))
		return false;
	if (file->n_columns == 0)
		return true;
	/* in a file of one column a blank line is a value */
	if (file->n_columns > 1 && is_blank(record))
	{
		*record = (GeCsvRecord){.line = record->line, .text = "", .n_fields = 1};
		if (ends_blank(file))
			return false;
	}
	check_fields(file, record);
	return true;
}

void
ge_csv_file_rewind(GeCsvFile *file)
{
	ge_csv_text_rewind(file->text);
	read_first(file);
	if (file->n_columns > 0)
		file->first_waits = file->has_first && !file->has_header;
}

void
ge_csv_file_close(GeCsvFile *file)
{
	free_reader(file);
	file->n_bytes = ge_csv_text_close(file->text);
	file->text = NULL;
}
