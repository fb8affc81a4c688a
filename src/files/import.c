/*
 * import.c: objects and files into a table.
 *
 * Each file is a COPY of its own, so that each has its own header.  CSV is split into
 * records first, to detect text that COPY would misread.  Formats text and binary are
 * passed on unchanged.
 */
#include "postgres.h"
#include "access/xact.h"
#include "commands/copy.h"
#include "mb/pg_wchar.h"
#include "nodes/value.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "base/shown.h"
#include "files/copy.h"
#include "files/copy_feed.h"
#include "files/import.h"
#include "files/null_filter.h"

#define FIRST_BYTES 4096

/* -------------------------------------------------------------------- text and binary */

typedef struct FileStream
{
	GeByteSource *source;
	GeNullFilter *filter;	 /* NULL: none */
	char first[FIRST_BYTES]; /* read to see whether the file is empty */
	size_t first_start;
	size_t first_end;
} FileStream;

static size_t
read_filtered(FileStream *stream, char *buffer, size_t length)
{
	return stream->filter != NULL ? ge_null_filter_read(stream->filter, buffer, length)
								  : ge_byte_source_read(stream->source, buffer, length);
}

/* GeCopyRead */
static size_t
read_stream(void *arg, char *buffer, size_t length)
{
	FileStream *stream = arg;
	size_t n = Min(stream->first_end - stream->first_start, length);

	if (n == 0)
		return read_filtered(stream, buffer, length);
	memcpy(buffer, stream->first + stream->first_start, n);
	stream->first_start += n;
	return n;
}

static void
import_stream(GeImport *import, const GeCsvOptions *options, Relation relation,
			  const char *uri)
{
	FileStream *stream = palloc0_object(FileStream);
	int encoding = options->copy.file_encoding >= 0 ? options->copy.file_encoding
													: pg_get_client_encoding();

	if (options->format.stray_quotes_are_text)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("stray_quotes is an option of format csv only"));
	stream->source =
		ge_byte_source_open(uri, &import->access.choice, import->access.compression);
	/* COPY would take a byte order mark for a part of the first column */
	if (!options->copy.binary)
		ge_byte_source_skip_mark(stream->source, encoding);
	if (import->null_values.n > 0)
		stream->filter = ge_null_filter_create(stream->source, &options->copy, encoding,
											   import->null_values);
	stream->first_end = read_filtered(stream, stream->first, FIRST_BYTES);
	/* an empty file has no header either */
	if (stream->first_end > 0)
		import->rows +=
			ge_copy_feed(relation, import->columns, options->list, read_stream, stream);
	import->bytes += ge_byte_source_bytes_read(stream->source);
	ge_byte_source_close(stream->source);
}

/* -------------------------------------------------------------------------------- csv */

/* The columns that COPY fills. */
static List *
names_of_columns(Relation relation)
{
	TupleDesc desc = RelationGetDescr(relation);
	List *names = NIL;

	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);

		if (!attribute->attisdropped && attribute->attgenerated == '\0')
			names = lappend(names, makeString(NameStr(attribute->attname)));
	}
	return names;
}

static void
import_csv(GeImport *import, const GeCsvOptions *options, Relation relation,
		   const char *uri)
{
	GeCsvCopy copy = {.relation = relation, .names = import->columns, .options = options};
	GeCsvFile *file;
	int how = 0;

	if (import->null_values.n > 0)
		copy.columns = ge_csv_columns_of_table(
			import->columns != NIL ? import->columns : names_of_columns(relation),
			options, import->null_values);
	else if (!options->format.stray_quotes_are_text)
		how = GE_CSV_UNSPLIT;
	file = ge_csv_file_open(uri, options, &import->access, how);
	if (file->has_first)
		import->rows += ge_csv_copy(&copy, file);
	ge_csv_file_close(file);
	import->bytes += file->n_bytes;
}

/* -------------------------------------------------------------------------------- all */

static void
name_file(void *uri)
{
	errcontext("import of \"%s\"", ge_printable(uri));
}

static void
import_file(GeImport *import, Relation relation, const char *uri)
{
	GeCsvOptions *options =
		ge_csv_options_of(list_copy(import->options), true, pg_get_client_encoding());

	if (options->copy.csv_mode)
		import_csv(import, options, relation, uri);
	else
		import_stream(import, options, relation, uri);
	import->files++;
}

void
ge_import_run(GeImport *import, Relation relation, List *uris)
{
	MemoryContext file_context =
		AllocSetContextCreate(CurrentMemoryContext, "S3 import", ALLOCSET_DEFAULT_SIZES);
	ErrorContextCallback context = {.previous = error_context_stack,
									.callback = name_file};
	ListCell *cell;

	ge_copy_check_rights(relation, import->columns);
	foreach (cell, uris)
	{
		MemoryContext caller = MemoryContextSwitchTo(file_context);

		context.arg = lfirst(cell);
		error_context_stack = &context;
		import_file(import, relation, lfirst(cell));
		error_context_stack = context.previous;
		MemoryContextSwitchTo(caller);
		MemoryContextReset(file_context);
		CommandCounterIncrement();
	}
	MemoryContextDelete(file_context);
}
