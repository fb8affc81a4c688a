/*
 * fields.c: splits a record of CSV into fields.
 *
 * Values with quotes inside are decoded into a buffer of their own, never longer than the
 * record.
 */
#include "csv/fields.h"

#include <stdlib.h>

static bool
add_field(GeCsvFields *fields, int n_fields, const GeCsvField *field)
{
	if ((size_t) n_fields == fields->max_fields)
	{
		size_t max_fields = fields->max_fields == 0 ? 64 : 2 * fields->max_fields;
		GeCsvField *larger = realloc(fields->fields, max_fields * sizeof *larger);

		if (larger == NULL)
			return false;
		fields->fields = larger;
		fields->max_fields = max_fields;
	}
	fields->fields[n_fields] = *field;
	return true;
}

/* The value of a field that begins with a quote, into value.  Returns the end of both. */
static const char *
decode_field(const GeCsvFormat *format, const char *at, const char *end, char **value,
			 GeCsvField *field)
{
	bool in_quotes = true;
	char *to = *value;

	for (at++; at < end && (in_quotes || *at != format->delimiter); at++)
	{
		if (in_quotes && *at == format->escape && at + 1 < end &&
			(at[1] == format->escape || at[1] == format->quote))
			*to++ = *++at;
		else if (in_quotes && *at == format->quote)
			in_quotes = false;
		else
		{
			field->has_stray |= *at == format->quote;
			*to++ = *at;
		}
	}
	*value = to;
	return at;
}

/*
 * One field from at to the delimiter, or to end.  Returns the end of the field.  If its
 * value had to be decoded, decoded moves past the value.
 */
static const char *
split_field(const GeCsvFormat *format, const char *at, const char *end, char **decoded,
			GeCsvField *field)
{
	field->raw = field->value = at;
	field->is_quoted = at < end && *at == format->quote;
	field->has_stray = false;
	if (field->is_quoted)
	{
		field->value = *decoded;
		at = decode_field(format, at, end, decoded, field);
		field->length = *decoded - field->value;
	}
	else
	{
		for (; at < end && *at != format->delimiter; at++)
			field->has_stray |= *at == format->quote;
		field->length = at - field->raw;
	}
	field->raw_length = at - field->raw;
	return at;
}

static bool
reserve_decoded(GeCsvFields *fields, size_t length)
{
	char *decoded;

	if (length <= fields->decoded_capacity && fields->decoded != NULL)
		return true;
	decoded = realloc(fields->decoded, 2 * length + 1);
	if (decoded == NULL)
		return false;
	fields->decoded = decoded;
	fields->decoded_capacity = 2 * length + 1;
	return true;
}

bool
ge_csv_fields_split(GeCsvFields *fields, const GeCsvFormat *format, GeCsvRecord *record)
{
	const char *at = record->text;
	const char *end = at + record->length;
	char *decoded;
	int n_fields = 0;

	if (!reserve_decoded(fields, record->length))
		return false;
	decoded = fields->decoded;
	for (;;)
	{
		GeCsvField field;

		at = split_field(format, at, end, &decoded, &field);
		if (!add_field(fields, n_fields++, &field))
			return false;
		if (at == end)
			break;
		at++; /* the delimiter */
	}
	record->n_fields = n_fields;
	record->fields = fields->fields;
	return true;
}

void
ge_csv_fields_free(GeCsvFields *fields)
{
	free(fields->fields);
	free(fields->decoded);
}
