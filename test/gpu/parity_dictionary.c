/*
 * parity_dictionary.c: dictionaries of both backends hold the same categories.
 *
 * Ids are each backend's own; what must agree is which rows share one, how many there
 * are, and the keys in sorted order.
 */
#include "parity.h"

#include <stdlib.h>
#include <string.h>

/* How the keys of a case are made. */
typedef enum Shape
{
	SHAPE_INT_FEW,	/* int64: a thousand small numbers */
	SHAPE_INT_ANY,	/* int64: any, extremes too */
	SHAPE_SAME,		/* one text */
	SHAPE_USER,		/* user_123456: many, skewed */
	SHAPE_DISTINCT, /* all distinct, 12 bytes */
	SHAPE_MIXED,	/* 0 to 40 bytes over a small alphabet with zero bytes */
	SHAPE_PREFIXES, /* prefixes of one long text: each a prefix of the next */
	SHAPE_LONG,		/* up to 3,000 bytes, equal but for a few places */
	SHAPE_URL,		/* long common prefixes in groups */
	N_SHAPES
} Shape;

static const char *const shape_names[N_SHAPES] = {
	"int_few", "int_any", "same", "user", "distinct", "mixed", "prefixes", "long", "url"};

typedef struct Column
{
	GeKeys keys;
	uint8_t *missing;
	int64_t *values;
	uint32_t *offsets;
	uint8_t *bytes;
	uint64_t capacity;
} Column;

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

static void
make_column(Column *column, Shape shape, uint32_t n, bool with_missing)
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

static void
free_column(Column *column)
{
	free(column->missing);
	free(column->values);
	free(column->offsets);
	free(column->bytes);
}

/* Rows [first, first + n) of a column; batches start at offsets of any value. */
static GeKeys
slice(const Column *column, uint32_t first, uint32_t n)
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

/* What a backend makes of a column. */
typedef struct Coded
{
	uint32_t n_first; /* categories after the first half */
	uint32_t n;
	uint32_t *ids;	  /* of rows */
	uint32_t *sorted; /* ids of the first half's categories, then the others' */
	int64_t *values;  /* keys in that order */
	uint64_t *offsets;
	uint8_t *bytes;
} Coded;

static GeStatus
add_range(const GeBackend *backend, GeContext *context, GeDictionary *dictionary,
		  const Column *column, uint32_t first, uint32_t end, uint32_t batch,
		  uint32_t *ids, GeError *error)
{
	while (first < end)
	{
		uint32_t n = end - first < batch ? end - first : batch, *out = ids + first;
		GeKeys keys = slice(column, first, n);
		GeStatus status =
			backend->dictionary_add(context, 1, &dictionary, &keys, &out, error);

		if (status != GE_OK)
			return status;
		first += n;
	}
	return backend->flush(context, error);
}

static GeStatus
read_keys(const GeBackend *backend, GeDictionary *dictionary, GeKeyKind kind,
		  Coded *coded, GeError *error)
{
	GeStatus status;

	coded->values = must_allocate((uint64_t) coded->n * sizeof(int64_t));
	coded->offsets = must_allocate(((uint64_t) coded->n + 1) * sizeof(uint64_t));
	status = backend->dictionary_keys(dictionary, coded->sorted, coded->n, coded->values,
									  coded->offsets, NULL, error);
	if (status != GE_OK || kind == GE_KEY_INT64)
		return status;
	coded->bytes = must_allocate(coded->offsets[coded->n]);
	return backend->dictionary_keys(dictionary, coded->sorted, coded->n, NULL,
									coded->offsets, coded->bytes, error);
}

static GeStatus
code(const GeBackend *backend, GeContext *context, const Column *column, uint32_t batch,
	 Coded *coded, GeError *error)
{
	uint32_t n_rows = column->keys.n_rows;
	GeDictionary *dictionary = NULL;
	GeStatus status;

	memset(coded, 0, sizeof *coded);
	coded->ids = must_allocate((uint64_t) n_rows * sizeof *coded->ids);
	status = backend->dictionary_create(context, column->keys.kind, &dictionary, error);
	if (status == GE_OK)
		status = add_range(backend, context, dictionary, column, 0, n_rows / 2, batch,
						   coded->ids, error);
	if (status == GE_OK)
	{
		coded->n_first = backend->dictionary_size(dictionary);
		status = add_range(backend, context, dictionary, column, n_rows / 2, n_rows,
						   batch, coded->ids, error);
	}
	if (status == GE_OK)
	{
		coded->n = backend->dictionary_size(dictionary);
		coded->sorted = must_allocate((uint64_t) coded->n * sizeof *coded->sorted);
		if (coded->n_first > 0)
			status = backend->dictionary_sort(dictionary, 1, coded->n_first,
											  coded->sorted, error);
	}
	if (status == GE_OK && coded->n > coded->n_first)
		status = backend->dictionary_sort(dictionary, coded->n_first + 1,
										  coded->n - coded->n_first,
										  coded->sorted + coded->n_first, error);
	if (status == GE_OK && coded->n > 0)
		status = read_keys(backend, dictionary, column->keys.kind, coded, error);
	backend->dictionary_free(dictionary);
	return status;
}

