/*
 * parity_dictionary.c: dictionaries of both backends hold the same categories.
 *
 * Ids are each backend's own; what must agree is which rows share one, how many there
 * are, and the keys in sorted order.
 */
#include "parity_dictionary.h"

#include <stdlib.h>
#include <string.h>

static GeStatus
add_range(const GeBackend *backend, GeContext *context, GeDictionary *dictionary,
		  const Column *column, uint32_t first, uint32_t end, uint32_t batch,
		  uint32_t *ids, GeError *error)
{
	while (first < end)
	{
		uint32_t n = end - first < batch ? end - first : batch, *out = ids + first;
		GeKeys keys = parity_slice(column, first, n);
		GeStatus status =
			backend->dictionary.add(context, 1, &dictionary, &keys, &out, error);

		if (status != GE_OK)
			return status;
		first += n;
	}
	return backend->dictionary.flush(context, error);
}

static GeStatus
read_keys(const GeBackend *backend, GeDictionary *dictionary, GeKeyKind kind,
		  Coded *coded, GeError *error)
{
	GeStatus status;

	coded->values = must_allocate((uint64_t) coded->n * sizeof(int64_t));
	coded->offsets = must_allocate(((uint64_t) coded->n + 1) * sizeof(uint64_t));
	status = backend->dictionary.keys(dictionary, coded->sorted, coded->n, coded->values,
									  coded->offsets, NULL, error);
	if (status != GE_OK || kind == GE_KEY_INT64)
		return status;
	coded->bytes = must_allocate(coded->offsets[coded->n]);
	return backend->dictionary.keys(dictionary, coded->sorted, coded->n, NULL,
									coded->offsets, coded->bytes, error);
}

GeStatus
parity_read_coded(const GeBackend *backend, GeDictionary *dictionary, GeKeyKind kind,
				  Coded *coded, GeError *error)
{
	uint32_t n_first = coded->n_first;
	GeStatus status = GE_OK;

	coded->n = backend->dictionary.size(dictionary);
	coded->sorted = must_allocate((uint64_t) coded->n * sizeof *coded->sorted);
	if (n_first > 0)
		status = backend->dictionary.sort(dictionary, 1, n_first, coded->sorted, error);
	if (status == GE_OK && coded->n > n_first)
		status = backend->dictionary.sort(dictionary, n_first + 1, coded->n - n_first,
										  coded->sorted + n_first, error);
	if (status == GE_OK && coded->n > 0)
		status = read_keys(backend, dictionary, kind, coded, error);
	return status;
}

GeStatus
parity_code(const GeBackend *backend, GeContext *context, const Column *column,
			uint32_t batch, Coded *coded, GeError *error)
{
	uint32_t n_rows = column->keys.n_rows;
	GeDictionary *dictionary = NULL;
	GeStatus status;

	memset(coded, 0, sizeof *coded);
	coded->ids = must_allocate((uint64_t) n_rows * sizeof *coded->ids);
	status = backend->dictionary.create(context, column->keys.kind, &dictionary, error);
	if (status == GE_OK)
		status = add_range(backend, context, dictionary, column, 0, n_rows / 2, batch,
						   coded->ids, error);
	if (status == GE_OK)
	{
		coded->n_first = backend->dictionary.size(dictionary);
		status = add_range(backend, context, dictionary, column, n_rows / 2, n_rows,
						   batch, coded->ids, error);
	}
	if (status == GE_OK)
		status = parity_read_coded(backend, dictionary, column->keys.kind, coded, error);
	backend->dictionary.free(dictionary);
	return status;
}

void
parity_free_coded(Coded *coded)
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

const char *
parity_compare_coded(Coded *a, Coded *b, GeKeyKind kind, uint32_t n_rows)
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

/* One column through both backends. */
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
			 parity_shape_names[shape], n, with_missing, (unsigned long long) mask,
			 (unsigned long long) limit);
	if (!parity_wants(parity, name))
		return;
	parity_open_both(parity);
	if (is_special)
		special = parity_open(parity->cuda, mask, limit);
	parity_make_column(&column, shape, n, with_missing);
	if (parity_code(parity->cpu, parity->contexts[0], &column, batch, &cpu, &error) !=
		GE_OK)
		what = error.message;
	if (parity_code(parity->cuda, is_special ? special : parity->contexts[1], &column,
					batch, &cuda, &error) != GE_OK)
		what = error.message;
	if (what == NULL)
		what = parity_compare_coded(&cpu, &cuda, column.keys.kind, n);
	parity_result(parity, name, what == NULL, what);
	parity_free_coded(&cpu);
	parity_free_coded(&cuda);
	parity_free_column(&column);
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
	check(parity, SHAPE_DISTINCT, 4097, true, ~UINT64_C(0), 0);
	check(parity, SHAPE_DISTINCT, 4097, true, 0xfff, 0);
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
