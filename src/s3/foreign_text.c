/*
 * foreign_text.c: texts from outside, made fit for results and messages.
 */
#include "postgres.h"
#include "catalog/namespace.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"

#include "s3/foreign_text.h"

static bool
is_control(unsigned char byte)
{
	return byte < ' ' || byte == 0x7f;
}

/* U+0080 to U+009F too: terminals obey them, U+009B as the beginning of a sequence. */
static bool
is_control_sequence(const char *utf8, int length)
{
	return is_control((unsigned char) utf8[0]) ||
		   (length == 2 && (unsigned char) utf8[0] == 0xc2 &&
			(unsigned char) utf8[1] < 0xa0);
}

bool
ge_has_no_controls(const char *string)
{
	for (; *string != '\0'; string++)
		if (is_control((unsigned char) *string))
			return false;
	return true;
}

/*
 * Append a valid UTF-8 sequence in the database's encoding; false: the encoding lacks it.
 * One sequence at a time, because a failed conversion says nothing about the rest.
 */
static bool
append_converted(StringInfo result, const char *utf8, int length)
{
	unsigned char converted[MAX_MULTIBYTE_CHAR_LEN * MAX_CONVERSION_GROWTH + 1];
	Oid conversion;

	if (GetDatabaseEncoding() == PG_UTF8 || GetDatabaseEncoding() == PG_SQL_ASCII ||
		length == 1)
	{
		appendBinaryStringInfo(result, utf8, length);
		return true;
	}
	conversion = FindDefaultConversionProc(PG_UTF8, GetDatabaseEncoding());
	if (!OidIsValid(conversion) ||
		pg_do_encoding_conversion_buf(conversion, PG_UTF8, GetDatabaseEncoding(),
									  (unsigned char *) unconstify(char *, utf8), length,
									  converted, sizeof(converted), true) != length)
		return false;
	appendStringInfoString(result, (char *) converted);
	return true;
}

/* Append text; false: a part of it had to be escaped. */
static bool
append_text(StringInfo result, const char *utf8, bool keep_controls)
{
	bool exact = true;

	while (*utf8 != '\0')
	{
		int length = pg_utf_mblen((const unsigned char *) utf8);

		length = (int) strnlen(utf8, length);
		if (length == pg_utf_mblen((const unsigned char *) utf8) &&
			pg_utf8_islegal((const unsigned char *) utf8, length) &&
			(keep_controls || !is_control_sequence(utf8, length)) &&
			append_converted(result, utf8, length))
		{
			utf8 += length;
			continue;
		}
		appendStringInfo(result, "\\x%02x", (unsigned char) *utf8++);
		exact = false;
	}
	return exact;
}

char *
ge_foreign_text(const char *utf8)
{
	StringInfoData result;

	initStringInfo(&result);
	(void) append_text(&result, utf8, false);
	return result.data;
}

char *
ge_foreign_exact(const char *utf8)
{
	StringInfoData result;

	initStringInfo(&result);
	return append_text(&result, utf8, true) ? result.data : NULL;
}
