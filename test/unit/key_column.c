/*
 * key_column.c: columns of keys to test dictionaries with.
 */
#include "key_column.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_KEY 1100000

/* Key number k of a shape, distinct for each k; returns its length. */
static uint32_t
write_key(KeyShape shape, uint32_t k, uint8_t *bytes)
{
	uint64_t random = k + 77;
	uint32_t length, i;

	switch (shape)
	{
		case KEYS_USER:
			return (uint32_t) sprintf((char *) bytes, "user_%u", k);
		case KEYS_ZEROS:
			memset(bytes, 0, k);
			return k;
		case KEYS_LONG_PREFIX:
			return (uint32_t) sprintf((char *) bytes,
									  "https://example.com/path/to/something/%u", k);
		case KEYS_NESTED:
			memset(bytes, 'a', 3 * k);
			return 3 * k;
		case KEYS_HUGE:
			length = k % 8 == 0 ? 1048576 : 10 + k % 16;
			memset(bytes, 'h', length);
			memcpy(bytes + length - 4, &k, 4);
			return length;
		default:
			break;
	}
	/* a few bytes of few values, then the number itself to make it distinct */
	length = shape == KEYS_SHORT ? k % 12 : k % 38;
	for (i = 0; i < length; i++)
		bytes[i] = (uint8_t) (random_below(&random, 3) * 0x7f + random_below(&random, 2));
	while (k > 0)
	{
		bytes[length++] = (uint8_t) k;
		k >>= 8;
	}
	return length;
}

static int64_t
make_value(KeyShape shape, uint32_t k)
{
	if (shape == KEYS_INT64_SMALL)
		return (int64_t) k - 100;
	return k == 0	? INT64_MIN
		   : k == 1 ? INT64_MAX
					: (int64_t) ge_splitmix64_mix(k * UINT64_C(0x9E3779B97F4A7C15));
}

static void
add_bytes(KeyColumn *column, KeyShape shape, uint32_t row, uint32_t k, uint8_t *buffer,
		  size_t *room)
{
	uint32_t start = column->offsets[row], length = write_key(shape, k, buffer);

	if (start + (size_t) length > *room)
	{
		*room = 2 * (start + (size_t) length);
		column->bytes = realloc(column->bytes, *room);
	}
	if (length > 0)
		memcpy(column->bytes + start, buffer, length);
	column->offsets[row + 1] = start + length;
}

KeyColumn *
key_column_make(KeyShape shape, uint32_t n_rows, uint32_t n_distinct, bool some_missing,
				uint64_t seed)
{
	KeyColumn *column = test_alloc(1, sizeof *column);
	uint8_t *buffer = test_alloc(LONGEST_KEY, 1);
	size_t room = 16;
	uint32_t row;

	column->n_rows = n_rows;
	column->values = test_alloc(n_rows, sizeof(int64_t));
	column->offsets = test_alloc((size_t) n_rows + 1, sizeof(uint32_t));
	column->is_missing = some_missing ? test_alloc(n_rows, 1) : NULL;
	column->bytes = test_alloc(room, 1);
	for (row = 0; row < n_rows; row++)
	{
		uint32_t k = (uint32_t) random_below(&seed, n_distinct);

		if (shape <= KEYS_INT64_ANY)
			column->values[row] = make_value(shape, k);
		else
			add_bytes(column, shape, row, k, buffer, &room);
		if (some_missing)
			column->is_missing[row] = random_below(&seed, 10) == 0;
	}
	free(buffer);
	/* exactly as long as it must be: a sanitizer sees a read beyond */
	column->bytes = realloc(column->bytes, column->offsets[n_rows] + 1);
	if (column->offsets[n_rows] > 0)
		column->bytes = realloc(column->bytes, column->offsets[n_rows]);
	column->keys.kind = shape <= KEYS_INT64_ANY ? GE_KEY_INT64 : GE_KEY_BYTES;
	column->keys = key_column_rows(column, 0, n_rows);
	return column;
}

void
key_column_free(KeyColumn *column)
{
	free(column->values);
	free(column->offsets);
	free(column->bytes);
	free(column->is_missing);
	free(column);
}

