/*
 * null_filter.c: further texts that mean NULL, in a stream of COPY's text format.
 *
 * A field is held back while it may still turn out to be one of the texts: up to the
 * longest of them.
 */
#include "postgres.h"
#include "commands/copy.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"

#include "files/null_filter.h"

#define CHUNK (64 * 1024)

struct GeNullFilter
{
	GeByteSource *source;
	char delimiter;
	const char *null_print;
	char **nulls; /* in the file's encoding */
	int n_nulls;
	size_t longest;

	StringInfoData field; /* held back */
	bool holding;
	bool escaped; /* the next byte means itself */
	bool in_header;
	bool in_line;		  /* the last byte did not end a line */
	bool after_return;	  /* a \n now belongs to the \r before it */
	const char *line_end; /* of the lines so far */

	char *chunk;
	StringInfoData output;
	size_t taken; /* of output */
	bool ended;
};

GeNullFilter *
ge_null_filter_create(GeByteSource *source, const CopyFormatOptions *format, int encoding,
					  GeNames null_values)
{
	GeNullFilter *filter = palloc0_object(GeNullFilter);

	if (format->binary)
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("argument \"null_values\" does not go with binary format"));
	/* ASCII bytes must never be parts of other characters */
	if (PG_ENCODING_IS_CLIENT_ONLY(encoding))
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("argument \"null_values\" does not go with encoding %s",
					   pg_encoding_to_char(encoding)));
	filter->source = source;
	filter->delimiter = format->delim[0];
	filter->null_print = format->null_print;
	filter->n_nulls = null_values.n;
	filter->nulls = palloc_array(char *, null_values.n);
	for (int i = 0; i < null_values.n; i++)
	{
		filter->nulls[i] = pg_server_to_any(null_values.names[i],
											strlen(null_values.names[i]), encoding);
		filter->longest = Max(filter->longest, strlen(filter->nulls[i]));
	}
	filter->line_end = "\n";
	filter->holding = true;
	filter->in_header = format->header_line != COPY_HEADER_FALSE;
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
				appendStringInfoString(&filter->field, filter->null_print);
				filter->escaped = false;
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

static void
add_chunk(GeNullFilter *filter, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
	{
		char byte = bytes[i];
		bool is_escaped = filter->escaped;
		bool ends_return = byte == '\n' && filter->after_return;

		filter->escaped = byte == '\\' && !is_escaped;
		filter->after_return = false;
		filter->in_line = true;
		if (!ends_return)
		{
			if (is_escaped || (byte != filter->delimiter && byte != '\n' && byte != '\r'))
			{
				add_byte(filter, byte);
				continue;
			}
			end_field(filter);
		}
		appendStringInfoCharMacro(&filter->output, byte);
		filter->after_return = byte == '\r';
		if (byte == filter->delimiter)
			continue;
		filter->in_header = filter->in_line = false;
		filter->line_end = ends_return ? "\r\n" : byte == '\r' ? "\r" : "\n";
	}
}

/* The end of the file, with or without a line end before. */
static void
add_end(GeNullFilter *filter)
{
	if (filter->in_line)
	{
		end_field(filter);
		/* without the line end COPY would not see a row in an empty null text; behind a
		 * backslash it would be a byte of the value */
		if (!filter->escaped)
			appendStringInfoString(&filter->output, filter->line_end);
	}
	filter->ended = true;
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
			add_end(filter);
	}
	here = Min(length, filter->output.len - filter->taken);
	memcpy(buffer, filter->output.data + filter->taken, here);
	filter->taken += here;
	return here;
}
