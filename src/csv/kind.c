/*
 * kind.c: tells whole numbers, other numbers, booleans, dates and times from texts.
 */
#include "csv/kind.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The text that is left to look at. */
typedef struct Rest
{
	const char *at;
	const char *end;
} Rest;

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Pass a byte if it is there. */
static bool
take(Rest *rest, char c)
{
	if (rest->at == rest->end || *rest->at != c)
		return false;
	rest->at++;
	return true;
}

static bool
take_sign(Rest *rest)
{
	return take(rest, '-') || take(rest, '+');
}

static size_t
take_digits(Rest *rest)
{
	const char *begin = rest->at;

	while (rest->at < rest->end && is_digit(*rest->at))
		rest->at++;
	return rest->at - begin;
}

/* Pass exactly n digits and return their value, or -1 if there are fewer. */
static int
take_number(Rest *rest, int n)
{
	int number = 0;

	if (rest->end - rest->at < n)
		return -1;
	for (int i = 0; i < n; i++)
	{
		if (!is_digit(rest->at[i]))
			return -1;
		number = 10 * number + (rest->at[i] - '0');
	}
	rest->at += n;
	return number;
}

/* ------------------------------------------------------------------------- numbers */

/* Whether a run of digits without leading zeros is a bigint. */
static bool
fits_bigint(const char *digits, size_t n, bool is_negative)
{
	const char *limit = is_negative ? "9223372036854775808" : "9223372036854775807";

	return n < 19 || (n == 19 && memcmp(digits, limit, 19) <= 0);
}

/* Whether doubles keep the run of digits apart from its neighbours: it is at most 2^53. */
static bool
fits_double_exactly(const char *digits, size_t n)
{
	return n < 16 || (n == 16 && memcmp(digits, "9007199254740992", 16) <= 0);
}

/*
 * Whether double precision can hold a well-formed number: not too big, and not so small
 * that it would become 0.
 */
static bool
fits_double(const char *value, size_t length, bool has_exponent)
{
	char buffer[512];
	double number;

	/* 300 digits reach neither limit */
	if (!has_exponent && length <= 300)
		return true;
	if (length >= sizeof buffer)
		return false;
	memcpy(buffer, value, length);
	buffer[length] = '\0';
	errno = 0;
	number = strtod(buffer, NULL);
	return errno == 0 || (number != 0 && isfinite(number));
}

static uint32_t
kind_of_whole(const char *digits, size_t n, bool is_negative)
{
	if (!fits_bigint(digits, n, is_negative))
		return GE_KIND_TEXT;
	return fits_double_exactly(digits, n) ? GE_KIND_WHOLE : GE_KIND_BIG_WHOLE;
}

static uint32_t
kind_of_number(const char *value, const char *end)
{
	Rest rest = {value, end};
	bool is_negative = *value == '-';
	const char *digits;
	size_t n_whole, n_fraction = 0;
	bool has_exponent;

	take_sign(&rest);
	digits = rest.at;
	n_whole = take_digits(&rest);
	if (n_whole > 1 && digits[0] == '0')
		return GE_KIND_TEXT;
	if (rest.at == end && n_whole > 0)
		return kind_of_whole(digits, n_whole, is_negative);
	if (take(&rest, '.'))
		n_fraction = take_digits(&rest);
	if (n_whole + n_fraction == 0)
		return GE_KIND_TEXT;
	has_exponent = take(&rest, 'e') || take(&rest, 'E');
	if (has_exponent)
	{
		take_sign(&rest);
		if (take_digits(&rest) == 0)
			return GE_KIND_TEXT;
	}
	if (!has_exponent && !fits_double_exactly(digits, n_whole))
		return GE_KIND_TEXT;
	return rest.at == end && fits_double(value, end - value, has_exponent)
			   ? GE_KIND_NUMBER
			   : GE_KIND_TEXT;
}

/* ------------------------------------------------------------------ dates and times */

static bool
is_date(int year, int month, int day)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return year >= 1 && month >= 1 && month <= 12 && day >= 1 &&
		   day <= days[month - 1] + (month == 2 && is_leap ? 1 : 0);
}

static bool
take_date(Rest *rest)
{
	int year = take_number(rest, 4);
	int month = take(rest, '-') ? take_number(rest, 2) : -1;
	int day = take(rest, '-') ? take_number(rest, 2) : -1;

	return is_date(year, month, day);
}

/* PostgreSQL's reader of times has a buffer of a hundred bytes and some. */
#define MAX_FRACTION 50

/* Digits beyond microseconds would be rounded away, so that different times became one;
 * zeros there are harmless. */
#define MICROSECOND_DIGITS 6

static bool
take_fraction(Rest *rest)
{
	const char *digits = rest->at;
	size_t n = take_digits(rest);

	for (size_t i = MICROSECOND_DIGITS; i < n; i++)
		if (digits[i] != '0')
			return false;
	return n >= 1 && n <= MAX_FRACTION;
}

