/*
 * sum_cell_test.c: every form of a cell gives the digits and the double of plain sums.
 */
#include "cpu/sum_cell.h"

#include <math.h>
#include <string.h>

#include "reference_sum.h"
#include "support.h"
#include "tap.h"

#define MANY_ROWS (UINT64_C(1) << 40)

/* A double that touches only bins low..high. */
static double
random_double(uint64_t *random, int low, int high)
{
	for (;;)
	{
		int exponent = 32 * low + (int) random_below(random, 32 * (high - low + 1));
		int length = 1 + (int) random_below(random, 53), first = 999, last = -999;
		uint64_t mantissa = random_next(random) >> (64 - length);
		double x = ldexp((double) mantissa, exponent);

		if (isinf(x))
			continue;
		ge_bins_touched_double(x, &first, &last);
		if (first >= low && last <= high)
			return random_next(random) & 1 ? x : -x;
	}
}

/* 1 + `count` random doubles of the bins low..high, all the time in both ways. */
static bool
sums_agree(uint64_t *random, int low, int high, uint64_t n_rows, uint32_t count)
{
	GeCellLayout layout;
	uint64_t cell[GE_MAX_CELL_WORDS] = {0}, part[GE_MAX_CELL_WORDS] = {0};
	int64_t digits[GE_MAX_BINS + 2], expected[GE_MAX_BINS + 2];
	ReferenceSum reference = {{0}};
	uint32_t i, n = (uint32_t) (high - low + 3);

	ge_cell_layout_init(&layout, low, high, n_rows);
	for (i = 0; i <= count; i++)
	{
		double x = random_double(random, low, high);

		/* half of them through a cell that is merged in, a quarter taken away again */
		if (!ge_cell_add_double(&layout, layout.form, i % 2 == 0 ? cell : part, x))
			return false;
		if (i % 4 != 3)
			reference_add_double(&reference, x);
		if (i % 4 == 1)
		{
			ge_cell_merge(&layout, cell, part, false);
			memset(part, 0, sizeof part);
		}
		else if (i % 4 == 3)
		{
			ge_cell_merge(&layout, cell, part, false);
			ge_cell_merge(&layout, cell, part, true);
			memset(part, 0, sizeof part);
		}
	}
	if (count % 2 == 0)
		ge_cell_merge(&layout, cell, part, false);
	ge_cell_digits(&layout, cell, digits);
	reference_digits(&reference, low, (int) n, expected);
	return memcmp(digits, expected, n * sizeof *digits) == 0 &&
		   same_bits(ge_cell_round(&layout, cell), reference_round(&reference));
}

static void
test_forms(uint64_t n_rows, const char *rows)
{
	uint64_t random = n_rows;
	int bins, c;

	for (bins = 1; bins <= 8; bins++)
	{
		bool agree = true;

		for (c = 0; c < 2000; c++)
		{
			int low = GE_LOWEST_BIN + (int) random_below(&random, GE_MAX_BINS - bins + 1);

			agree &= sums_agree(&random, low, low + bins - 1, n_rows,
								(uint32_t) random_below(&random, 20));
		}
		tap_ok(agree, "%d bins, %s rows", bins, rows);
	}
	tap_ok(sums_agree(&random, GE_LOWEST_BIN, GE_HIGHEST_BIN, n_rows, 100),
		   "all bins, %s rows", rows);
}

