/*
 * number.c: exact numbers made of limbs and digits, compared and multiplied.
 */
#include "postgres.h"

#include "moments/number.h"

void
ge_number_trim(GeNumber *number)
{
	int zeros = 0;

	while (number->n > 0 && number->words[number->n - 1] == 0)
		number->n--;
	while (zeros < number->n && number->words[zeros] == 0)
		zeros++;
	if (number->n == 0)
	{
		number->low = 0;
		number->negative = false;
		return;
	}
	number->n -= zeros;
	number->low += zeros;
	memmove(number->words, number->words + zeros, number->n * sizeof(uint64));
}

void
ge_number_of_limbs(GeNumber *number, const int128 *limbs, int n, int low)
{
	int128 carry = 0;

	Assert(n + 2 <= GE_NUMBER_WORDS);
	for (int i = 0; i < n; i++)
	{
		int128 limb = limbs[i] + carry;

		number->words[i] = (uint64) limb;
		carry = limb >> 64;
	}
	number->words[n] = (uint64) carry;
	number->words[n + 1] = (uint64) (carry >> 64);
	number->negative = carry < 0;
	number->low = low;
	number->n = n + 2;
	if (number->negative)
	{
		/* two's complement over all words */
		bool borrow = true;

		for (int i = 0; i < number->n; i++)
		{
			number->words[i] = ~number->words[i] + (borrow ? 1 : 0);
			borrow = borrow && number->words[i] == 0;
		}
	}
	ge_number_trim(number);
}

void
ge_number_of_uint64(GeNumber *number, uint64 value)
{
	number->negative = false;
	number->low = 0;
	number->n = value != 0 ? 1 : 0;
	number->words[0] = value;
}

/* floor(bin / 2): the word of a bin. */
static inline int
word_of_bin(int bin)
{
	return bin >= 0 ? bin / 2 : -((1 - bin) / 2);
}

void
ge_number_of_digits(GeNumber *number, const int64 *digits, int n, int low_bin)
{
	int128 limbs[GE_NUMBER_DIGITS / 2 + 1] = {0};
	int low = word_of_bin(low_bin);

	Assert(n <= GE_NUMBER_DIGITS);
	for (int i = 0; i < n; i++)
	{
		int bin = low_bin + i;
		int word = word_of_bin(bin);

		limbs[word - low] +=
			(int128) digits[i] * (bin == 2 * word ? 1 : INT64CONST(1) << 32);
	}
	ge_number_of_limbs(number, limbs, n / 2 + 1, low);
}

void
ge_number_bins(const GeNumber *number, int *low_bin, int *high_bin)
{
	*low_bin = 0;
	*high_bin = -1;
	if (number->n == 0)
		return;
	*low_bin = 2 * number->low + ((uint32) number->words[0] == 0 ? 1 : 0);
	*high_bin = 2 * (number->low + number->n - 1) +
				(number->words[number->n - 1] >> 32 != 0 ? 1 : 0);
}

bool
ge_number_digits(const GeNumber *number, int low_bin, int n, int64 *digits)
{
	int low, high;

	ge_number_bins(number, &low, &high);
	if (number->n > 0 && (low < low_bin || high >= low_bin + n))
		return false;
	for (int i = 0; i < n; i++)
	{
		int bin = low_bin + i;
		int word = word_of_bin(bin);
		int64 digit = 0;

		if (word >= number->low && word < number->low + number->n)
			digit = (uint32) (number->words[word - number->low] >>
							  (bin == 2 * word ? 0 : 32));
		digits[i] = number->negative ? -digit : digit;
	}
	return true;
}

bool
ge_number_within(const GeNumber *number, int low, int high)
{
	return number->n == 0 || (number->low >= low && number->low + number->n - 1 <= high);
}

bool
ge_number_equal(const GeNumber *a, const GeNumber *b)
{
	return a->negative == b->negative && a->low == b->low && a->n == b->n &&
		   memcmp(a->words, b->words, a->n * sizeof(uint64)) == 0;
}

static void
add_number(int128 *limbs, int low, const GeNumber *number, bool subtract)
{
	for (int i = 0; i < number->n; i++)
	{
		int128 word = number->words[i];

		limbs[number->low - low + i] += number->negative != subtract ? -word : word;
	}
}

void
ge_number_subtract(GeNumber *result, const GeNumber *a, const GeNumber *b)
{
	int128 limbs[GE_NUMBER_WORDS - 2];
	int low = Min(a->low, b->low);
	int n = Max(a->low + a->n, b->low + b->n) - low;

	if (n > GE_NUMBER_WORDS - 2)
		elog(ERROR, "a difference of %d words", n);
	memset(limbs, 0, n * sizeof(int128));
	add_number(limbs, low, a, false);
	add_number(limbs, low, b, true);
	ge_number_of_limbs(result, limbs, n, low);
}

/* limbs, from word `low` on, plus or minus |a| |b|. */
static void
add_product(int128 *limbs, int low, const GeNumber *a, const GeNumber *b, bool subtract)
{
	for (int i = 0; i < a->n; i++)
		for (int j = 0; j < b->n; j++)
		{
			uint128 product = (uint128) a->words[i] * b->words[j];
			int128 *limb = limbs + (a->low + i) + (b->low + j) - low;
			int128 first = (uint64) product, second = (uint64) (product >> 64);

			limb[0] += subtract ? -first : first;
			limb[1] += subtract ? -second : second;
		}
}

void
ge_number_cross(GeNumber *result, const GeNumber *n, const GeNumber *q, const GeNumber *s)
{
	int128 limbs[GE_NUMBER_WORDS - 2];
	int low = Min(n->low + q->low, 2 * s->low);
	int high = Max(n->low + n->n + q->low + q->n, 2 * (s->low + s->n));

	/* both products lie within the words of two sums of squares and weights */
	if (high - low > GE_NUMBER_WORDS - 2)
		elog(ERROR, "a product of %d words", high - low);
	memset(limbs, 0, (high - low) * sizeof(int128));
	add_product(limbs, low, n, q, n->negative != q->negative);
	add_product(limbs, low, s, s, true);
	ge_number_of_limbs(result, limbs, high - low, low);
}
