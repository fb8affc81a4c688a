/*
 * row_text.c: rows as lines of COPY's csv and text formats.
 *
 * Fields are quoted and escaped as in copyto.c, in the server's encoding, in which ASCII
 * bytes are never parts of other characters.  Then the whole line is converted.  Texts,
 * numbers, dates and times, the most frequent types, are written without their output
 * functions.
 */
#include "postgres.h"
#include "common/shortest_dec.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/float.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

#include "s3/row_format_internal.h"

#define SHORT_VALUE (64 * 1024)

/* The bytes that are special in csv, and what \ makes of those that are in text. */
void
ge_row_text_prepare(GeRowFormat *format)
{
	static const char control[] = "\b\f\n\r\t\v";
	static const char letters[] = "bfnrtv";
	const CopyFormatOptions *options = &format->options;
	unsigned char delimiter = options->delim[0];

	format->null_length = strlen(options->null_print);
	if (options->csv_mode)
	{
		format->is_special[delimiter] = true;
		format->is_special[(unsigned char) options->quote[0]] = true;
		format->is_special['\n'] = format->is_special['\r'] = true;
		format->escape_letter[(unsigned char) options->escape[0]] = options->escape[0];
	}
	else
	{
		format->escape_letter[delimiter] = (char) delimiter;
		format->escape_letter['\\'] = '\\';
		for (int i = 0; control[i] != '\0'; i++)
			format->escape_letter[(unsigned char) control[i]] = letters[i];
	}
	format->numbers_are_plain =
		options->null_print[strspn(options->null_print, "-0123456789")] != '\0' ||
		format->null_length == 0;
	for (const char *c = "-0123456789"; *c != '\0'; c++)
		if (format->is_special[(unsigned char) *c] ||
			format->escape_letter[(unsigned char) *c] != 0)
			format->numbers_are_plain = false;
}

/* ------------------------------------------------------------------ fields */

/* How much longer a value may become.  Of a long one it is counted, as a row has at most
 * 1 GB. */
static int
count_escapes(const GeRowFormat *format, const char *value, size_t length)
{
	int n = 0;

	if (length <= SHORT_VALUE)
		return (int) length;
	for (size_t i = 0; i < length; i++)
		n += format->is_special[(unsigned char) value[i]] ||
			 format->escape_letter[(unsigned char) value[i]] != 0;
	return n;
}

static void
append_quoted(GeRowFormat *format, const char *value, size_t length)
{
	char quote = format->options.quote[0];
	char escape = format->options.escape[0];
	char *end;

	enlargeStringInfo(&format->row,
					  (int) length + count_escapes(format, value, length) + 2);
	end = format->row.data + format->row.len;
	*end++ = quote;
	for (size_t i = 0; i < length; i++)
	{
		if (value[i] == quote || value[i] == escape)
			*end++ = escape;
		*end++ = value[i];
	}
	*end++ = quote;
	format->row.len = (int) (end - format->row.data);
}

static bool
needs_quotes(const GeRowFormat *format, const char *value, size_t length)
{
	if (length == format->null_length &&
		memcmp(value, format->options.null_print, length) == 0)
		return true;
	/* a line of \. alone is the end of the data for some readers */
	if (format->n_columns == 1 && length == 2 && memcmp(value, "\\.", 2) == 0)
		return true;
	for (size_t i = 0; i < length; i++)
		if (format->is_special[(unsigned char) value[i]])
			return true;
	return false;
}

static void
append_escaped(GeRowFormat *format, const char *value, size_t length)
{
	char *end;

	enlargeStringInfo(&format->row, (int) length + count_escapes(format, value, length));
	end = format->row.data + format->row.len;
	for (size_t i = 0; i < length; i++)
	{
		char letter = format->escape_letter[(unsigned char) value[i]];

		if (letter != 0)
			*end++ = '\\';
		*end++ = letter != 0 ? letter : value[i];
	}
	format->row.len = (int) (end - format->row.data);
}

static void
append_field(GeRowFormat *format, const char *value, size_t length, bool force_quote)
{
	if (!format->options.csv_mode)
		append_escaped(format, value, length);
	else if (force_quote || needs_quotes(format, value, length))
		append_quoted(format, value, length);
	else
		appendBinaryStringInfoNT(&format->row, value, (int) length);
}

/* ------------------------------------------------------------------ values */

static void
append_any(GeRowFormat *format, GeRowColumn *column, Datum value)
{
	char *string = OutputFunctionCall(&column->function, value);

	append_field(format, string, strlen(string), column->force_quote);
}

/* Of types whose output function gives the bytes as they are. */
static void
append_varlena(GeRowFormat *format, GeRowColumn *column, Datum value)
{
	const struct varlena *bytes = PG_DETOAST_DATUM_PACKED(value);

	append_field(format, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes),
				 column->force_quote);
}

