/*
 * exact_sum_test.c: exact_sum.h and encoding.h against vectors and against plain sums.
 */
#include <math.h>
#include <string.h>

#include "backend/finish.h"
#include "reference_sum.h"
#include "support.h"
#include "tap.h"

typedef struct SumVector
{
	const char *name;
	int first_value;
	int n_values;
	int low;
	int high;
	int first_digit; /* high - low + 3 of them */
	double rounded;
} SumVector;

typedef struct EncodingVector
{
	double sum;
	uint64_t count;
	double total;
	uint64_t n_total;
	double smooth;
	double encoding;
} EncodingVector;

#include "exact_vectors.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

typedef struct Accumulator
{
	int64_t bins[GE_MAX_BINS + 1]; /* one for what is carried out of the top */
	int low;
	int n;
} Accumulator;

/* Whether the digits and the nearest double are as expected, before and after a carry. */
static bool
finishes_as(Accumulator *sum, const int64_t *expected, double rounded)
{
	size_t bytes = (size_t) (sum->n + 2) * sizeof *expected;
	int64_t digits[GE_MAX_BINS + 3];

	ge_sum_canonical(sum->bins, sum->n, digits);
	if (memcmp(digits, expected, bytes) != 0 ||
		!same_bits(ge_sum_round(digits, sum->n + 2, sum->low), rounded))
		return false;
	ge_sum_carry(sum->bins, sum->n + 1);
	ge_sum_canonical(sum->bins, sum->n + 1, digits);
	return memcmp(digits, expected, bytes) == 0 && digits[sum->n + 2] == 0 &&
		   same_bits(ge_sum_round(digits, sum->n + 3, sum->low), rounded);
}

static void
test_double_vectors(void)
{
	size_t v;
	int i;

	for (v = 0; v < LENGTH(double_vectors); v++)
	{
		const SumVector *vector = &double_vectors[v];
		Accumulator sum = {.low = vector->low, .n = vector->high - vector->low + 1};
		int low = GE_HIGHEST_BIN + 1, high = GE_LOWEST_BIN - 1;

		for (i = 0; i < vector->n_values; i++)
		{
			double x = double_values[vector->first_value + i];

			ge_bins_touched_double(x, &low, &high);
			ge_sum_add_double(sum.bins, sum.low, x);
		}
		tap_ok(
			(low > high || (low == vector->low && high == vector->high)) &&
				finishes_as(&sum, double_digits + vector->first_digit, vector->rounded),
			"doubles: %s", vector->name);
	}
}

static void
test_integer_vectors(void)
{
	size_t v;
	int i;

	for (v = 0; v < LENGTH(integer_vectors); v++)
	{
		const SumVector *vector = &integer_vectors[v];
		Accumulator sum = {.low = vector->low, .n = vector->high - vector->low + 1};
		int low = GE_HIGHEST_BIN + 1, high = GE_LOWEST_BIN - 1;

		for (i = 0; i < vector->n_values; i++)
		{
			int64_t x = integer_values[vector->first_value + i];

			ge_bins_touched_int64(x, &low, &high);
			ge_sum_add_int64(sum.bins, sum.low, x);
		}
		tap_ok(
			(low > high || (low == vector->low && high == vector->high)) &&
				finishes_as(&sum, integer_digits + vector->first_digit, vector->rounded),
			"integers: %s", vector->name);
	}
}

static void
test_encoding_vectors(void)
{
	size_t v, n_wrong = 0;

	for (v = 0; v < LENGTH(encoding_vectors); v++)
	{
		const EncodingVector *vector = &encoding_vectors[v];
		GeFinish mean = {.kind = GE_FINISH_MEAN, .smooth = vector->smooth};
		GeFigures all = {.weight = (double) vector->n_total, .sum = vector->total};
		GeFigures category = {.empty = vector->count == 0,
							  .weight = (double) vector->count,
							  .sum = vector->sum};

		n_wrong += !same_bits(ge_finish(&mean, category, ge_prior(&mean, all)),
							  vector->encoding);
	}
	tap_ok(n_wrong == 0, "all of %zu encodings are those of the vectors",
		   LENGTH(encoding_vectors));
}

