/*
 * sort_test.c: radix sort of pairs, and keys that make other sorts quadratic.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cpu/pair_sort.h"
#include "dictionary_run.h"
#include "support.h"
#include "tap.h"

static int
compare_pairs(const void *a, const void *b)
{
	const GePair *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

/* n pairs whose keys vary in the bits of `mask` only. */
static bool
sorts(uint64_t n, uint64_t mask, uint64_t seed)
{
	GePair *pairs = test_alloc(n, sizeof *pairs), *scratch = test_alloc(n, sizeof *pairs);
	GePair *expected = test_alloc(n, sizeof *pairs);
	GeContextOptions options = test_options(1);
	GeError error;
	GeWork work = {&options, &error, 0};
	uint8_t *seen = test_alloc(n, 1);
	uint64_t i, fixed = random_next(&seed) & ~mask;
	bool right = true;

	for (i = 0; i < n; i++)
	{
		pairs[i].key = fixed | (random_next(&seed) & mask);
		pairs[i].id = (uint32_t) i;
	}
	memcpy(expected, pairs, n * sizeof *pairs);
	qsort(expected, n, sizeof *expected, compare_pairs);
	right = ge_pair_sort(pairs, scratch, n, &work) == GE_OK;
	for (i = 0; i < n; i++)
		right &= pairs[i].key == expected[i].key && seen[pairs[i].id]++ == 0;
	free(pairs);
	free(scratch);
	free(expected);
	free(seen);
	return right;
}

static void
test_pairs(void)
{
	static const uint64_t sizes[] = {0, 1, 2, 31, 32, 33, 300, 32768, 32769, 100000};
	static const uint64_t masks[] = {0,
									 1,
									 UINT64_C(0xff00000000000000),
									 UINT64_C(0x0f0f0f0f0f0f0f00),
									 UINT64_C(0x80),
									 UINT64_C(0x7ffe000),
									 ~UINT64_C(0)};
	size_t s, m;

	for (s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
	{
		bool right = true;

		for (m = 0; m < sizeof masks / sizeof masks[0]; m++)
			right &= sorts(sizes[s], masks[m], s + m);
		tap_ok(right, "%llu pairs", (unsigned long long) sizes[s]);
	}
}

/* n keys: a prefix of `length` times 'p', then what `suffix` numbers. */
static KeyColumn *
make_prefixed(uint32_t n, uint32_t length, uint32_t suffix)
{
	KeyColumn *column = test_alloc(1, sizeof *column);
	uint32_t i, end = 0;

	column->n_rows = n;
	column->offsets = test_alloc(n + 1, sizeof *column->offsets);
	column->values = test_alloc(n, sizeof *column->values);
	column->bytes = test_alloc((size_t) n * (length + 4), 1);
	for (i = 0; i < n; i++)
	{
		uint32_t number = __builtin_bswap32((i * 7919 % n) * suffix);

		memset(column->bytes + end, 'p', length);
		memcpy(column->bytes + end + length, &number, 4);
		end += length + 4;
		column->offsets[i + 1] = end;
	}
	column->keys.kind = GE_KEY_BYTES;
	column->keys = key_column_rows(column, 0, n);
	return column;
}

static double
seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double) now.tv_sec + 1e-9 * (double) now.tv_nsec;
}

/* Whether a column is coded as by definition, and in how much processor time. */
static void
check_column(GeContext *context, KeyColumn *column, const char *name)
{
	DictionaryResult result;
	double start = seconds_now();

	dictionary_run(&ge_cpu_backend, context, &column, 1, 100000, &result);
	tap_note("%.2f s", seconds_now() - start);
	tap_ok(dictionary_fault(&result, column) == NULL, "%s", name);
	dictionary_result_free(&result);
	key_column_free(column);
}

static void
test_prefixes(void)
{
	GeContextOptions options = test_options(2);
	GeContext *context = test_open(&ge_cpu_backend, &options);

	check_column(context, make_prefixed(5000, 10000, 1),
				 "5000 keys behind 10000 equal bytes");
	check_column(context, make_prefixed(100000, 100, 65537),
				 "100000 keys behind 100 equal bytes");
	check_column(context, key_column_make(KEYS_NESTED, 20000, 2000, false, 1),
				 "2000 keys, each a prefix of the next");
	check_column(context, key_column_make(KEYS_ZEROS, 20000, 3000, false, 1),
				 "3000 keys of zero bytes");
	check_column(context, key_column_make(KEYS_MIXED, 200000, 150000, false, 1),
				 "150000 keys of few different bytes");
	ge_cpu_backend.close(context);
}

int
main(void)
{
	test_pairs();
	test_prefixes();
	return tap_done();
}
