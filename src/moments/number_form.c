/*
 * number_form.c: exact numbers as bytes and as text, written and read.
 *
 * Bytes: a varint 2 * length + sign, and unless the length is 0 the place of the lowest
 * byte as a zigzag varint (1 is 2^8), then length bytes, lowest first.  The first and the
 * last are not 0.
 */
#include "postgres.h"

#include "moments/number.h"
#include "port/pg_bitutils.h"

#define LOWEST_BYTE (GE_NUMBER_LOWEST_WORD * 8)
#define BYTES_OF_NUMBER ((GE_NUMBER_HIGHEST_WORD + 1) * 8 - LOWEST_BYTE)

void
ge_varint_append(StringInfo bytes, uint64 value)
{
	while (value >= 0x80)
	{
		appendStringInfoCharMacro(bytes, (char) (value | 0x80));
		value >>= 7;
	}
	appendStringInfoCharMacro(bytes, (char) value);
}

bool
ge_varint_read(GeBytes *bytes, uint64 *value)
{
	*value = 0;
	for (int shift = 0; shift < 64 && bytes->next < bytes->end; shift += 7)
	{
		uint64 group = *bytes->next & 0x7f;

		if (group << shift >> shift != group)
			return false;
		*value |= group << shift;
		if ((*bytes->next++ & 0x80) == 0)
			return true;
	}
	return false;
}

void
ge_zigzag_append(StringInfo bytes, int64 value)
{
	ge_varint_append(bytes, (uint64) value << 1 ^ (uint64) (value >> 63));
}

bool
ge_zigzag_read(GeBytes *bytes, int64 *value)
{
	uint64 zigzag;

	if (!ge_varint_read(bytes, &zigzag))
		return false;
	*value = (int64) (zigzag >> 1 ^ (0 - (zigzag & 1)));
	return true;
}

static inline uint8
byte_of_number(const GeNumber *number, int i)
{
	return (uint8) (number->words[i / 8] >> 8 * (i % 8));
}

void
ge_number_append(StringInfo bytes, const GeNumber *number)
{
	int first = 0;
	int end = number->n * 8;

	if (number->n == 0)
	{
		ge_varint_append(bytes, 0);
		return;
	}
	while (byte_of_number(number, first) == 0)
		first++;
	while (byte_of_number(number, end - 1) == 0)
		end--;
	ge_varint_append(bytes, (uint64) (end - first) << 1 | (number->negative ? 1 : 0));
	ge_zigzag_append(bytes, number->low * 8 + first);
	for (int i = first; i < end; i++)
		appendStringInfoCharMacro(bytes, (char) byte_of_number(number, i));
}

bool
ge_number_read(GeBytes *bytes, GeNumber *number)
{
	uint64 header, length;
	int64 place = 0;
	int first;

	if (!ge_varint_read(bytes, &header))
		return false;
	length = header >> 1;
	if (length > 0 && !ge_zigzag_read(bytes, &place))
		return false;
	if (place < LOWEST_BYTE || place > LOWEST_BYTE + BYTES_OF_NUMBER ||
		length > (uint64) (LOWEST_BYTE + BYTES_OF_NUMBER - place) ||
		length > (uint64) (bytes->end - bytes->next))
		return false;

	/* counted from the lowest byte of the lowest word, so that nothing is negative */
	first = (int) place - LOWEST_BYTE;
	number->negative = (header & 1) != 0;
	number->low = first / 8;
	number->n = (first + (int) length + 7) / 8 - number->low;
	memset(number->words, 0, number->n * sizeof(uint64));
	for (int i = first; i < first + (int) length; i++)
		number->words[i / 8 - number->low] |= (uint64) *bytes->next++ << 8 * (i % 8);
	number->low += GE_NUMBER_LOWEST_WORD;
	ge_number_trim(number);
	return true;
}

/* ------------------------------------------------------------------------- text */

/* A whole number below 2^127. */
static bool
is_short(const GeNumber *number)
{
	return number->n == 0 ||
		   (ge_number_within(number, 0, 1) &&
			(number->low + number->n < 2 || number->words[number->n - 1] >> 63 == 0));
}

