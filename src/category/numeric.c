/*
 * numeric.c: numerics as keys.
 *
 * A key sorts bytewise as PostgreSQL sorts numerics (-Infinity, numbers, Infinity, NaN)
 * and is the same for numbers that differ in trailing zeros only:
 *
 *   class   1 byte    GeNumericClass
 *   weight  2 bytes   of the first digit, in powers of 10,000, + 32768    } absent for
 *   digits  2 bytes   each, 0..9999, + 1, without trailing zero digits    } zero, NaN
 *   end     2 bytes   0                                                   } and infinities
 *
 * All numbers are big-endian.  For negative numbers everything after the class is
 * complemented.  If one number is the beginning of another, the end makes the longer one
 * greater (if negative, smaller).
 *
 * The digits are those of the binary format of COPY and of the protocol (numeric_send(),
 * numeric_recv()).  The stored format is private to the server.
 */
#include "postgres.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

#include "category/internal.h"

typedef enum GeNumericClass
{
	CLASS_MINUS_INFINITY = 1,
	CLASS_NEGATIVE,
	CLASS_ZERO,
	CLASS_POSITIVE,
	CLASS_INFINITY,
	CLASS_NAN
} GeNumericClass;

/* The binary format: four words, of which dscale is the fourth, then the digits. */
typedef struct WireHeader
{
	uint16 n_digits;
	int16 weight;
	uint16 sign;
	uint16 dscale; /* decimals to print */
} WireHeader;

#define WIRE_POSITIVE 0x0000
#define WIRE_NEGATIVE 0x4000
#define WIRE_NAN 0xC000
#define WIRE_INFINITY 0xD000
#define WIRE_MINUS_INFINITY 0xF000

#define DECIMALS_PER_DIGIT 4
#define WEIGHT_BIAS 32768
#define CLASS_LENGTH 1

static inline uint16
read_word(const uint8 *bytes)
{
	return (uint16) ((bytes[0] << 8) | bytes[1]);
}

static inline void
append_word(StringInfo key, uint16 word, uint16 complement)
{
	uint16 bytes = pg_hton16(word ^ complement);

	ge_append_bytes(key, &bytes, sizeof(bytes));
}

static GeNumericClass
class_of_wire(uint16 sign, uint16 n_digits)
{
	switch (sign)
	{
		case WIRE_NAN:
			return CLASS_NAN;
		case WIRE_INFINITY:
			return CLASS_INFINITY;
		case WIRE_MINUS_INFINITY:
			return CLASS_MINUS_INFINITY;
		default:
			if (n_digits == 0)
				return CLASS_ZERO;
			return sign == WIRE_NEGATIVE ? CLASS_NEGATIVE : CLASS_POSITIVE;
	}
}

/* A finite number but zero: numerics are stored without zero digits at either end. */
static void
append_number(StringInfo key, const uint8 *wire, bool is_negative)
{
	uint16 n_digits = read_word(wire);
	int16 weight = (int16) read_word(wire + 2);
	const uint8 *digit = wire + sizeof(WireHeader);
	uint16 complement = is_negative ? PG_UINT16_MAX : 0;

	append_word(key, (uint16) (weight + WEIGHT_BIAS), complement);
	for (int i = 0; i < n_digits; i++, digit += 2)
		append_word(key, read_word(digit) + 1, complement);
	append_word(key, 0, complement);
}

void
ge_numeric_key_append(StringInfo key, Datum value)
{
	Numeric number = DatumGetNumeric(value);
	bytea *sent =
		DatumGetByteaPP(DirectFunctionCall1(numeric_send, NumericGetDatum(number)));
	const uint8 *wire = (const uint8 *) VARDATA_ANY(sent);
	uint8 class = class_of_wire(read_word(wire + 4), read_word(wire));

	ge_append_bytes(key, &class, CLASS_LENGTH);
	if (class == CLASS_NEGATIVE || class == CLASS_POSITIVE)
		append_number(key, wire, class == CLASS_NEGATIVE);

	pfree(sent);
	if ((Pointer) number != DatumGetPointer(value))
		pfree(number);
}

/* Decimals after the point, when the last digit is `last` and there are n_digits. */
static uint16
decimals(int n_digits, int weight, int last)
{
	int count = (n_digits - 1 - weight) * DECIMALS_PER_DIGIT;

	for (; last % 10 == 0 && count > 0; last /= 10)
		count--;
	return (uint16) Max(count, 0);
}

/* The wire format of the number that append_number() wrote (class byte left out). */
static void
append_wire_number(StringInfo wire, const uint8 *bytes, Size length, bool is_negative)
{
	uint16 complement = is_negative ? PG_UINT16_MAX : 0;
	int n_digits = (int) (length / 2) - 2;
	const uint8 *digit = bytes + 2;
	int weight;
	int last;

	if (n_digits < 1 || length % 2 != 0)
		elog(ERROR, "the key of a numeric has %zu bytes", length + CLASS_LENGTH);
	weight = (int) (uint16) (read_word(bytes) ^ complement) - WEIGHT_BIAS;
	last = (uint16) (read_word(digit + (n_digits - 1) * 2) ^ complement) - 1;

	pq_sendint16(wire, (uint16) n_digits);
	pq_sendint16(wire, (uint16) weight);
	pq_sendint16(wire, is_negative ? WIRE_NEGATIVE : WIRE_POSITIVE);
	pq_sendint16(wire, decimals(n_digits, weight, last));
	for (int i = 0; i < n_digits; i++, digit += 2)
		pq_sendint16(wire, (uint16) ((read_word(digit) ^ complement) - 1));
}

static uint16
wire_sign_of_class(uint8 class)
{
	switch (class)
	{
		case CLASS_NAN:
			return WIRE_NAN;
		case CLASS_INFINITY:
			return WIRE_INFINITY;
		case CLASS_MINUS_INFINITY:
			return WIRE_MINUS_INFINITY;
		case CLASS_ZERO:
			return WIRE_POSITIVE;
		default:
			elog(ERROR, "the key of a numeric has class %d", class);
	}
	pg_unreachable();
}

Datum
ge_numeric_of_key(const uint8 *bytes, Size length)
{
	StringInfoData wire;
	Datum value;
	uint8 class = length < CLASS_LENGTH ? 0 : bytes[0];

	initStringInfo(&wire);
	if (class == CLASS_NEGATIVE || class == CLASS_POSITIVE)
		append_wire_number(&wire, bytes + CLASS_LENGTH, length - CLASS_LENGTH,
						   class == CLASS_NEGATIVE);
	else
	{
		pq_sendint16(&wire, 0);
		pq_sendint16(&wire, 0);
		pq_sendint16(&wire, wire_sign_of_class(class));
		pq_sendint16(&wire, 0);
	}
	value = DirectFunctionCall3(numeric_recv, PointerGetDatum(&wire),
								ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
	pfree(wire.data);
	return value;
}