/* HH:MM[:SS[.digits]] */
static bool
take_time(Rest *rest)
{
	int hour = take_number(rest, 2);
	int minute = take(rest, ':') ? take_number(rest, 2) : -1;
	int second = 0;

	if (take(rest, ':'))
	{
		second = take_number(rest, 2);
		if (second >= 0 && take(rest, '.') && !take_fraction(rest))
			return false;
	}
	return hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59 && second >= 0 &&
		   second <= 59;
}

/* Z, or a sign with HH, HHMM or HH:MM; at most what PostgreSQL reads. */
static bool
take_offset(Rest *rest)
{
	int hours, minutes = 0;

	if (take(rest, 'Z') || take(rest, 'z'))
		return true;
	if (!take_sign(rest))
		return false;
	hours = take_number(rest, 2);
	if (take(rest, ':') || rest->at < rest->end)
		minutes = take_number(rest, 2);
	return hours >= 0 && hours <= 15 && minutes >= 0 && minutes <= 59;
}

static uint32_t
kind_of_time(const char *value, const char *end)
{
	Rest rest = {value, end};

	if (!take_date(&rest))
		return GE_KIND_TEXT;
	if (rest.at == end)
		return GE_KIND_DATE;
	if (!(take(&rest, ' ') || take(&rest, 'T')) || !take_time(&rest))
		return GE_KIND_TEXT;
	if (rest.at == end)
		return GE_KIND_TIMESTAMP;
	(void) take(&rest, ' ');
	return take_offset(&rest) && rest.at == end ? GE_KIND_TIMESTAMPTZ : GE_KIND_TEXT;
}

/* ------------------------------------------------------------------------------ all */

/* Whether a text of ten bytes or more begins as a date does: with dddd-. */
static bool
begins_as_date(const char *value)
{
	Rest rest = {value, value + 5};

	return take_number(&rest, 4) >= 0 && take(&rest, '-');
}

/* Whether a text is a word, which is given in lower case, in any case. */
static bool
is_word(const char *value, const char *end, const char *word)
{
	size_t length = strlen(word);

	if ((size_t) (end - value) != length)
		return false;
	for (size_t i = 0; i < length; i++)
		if ((value[i] | 0x20) != word[i])
			return false;
	return true;
}

uint32_t
ge_kind_of(const char *value, size_t length)
{
	const char *end = value + length;

	while (value < end && is_blank(*value))
		value++;
	while (value < end && is_blank(end[-1]))
		end--;
	if (value == end)
		return GE_KIND_TEXT;
	if (end - value >= 10 && begins_as_date(value))
		return kind_of_time(value, end);
	if (is_digit(*value) || *value == '-' || *value == '+' || *value == '.')
		return kind_of_number(value, end);
	if (is_word(value, end, "true") || is_word(value, end, "false"))
		return GE_KIND_BOOLEAN;
	return GE_KIND_TEXT;
}

GeCsvType
ge_kind_type(uint32_t kinds)
{
	switch (kinds)
	{
		case GE_KIND_WHOLE:
		case GE_KIND_BIG_WHOLE:
		case GE_KIND_BIG_WHOLE | GE_KIND_WHOLE:
			return GE_CSV_BIGINT;
		case GE_KIND_NUMBER:
		case GE_KIND_NUMBER | GE_KIND_WHOLE:
			return GE_CSV_DOUBLE;
		case GE_KIND_BOOLEAN:
			return GE_CSV_BOOLEAN;
		case GE_KIND_DATE:
			return GE_CSV_DATE;
		case GE_KIND_TIMESTAMP:
		case GE_KIND_TIMESTAMP | GE_KIND_DATE:
			return GE_CSV_TIMESTAMP;
		case GE_KIND_TIMESTAMPTZ:
			return GE_CSV_TIMESTAMPTZ;
		default:
			return GE_CSV_TEXT;
	}
}

bool
ge_kind_fits(GeCsvType type, uint32_t kind)
{
	static const uint32_t kinds[] = {
		[GE_CSV_TEXT] = ~UINT32_C(0),
		[GE_CSV_BIGINT] = GE_KIND_WHOLE | GE_KIND_BIG_WHOLE,
		[GE_CSV_DOUBLE] = GE_KIND_WHOLE | GE_KIND_NUMBER,
		[GE_CSV_BOOLEAN] = GE_KIND_BOOLEAN,
		[GE_CSV_DATE] = GE_KIND_DATE,
		[GE_CSV_TIMESTAMP] = GE_KIND_DATE | GE_KIND_TIMESTAMP,
		[GE_CSV_TIMESTAMPTZ] = GE_KIND_TIMESTAMPTZ,
	};

	return (kinds[type] & kind) != 0;
}
