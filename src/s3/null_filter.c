/*
 * null_filter.c: further texts that mean NULL, in a stream of COPY's csv or text format.
 *
 * A field is held back while it may still turn out to be one of the texts: up to the
 * longest of them, and only without quotes.
 */
#include "postgres.h"
#include "commands/copy.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"

#include "s3/null_filter.h"

#define CHUNK (64 * 1024)

struct GeNullFilter
{
	GeByteSource *source;
	CopyFormatOptions format;
	char **nulls; /* in the file's encoding */
	int n_nulls;
	size_t longest;

	StringInfoData field; /* held back */
	bool holding;
	bool in_quotes;
	bool escaped; /* the next byte means itself */
	bool in_header;
	bool after_return; /* a \n now belongs to the \r before it */

	char *chunk;
	StringInfoData output;
	size_t taken; /* of output */
	bool ended;
};

/* The encoding of the stream; ASCII bytes must never be parts of other characters. */
static int
stream_encoding(const CopyFormatOptions *format)
{
	int encoding =
		format->file_encoding >= 0 ? format->file_encoding : pg_get_client_encoding();

	if (PG_ENCODING_IS_CLIENT_ONLY(encoding))
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("argument \"null_values\" does not go with encoding %s",
					   pg_encoding_to_char(encoding)));
	return encoding;
}

GeNullFilter *
ge_null_filter_create(GeByteSource *source, List *options, char **null_values,
					  int n_null_values)
{
	GeNullFilter *filter = palloc0_object(GeNullFilter);
	int encoding;

	ProcessCopyOptions(NULL, &filter->format, true, options);
	if (filter->format.binary)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("argument \"null_values\" does not go with binary format"));
	encoding = stream_encoding(&filter->format);
	filter->source = source;
	filter->n_nulls = n_null_values;
	filter->nulls = palloc_array(char *, n_null_values);
	for (int i = 0; i < n_null_values; i++)
	{
		filter->nulls[i] =
			pg_server_to_any(null_values[i], strlen(null_values[i]), encoding);
		filter->longest = Max(filter->longest, strlen(filter->nulls[i]));
	}
	filter->holding = true;
	filter->in_header = filter->format.header_line != COPY_HEADER_FALSE;
	filter->chunk = palloc(CHUNK);
	initStringInfo(&filter->field);
	initStringInfo(&filter->output);
	return filter;
}

static void
release_field(GeNullFilter *filter)
{
	appendBinaryStringInfo(&filter->output, filter->field.data, filter->field.len);
	resetStringInfo(&filter->field);
	filter->holding = false;
}

static void
end_field(GeNullFilter *filter)
{
	if (filter->holding && !filter->in_header)
		for (int i = 0; i < filter->n_nulls; i++)
			if (strlen(filter->nulls[i]) == filter->field.len &&
				memcmp(filter->nulls[i], filter->field.data, filter->field.len) == 0)
			{
				resetStringInfo(&filter->field);
				appendStringInfoString(&filter->field, filter->format.null_print);
				break;
			}
	release_field(filter);
	filter->holding = true;
}

/* A byte that is neither the end of a field nor of a line. */
static void
add_byte(GeNullFilter *filter, char byte)
{
	if (!filter->holding)
	{
		appendStringInfoCharMacro(&filter->output, byte);
		return;
	}
	appendStringInfoCharMacro(&filter->field, byte);
	if (filter->field.len > filter->longest)
		release_field(filter);
}

/* The byte has to do with quotes or escapes, and is dealt with. */
static bool
take_quoting(GeNullFilter *filter, char byte)
{
	const CopyFormatOptions *format = &filter->format;

	if (filter->escaped)
	{
		filter->escaped = false;
		add_byte(filter, byte);
		return true;
	}
	if (!format->csv_mode)
	{
		filter->escaped = byte == '\\';
		return false;
	}
	if (filter->in_quotes && byte == format->escape[0] &&
		format->escape[0] != format->quote[0])
		filter->escaped = true;
	else if (byte == format->quote[0])
	{
		filter->in_quotes = !filter->in_quotes;
		if (filter->holding)
			release_field(filter);
	}
	if (filter->in_quotes)
		add_byte(filter, byte);
	return filter->in_quotes;
}

static void
add_chunk(GeNullFilter *filter, const char *bytes, size_t length)
{
	char delimiter = filter->format.delim[0];

	for (size_t i = 0; i < length; i++)
	{
		char byte = bytes[i];

		bool ends_return = byte == '\n' && filter->after_return;

		filter->after_return = false;
		if (!ends_return)
		{
			if (take_quoting(filter, byte))
				continue;
			if (byte != delimiter && byte != '\n' && byte != '\r')
			{
				add_byte(filter, byte);
				continue;
			}
			end_field(filter);
		}
		appendStringInfoCharMacro(&filter->output, byte);
		filter->after_return = byte == '\r';
		if (byte != delimiter)
			filter->in_header = false;
	}
}

size_t
ge_null_filter_read(GeNullFilter *filter, void *buffer, size_t length)
{
	size_t here;

	while (filter->taken == filter->output.len && !filter->ended)
	{
		resetStringInfo(&filter->output);
		filter->taken = 0;
		here = ge_byte_source_read(filter->source, filter->chunk, CHUNK);
		add_chunk(filter, filter->chunk, here);
		if (here == 0)
		{
			/* a file that ends with its last line has no field behind it */
			if (filter->field.len > 0)
				end_field(filter);
			filter->ended = true;
		}
	}
	here = Min(length, filter->output.len - filter->taken);
	memcpy(buffer, filter->output.data + filter->taken, here);
	filter->taken += here;
	return here;
}
