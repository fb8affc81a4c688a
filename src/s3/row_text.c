/*
 * row_text.c: rows as lines of COPY's csv and text formats.
 *
 * Fields are quoted and escaped as copyto.c does it, in the server's encoding, in which
 * ASCII bytes are never parts of other characters; the whole line is then converted.
 */
#include "postgres.h"
#include "commands/copy.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "s3/row_text.h"

struct GeRowText
{
	CopyFormatOptions format;
	int encoding; /* of the file */
	TupleDesc desc;
	int n_columns; /* without dropped ones */
	FmgrInfo *outputs;
	bool *force_quote;
	StringInfoData line;
	MemoryContext row_context;
};

GeRowText *
ge_row_text_create(List *options)
{
	GeRowText *writer = palloc0_object(GeRowText);

	ProcessCopyOptions(NULL, &writer->format, false, options);
	if (writer->format.binary)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("binary format cannot be exported"),
				errhint("Use (format csv) or (format text)."));
	writer->encoding = writer->format.file_encoding >= 0 ? writer->format.file_encoding
														 : pg_get_client_encoding();
	initStringInfo(&writer->line);
	writer->row_context =
		AllocSetContextCreate(CurrentMemoryContext, "S3 row", ALLOCSET_DEFAULT_SIZES);
	return writer;
}

bool
ge_row_text_has_header(const GeRowText *writer)
{
	return writer->format.header_line != COPY_HEADER_FALSE;
}

bool
ge_row_text_is_csv(const GeRowText *writer)
{
	return writer->format.csv_mode;
}

static void
mark_force_quote(GeRowText *writer, const char *name)
{
	for (int i = 0; i < writer->desc->natts; i++)
		if (namestrcmp(&TupleDescAttr(writer->desc, i)->attname, name) == 0)
		{
			writer->force_quote[i] = true;
			return;
		}
	ereport(ERROR, errcode(ERRCODE_UNDEFINED_COLUMN),
			errmsg("the query has no column \"%s\", which FORCE_QUOTE names", name));
}

void
ge_row_text_start(GeRowText *writer, TupleDesc desc)
{
	ListCell *cell;

	writer->desc = CreateTupleDescCopy(desc);
	writer->outputs = palloc0_array(FmgrInfo, desc->natts);
	writer->force_quote = palloc0_array(bool, desc->natts);
	for (int i = 0; i < desc->natts; i++)
	{
		Oid output;
		bool is_varlena;

		writer->n_columns += !TupleDescAttr(desc, i)->attisdropped;
		getTypeOutputInfo(TupleDescAttr(desc, i)->atttypid, &output, &is_varlena);
		fmgr_info(output, &writer->outputs[i]);
		writer->force_quote[i] = writer->format.force_quote_all;
	}
	foreach (cell, writer->format.force_quote)
		mark_force_quote(writer, strVal(lfirst(cell)));
}

static bool
needs_quotes(const GeRowText *writer, const char *value)
{
	const CopyFormatOptions *format = &writer->format;
	const char special[] = {format->delim[0], format->quote[0], '\n', '\r', '\0'};

	return strcmp(value, format->null_print) == 0 ||
		   value[strcspn(value, special)] != '\0' ||
		   (writer->n_columns == 1 && strcmp(value, "\\.") == 0);
}

static void
append_csv(GeRowText *writer, const char *value, bool force)
{
	StringInfo line = &writer->line;
	char quote = writer->format.quote[0];
	char escape = writer->format.escape[0];

	if (!force && !needs_quotes(writer, value))
	{
		appendStringInfoString(line, value);
		return;
	}
	appendStringInfoCharMacro(line, quote);
	for (; *value != '\0'; value++)
	{
		if (*value == quote || *value == escape)
			appendStringInfoCharMacro(line, escape);
		appendStringInfoCharMacro(line, *value);
	}
	appendStringInfoCharMacro(line, quote);
}

static void
append_text(GeRowText *writer, const char *value)
{
	static const char control[] = "\b\f\n\r\t\v";
	static const char letters[] = "bfnrtv";
	char delimiter = writer->format.delim[0];

	for (; *value != '\0'; value++)
	{
		const char *found = *value == delimiter ? NULL : strchr(control, *value);

		if (found != NULL || *value == '\\' || *value == delimiter)
			appendStringInfoCharMacro(&writer->line, '\\');
		appendStringInfoCharMacro(&writer->line,
								  found != NULL ? letters[found - control] : *value);
	}
}

static void
append_value(GeRowText *writer, const char *value, bool force)
{
	if (writer->format.csv_mode)
		append_csv(writer, value, force);
	else
		append_text(writer, value);
}

static GeLine
end_line(GeRowText *writer)
{
	char *converted;

	appendStringInfoCharMacro(&writer->line, '\n');
	if (writer->encoding == GetDatabaseEncoding())
		return (GeLine){writer->line.data, writer->line.len};
	converted = pg_server_to_any(writer->line.data, writer->line.len, writer->encoding);
	return (GeLine){converted, converted == writer->line.data ? (size_t) writer->line.len
															  : strlen(converted)};
}

GeLine
ge_row_text_header(GeRowText *writer)
{
	bool first = true;
	MemoryContext caller;
	GeLine line;

	MemoryContextReset(writer->row_context);
	caller = MemoryContextSwitchTo(writer->row_context);
	resetStringInfo(&writer->line);
	for (int i = 0; i < writer->desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(writer->desc, i);

		if (attribute->attisdropped)
			continue;
		if (!first)
			appendStringInfoCharMacro(&writer->line, writer->format.delim[0]);
		first = false;
		append_value(writer, NameStr(attribute->attname), false);
	}
	line = end_line(writer);
	MemoryContextSwitchTo(caller);
	return line;
}

GeLine
ge_row_text_row(GeRowText *writer, TupleTableSlot *slot)
{
	bool first = true;
	MemoryContext caller;
	GeLine line;

	MemoryContextReset(writer->row_context);
	caller = MemoryContextSwitchTo(writer->row_context);
	slot_getallattrs(slot);
	resetStringInfo(&writer->line);
	for (int i = 0; i < writer->desc->natts; i++)
	{
		if (TupleDescAttr(writer->desc, i)->attisdropped)
			continue;
		if (!first)
			appendStringInfoCharMacro(&writer->line, writer->format.delim[0]);
		first = false;
		if (slot->tts_isnull[i])
			appendStringInfoString(&writer->line, writer->format.null_print);
		else
			append_value(writer,
						 OutputFunctionCall(&writer->outputs[i], slot->tts_values[i]),
						 writer->force_quote[i]);
	}
	line = end_line(writer);
	MemoryContextSwitchTo(caller);
	return line;
}