GeKeys
key_column_rows(const KeyColumn *column, uint32_t first, uint32_t n)
{
	GeKeys keys = {.kind = column->keys.kind,
				   .n_rows = n,
				   .is_missing =
					   column->is_missing == NULL ? NULL : column->is_missing + first};

	if (keys.kind == GE_KEY_INT64)
		keys.values = column->values + first;
	else
	{
		keys.offsets = column->offsets + first;
		keys.bytes = column->bytes;
	}
	return keys;
}

/* A row for qsort: its key comes from a column, which qsort() gives no way to hand over. */
typedef struct SortedRow
{
	const KeyColumn *column;
	uint32_t row;
} SortedRow;

static int
compare_keys(const SortedRow *x, const SortedRow *y)
{
	const KeyColumn *column = x->column;
	uint32_t a = column->offsets[x->row], b = column->offsets[y->row];
	uint32_t length_a = column->offsets[x->row + 1] - a;
	uint32_t length_b = column->offsets[y->row + 1] - b;
	uint32_t shorter = length_a < length_b ? length_a : length_b;
	int order = 0;

	if (column->keys.kind == GE_KEY_INT64)
		return (column->values[x->row] > column->values[y->row]) -
			   (column->values[x->row] < column->values[y->row]);
	if (shorter > 0)
		order = memcmp(column->bytes + a, column->bytes + b, shorter);
	return order != 0 ? order : (length_a > length_b) - (length_a < length_b);
}

static int
compare_rows(const void *a, const void *b)
{
	return compare_keys(a, b);
}

int64_t *
key_column_codes(const KeyColumn *column, uint32_t *n_codes)
{
	SortedRow *rows = test_alloc(column->n_rows, sizeof *rows);
	int64_t *codes = test_alloc(column->n_rows, sizeof *codes);
	uint32_t n = 0, i;

	for (i = 0; i < column->n_rows; i++)
	{
		codes[i] = -1;
		if (column->is_missing != NULL && column->is_missing[i])
			continue;
		rows[n].column = column;
		rows[n++].row = i;
	}
	qsort(rows, n, sizeof *rows, compare_rows);
	*n_codes = 0;
	for (i = 0; i < n; i++)
	{
		*n_codes += i == 0 || compare_keys(&rows[i - 1], &rows[i]) != 0;
		codes[rows[i].row] = *n_codes - 1;
	}
	free(rows);
	return codes;
}

/* Put a row of one column behind those of another. */
static void
append_row(KeyColumn *to, const KeyColumn *from, uint32_t row)
{
	uint32_t start = from->offsets[row], length = from->offsets[row + 1] - start;
	uint32_t end = to->offsets[to->n_rows];

	to->values[to->n_rows] = from->values[row];
	if (length > 0)
		memcpy(to->bytes + end, from->bytes + start, length);
	to->offsets[++to->n_rows] = end + length;
}

KeyColumn *
key_column_ascending(const KeyColumn *column, uint32_t nth)
{
	uint32_t n = column->n_rows, i;
	KeyColumn *result = test_alloc(1, sizeof *result);
	SortedRow *rows = test_alloc(n, sizeof *rows);
	int behind;

	result->values = test_alloc(n, sizeof(int64_t));
	result->offsets = test_alloc((size_t) n + 1, sizeof(uint32_t));
	result->bytes = test_alloc(column->offsets[n], 1);
	for (i = 0; i < n; i++)
		rows[i] = (SortedRow){column, i};
	qsort(rows, n, sizeof *rows, compare_rows);
	for (behind = 0; behind <= 1; behind++)
		for (i = 0; i < n; i++)
			if ((i % nth == nth - 1) == behind)
				append_row(result, column, rows[i].row);
	result->keys.kind = column->keys.kind;
	result->keys = key_column_rows(result, 0, n);
	free(rows);
	return result;
}

bool
key_column_equals(const KeyColumn *column, uint32_t row, int64_t value,
				  const uint8_t *bytes, uint64_t length)
{
	uint32_t start = column->offsets[row];

	if (column->keys.kind == GE_KEY_INT64)
		return column->values[row] == value;
	return column->offsets[row + 1] - start == length &&
		   (length == 0 || memcmp(column->bytes + start, bytes, length) == 0);
}