/* Any finite double: random bits, often near others in exponent. */
static double
random_double(uint64_t *random, int exponent)
{
	uint64_t bits = random_next(random);
	int biased = exponent + (int) random_below(random, 130) - 65;
	double x;

	biased = biased < 0 ? 0 : biased > 2046 ? 2046 : biased;
	bits = (bits & ~(UINT64_C(0x7ff) << 52)) | (uint64_t) biased << 52;
	memcpy(&x, &bits, sizeof x);
	return x;
}

static void
test_random_doubles(void)
{
	uint64_t random = 1, c, n_wrong = 0;

	for (c = 0; c < 20000; c++)
	{
		Accumulator sum = {.low = GE_LOWEST_BIN, .n = GE_MAX_BINS};
		ReferenceSum reference = {{0}};
		int64_t expected[GE_MAX_BINS + 2];
		int exponent = (int) random_below(&random, 2047);
		uint64_t n = 1 + random_below(&random, 12);

		while (n-- > 0)
		{
			double x = random_double(&random, exponent);

			ge_sum_add_double(sum.bins, sum.low, x);
			reference_add_double(&reference, x);
			/* now and then the opposite of nearly all there is */
			if (random_below(&random, 4) == 0)
			{
				double rounded = -reference_round(&reference);

				if (isfinite(rounded))
				{
					ge_sum_add_double(sum.bins, sum.low, rounded);
					reference_add_double(&reference, rounded);
				}
			}
		}
		reference_digits(&reference, GE_LOWEST_BIN, GE_MAX_BINS + 2, expected);
		n_wrong += !finishes_as(&sum, expected, reference_round(&reference));
	}
	tap_ok(n_wrong == 0, "20000 random sums of doubles are those of plain addition");
}

static void
test_random_integers(void)
{
	uint64_t random = 2, c, n_wrong = 0;

	for (c = 0; c < 20000; c++)
	{
		Accumulator sum = {.low = 0, .n = 2};
		ReferenceSum reference = {{0}};
		int64_t expected[4];
		uint64_t n = 1 + random_below(&random, 12);

		while (n-- > 0)
		{
			int64_t x = (int64_t) random_next(&random) >> random_below(&random, 63);

			ge_sum_add_int64(sum.bins, sum.low, x);
			reference_add_int64(&reference, x, 0);
		}
		reference_digits(&reference, 0, 4, expected);
		n_wrong += !finishes_as(&sum, expected, reference_round(&reference));
	}
	tap_ok(n_wrong == 0, "20000 random sums of integers are those of plain addition");
}

/* Accumulators as full as they may be: |A_j| up to (2^31 - 2)(2^32 - 1) in every bin. */
static void
test_full_accumulators(void)
{
	const int64_t most = (int64_t) GE_ROWS_BETWEEN_CARRIES * 0xffffffff;
	uint64_t random = 3, c, n_wrong = 0;
	int i;

	for (c = 0; c < 5000; c++)
	{
		Accumulator sum = {.low = -2, .n = 4};
		ReferenceSum reference = {{0}};
		int64_t expected[6];

		for (i = 0; i < sum.n; i++)
		{
			uint64_t which = random_below(&random, 4);

			sum.bins[i] = which == 0   ? most
						  : which == 1 ? -most
						  : which == 2 ? (int64_t) random_next(&random) / 2
									   : 0;
			reference_add_int64(&reference, sum.bins[i], sum.low + i);
		}
		reference_digits(&reference, sum.low, 6, expected);
		n_wrong += !finishes_as(&sum, expected, reference_round(&reference));
	}
	tap_ok(n_wrong == 0, "accumulators filled to the limit finish without overflow");
}

int
main(void)
{
	test_double_vectors();
	test_integer_vectors();
	test_encoding_vectors();
	test_random_doubles();
	test_random_integers();
	test_full_accumulators();
	return tap_done();
}
