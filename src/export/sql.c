/*
 * sql.c: an encoder as a list of SQL expressions, one for each output, for a server
 * without the extension.
 *
 * A column with few categories becomes a CASE.  With many it becomes a lookup in a constant
 * of type jsonb, which PostgreSQL searches by halves.
 */
#include "postgres.h"

#include <math.h>

#include "base/shown.h"
#include "export/sql_value.h"

/* Up to so many categories become a CASE. */
#define CASE_CATEGORIES 64
/* Bytes that a value of type jsonb can have; its text has more. */
#define MAX_JSONB_BYTES 0x0FFFFFFF

/* The place of the label code among the outputs of a part. */
#define CODE (-1)

/* ----------------------------------------------------------------------- the results */

static const char *
type_of_output(int output)
{
	return output == CODE ? "pg_catalog.int4" : "pg_catalog.float8";
}

static bool
is_null(const GeExportAnswer *answer, int output)
{
	return output == CODE ? answer->code_is_null : isnan(answer->encodings[output]);
}

static void
put_figure(GeExportBuffer *buffer, const GeExportAnswer *answer, int output)
{
	if (is_null(answer, output))
		ge_export_put(buffer, "NULL");
	else if (output == CODE)
		ge_export_put_int(buffer, answer->code);
	else
		ge_export_put_number(buffer, answer->encodings[output]);
}

/* Takes the type of the result beside it.  As a number a float8 would be rounded twice. */
static void
put_untyped(GeExportBuffer *buffer, const GeExportAnswer *answer, int output)
{
	bool is_number = is_null(answer, output) || (output == CODE && answer->code >= 0);

	if (!is_number)
		ge_export_put_char(buffer, '\'');
	put_figure(buffer, answer, output);
	if (!is_number)
		ge_export_put_char(buffer, '\'');
}

/*
 * An error: a text that is no number.  format() is STABLE, so that the planner does not
 * evaluate the cast before a row needs it.
 */
static void
put_error(GeExportBuffer *buffer, const GeExportPart *part, const char *what,
		  bool shows_value)
{
	ge_export_put(buffer, "pg_catalog.format('%s%s', ");
	ge_sql_put_literal(buffer, psprintf("%s \"%s\" %s",
										part->is_combination ? "combination" : "column",
										part->name, what));
	ge_export_put(buffer, ", ");
	if (shows_value)
		ge_sql_put_value(buffer, part, 0);
	else
		ge_export_put(buffer, "''");
	ge_export_put(buffer, ")");
}

static void
put_missing(GeExportBuffer *buffer, const GeExportPart *part, int output)
{
	ge_export_put(buffer, "CAST(");
	if (part->missing.is_error)
		put_error(buffer, part, "is null", false);
	else
		put_untyped(buffer, &part->missing, output);
	ge_export_put(buffer, " AS ");
	ge_export_put(buffer, type_of_output(output));
	ge_export_put(buffer, ")");
}

/* An unknown value has an encoding even if its code is an error. */
static void
put_unknown(GeExportBuffer *buffer, const GeExportPart *part, int output)
{
	ge_export_put(buffer, "CAST(");
	if (part->unknown.is_error && output == CODE)
		put_error(buffer, part, "has no label code for ", true);
	else
		put_untyped(buffer, &part->unknown, output);
	ge_export_put(buffer, " AS ");
	ge_export_put(buffer, type_of_output(output));
	ge_export_put(buffer, ")");
}

/* ----------------------------------------------------------------- few categories: CASE */

/* A list in parentheses if it has several elements, which makes a row of them. */
static void
put_parenthesis(GeExportBuffer *buffer, const GeExportPart *part, const char *parenthesis)
{
	if (part->n_columns > 1)
		ge_export_put(buffer, parenthesis);
}

static void
put_values(GeExportBuffer *buffer, const GeExportPart *part)
{
	put_parenthesis(buffer, part, "(");
	for (int k = 0; k < part->n_columns; k++)
	{
		if (k > 0)
			ge_export_put(buffer, ", ");
		ge_sql_put_value(buffer, part, k);
	}
	put_parenthesis(buffer, part, ")");
}

static void
put_texts(GeExportBuffer *buffer, const GeExportPart *part, char *const *texts)
{
	put_parenthesis(buffer, part, "(");
	for (int k = 0; k < part->n_columns; k++)
	{
		if (k > 0)
			ge_export_put(buffer, ", ");
		ge_sql_put_literal(buffer, texts[k]);
	}
	put_parenthesis(buffer, part, ")");
}

/* One value is compared in a simple CASE, several in a searched one. */
static void
put_case(GeExportBuffer *buffer, const GeExportPart *part, int output)
{
	ge_export_put(buffer, "CASE");
	if (part->n_columns == 1)
	{
		ge_export_put(buffer, " ");
		put_values(buffer, part);
	}
	for (uint32 place = 0; place < part->n_categories; place++)
	{
		GeExportAnswer answer = ge_export_answer(part, place);

		ge_export_put(buffer, "\n  WHEN ");
		if (part->n_columns > 1)
		{
			put_values(buffer, part);
			ge_export_put(buffer, " = ");
		}
		put_texts(buffer, part, ge_export_texts(part, place));
		ge_export_put(buffer, " THEN ");
		put_untyped(buffer, &answer, output);
	}
	ge_export_put(buffer, "\n  ELSE ");
	put_unknown(buffer, part, output);
	ge_export_put(buffer, " END");
}