static void
test_layouts(void)
{
	static const struct
	{
		int n_bins;
		uint64_t n_rows;
		GeSumForm form;
		uint32_t n_words;
	} cases[] = {
		{1, INT32_MAX, GE_SUM_INT64, 2},  {1, MANY_ROWS, GE_SUM_INT128, 3},
		{2, MANY_ROWS, GE_SUM_INT128, 3}, {3, INT32_MAX, GE_SUM_INT128, 3},
		{3, MANY_ROWS, GE_SUM_LIMBS, 5},  {4, 10, GE_SUM_LIMBS, 5},
		{5, 10, GE_SUM_LIMBS, 7},		  {GE_MAX_BINS, 10, GE_SUM_LIMBS, 67},
	};
	size_t c;

	for (c = 0; c < sizeof cases / sizeof cases[0]; c++)
	{
		GeCellLayout layout;

		ge_cell_layout_init(&layout, GE_LOWEST_BIN, GE_LOWEST_BIN + cases[c].n_bins - 1,
							cases[c].n_rows);
		tap_ok(layout.form == cases[c].form && layout.n_words == cases[c].n_words,
			   "%d bins and %llu rows take %u words", cases[c].n_bins,
			   (unsigned long long) cases[c].n_rows, cases[c].n_words);
	}
}

/* The largest sums that the bounds at the head of sum_cell.h allow. */
static void
test_bounds(void)
{
	const uint64_t most_rows = INT32_MAX, digit = 0xffffffff;
	GeCellLayout layout;
	uint64_t cell[3] = {0};
	int64_t digits[5];

	ge_cell_layout_init(&layout, 0, 0, most_rows);
	cell[1] = 0 - most_rows * digit;
	ge_cell_digits(&layout, cell, digits);
	tap_ok(digits[0] == -(int64_t) (uint32_t) (most_rows * digit) &&
			   digits[1] == -(int64_t) (most_rows * digit >> 32) && digits[2] == 0,
		   "the least sum of one bin");
	ge_cell_layout_init(&layout, 0, 2, most_rows);
	/* most_rows * (2^96 - 1) = (most_rows - 1) * 2^96 + (2^96 - most_rows) */
	cell[1] = 0 - most_rows;
	cell[2] = (most_rows - 1) << 32 | 0xffffffff;
	ge_cell_digits(&layout, cell, digits);
	tap_ok(digits[0] == (int64_t) (uint32_t) (0 - most_rows) && digits[1] == 0xffffffff &&
			   digits[2] == 0xffffffff && digits[3] == (int64_t) most_rows - 1 &&
			   digits[4] == 0,
		   "the largest sum of three bins");
}

/* What touches a bin outside is refused. */
static void
test_outside(void)
{
	static const int bins[][2] = {{0, 0}, {0, 1}, {-1, 2}, {1, 1}};
	size_t b;

	for (b = 0; b < sizeof bins / sizeof bins[0]; b++)
	{
		GeCellLayout layout;
		uint64_t cell[GE_MAX_CELL_WORDS] = {0};
		int low = bins[b][0], high = bins[b][1];
		double below = ldexp(1, 32 * low - 1), above = ldexp(1, 32 * (high + 1));

		ge_cell_layout_init(&layout, low, high, 100);
		tap_ok(!ge_cell_add_double(&layout, layout.form, cell, below) &&
				   !ge_cell_add_double(&layout, layout.form, cell, -above) &&
				   !ge_cell_add_double(&layout, layout.form, cell, INFINITY) &&
				   !ge_cell_add_double(&layout, layout.form, cell, NAN),
			   "doubles outside bins %d to %d", low, high);
	}
	for (b = 0; b < 2; b++)
	{
		GeCellLayout layout;
		uint64_t cell[GE_MAX_CELL_WORDS] = {0};
		int bin = (int) b;

		ge_cell_layout_init(&layout, bin, bin, 100);
		tap_ok(!ge_cell_add_int64(&layout, layout.form, cell, bin == 0 ? INT64_MIN : 1) &&
				   !ge_cell_add_int64(&layout, layout.form, cell,
									  bin == 0 ? -(INT64_C(1) << 32) : -4294967297),
			   "integers outside bin %d", bin);
	}
}

int
main(void)
{
	test_layouts();
	test_forms(1000, "few");
	test_forms(MANY_ROWS, "many");
	test_bounds();
	test_outside();
	return tap_done();
}