static void
print_short(StringInfo out, const GeNumber *number)
{
	char digits[40];
	int first = sizeof(digits);
	uint128 value = 0;

	for (int i = 0; i < number->n; i++)
		value |= (uint128) number->words[i] << 64 * (number->low + i);
	do
		digits[--first] = (char) ('0' + (int) (value % 10));
	while ((value /= 10) != 0);
	appendBinaryStringInfo(out, digits + first, (int) sizeof(digits) - first);
}

void
ge_number_print(StringInfo out, const GeNumber *number)
{
	int zeros;
	bool leading = true;

	if (number->negative)
		appendStringInfoChar(out, '-');
	if (is_short(number))
	{
		print_short(out, number);
		return;
	}
	zeros = pg_rightmost_one_pos64(number->words[0]);
	appendStringInfoString(out, "0x");
	for (int i = number->n - 1; i >= 0; i--)
	{
		uint64 word = number->words[i] >> zeros;

		if (zeros > 0 && i + 1 < number->n)
			word |= number->words[i + 1] << (64 - zeros);
		if (leading && word == 0)
			continue;
		appendStringInfo(out, leading ? "%llx" : "%016llx", (unsigned long long) word);
		leading = false;
	}
	appendStringInfo(out, "p%d", 64 * number->low + zeros);
}

/* Decimal digits of a whole number below 2^127. */
static bool
parse_short(const char **at, GeNumber *number)
{
	const uint128 most = ((uint128) 1 << 127) - 1;
	const char *start = *at;
	uint128 value = 0;

	for (; **at >= '0' && **at <= '9'; (*at)++)
	{
		int digit = **at - '0';

		if (value > (most - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	number->low = 0;
	number->n = 2;
	number->words[0] = (uint64) value;
	number->words[1] = (uint64) (value >> 64);
	return *at > start;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* An exponent after p, next most four digits. */
static bool
parse_exponent(const char **at, int *exponent)
{
	const char *next = *at;
	bool negative;
	int digits = 0;

	if (*next++ != 'p')
		return false;
	negative = *next == '-';
	next += negative ? 1 : 0;
	*exponent = 0;
	for (; *next >= '0' && *next <= '9' && digits < 5; next++, digits++)
		*exponent = *exponent * 10 + (*next - '0');
	if (negative)
		*exponent = -*exponent;
	*at = next;
	return digits > 0 && digits < 5;
}

/* What follows 0x. */
static bool
parse_hex(const char **at, GeNumber *number)
{
	const char *start = *at;
	int n_digits = (int) strspn(start, "0123456789abcdef");
	int exponent, place;

	*at += n_digits;
	if (n_digits == 0 || !parse_exponent(at, &exponent))
		return false;
	place = exponent - 64 * GE_NUMBER_LOWEST_WORD;
	if (place < 0 || place + 4 * n_digits > 8 * BYTES_OF_NUMBER + 3)
		return false;
	number->low = GE_NUMBER_LOWEST_WORD;
	number->n = BYTES_OF_NUMBER / 8 + 1;
	memset(number->words, 0, number->n * sizeof(uint64));
	for (int i = 0; i < n_digits; i++, place += 4)
	{
		uint64 digit = (uint64) hex_digit(start[n_digits - 1 - i]);

		number->words[place / 64] |= digit << place % 64;
		if (place % 64 > 60)
			number->words[place / 64 + 1] |= digit >> (64 - place % 64);
	}
	return true;
}

bool
ge_number_parse(const char **at, GeNumber *number)
{
	bool read;

	number->negative = **at == '-';
	if (number->negative)
		(*at)++;
	if (strncmp(*at, "0x", 2) == 0)
	{
		*at += 2;
		read = parse_hex(at, number);
	}
	else
		read = parse_short(at, number);
	if (!read)
		return false;
	ge_number_trim(number);
	return ge_number_within(number, GE_NUMBER_LOWEST_WORD, GE_NUMBER_HIGHEST_WORD);
}
