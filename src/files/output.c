/*
 * output.c: writes rows of results as CSV, quoted as COPY quotes.
 */
#include "postgres.h"
#include "catalog/pg_type.h"
#include "common/shortest_dec.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "nodes/value.h"
#include "utils/builtins.h"

#include "base/compat.h"
#include "files/output.h"
#include "base/run_log.h"

#define FLUSH_BYTES (256 * 1024)

typedef struct Writer
{
	GeCsvOutput *output;
	StringInfoData bytes; /* not yet given to the sink */
	bool *force_quote;	  /* by column */
	Datum *values;
	bool *is_null;
} Writer;

static bool
is_special(const GeCsvFormat *format, char c)
{
	return c == format->delimiter || c == format->quote || c == '\n' || c == '\r';
}

static bool
needs_quotes(const Writer *writer, const char *value, size_t length)
{
	const GeCsvOptions *options = writer->output->options;

	if (length == options->null_length && memcmp(value, options->null_text, length) == 0)
		return true;
	/* COPY takes a line of \. alone for the end of the data */
	if (writer->output->layout->n_columns == 1 && length == 2 &&
		memcmp(value, "\\.", 2) == 0)
		return true;
	for (size_t i = 0; i < length; i++)
		if (is_special(&options->format, value[i]))
			return true;
	return false;
}

static void
append_field(Writer *writer, const char *value, size_t length, bool force_quote)
{
	const GeCsvFormat *format = &writer->output->options->format;

	if (!force_quote && !needs_quotes(writer, value, length))
	{
		appendBinaryStringInfo(&writer->bytes, value, length);
		return;
	}
	appendStringInfoCharMacro(&writer->bytes, format->quote);
	for (size_t i = 0; i < length; i++)
	{
		if (value[i] == format->quote || value[i] == format->escape)
			appendStringInfoCharMacro(&writer->bytes, format->escape);
		appendStringInfoCharMacro(&writer->bytes, value[i]);
	}
	appendStringInfoCharMacro(&writer->bytes, format->quote);
}

/* Give what there is to the sink, in the encoding of the file. */
static void
flush(Writer *writer)
{
	int encoding = writer->output->options->encoding;
	char *converted;

	if (writer->bytes.len == 0)
		return;
	converted = pg_server_to_any(writer->bytes.data, writer->bytes.len, encoding);
	if (converted == writer->bytes.data)
		ge_sink_write(writer->output->sink, converted, writer->bytes.len);
	else
	{
		ge_sink_write(writer->output->sink, converted, strlen(converted));
		pfree(converted);
	}
	resetStringInfo(&writer->bytes);
}

static void
append_header(Writer *writer)
{
	const GeOutputLayout *layout = writer->output->layout;

	for (int i = 0; i < layout->n_columns; i++)
	{
		const char *name = layout->columns[i].name;

		if (i > 0)
			appendStringInfoCharMacro(&writer->bytes,
									  writer->output->options->format.delimiter);
		append_field(writer, name, strlen(name), false);
	}
	appendStringInfoCharMacro(&writer->bytes, '\n');
}

static void
append_value(Writer *writer, int i)
{
	char digits[DOUBLE_SHORTEST_DECIMAL_LEN + 16];
	struct varlena *value;

	switch (writer->output->layout->columns[i].type)
	{
		case INT4OID:
			append_field(writer, digits,
						 pg_ltoa(DatumGetInt32(writer->values[i]), digits),
						 writer->force_quote[i]);
			break;
		case FLOAT8OID:
			append_field(
				writer, digits,
				double_to_shortest_decimal_buf(DatumGetFloat8(writer->values[i]), digits),
				writer->force_quote[i]);
			break;
		default: /* text, as the store has it */
			value = PG_DETOAST_DATUM_PACKED(writer->values[i]);
			append_field(writer, VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value),
						 writer->force_quote[i]);
			if (PointerGetDatum(value) != writer->values[i])
				pfree(value);
			break;
	}
}

/* GeResultConsumer */
static void
put_row(const GeResultRow *row, void *arg)
{
	Writer *writer = arg;
	const GeCsvOptions *options = writer->output->options;
	const GeOutputLayout *layout = writer->output->layout;

	ge_output_layout_row(layout, row, writer->values, writer->is_null);
	for (int i = 0; i < layout->n_columns; i++)
	{
		if (i > 0)
			appendStringInfoCharMacro(&writer->bytes, options->format.delimiter);
		if (writer->is_null[i])
			appendBinaryStringInfo(&writer->bytes, options->null_text,
								   options->null_length);
		else
			append_value(writer, i);
	}
	appendStringInfoCharMacro(&writer->bytes, '\n');
	if (writer->bytes.len >= FLUSH_BYTES)
		flush(writer);
}

void
ge_csv_output_lay_out(GeCsvOutput *output, GePlan *plan, const char *label_suffix,
					  const char *te_suffix, const AttrNumber *shown)
{
	GeOutputLayout *layout = output->layout =
		ge_output_layout_create(plan, output->source, label_suffix, te_suffix, shown);

	for (int i = 0; i < layout->n_columns; i++)
		for (int k = 0; k < i; k++)
			if (strcmp(layout->columns[k].name, layout->columns[i].name) == 0)
				ereport(ERROR, (errcode(ERRCODE_DUPLICATE_COLUMN),
								errmsg("two columns of %s would have the name \"%s\"",
									   output->uri, layout->columns[i].name),
								errhint("Choose another label_suffix or te_suffix.")));
	ge_plan_keep(plan, output->source, layout->needed);
}

/* FORCE_QUOTE of the options, by column; a name that is no column is an error. */
static bool *
forced_quotes(const GeCsvOutput *output)
{
	const GeOutputLayout *layout = output->layout;
	bool *forced = palloc0(sizeof(bool) * layout->n_columns);
	ListCell *cell;

	for (int i = 0; i < layout->n_columns; i++)
		forced[i] = output->options->copy.force_quote_all;
	foreach (cell, output->options->copy.force_quote)
	{
		int i = 0;

		while (i < layout->n_columns &&
			   strcmp(layout->columns[i].name, strVal(lfirst(cell))) != 0)
			i++;
		if (i == layout->n_columns)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("force_quote names column \"%s\", which %s does not have",
							strVal(lfirst(cell)), output->uri)));
		forced[i] = true;
	}
	return forced;
}

void
ge_csv_output_fill(GeCsvOutput *output, GeRun *run)
{
	Writer writer = {.output = output, .force_quote = forced_quotes(output)};

	ge_stage_begin();
	initStringInfo(&writer.bytes);
	writer.values = palloc(sizeof(Datum) * output->layout->n_columns);
	writer.is_null = palloc(sizeof(bool) * output->layout->n_columns);
	if (output->options->has_header)
		append_header(&writer);
	output->counts =
		ge_job_rows(run, output->source, output->out_of_fold, put_row, &writer);
	flush(&writer);
	ge_sink_finish(output->sink);
	output->seconds = ge_run_seconds();
	ge_stage_end("write", output->counts.rows, ge_sink_bytes(output->sink), "", "%s",
				 output->uri);
}
