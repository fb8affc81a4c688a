/*
 * number.h: exact numbers of any size, the sums in a value of type moments.
 *
 * A number is an integer times a power of two: sign * sum of words[i] * 2^(64 (low + i)).
 * The first and the last word are not 0; zero has no words, low 0, and is not negative.
 * So a value has one form.  What is added up is kept in limbs: an int128 for every word,
 * each the sum of what was added at its place, so that nothing is carried before the end.
 */
#ifndef GE_MOMENTS_NUMBER_H
#define GE_MOMENTS_NUMBER_H

#include "postgres.h"

#include "lib/stringinfo.h"

#include "backend/scaled.h"

/* Words of the widest number: a product of two sums (ge_number_cross). */
#define GE_NUMBER_WORDS 144
/* Words of what may be read from outside: those of the widest sum, and some more. */
#define GE_NUMBER_LOWEST_WORD (-52)
#define GE_NUMBER_HIGHEST_WORD 51

typedef struct GeNumber
{
	bool negative;
	int low;
	int n; /* words */
	uint64 words[GE_NUMBER_WORDS];
} GeNumber;

/* Gives words that stand in their place, with zeros at either end, the one form. */
extern void ge_number_trim(GeNumber *number);
/* n limbs from word `low` on, at most GE_NUMBER_WORDS - 2. */
extern void ge_number_of_limbs(GeNumber *number, const int128 *limbs, int n, int low);
extern void ge_number_of_uint64(GeNumber *number, uint64 value);

/*
 * Sums as the backends have them: n digits to the base 2^32 from bin low_bin on (the
 * canonical ones of backend/exact_sum.h, or any others), n at most GE_NUMBER_DIGITS.
 */
#define GE_NUMBER_DIGITS (2 * (GE_NUMBER_WORDS - 4))
extern void ge_number_of_digits(GeNumber *number, const int64 *digits, int n,
								int low_bin);
/* The bins that the number touches; low_bin 0 and high_bin -1 for zero. */
extern void ge_number_bins(const GeNumber *number, int *low_bin, int *high_bin);
/* Its canonical digits, n of them from bin low_bin on.  False: it touches other bins. */
extern bool ge_number_digits(const GeNumber *number, int low_bin, int n, int64 *digits);

/* Whether it touches no word outside low..high. */
extern bool ge_number_within(const GeNumber *number, int low, int high);
extern bool ge_number_equal(const GeNumber *a, const GeNumber *b);
/* a - b; both within the words of a sum. */
extern void ge_number_subtract(GeNumber *result, const GeNumber *a, const GeNumber *b);
/* n q - s s, exactly: the squared deviations from the mean, times n. */
extern void ge_number_cross(GeNumber *result, const GeNumber *n, const GeNumber *q,
							const GeNumber *s);

/* ------------------------------------------------------------------- rounding */

/* The nearest double, ties to even: one rounding, into subnormals too; infinity beyond. */
extern double ge_number_round(const GeNumber *number);
/* The nearest double to number / divisor. */
extern double ge_number_round_quotient(const GeNumber *number, uint64 divisor);
/* The number rounded to 53 bits, ties to even, the exponent unbounded; 0 if negative. */
extern GeScaled ge_number_round_wide(const GeNumber *number);

/* ------------------------------------------------------------- bytes and text */

/* Bytes to be read, not beyond end. */
typedef struct GeBytes
{
	const uint8 *next;
	const uint8 *end;
} GeBytes;

/* Unsigned numbers in 1 to 10 bytes.  False: they end, or say more than 64 bits. */
extern void ge_varint_append(StringInfo bytes, uint64 value);
extern bool ge_varint_read(GeBytes *bytes, uint64 *value);
extern void ge_zigzag_append(StringInfo bytes, int64 value);
extern bool ge_zigzag_read(GeBytes *bytes, int64 *value);

/* The one form of a number in bytes.  False: it ends, or is beyond the words of a sum. */
extern void ge_number_append(StringInfo bytes, const GeNumber *number);
extern bool ge_number_read(GeBytes *bytes, GeNumber *number);

/*
 * Its text: a whole number below 2^127 in decimal digits, any other as [-]0xHEXpEXPONENT,
 * an odd hexadecimal number times a power of two.
 */
extern void ge_number_print(StringInfo out, const GeNumber *number);
/*
 * Reads a text of one of these two forms, *at moves behind it.  False: it is none, or
 * beyond the words of a sum.
 */
extern bool ge_number_parse(const char **at, GeNumber *number);

#endif /* GE_MOMENTS_NUMBER_H */
