/*
 * import.c: objects and files into a table, by the server's own COPY.
 *
 * COPY asks a callback for bytes that has no argument, so the import that is under way is a
 * static; a trigger of the table may start another one, which puts the first back when it
 * has ended.  Each file is a COPY of its own, so that each has its own header.
 */
#include "postgres.h"
#include "access/xact.h"
#include "commands/copy.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "parser/parse_relation.h"
#include "tcop/utility.h"
#include "utils/memutils.h"
#include "utils/rls.h"

#include "base/compat.h"
#include "s3/import.h"
#include "s3/null_filter.h"

#define FIRST_BYTES 4096

typedef struct FileStream
{
	GeByteSource *source;
	GeNullFilter *filter;	 /* NULL: none */
	char first[FIRST_BYTES]; /* read to see whether the file is empty */
	size_t first_start;
	size_t first_end;
} FileStream;

static FileStream *current = NULL;

static size_t
read_filtered(FileStream *stream, void *buffer, size_t length)
{
	return stream->filter != NULL ? ge_null_filter_read(stream->filter, buffer, length)
								  : ge_byte_source_read(stream->source, buffer, length);
}

/* COPY wants at least min_length bytes, fewer only at the end. */
static int
give_bytes(void *buffer, int min_length, int max_length)
{
	FileStream *stream = current;
	int given = (int) Min(stream->first_end - stream->first_start, (size_t) max_length);

	memcpy(buffer, stream->first + stream->first_start, given);
	stream->first_start += given;
	while (given < min_length)
	{
		size_t more = read_filtered(stream, (char *) buffer + given, max_length - given);

		if (more == 0)
			break;
		given += (int) more;
	}
	return given;
}

/* What DoCopy() checks before it reads a row; the relation's entry stays in the result. */
static ParseState *
check_rights(Relation relation, List *columns)
{
	ParseState *pstate = make_parsestate(NULL);
	Bitmapset *inserted = NULL;
	ListCell *cell;

	foreach (cell, CopyGetAttnums(RelationGetDescr(relation), relation, columns))
		inserted = bms_add_member(inserted,
								  lfirst_int(cell) - FirstLowInvalidHeapAttributeNumber);
	ge_check_insert_rights(pstate, relation, inserted);
	if (check_enable_rls(RelationGetRelid(relation), InvalidOid, false) == RLS_ENABLED)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("cannot import into \"%s\": it has row-level security",
					   RelationGetRelationName(relation)),
				errhint("Import into another table, and use INSERT."));
	if (XactReadOnly && !relation->rd_islocaltemp)
		PreventCommandIfReadOnly("s3_import");
	return pstate;
}

static void
name_file(void *uri)
{
	errcontext("import of \"%s\"", (const char *) uri);
}

static uint64
copy_stream(GeImport *import, Relation relation, FileStream *stream)
{
	CopyFromState state;
	uint64 rows;

	state = BeginCopyFrom(check_rights(relation, import->columns), relation, NULL, NULL,
						  false, give_bytes, import->columns, import->options);
	rows = CopyFrom(state);
	EndCopyFrom(state);
	return rows;
}

/* COPY would take the mark that some programs write before UTF-8 for a part of the first
 * column. */
static bool
is_utf8_text(List *options)
{
	CopyFormatOptions format = {.file_encoding = -1};

	ProcessCopyOptions(NULL, &format, true, options);
	return !format.binary &&
		   (format.file_encoding >= 0 ? format.file_encoding
									  : pg_get_client_encoding()) == PG_UTF8;
}

static void
import_file(GeImport *import, Relation relation, const char *uri)
{
	FileStream *stream = palloc0_object(FileStream);
	FileStream *outer = current;

	stream->source = ge_byte_source_open(uri, import->choice, import->compression);
	if (is_utf8_text(import->options))
		ge_byte_source_skip_mark(stream->source);
	if (import->n_null_values > 0)
		stream->filter = ge_null_filter_create(
			stream->source, import->options, import->null_values, import->n_null_values);
	current = stream;
	PG_TRY();
	{
		stream->first_end = read_filtered(stream, stream->first, FIRST_BYTES);
		/* an empty file has no header either */
		if (stream->first_end > 0)
			import->rows += copy_stream(import, relation, stream);
	}
	PG_FINALLY();
	{
		current = outer;
	}
	PG_END_TRY();
	import->files++;
	import->bytes += ge_byte_source_bytes_read(stream->source);
	ge_byte_source_close(stream->source);
}

void
ge_import_run(GeImport *import, Relation relation, List *uris)
{
	MemoryContext file_context =
		AllocSetContextCreate(CurrentMemoryContext, "S3 import", ALLOCSET_DEFAULT_SIZES);
	ErrorContextCallback context = {.previous = error_context_stack,
									.callback = name_file};
	ListCell *cell;

	free_parsestate(check_rights(relation, import->columns));
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
