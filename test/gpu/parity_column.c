/*
 * parity_column.c: reproducible columns of keys.
 */
#include "parity_dictionary.h"

#include <stdlib.h>
#include <string.h>

const char *const parity_shape_names[N_SHAPES] = {
	"int_few", "int_any", "same", "user", "distinct", "mixed", "prefixes", "long", "url"};

static void
append(Column *column, const void *data, uint32_t n)
{
	uint32_t at = column->offsets[column->keys.n_rows];

	while (at + (uint64_t) n > column->capacity)
	{
		column->capacity *= 2;
		column->bytes = realloc(column->bytes, column->capacity);
		if (column->bytes == NULL)
			exit(3);
	}
	memcpy(column->bytes + at, data, n);
	column->offsets[++column->keys.n_rows] = at + n;
}

static uint32_t
make_long(Random *random, char *text)
{
	uint32_t n = 400 + (uint32_t) random_below(random, 4) * 800, i;

	memset(text, 'x', n);
	for (i = 0; i < 2; i++)
		text[random_below(random, n)] = (char) ('a' + random_below(random, 2));
	return n;
}

static uint32_t
make_text(Random *random, Shape shape, uint32_t row, char *text)
{
	uint32_t n, i;

	switch (shape)
	{
		case SHAPE_SAME:
			return (uint32_t) sprintf(text, "the one");
		case SHAPE_USER:
			return (uint32_t) sprintf(text, "user_%06u",
									  (unsigned) random_skewed(random, 300000));
		case SHAPE_DISTINCT:
			return (uint32_t) sprintf(text, "u_%010u", (row * 2654435761u) >> 1);
		case SHAPE_PREFIXES:
			n = (uint32_t) random_below(random, 700);
			memset(text, 'p', n);
			return n;
		case SHAPE_LONG:
			return make_long(random, text);
		case SHAPE_URL:
			n = (uint32_t) sprintf(text, "https://example.org/%0*u/",
								   60 + (int) random_below(random, 3) * 40,
								   (unsigned) random_below(random, 5));
			return n +
				   (uint32_t) sprintf(text + n, "item/%llu",
									  (unsigned long long) random_below(random, 50000));
		default:
			n = (uint32_t) random_below(random, 3) == 0
					? (uint32_t) random_below(random, 41)
					: (uint32_t) random_below(random, 4);
			for (i = 0; i < n; i++)
				text[i] = (char) (random_below(random, 3) * 127);
			return n;
	}
}

void
parity_make_column(Column *column, Shape shape, uint32_t n, bool with_missing)
{
	Random random = {shape * 1000003 + n};
	char text[4096];
	uint32_t i;

	memset(column, 0, sizeof *column);
	column->missing = must_allocate(n);
	for (i = 0; i < n; i++)
		column->missing[i] = random_below(&random, 10) == 0;
	column->keys.is_missing = with_missing ? column->missing : NULL;
	if (shape <= SHAPE_INT_ANY)
	{
		column->keys.kind = GE_KEY_INT64;
		column->values = must_allocate((uint64_t) n * sizeof *column->values);
		for (i = 0; i < n; i++)
			column->values[i] = shape == SHAPE_INT_FEW
									? (int64_t) random_skewed(&random, 1000) - 500
								: i % 7 == 0  ? INT64_MIN + (int64_t) (i % 3)
								: i % 11 == 0 ? INT64_MAX - (int64_t) (i % 2)
											  : (int64_t) random_next(&random);
		column->keys.n_rows = n;
	}
	else
	{
		column->keys.kind = GE_KEY_BYTES;
		column->offsets = must_allocate(((uint64_t) n + 1) * sizeof *column->offsets);
		column->offsets[0] = 0;
		column->capacity = 4096;
		column->bytes = must_allocate(column->capacity);
		for (i = 0; i < n; i++)
			append(column, text, make_text(&random, shape, i, text));
	}
	column->keys.values = column->values;
	column->keys.offsets = column->offsets;
	column->keys.bytes = column->bytes;
}

void
parity_free_column(Column *column)
{
	free(column->missing);
	free(column->values);
	free(column->offsets);
	free(column->bytes);
}

GeKeys
parity_slice(const Column *column, uint32_t first, uint32_t n)
{
	GeKeys keys = column->keys;

	keys.n_rows = n;
	if (keys.is_missing != NULL)
		keys.is_missing += first;
	if (keys.kind == GE_KEY_INT64)
		keys.values += first;
	else
		keys.offsets += first;
	return keys;
}
