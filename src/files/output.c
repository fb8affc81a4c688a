/*
 * output.c: writes rows of results as CSV.
 */
#include "postgres.h"
#include "common/shortest_dec.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "base/compat.h"
#include "base/run_log.h"
#include "base/shown.h"
#include "files/output.h"

typedef struct Writer
{
	GeCsvOutput *output;
	const Bitmapset *needed; /* columns of the stored rows */
	GeStoredText *texts;	 /* of the record at hand */
} Writer;

/* ----------------------------------------------------------------------- the layout */

static void
add_column(GeCsvOutput *output, const char *name, int kind, int index)
{
	output->columns[output->n_columns++] = (GeCsvOutputColumn){name, kind, index};
}

/* A column of the files: a code in its place, or its text. */
static void
add_field(GeCsvOutput *output, const GePlan *plan, const GeStoredField *field,
		  bool replace)
{
	int column = ge_plan_find_column(plan, field->name);

	if (replace && column >= 0 && plan->columns[column].is_label)
		add_column(output, field->name, GE_CSV_CODE, column);
	else if (field->attno > 0)
		add_column(output, field->name, GE_CSV_COLUMN, field->attno - 1);
	else
		add_column(output, field->name, GE_CSV_RECORDED, field->in_record);
}

static Bitmapset *
needed_columns(const GeCsvOutput *output)
{
	Bitmapset *needed = NULL;

	for (int i = 0; i < output->n_columns; i++)
	{
		const GeCsvOutputColumn *column = &output->columns[i];

		if (column->kind == GE_CSV_COLUMN)
			needed = bms_add_member(needed, column->index + 1);
		else if (column->kind == GE_CSV_RECORDED)
			needed = bms_add_member(needed, output->store->record);
	}
	return needed;
}

static const char **
column_names(const GeCsvOutput *output)
{
	const char **names = palloc(sizeof(char *) * output->n_columns);
	int first, second;

	for (int i = 0; i < output->n_columns; i++)
		names[i] = output->columns[i].name;
	if (ge_csv_names_repeat(names, output->n_columns, &first, &second))
		ereport(ERROR, (errcode(ERRCODE_DUPLICATE_COLUMN),
						errmsg("two columns of %s would have the name \"%s\"",
							   ge_printable(output->uri), ge_shown(names[first])),
						errhint("Choose another label_suffix or te_suffix, or another "
								"\"name\" in column_options.")));
	return names;
}

void
ge_csv_output_lay_out(GeCsvOutput *output, GePlan *plan, const GeCsvStore *store,
					  const char *label_suffix, const char *te_suffix)
{
	bool replace = label_suffix[0] == '\0';

	output->store = store;
	output->columns = palloc(sizeof(GeCsvOutputColumn) *
							 (store->n_fields + plan->n_columns + plan->n_outputs));
	for (int i = 0; i < store->n_fields; i++)
		add_field(output, plan, &store->fields[i], replace);
	for (int i = 0; i < plan->n_columns && !replace; i++)
		if (plan->columns[i].is_label)
			add_column(
				output,
				psprintf("%s%s",
						 ge_output_base(&plan->columns[i].options, plan->columns[i].name),
						 label_suffix),
				GE_CSV_CODE, i);
	for (int o = 0; o < plan->n_outputs; o++)
		add_column(output, ge_plan_output_name(plan, o, te_suffix), GE_CSV_ENCODING, o);
	/* COPY would take the client's encoding, with which the file has nothing to do */
	output->format = ge_row_format_create(output->options->list, GetDatabaseEncoding());
	ge_row_format_name_columns(output->format, column_names(output), output->n_columns);
	ge_plan_keep(plan, output->source, needed_columns(output), false);
}

/* ------------------------------------------------------------------------- the rows */

/* A column of text of the rows. */
static void
write_stored(GeRowFormat *format, int i, Datum datum)
{
	const struct varlena *value = (const struct varlena *) DatumGetPointer(datum);

	ge_row_format_field(format, i, VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
}

static void
write_code(GeRowFormat *format, int i, int32 code)
{
	char digits[16];

	ge_row_format_field(format, i, digits, pg_ltoa(code, digits));
}

static void
write_encoding(GeRowFormat *format, int i, const GeResultColumn *column, uint32 at)
{
	char digits[DOUBLE_SHORTEST_DECIMAL_LEN];

	ge_row_format_field(
		format, i, digits,
		column->floats != NULL
			? float_to_shortest_decimal_buf(column->floats[at], digits)
			: double_to_shortest_decimal_buf(column->encodings[at], digits));
}

static void
write_value(const Writer *writer, int i, const GeResultRow *row)
{
	GeRowFormat *format = writer->output->format;
	int index = writer->output->columns[i].index;

	switch (writer->output->columns[i].kind)
	{
		case GE_CSV_COLUMN:
			if (!row->row.is_null[index])
				write_stored(format, i, row->row.values[index]);
			else
				ge_row_format_field(format, i, NULL, 0);
			break;
		case GE_CSV_RECORDED:
			ge_row_format_field(format, i, writer->texts[index].value,
								writer->texts[index].length);
			break;
		case GE_CSV_CODE:
			if (!row->codes[index].is_null[row->at])
				write_code(format, i, row->codes[index].codes[row->at]);
			else
				ge_row_format_field(format, i, NULL, 0);
			break;
		case GE_CSV_ENCODING:
			if (!row->encodings[index].is_null[row->at])
				write_encoding(format, i, &row->encodings[index], row->at);
			else
				ge_row_format_field(format, i, NULL, 0);
			break;
	}
}

/* The record of a row, if the output shows anything of it. */
static void
unpack_record(const Writer *writer, const GeResultRow *row)
{
	const GeCsvStore *store = writer->output->store;

	if (bms_is_member(store->record, writer->needed))
		ge_csv_store_unpack(
			store,
			(const struct varlena *) DatumGetPointer(row->row.values[store->record - 1]),
			writer->texts);
}

/* GeResultConsumer */
static void
put_row(const GeResultRow *row, void *arg)
{
	const Writer *writer = arg;
	GeCsvOutput *output = writer->output;
	GeBytes bytes;

	unpack_record(writer, row);
	ge_row_format_begin(output->format);
	for (int i = 0; i < output->n_columns; i++)
		write_value(writer, i, row);
	bytes = ge_row_format_end(output->format);
	ge_sink_write(output->sink, bytes.bytes, bytes.length);
}

void
ge_csv_output_fill(GeCsvOutput *output, GeRun *run)
{
	Writer writer = {
		.output = output,
		.needed = needed_columns(output),
		.texts = palloc(sizeof(GeStoredText) * Max(output->store->n_in_record, 1))};
	GeBytes head = ge_row_format_head(output->format);

	ge_stage_begin();
	ge_sink_write(output->sink, head.bytes, head.length);
	output->counts =
		ge_job_rows(run, output->source, output->out_of_fold, put_row, &writer);
	ge_sink_end_file(output->sink);
	ge_sink_settle(output->sink);
	output->seconds = ge_run_seconds();
	ge_stage_end("write", output->counts.rows, ge_sink_bytes(output->sink), "", "%s",
				 output->uri);
}
