/*
 * dictionary_checks.c: what any backend's dictionaries must hold.
 */
#include "dictionary_checks.h"

#include <stdlib.h>

#include "dictionary_run.h"
#include "tap.h"

static const char *const shape_names[N_KEY_SHAPES] = {
	"small integers",  "any integers",	"short keys",
	"user_123456",	   "zero bytes",	"a long common prefix",
	"nested prefixes", "0 to 40 bytes", "keys of 1 MB"};

/* One column alone; true when its codes and keys are right. */
static bool
column_is_right(const GeBackend *backend, GeContext *context, KeyShape shape,
				uint32_t n_rows, uint32_t n_distinct, uint32_t largest_batch)
{
	KeyColumn *column =
		key_column_make(shape, n_rows, n_distinct, n_rows % 2 == 1, n_rows + n_distinct);
	DictionaryResult result;
	const char *fault;

	dictionary_run(backend, context, &column, 1, largest_batch, &result);
	fault = dictionary_fault(&result, column);
	if (fault != NULL)
		tap_note("%u rows of %u keys: %s is wrong", n_rows, n_distinct, fault);
	dictionary_result_free(&result);
	key_column_free(column);
	return fault == NULL;
}

static void
check_sizes(const GeBackend *backend, GeContext *context)
{
	static const uint32_t sizes[] = {0, 1, 31, 32, 33, 63, 64, 65, 255, 256, 257, 5000};
	KeyShape shape;
	size_t s;

	for (shape = KEYS_INT64_SMALL; shape < N_KEY_SHAPES; shape++)
	{
		bool right = true;

		for (s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
		{
			uint32_t n_distinct = sizes[s] < 9 ? 1 : sizes[s] / 2;

			if (shape == KEYS_HUGE && sizes[s] > 65)
				continue;
			if (shape == KEYS_NESTED || shape == KEYS_ZEROS)
				n_distinct = n_distinct < 700 ? n_distinct : 700;
			right &= column_is_right(backend, context, shape, sizes[s], n_distinct,
									 sizes[s] + 1);
			right &= column_is_right(backend, context, shape, sizes[s], n_distinct, 50);
		}
		tap_ok(right, "columns of 0 to 5000 rows: %s", shape_names[shape]);
	}
	tap_ok(column_is_right(backend, context, KEYS_USER, 65537, 40000, 10000),
		   "65537 rows of 40000 keys");
	tap_ok(column_is_right(backend, context, KEYS_INT64_ANY, 65537, 60000, 10000),
		   "65537 rows of 60000 integers");
}

/* A million keys, each once: growing, sorting in buckets. */
static void
check_million(const GeBackend *backend, GeContext *context, KeyShape shape)
{
	const uint32_t n = 1000000;
	KeyColumn *column = key_column_make(shape, n, 4000000, false, 5);
	DictionaryResult result;
	const char *fault;

	dictionary_run(backend, context, &column, 1, 200000, &result);
	fault = dictionary_fault(&result, column);
	tap_ok(fault == NULL, "a million rows of four million keys: %s", shape_names[shape]);
	if (fault != NULL)
		tap_note("%s is wrong", fault);
	dictionary_result_free(&result);
	key_column_free(column);
}

/* All hashes equal: 10,000 keys are told apart by their bytes alone. */
static void
check_one_hash(const GeBackend *backend, uint64_t mask)
{
	GeContextOptions options = test_options(1);
	GeContext *context;

	options.hash_mask = mask;
	context = test_open(backend, &options);
	tap_ok(column_is_right(backend, context, KEYS_USER, 20000, 10000, 4096),
		   "10000 short keys with hash mask %llu", (unsigned long long) mask);
	tap_ok(column_is_right(backend, context, KEYS_LONG_PREFIX, 2000, 1000, 4096),
		   "1000 long keys with hash mask %llu", (unsigned long long) mask);
	tap_ok(column_is_right(backend, context, KEYS_INT64_ANY, 2000, 1000, 4096),
		   "1000 integers with hash mask %llu", (unsigned long long) mask);
	backend->close(context);
}

/* Keys that were added in their order, and some behind them: an encoder that grows. */
static void
check_ascending(const GeBackend *backend, GeContext *context, KeyShape shape)
{
	static const uint32_t nths[] = {2, 16, 30, 1000, 1000000};
	uint32_t n = shape == KEYS_HUGE ? 40 : shape == KEYS_USER ? 200000 : 20000;
	KeyColumn *column = key_column_make(shape, n, n < 1000 ? n : 15000, false, 11);
	bool right = true;
	size_t i;

	for (i = 0; i < sizeof nths / sizeof nths[0]; i++)
	{
		KeyColumn *ascending = key_column_ascending(column, nths[i]);
		DictionaryResult result;

		dictionary_run(backend, context, &ascending, 1, 10000, &result);
		right &= dictionary_fault(&result, ascending) == NULL;
		dictionary_result_free(&result);
		key_column_free(ascending);
	}
	tap_ok(right, "keys in their order, and some behind: %s", shape_names[shape]);
	key_column_free(column);
}

#define N_COLUMNS 9

/* Several columns at once give what each gives alone, whatever threads and seed. */
static void
check_columns(const GeBackend *backend, int32_t threads)
{
	KeyColumn *columns[N_COLUMNS];
	DictionaryResult results[N_COLUMNS];
	GeContextOptions options = test_options(threads);
	GeContext *context;
	uint32_t c, n_wrong = 0;

	for (c = 0; c < N_COLUMNS; c++)
	{
		uint32_t n_rows = c == N_KEY_SHAPES - 1 ? 40 : 30000 + 1000 * c;

		columns[c] = key_column_make((KeyShape) c, n_rows, 20 + 100 * c, c % 2 == 0, c);
	}
	options.hash_seed = (uint64_t) threads * 1000;
	context = test_open(backend, &options);
	dictionary_run(backend, context, columns, N_COLUMNS, 20000, results);
	for (c = 0; c < N_COLUMNS; c++)
	{
		n_wrong += dictionary_fault(&results[c], columns[c]) != NULL;
		dictionary_result_free(&results[c]);
		key_column_free(columns[c]);
	}
	tap_ok(n_wrong == 0, "nine columns at once, %d threads", (int) threads);
	backend->close(context);
}

/* Sorting part of a dictionary: what was there stays, what is new is sorted behind it. */
static void
check_partial_sort(const GeBackend *backend, GeContext *context)
{
	static const int64_t values[] = {5, 3, 9, 1, 7, 2};
	GeKeys keys = {.kind = GE_KEY_INT64, .n_rows = 6, .values = values};
	uint32_t ids[6], sorted[3], *into = ids;
	GeDictionary *dictionary;
	int64_t back[3] = {0};
	GeError error;
	bool done = false;

	if (backend->dictionary.create(context, GE_KEY_INT64, &dictionary, &error) == GE_OK &&
		backend->dictionary.add(context, 1, &dictionary, &keys, &into, &error) == GE_OK &&
		backend->dictionary.flush(context, &error) == GE_OK &&
		backend->dictionary.sort(dictionary, 4, 3, sorted, &error) == GE_OK)
		done = backend->dictionary.keys(dictionary, sorted, 3, back, NULL, NULL,
										&error) == GE_OK;
	tap_ok(done && back[0] < back[1] && back[1] < back[2] && sorted[0] >= 4 &&
			   sorted[1] >= 4 && sorted[2] >= 4,
		   "sorting the last three of six ids");
	tap_ok(backend->dictionary.sort(dictionary, 7, 0, NULL, &error) == GE_OK,
		   "sorting no ids");
	backend->dictionary.free(dictionary);
}

/* How many rows have an id whose key is not theirs; ids are of 1..size. */
static uint32_t
count_wrong_ids(const GeBackend *backend, GeDictionary *dictionary,
				const KeyColumn *column, const uint32_t *ids)
{
	uint32_t n = column->n_rows, n_wrong = 0, i;
	int64_t *values = test_alloc(n, sizeof *values);
	uint64_t *offsets = test_alloc((size_t) n + 1, sizeof *offsets);
	bool is_bytes = column->keys.kind == GE_KEY_BYTES;
	uint8_t *bytes = NULL;
	GeStatus status;
	GeError error;

	status = backend->dictionary.keys(dictionary, ids, n, values, offsets, NULL, &error);
	if (status == GE_OK && is_bytes)
	{
		bytes = test_alloc(offsets[n], 1);
		status =
			backend->dictionary.keys(dictionary, ids, n, NULL, offsets, bytes, &error);
	}
	for (i = 0; i < n && status == GE_OK; i++)
		n_wrong +=
			!key_column_equals(column, i, values[i], is_bytes ? bytes + offsets[i] : NULL,
							   is_bytes ? offsets[i + 1] - offsets[i] : 0);
	free(bytes);
	free(offsets);
	free(values);
	return status == GE_OK ? n_wrong : n;
}

/* Keys that are added after a sort: known ones have the ids that they had, new ones new. */
static void
check_adding_after_sort(const GeBackend *backend, GeContext *context, KeyShape shape)
{
	uint32_t n = shape == KEYS_HUGE ? 40 : 20000, half = n / 2;
	KeyColumn *column = key_column_make(shape, n, n / 2, false, 7);
	uint32_t *early = test_alloc(half, sizeof *early), *ids = test_alloc(n, sizeof *ids);
	uint32_t *sorted = test_alloc(n, sizeof *sorted), size = 0;
	GeKeys some = key_column_rows(column, 0, half);
	GeDictionary *dictionary;
	GeError error;
	bool done = false;

	if (backend->dictionary.create(context, column->keys.kind, &dictionary, &error) ==
			GE_OK &&
		backend->dictionary.add(context, 1, &dictionary, &some, &early, &error) ==
			GE_OK &&
		backend->dictionary.flush(context, &error) == GE_OK)
	{
		size = backend->dictionary.size(dictionary);
		done = backend->dictionary.sort(dictionary, 1, size, sorted, &error) == GE_OK &&
			   backend->dictionary.add(context, 1, &dictionary, &column->keys, &ids,
									   &error) == GE_OK &&
			   backend->dictionary.flush(context, &error) == GE_OK;
	}
	tap_ok(done && memcmp(early, ids, half * sizeof *ids) == 0 &&
			   backend->dictionary.size(dictionary) > size &&
			   count_wrong_ids(backend, dictionary, column, ids) == 0,
		   "keys added after a sort: %s", shape_names[shape]);
	backend->dictionary.free(dictionary);
	free(sorted);
	free(ids);
	free(early);
	key_column_free(column);
}

void
check_dictionaries(const GeBackend *backend, int32_t threads)
{
	GeContextOptions options = test_options(threads);
	GeContext *context = test_open(backend, &options);
	int32_t t;

	check_sizes(backend, context);
	check_million(backend, context, KEYS_USER);
	check_million(backend, context, KEYS_INT64_ANY);
	check_partial_sort(backend, context);
	for (t = 0; t < N_KEY_SHAPES; t++)
	{
		check_adding_after_sort(backend, context, (KeyShape) t);
		check_ascending(backend, context, (KeyShape) t);
	}
	backend->close(context);
	check_one_hash(backend, 0);
	check_one_hash(backend, 3);
	for (t = 1; t <= threads; t++)
		check_columns(backend, t);
}
