/*
 * fold_test.c: fold.h against published vectors, and blocks of rows against single rows.
 */
#include <stdlib.h>

#include "cpu/folds.h"
#include "support.h"
#include "tap.h"

/* The first ordinals of a permutation of n under a seed. */
typedef struct PermutationVector
{
	uint64_t n;
	int64_t seed;
	int count;
	uint64_t expected[10];
} PermutationVector;

static const PermutationVector permutations[] = {
	{10, 42, 10, {6, 9, 1, 5, 0, 2, 7, 4, 8, 3}},
	{10, 0, 10, {6, 4, 8, 0, 1, 3, 7, 2, 5, 9}},
	{10, -1, 10, {9, 0, 5, 4, 8, 7, 6, 3, 1, 2}},
	{100000000, 42, 5, {50653759, 74623089, 208178, 76464006, 79376218}},
	{UINT64_C(1099511627783), 42, 3, {579994266039, 219949180584, 564772196215}},
	{UINT64_C(4611686018427387904),
	 7,
	 3,
	 {3303611749131893129, 4468328247928064385, 764942880170961480}},
	{1, 5, 1, {0}},
	{256, INT64_MIN, 4, {3, 208, 85, 152}},
	{257, INT64_MAX, 4, {188, 7, 35, 246}},
};

static void
test_permutation_vectors(void)
{
	size_t v;

	for (v = 0; v < sizeof permutations / sizeof permutations[0]; v++)
	{
		const PermutationVector *vector = &permutations[v];
		bool as_published = true;
		GeFolds folds;
		int i;

		ge_folds_init(&folds, GE_SPLIT_RANDOM, vector->n, 5, vector->seed);
		for (i = 0; i < vector->count; i++)
			as_published &= ge_fold_permute(&folds, (uint64_t) i) == vector->expected[i];
		tap_ok(as_published, "permutation of %llu under seed %lld",
			   (unsigned long long) vector->n, (long long) vector->seed);
	}
}

static void
test_permutation_is_bijective(void)
{
	static const uint64_t sizes[] = {1, 2, 3, 10, 255, 256, 257, 1000, 4095, 65537};
	size_t s;

	for (s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
	{
		uint64_t n = sizes[s], i, n_hit = 0;
		uint8_t *hit = test_alloc(n, 1);
		GeFolds folds;

		ge_folds_init(&folds, GE_SPLIT_RANDOM, n, 5, -7);
		for (i = 0; i < n; i++)
		{
			uint64_t p = ge_fold_permute(&folds, i);

			n_hit += p < n && hit[p]++ == 0;
		}
		tap_ok(n_hit == n, "permutation of %llu hits each once", (unsigned long long) n);
		free(hit);
	}
}

static void
test_folds_by_definition(void)
{
	GeFolds folds;

	ge_folds_init(&folds, GE_SPLIT_RANDOM, 10, 5, 42);
	static const uint32_t random_folds[] = {3, 4, 0, 2, 0, 1, 3, 2, 4, 1};
	bool right = true;

	for (uint64_t i = 0; i < 10; i++)
		right &= ge_fold_of_row(&folds, i) == random_folds[i];
	tap_ok(right, "random folds of 10 rows, k = 5, seed 42");
	ge_folds_init(&folds, GE_SPLIT_CONTIGUOUS, 10, 4, 0);
	static const uint32_t contiguous_folds[] = {0, 0, 0, 1, 1, 2, 2, 2, 3, 3};

	right = true;
	for (uint64_t i = 0; i < 10; i++)
		right &= ge_fold_of_row(&folds, i) == contiguous_folds[i];
	tap_ok(right, "contiguous folds of 10 rows, k = 4");
	ge_folds_init(&folds, GE_SPLIT_INTERLEAVED, 6, 100, 0);
	tap_ok(folds.n_folds == 6, "no more folds than rows");
	ge_folds_init(&folds, GE_SPLIT_NONE, 6, 100, 0);
	tap_ok(folds.n_folds == 0, "no folds without a split");
}

/* Random folds differ in size by one row at most, for they cut a permutation evenly. */
static void
test_random_folds_are_balanced(void)
{
	enum
	{
		ROWS = 10007,
		FOLDS = 13
	};
	uint32_t counts[FOLDS] = {0}, f, least = UINT32_MAX, most = 0;
	GeFolds folds;

	ge_folds_init(&folds, GE_SPLIT_RANDOM, ROWS, FOLDS, 99);
	for (uint64_t i = 0; i < ROWS; i++)
		counts[ge_fold_of_row(&folds, i)]++;
	for (f = 0; f < FOLDS; f++)
	{
		least = counts[f] < least ? counts[f] : least;
		most = counts[f] > most ? counts[f] : most;
	}
	tap_ok(most - least <= 1, "random folds have %u to %u rows", least, most);
}

/* Whether 200 rows from `first` on have the same folds one by one and as a block. */
static bool
block_agrees(const GeFolds *folds, uint64_t first)
{
	uint32_t block[200], i;
	uint32_t n = folds->n_rows - first < 200 ? (uint32_t) (folds->n_rows - first) : 200;

	ge_folds_of_rows(folds, first, n, NULL, block);
	for (i = 0; i < n; i++)
		if (block[i] != ge_fold_of_row(folds, first + i))
			return false;
	return true;
}

static void
test_blocks(void)
{
	static const GeSplit splits[] = {GE_SPLIT_INTERLEAVED, GE_SPLIT_CONTIGUOUS,
									 GE_SPLIT_RANDOM};
	uint64_t random = 4;
	size_t s;
	int c;

	for (s = 0; s < sizeof splits / sizeof splits[0]; s++)
	{
		bool agree = true;

		for (c = 0; c < 3000; c++)
		{
			uint64_t n = 1 + (random_next(&random) >> (2 + random_below(&random, 61)));
			uint32_t k =
				1 + (uint32_t) (random_next(&random) >> (32 + random_below(&random, 32)));
			GeFolds folds;

			ge_folds_init(&folds, splits[s], n, k, (int64_t) random_next(&random));
			agree &= block_agrees(&folds, 0);
			agree &= block_agrees(&folds, random_below(&random, n));
		}
		tap_ok(agree, "blocks of rows have the folds of their rows, split %d",
			   (int) splits[s]);
	}
}

int
main(void)
{
	test_permutation_vectors();
	test_permutation_is_bijective();
	test_folds_by_definition();
	test_random_folds_are_balanced();
	test_blocks();
	return tap_done();
}