static void
append_whole_number(GeRowFormat *format, GeRowColumn *column, Datum value)
{
	char digits[MAXINT8LEN + 1];
	int64 number;
	int length;

	if (column->function_oid == F_INT8OUT)
		number = DatumGetInt64(value);
	else
		number = column->function_oid == F_INT4OUT ? DatumGetInt32(value)
												   : DatumGetInt16(value);
	length = pg_lltoa(number, digits);
	if (format->numbers_are_plain && !column->force_quote)
		appendBinaryStringInfoNT(&format->row, digits, length);
	else
		append_field(format, digits, length, column->force_quote);
}

static void
append_double(GeRowFormat *format, GeRowColumn *column, Datum value)
{
	char digits[DOUBLE_SHORTEST_DECIMAL_LEN];

	/* other settings ask for a number of digits */
	if (extra_float_digits <= 0)
		append_any(format, column, value);
	else
		append_field(format, digits,
					 double_to_shortest_decimal_buf(DatumGetFloat8(value), digits),
					 column->force_quote);
}

static void
append_bool(GeRowFormat *format, GeRowColumn *column, Datum value)
{
	append_field(format, DatumGetBool(value) ? "t" : "f", 1, column->force_quote);
}

static void
append_date(GeRowFormat *format, GeRowColumn *column, Datum value)
{
	DateADT date = DatumGetDateADT(value);
	struct pg_tm parts;
	char string[MAXDATELEN + 1];

	if (DATE_NOT_FINITE(date))
		EncodeSpecialDate(date, string);
	else
	{
		j2date(date + POSTGRES_EPOCH_JDATE, &parts.tm_year, &parts.tm_mon,
			   &parts.tm_mday);
		EncodeDateOnly(&parts, DateStyle, string);
	}
	append_field(format, string, strlen(string), column->force_quote);
}

static void
append_timestamp(GeRowFormat *format, GeRowColumn *column, Datum value)
{
	Timestamp timestamp = DatumGetTimestamp(value);
	struct pg_tm parts;
	fsec_t fraction;
	char string[MAXDATELEN + 1];

	/* of one that is out of range the output function says so */
	if (TIMESTAMP_NOT_FINITE(timestamp) ||
		timestamp2tm(timestamp, NULL, &parts, &fraction, NULL, NULL) != 0)
	{
		append_any(format, column, value);
		return;
	}
	EncodeDateTime(&parts, fraction, false, 0, NULL, DateStyle, string);
	append_field(format, string, strlen(string), column->force_quote);
}

void
ge_row_text_choose(GeRowFormat *format, GeRowColumn *column)
{
	Oid type = column->function_oid;
	bool is_varlena;

	getTypeOutputInfo(type, &column->function_oid, &is_varlena);
	fmgr_info(column->function_oid, &column->function);
	switch (column->function_oid)
	{
		case F_TEXTOUT:
		case F_VARCHAROUT:
		case F_BPCHAROUT:
		case F_JSON_OUT:
			column->append = append_varlena;
			break;
		case F_INT2OUT:
		case F_INT4OUT:
		case F_INT8OUT:
			column->append = append_whole_number;
			break;
		case F_FLOAT8OUT:
			column->append = append_double;
			break;
		case F_BOOLOUT:
			column->append = append_bool;
			break;
		case F_DATE_OUT:
			column->append = append_date;
			break;
		case F_TIMESTAMP_OUT:
			column->append = append_timestamp;
			break;
		default:
			column->append = append_any;
	}
}

/* ------------------------------------------------------------------ lines */

static inline void
append_delimiter(GeRowFormat *format, int i)
{
	if (i > 0)
		appendStringInfoCharMacro(&format->row, format->options.delim[0]);
}

void
ge_row_text_header(GeRowFormat *format)
{
	for (int i = 0; i < format->n_columns; i++)
	{
		append_delimiter(format, i);
		append_field(format, format->columns[i].name, strlen(format->columns[i].name),
					 false);
	}
	appendStringInfoCharMacro(&format->row, '\n');
}

void
ge_row_text_field(GeRowFormat *format, int i, const char *value, size_t length)
{
	append_delimiter(format, i);
	if (value != NULL)
		append_field(format, value, length, format->columns[i].force_quote);
	else
		appendBinaryStringInfoNT(&format->row, format->options.null_print,
								 (int) format->null_length);
}

void
ge_row_text_row(GeRowFormat *format, TupleTableSlot *slot)
{
	for (int i = 0; i < format->n_columns; i++)
	{
		GeRowColumn *column = &format->columns[i];

		append_delimiter(format, i);
		if (slot->tts_isnull[column->attribute])
			appendBinaryStringInfoNT(&format->row, format->options.null_print,
									 (int) format->null_length);
		else
			column->append(format, column, slot->tts_values[column->attribute]);
	}
	appendStringInfoCharMacro(&format->row, '\n');
}
