/*
 * file.c: reads the header and the rows of one CSV file.
 */
#include "postgres.h"
#include "access/htup_details.h"

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

/* What a status other than a record or the end means. */
static const char *
explain(GeCsvStatus status)
{
	switch (status)
	{
		case GE_CSV_OPEN_QUOTE:
			return "unterminated quoted field";
		case GE_CSV_BARE_RETURN:
			return "unquoted carriage return among lines that end otherwise";
		case GE_CSV_BARE_NEWLINE:
			return "unquoted newline among lines that end otherwise";
		case GE_CSV_RECORD_TOO_LONG:
			return "row of 1 GB or more";
		default:
			return NULL;
	}
}

static bool
next_record(GeCsvFile *file, GeCsvRecord *record)
{
	GeCsvStatus status = ge_csv_next(file->reader, record);

	if (status == GE_CSV_RECORD || status == GE_CSV_END)
		return status == GE_CSV_RECORD;
	if (status == GE_CSV_NO_MEMORY)
		ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));
	ereport(ERROR, (errcode(ERRCODE_BAD_COPY_FILE_FORMAT),
					errmsg("%s in line " UINT64_FORMAT " of %s", explain(status),
						   (uint64) ge_csv_line(file->reader), file->uri)));
}

static void
take_names(GeCsvFile *file, const GeCsvRecord *record)
{
	if (record->n_fields > MaxHeapAttributeNumber)
		ereport(ERROR, (errcode(ERRCODE_TOO_MANY_COLUMNS),
						errmsg("%s has too many columns", file->uri),
						errdetail("It has %d columns; at most %d are possible.",
								  record->n_fields, MaxHeapAttributeNumber)));
	file->n_columns = record->n_fields;
	file->names = palloc(sizeof(char *) * record->n_fields);
	for (int i = 0; i < record->n_fields; i++)
	{
		const GeCsvField *field = &record->fields[i];

		file->names[i] = file->has_header && field->length > 0
							 ? pnstrdup(field->value, field->length)
							 : psprintf("column%d", i + 1);
		for (int k = 0; k < i; k++)
			if (strcmp(file->names[k], file->names[i]) == 0)
				ereport(ERROR, (errcode(ERRCODE_DUPLICATE_COLUMN),
								errmsg("two columns of %s have the name \"%s\"",
									   file->uri, file->names[i]),
								errdetail("They are columns %d and %d.", k + 1, i + 1)));
	}
}

GeCsvFile *
ge_csv_file_open(const char *uri, const GeCsvOptions *options, const GeFileAccess *access,
				 bool keep)
{
	GeCsvFile *file = palloc0(sizeof *file);

	file->uri = pstrdup(uri);
	file->has_header = options->has_header;
	file->format = options->format;
	file->free_reader.func = free_reader;
	file->free_reader.arg = file;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, &file->free_reader);
	file->text = ge_csv_text_open(uri, access->server, access->compression,
								  options->encoding, keep);
	start_reader(file);
	if (next_record(file, &file->first))
	{
		take_names(file, &file->first);
		file->first_waits = !file->has_header;
	}
	return file;
}

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
					  file->names[record->n_fields], (uint64) record->line, file->uri)
			 : errmsg("extra data after the last column in line " UINT64_FORMAT " of %s",
					  (uint64) record->line, file->uri),
		 errdetail("The line has %d fields; %d are expected.", record->n_fields,
				   file->n_columns)));
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
	check_fields(file, record);
	return true;
}

void
ge_csv_file_rewind(GeCsvFile *file)
{
	ge_csv_text_rewind(file->text);
	start_reader(file);
	if (next_record(file, &file->first))
		file->first_waits = !file->has_header;
}

void
ge_csv_file_close(GeCsvFile *file)
{
	free_reader(file);
	file->n_bytes = ge_csv_text_close(file->text);
	file->text = NULL;
}