static void
free_coded(Coded *coded)
{
	free(coded->ids);
	free(coded->sorted);
	free(coded->values);
	free(coded->offsets);
	free(coded->bytes);
}

/* Replace ids by ranks in the sorted order (0 stays). */
static bool
rank_rows(Coded *coded, uint32_t n_rows)
{
	uint32_t *ranks = calloc((uint64_t) coded->n + 1, sizeof *ranks), i;
	bool valid = ranks != NULL;

	for (i = 0; valid && i < coded->n; i++)
	{
		uint32_t id = coded->sorted[i];

		valid = id >= 1 && id <= coded->n && ranks[id] == 0;
		if (valid)
			ranks[id] = i + 1;
	}
	for (i = 0; valid && i < n_rows; i++)
	{
		valid = coded->ids[i] <= coded->n;
		coded->ids[i] = valid ? ranks[coded->ids[i]] : 0;
	}
	free(ranks);
	return valid;
}

static const char *
compare(Coded *a, Coded *b, GeKeyKind kind, uint32_t n_rows)
{
	uint64_t n = a->n;

	if (a->n != b->n || a->n_first != b->n_first)
		return "different numbers of categories";
	if (!rank_rows(a, n_rows) || !rank_rows(b, n_rows))
		return "ids out of range, or sorted twice";
	if (memcmp(a->ids, b->ids, n_rows * sizeof *a->ids) != 0)
		return "rows in different categories";
	if (n == 0)
		return NULL;
	if (kind == GE_KEY_INT64)
		return memcmp(a->values, b->values, n * sizeof *a->values) != 0
				   ? "different values in sorted order"
				   : NULL;
	if (memcmp(a->offsets, b->offsets, (n + 1) * sizeof *a->offsets) != 0)
		return "different lengths in sorted order";
	return memcmp(a->bytes, b->bytes, a->offsets[n]) != 0
			   ? "different bytes in sorted order"
			   : NULL;
}

static void
check(Parity *parity, Shape shape, uint32_t n, bool with_missing, uint64_t mask,
	  uint64_t limit)
{
	char name[128];
	Column column;
	Coded cpu, cuda;
	GeError error = {0};
	const char *what = NULL;
	uint32_t batch = n > 100000 ? 65536 : n > 1000 ? 777 : 64;
	bool is_special = mask != ~UINT64_C(0) || limit != 0;
	GeContext *special = NULL;

	snprintf(name, sizeof name, "dictionary %s n=%u missing=%d mask=%llx limit=%llu",
			 shape_names[shape], n, with_missing, (unsigned long long) mask,
			 (unsigned long long) limit);
	if (!parity_wants(parity, name))
		return;
	parity_open_both(parity);
	if (is_special)
		special = parity_open(parity->cuda, mask, limit);
	make_column(&column, shape, n, with_missing);
	if (code(parity->cpu, parity->contexts[0], &column, batch, &cpu, &error) != GE_OK)
		what = error.message;
	if (code(parity->cuda, is_special ? special : parity->contexts[1], &column, batch,
			 &cuda, &error) != GE_OK)
		what = error.message;
	if (what == NULL)
		what = compare(&cpu, &cuda, column.keys.kind, n);
	parity_result(parity, name, what == NULL, what);
	free_coded(&cpu);
	free_coded(&cuda);
	free_column(&column);
	parity->cuda->close(special);
	if (what != NULL)
		parity_close_both(parity);
}

void
parity_dictionaries(Parity *parity)
{
	static const uint32_t sizes[] = {0, 1, 31, 32, 33, 255, 256, 257, 65537, 1000000};
	uint32_t i;
	int shape;

	for (i = 0; i < sizeof sizes / sizeof *sizes; i++)
		for (shape = 0; shape < N_SHAPES && sizes[i] <= parity->most_rows; shape++)
		{
			bool is_big =
				(shape == SHAPE_LONG || shape == SHAPE_PREFIXES) && sizes[i] > 100000;

			if (is_big)
				continue; /* gigabytes of keys */
			check(parity, (Shape) shape, sizes[i], false, ~UINT64_C(0), 0);
			check(parity, (Shape) shape, sizes[i], true, ~UINT64_C(0), 0);
		}
	if (parity->most_rows < 65537)
		return;
	check(parity, SHAPE_DISTINCT, 10000, false, 0, 0);
	check(parity, SHAPE_MIXED, 10000, true, 0xff, 0);
	check(parity, SHAPE_LONG, 2000, false, 0, 0);
	check(parity, SHAPE_INT_ANY, 5000, false, 0, 0);
	check(parity, SHAPE_USER, 65537, false, ~UINT64_C(0), UINT64_C(64) << 20);
	if (parity->most_rows >= 100000000)
	{
		check(parity, SHAPE_USER, 100000000, true, ~UINT64_C(0), 0);
		check(parity, SHAPE_DISTINCT, 100000000, false, ~UINT64_C(0), 0);
	}
}
