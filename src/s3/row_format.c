/*
 * row_format.c: shared by the formats of COPY TO.
 */
#include "postgres.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "base/shown.h"
#include "s3/row_format_internal.h"

GeRowFormat *
ge_row_format_create(List *options, int encoding)
{
	GeRowFormat *format = palloc0_object(GeRowFormat);

	ProcessCopyOptions(NULL, &format->options, false, options);
	format->encoding =
		format->options.file_encoding >= 0 ? format->options.file_encoding : encoding;
	if (!format->options.binary)
		ge_row_text_prepare(format);
	initStringInfo(&format->row);
	format->row_context =
		AllocSetContextCreate(CurrentMemoryContext, "S3 row", ALLOCSET_DEFAULT_SIZES);
	return format;
}

const char *
ge_row_format_content_type(const GeRowFormat *format)
{
	if (format->options.binary)
		return "application/octet-stream";
	return format->options.csv_mode ? "text/csv" : "text/plain";
}

static void
mark_force_quote(GeRowFormat *format, const char *name)
{
	for (int i = 0; i < format->n_columns; i++)
		if (strcmp(format->columns[i].name, name) == 0)
		{
			format->columns[i].force_quote = true;
			return;
		}
	ereport(ERROR, errcode(ERRCODE_UNDEFINED_COLUMN),
			errmsg("column \"%s\" of FORCE_QUOTE does not exist", ge_shown(name)));
}

static void
mark_force_quotes(GeRowFormat *format)
{
	ListCell *cell;

	foreach (cell, format->options.force_quote)
		mark_force_quote(format, strVal(lfirst(cell)));
}

void
ge_row_format_start(GeRowFormat *format, TupleDesc desc)
{
	format->columns = palloc0_array(GeRowColumn, desc->natts);
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);
		GeRowColumn *column = &format->columns[format->n_columns];

		if (attribute->attisdropped)
			continue;
		format->n_columns++;
		column->attribute = i;
		column->name = pstrdup(NameStr(attribute->attname));
		column->force_quote = format->options.force_quote_all;
		column->function_oid = attribute->atttypid;
		if (format->options.binary)
			ge_row_binary_choose(format, column);
		else
			ge_row_text_choose(format, column);
	}
	mark_force_quotes(format);
}

void
ge_row_format_name_columns(GeRowFormat *format, const char *const *names, int n)
{
	format->n_columns = n;
	format->columns = palloc0_array(GeRowColumn, n);
	for (int i = 0; i < n; i++)
	{
		format->columns[i].name = names[i];
		format->columns[i].force_quote = format->options.force_quote_all;
	}
	mark_force_quotes(format);
}

/* What was appended, in the file's encoding. */
static GeBytes
finish(GeRowFormat *format)
{
	const StringInfoData *row = &format->row;
	char *converted;

	if (format->options.binary || format->encoding == GetDatabaseEncoding())
		return (GeBytes){row->data, row->len};
	converted = pg_server_to_any(row->data, row->len, format->encoding);
	return (GeBytes){converted,
					 converted == row->data ? (size_t) row->len : strlen(converted)};
}

static MemoryContext
begin(GeRowFormat *format)
{
	MemoryContextReset(format->row_context);
	resetStringInfo(&format->row);
	return MemoryContextSwitchTo(format->row_context);
}

GeBytes
ge_row_format_head(GeRowFormat *format)
{
	MemoryContext caller = begin(format);
	GeBytes result;

	if (format->options.binary)
		ge_row_binary_head(format);
	else if (format->options.header_line != COPY_HEADER_FALSE)
		ge_row_text_header(format);
	result = finish(format);
	MemoryContextSwitchTo(caller);
	return result;
}

GeBytes
ge_row_format_row(GeRowFormat *format, TupleTableSlot *slot)
{
	MemoryContext caller = begin(format);
	GeBytes result;

	slot_getallattrs(slot);
	if (format->options.binary)
		ge_row_binary_row(format, slot);
	else
		ge_row_text_row(format, slot);
	result = finish(format);
	MemoryContextSwitchTo(caller);
	return result;
}

GeBytes
ge_row_format_tail(GeRowFormat *format)
{
	MemoryContext caller = begin(format);

	if (format->options.binary)
		ge_row_binary_tail(format);
	MemoryContextSwitchTo(caller);
	return (GeBytes){format->row.data, format->row.len};
}

void
ge_row_format_begin(GeRowFormat *format)
{
	MemoryContextSwitchTo(begin(format));
}

void
ge_row_format_field(GeRowFormat *format, int i, const char *value, size_t length)
{
	ge_row_text_field(format, i, value, length);
}

GeBytes
ge_row_format_end(GeRowFormat *format)
{
	MemoryContext caller = MemoryContextSwitchTo(format->row_context);
	GeBytes result;

	appendStringInfoCharMacro(&format->row, '\n');
	result = finish(format);
	MemoryContextSwitchTo(caller);
	return result;
}
