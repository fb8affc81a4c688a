/*
 * export.c: the rows of a query into objects.
 *
 * The query runs through SPI into a receiver of tuples; each row becomes bytes of the file's
 * format, which go into the sink.  A file ends before the row with which it would be too
 * big.
 */
#include "postgres.h"
#include "commands/progress.h"
#include "executor/spi.h"
#include "mb/pg_wchar.h"
#include "pgstat.h"
#include "tcop/dest.h"
#include "utils/memutils.h"

#include "s3/sink.h"
#include "s3/export.h"
#include "s3/row_format.h"
#include "s3/uri.h"

struct GeExport
{
	DestReceiver receiver; /* the first member: a receiver is cast back */
	MemoryContext context;
	GeSink *sink;
	GeRowFormat *format;
	int64 max_file_size;
	int64 file_size; /* of the file so far, before compression */
	int64 size;		 /* of all files, before compression */
	bool file_has_rows;
	int64 rows;
};

/* ------------------------------------------------------------------ rows into files */

static void
write_bytes(GeExport *export, GeBytes bytes)
{
	export->file_size += bytes.length;
	export->size += bytes.length;
	ge_sink_write(export->sink, bytes.bytes, bytes.length);
}

static void
begin_file(GeExport *export)
{
	export->file_size = 0;
	export->file_has_rows = false;
	write_bytes(export, ge_row_format_head(export->format));
}

static void
end_file(GeExport *export)
{
	write_bytes(export, ge_row_format_tail(export->format));
	ge_sink_end_file(export->sink);
}

/* ------------------------------------------------------------------ progress */

/* pg_stat_progress_copy shows an export as it shows COPY TO. */
static void
begin_progress(void)
{
	static const int fields[] = {PROGRESS_COPY_COMMAND, PROGRESS_COPY_TYPE};
	static const int64 values[] = {PROGRESS_COPY_COMMAND_TO, PROGRESS_COPY_TYPE_CALLBACK};

	pgstat_progress_start_command(PROGRESS_COMMAND_COPY, InvalidOid);
	pgstat_progress_update_multi_param(lengthof(fields), fields, values);
}

static void
report_progress(const GeExport *export)
{
	pgstat_progress_update_param(PROGRESS_COPY_TUPLES_PROCESSED, export->rows);
	pgstat_progress_update_param(PROGRESS_COPY_BYTES_PROCESSED, export->size);
}

/* ------------------------------------------------------------------ the receiver */

static void
start_rows(DestReceiver *self, int operation, TupleDesc desc)
{
	GeExport *export = (GeExport *) self;
	MemoryContext caller = MemoryContextSwitchTo(export->context);

	ge_row_format_start(export->format, desc);
	begin_file(export);
	MemoryContextSwitchTo(caller);
}

static bool
receive_row(TupleTableSlot *slot, DestReceiver *self)
{
	GeExport *export = (GeExport *) self;
	GeBytes row = ge_row_format_row(export->format, slot);
	MemoryContext caller = MemoryContextSwitchTo(export->context);

	if (export->file_has_rows && export->file_size + row.length > export->max_file_size)
	{
		end_file(export);
		ge_sink_next_file(export->sink);
		begin_file(export);
		/* tail and head took the row's place */
		row = ge_row_format_row(export->format, slot);
	}
	write_bytes(export, row);
	export->file_has_rows = true;
	export->rows++;
	report_progress(export);
	MemoryContextSwitchTo(caller);
	return true;
}

static void
end_rows(DestReceiver *self)
{
}

/* ------------------------------------------------------------------ the export */

GeExport *
ge_export_begin(const GeExportRequest *request)
{
	GeExport *export = palloc0_object(GeExport);
	GeSinkOptions options = {.choice = *request->choice,
							 .compression = request->compression,
							 .kms_key = request->kms_key,
							 .overwrite = request->overwrite,
							 .max_size = request->max_file_size};

	(void) ge_uri_parse(request->uri); /* no files of the server: there are parts */
	export->receiver.receiveSlot = receive_row;
	export->receiver.rStartup = start_rows;
	export->receiver.rShutdown = end_rows;
	export->receiver.rDestroy = end_rows;
	export->receiver.mydest = DestNone;
	export->context = CurrentMemoryContext;
	export->max_file_size = request->max_file_size;
	export->format = ge_row_format_create(request->options, pg_get_client_encoding());
	options.content_type = ge_row_format_content_type(export->format);
	export->sink = ge_sink_open(request->uri, &options);
	return export;
}

void
ge_export_query(GeExport *export, const char *query)
{
	SPIExecuteOptions options = {.dest = &export->receiver};
	SPIPlanPtr plan;
	int result;

	SPI_connect();
	plan = SPI_prepare_cursor(query, 0, NULL, CURSOR_OPT_PARALLEL_OK);
	if (plan == NULL || !SPI_is_cursor_plan(plan))
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("argument \"query\" is not one statement that returns rows"));
	begin_progress();
	result = SPI_execute_plan_extended(plan, &options);
	if (result < 0)
		ereport(ERROR, errcode(ERRCODE_INTERNAL_ERROR),
				errmsg("the query could not be run: %s", SPI_result_code_string(result)));
	SPI_finish();
	end_file(export);
}

void
ge_export_complete(GeExport *export)
{
	ge_sink_complete(export->sink);
	pgstat_progress_end_command();
}

void
ge_export_abort(GeExport *export, int code)
{
	ge_sink_abort(export->sink, code);
}

int64
ge_export_rows(const GeExport *export)
{
	return export->rows;
}

int64
ge_export_files(const GeExport *export)
{
	return ge_sink_files(export->sink);
}

int64
ge_export_bytes(const GeExport *export)
{
	return (int64) ge_sink_bytes(export->sink);
}
