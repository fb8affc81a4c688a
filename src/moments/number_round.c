/*
 * number_round.c: exact numbers rounded to doubles, in integer arithmetic alone.
 */
#include "postgres.h"
#include "port/pg_bitutils.h"

#include "backend/exact_sum.h"
#include "moments/number.h"

/* The leading 64 bits of a number that is not 0; below them, `rest` says, are others. */
typedef struct GeHead
{
	uint64 bits;  /* the highest is set */
	int exponent; /* of the lowest */
	bool rest;
} GeHead;

static GeHead
head_of(const GeNumber *number)
{
	int top = number->n - 1;
	int shift = 63 - pg_leftmost_one_pos64(number->words[top]);
	uint64 next = top > 0 ? number->words[top - 1] : 0;
	GeHead head = {number->words[top] << shift, 64 * (number->low + top) - shift,
				   top > 1};

	if (shift > 0)
		head.bits |= next >> (64 - shift);
	head.rest = head.rest || next << shift != 0;
	return head;
}

static double
round_number(const GeNumber *number, bool rest)
{
	GeHead head;
	double magnitude;

	if (number->n == 0)
		return 0;
	head = head_of(number);
	magnitude = ge_round_head(head.bits, head.exponent, head.rest || rest);
	return number->negative ? 0.0 - magnitude : magnitude;
}

double
ge_number_round(const GeNumber *number)
{
	return round_number(number, false);
}

double
ge_number_round_quotient(const GeNumber *number, uint64 divisor)
{
	GeNumber quotient = {.negative = number->negative, .low = number->low - 2};
	uint64 remainder = 0;

	/* two words more: at least 64 bits of the quotient */
	quotient.n = number->n > 0 ? number->n + 2 : 0;
	for (int i = quotient.n - 1; i >= 0; i--)
	{
		uint64 word = i >= 2 ? number->words[i - 2] : 0;
		uint128 dividend = (uint128) remainder << 64 | word;

		quotient.words[i] = (uint64) (dividend / divisor);
		remainder = (uint64) (dividend % divisor);
	}
	ge_number_trim(&quotient);
	return round_number(&quotient, remainder != 0);
}

GeScaled
ge_number_round_wide(const GeNumber *number)
{
	GeHead head;

	if (number->n == 0 || number->negative)
		return (GeScaled){0, 0};
	head = head_of(number);
	return ge_scaled_round(head.bits, 0, head.rest, head.exponent - 64);
}
