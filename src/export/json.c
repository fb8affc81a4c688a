/*
 * json.c: an encoder as JSON; docs/export.md describes the fields.
 */
#include "postgres.h"

#include <math.h>

#include "export/export.h"

/* Of the document; it changes if a reader has to. */
#define JSON_FORMAT 1

static void
put_string(GeExportBuffer *buffer, const char *string)
{
	if (string == NULL)
		ge_export_put(buffer, "null");
	else
		ge_export_put_json(buffer, string);
}

static void
put_field(GeExportBuffer *buffer, const char *before, const char *string)
{
	ge_export_put(buffer, before);
	put_string(buffer, string);
}

/* What stands between the elements of a list. */
static void
put_separator(GeExportBuffer *buffer, bool first)
{
	if (!first)
		ge_export_put(buffer, ", ");
}

static void
put_columns(GeExportBuffer *buffer, const GeExportPart *part)
{
	ge_export_put(buffer, " \"columns\": [");
	for (int k = 0; k < part->n_columns; k++)
	{
		put_separator(buffer, k == 0);
		put_field(buffer, "{\"name\": ", part->columns[k]->name);
		put_field(buffer, ", \"type\": ", part->columns[k]->type_name);
		put_field(buffer, ", \"null_value\": ", part->null_values[k]);
		ge_export_put(buffer, "}");
	}
	ge_export_put(buffer, "],\n");
}

static void
put_output(GeExportBuffer *buffer, const char *name, const char *stat, const char *target,
		   const char *class)
{
	put_field(buffer, "{\"name\": ", name);
	put_field(buffer, ", \"stat\": ", stat);
	put_field(buffer, ", \"target\": ", target);
	put_field(buffer, ", \"class\": ", class);
	ge_export_put(buffer, "}");
}

static void
put_outputs(GeExportBuffer *buffer, const GeExportPart *part)
{
	ge_export_put(buffer, " \"outputs\": [");
	if (part->is_label)
		put_output(buffer, part->name, "code", NULL, NULL);
	for (int k = 0; k < part->n_outputs; k++)
	{
		const GeEncoderOutput *output = &part->outputs[k];

		put_separator(buffer, k == 0 && !part->is_label);
		put_output(buffer, part->output_names[k], output->stat.name, output->target,
				   output->class);
	}
	ge_export_put(buffer, "],\n");
}

/* By output; or what says that there is none. */
static void
put_answer(GeExportBuffer *buffer, const GeExportPart *part, const GeExportAnswer *answer)
{
	if (answer->is_error)
	{
		ge_export_put(buffer, "\"error\"");
		return;
	}
	ge_export_put(buffer, "[");
	if (part->is_label && answer->code_is_null)
		ge_export_put(buffer, "null");
	else if (part->is_label)
		ge_export_put_int(buffer, answer->code);
	for (int k = 0; k < part->n_outputs; k++)
	{
		put_separator(buffer, k == 0 && !part->is_label);
		if (isnan(answer->encodings[k]))
			ge_export_put(buffer, "null");
		else
			ge_export_put_number(buffer, answer->encodings[k]);
	}
	ge_export_put(buffer, "]");
}

static void
put_categories(GeExportBuffer *buffer, const GeExportPart *part)
{
	ge_export_put(buffer, " \"categories\": [");
	for (uint32 place = 0; place < part->n_categories; place++)
	{
		char **texts = ge_export_texts(part, place);
		GeExportAnswer answer = ge_export_answer(part, place);

		ge_export_put(buffer, place == 0 ? "\n  [[" : ",\n  [[");
		for (int k = 0; k < part->n_columns; k++)
		{
			put_separator(buffer, k == 0);
			ge_export_put_json(buffer, texts[k]);
		}
		ge_export_put(buffer, "], ");
		put_answer(buffer, part, &answer);
		ge_export_put(buffer, "]");
	}
	ge_export_put(buffer, "]}");
}

static void
put_part(GeExportBuffer *buffer, const GeExportPart *part)
{
	put_field(buffer, "\n{\"name\": ", part->name);
	ge_export_put(buffer, ",\n");
	put_columns(buffer, part);
	put_outputs(buffer, part);
	ge_export_put(buffer, " \"missing\": ");
	put_answer(buffer, part, &part->missing);
	ge_export_put(buffer, ",\n \"unknown\": ");
	put_answer(buffer, part, &part->unknown);
	ge_export_put(buffer, ",\n");
	put_categories(buffer, part);
}

void
ge_export_json(const GeExport *content, GeExportBuffer *buffer)
{
	ge_export_put(buffer, "{\"format\": ");
	ge_export_put_int(buffer, JSON_FORMAT);
	put_field(buffer, ",\n \"encoder_id\": ", content->parameters->encoder_id);
	ge_export_put(buffer, ",\n \"parts\": [");
	for (int i = 0; i < content->n_parts; i++)
	{
		if (i > 0)
			ge_export_put(buffer, ",");
		put_part(buffer, &content->parts[i]);
	}
	ge_export_put(buffer, "\n]}\n");
}