/* -------------------------------------------------------------- many categories: jsonb */

/* Texts that the categories at a place and before it have in common. */
static int
count_common(const GeExportPart *part, uint32 place)
{
	char **texts = ge_export_texts(part, place), **before;
	int n = 0;

	if (place == 0)
		return -1;
	before = ge_export_texts(part, place - 1);
	while (n < part->n_columns - 1 && strcmp(texts[n], before[n]) == 0)
		n++;
	return n;
}

/* A string, so that a number stays as it stands. */
static void
put_json_figure(GeExportBuffer *buffer, const GeExportAnswer *answer, int output)
{
	if (is_null(answer, output))
	{
		ge_export_put(buffer, "null");
		return;
	}
	ge_export_put_char(buffer, '"');
	put_figure(buffer, answer, output);
	ge_export_put_char(buffer, '"');
}

/* Objects in objects, a level for each column: {"a": {"b": "1.5"}}. */
static void
put_object(GeExportBuffer *buffer, const GeExportPart *part, int output)
{
	int last = part->n_columns - 1;

	ge_export_put(buffer, "{");
	for (uint32 place = 0; place < part->n_categories; place++)
	{
		char **texts = ge_export_texts(part, place);
		GeExportAnswer answer = ge_export_answer(part, place);
		int common = count_common(part, place);

		for (int k = last; k > common && common >= 0; k--)
			ge_export_put(buffer, "}");
		ge_export_put(buffer, place == 0 ? "\n" : ",\n");
		for (int k = Max(common, 0); k <= last; k++)
		{
			ge_export_put_json(buffer, texts[k]);
			ge_export_put(buffer, k < last ? ": {" : ": ");
		}
		put_json_figure(buffer, &answer, output);
	}
	for (int k = last; k >= 0; k--)
		ge_export_put(buffer, "}");
}

static void
check_constant(const GeExportBuffer *constant, const GeExportPart *part)
{
	if (constant->data.len <= MAX_JSONB_BYTES)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("encoder %s is too large to be exported as SQL", constant->encoder),
			 errdetail("The categories of \"%s\" take %d bytes, more than a "
					   "constant of type jsonb can have.",
					   ge_shown(part->name), constant->data.len),
			 errhint("Export it as 'json', or join with the encoder's table.")));
}

static void
put_lookup(GeExportBuffer *buffer, const GeExportPart *part, int output)
{
	GeExportBuffer constant;

	ge_export_buffer_init(&constant, buffer->encoder);
	put_object(&constant, part, output);
	check_constant(&constant, part);
	ge_export_put(buffer, "COALESCE(CAST(CAST(");
	ge_sql_put_literal(buffer, constant.data.data);
	pfree(constant.data.data);
	ge_export_put(buffer, " AS pg_catalog.jsonb)");
	for (int k = 0; k < part->n_columns; k++)
	{
		ge_export_put(buffer, k < part->n_columns - 1 ? " -> " : " ->> ");
		ge_sql_put_value(buffer, part, k);
	}
	ge_export_put(buffer, " AS ");
	ge_export_put(buffer, type_of_output(output));
	ge_export_put(buffer, "), ");
	put_unknown(buffer, part, output);
	ge_export_put(buffer, ")");
}

/* --------------------------------------------------------------------- the expressions */

static bool
has_texts_only(const GeExportPart *part)
{
	for (int k = 0; k < part->n_columns; k++)
		if (!ge_sql_is_text(part->columns[k]))
			return false;
	return true;
}

static void
put_found(GeExportBuffer *buffer, const GeExportPart *part, int output)
{
	if (part->n_categories == 0)
		put_unknown(buffer, part, output);
	else if (part->n_categories > CASE_CATEGORIES && has_texts_only(part))
		put_lookup(buffer, part, output);
	else
		put_case(buffer, part, output);
}

static void
put_output(GeExportBuffer *buffer, const GeExportPart *part, int output, bool *first)
{
	if (!*first)
		ge_export_put(buffer, ",\n");
	*first = false;
	if (part->is_missing_possible)
	{
		ge_export_put(buffer, "CASE WHEN ");
		ge_sql_put_is_missing(buffer, part);
		ge_export_put(buffer, " THEN ");
		put_missing(buffer, part, output);
		ge_export_put(buffer, " ELSE ");
	}
	put_found(buffer, part, output);
	ge_export_put(buffer, part->is_missing_possible ? " END AS " : " AS ");
	ge_sql_put_identifier(buffer,
						  output == CODE ? part->name : part->output_names[output]);
}

static void
put_encodings(GeExportBuffer *buffer, const GeExportPart *part, bool *first)
{
	for (int k = 0; k < part->n_outputs; k++)
		put_output(buffer, part, k, first);
}

/* In the order in which transform appends them: codes, encodings, combinations. */
void
ge_export_sql(const GeExport *content, GeExportBuffer *buffer)
{
	const GeNames *encoded = &content->parameters->target_columns;
	bool first = true;

	for (int i = 0; i < content->n_parts; i++)
		if (content->parts[i].is_label)
			put_output(buffer, &content->parts[i], CODE, &first);
	for (int i = 0; i < encoded->n; i++)
		put_encodings(buffer, ge_export_find_column(content, encoded->names[i]), &first);
	for (int i = 0; i < content->n_parts; i++)
		if (content->parts[i].is_combination)
			put_encodings(buffer, &content->parts[i], &first);
}
