/*
 * key_order.c: ids that ascend by their keys as they are.
 */
#include "cpu/key_order.h"

#include "cpu/key_window.h"

/* Keys that are longer than an entry, or one of them is. */
static bool
long_key_is_less(const GeDictionary *dictionary, uint32_t a, uint32_t b)
{
	GeKeyView x, y;
	uint32_t shorter, shared;

	ge_view_key(dictionary, a, &x);
	ge_view_key(dictionary, b, &y);
	shorter = x.length < y.length ? x.length : y.length;
	shared = ge_common_bytes(x.bytes, y.bytes, shorter);
	return shared < shorter ? x.bytes[shared] < y.bytes[shared] : x.length < y.length;
}

/* Whether the key of id a comes before that of id b. */
static inline bool
key_is_less(const GeDictionary *dictionary, uint32_t a, uint32_t b)
{
	const GeBytesEntry *x, *y;

	if (dictionary->kind == GE_KEY_INT64)
		return *ge_dictionary_value(dictionary, a) < *ge_dictionary_value(dictionary, b);
	x = ge_dictionary_entry(dictionary, a);
	y = ge_dictionary_entry(dictionary, b);
	if (x->words[0] != y->words[0])
		return __builtin_bswap64(x->words[0]) < __builtin_bswap64(y->words[0]);
	if (ge_is_long(x) || ge_is_long(y))
		return long_key_is_less(dictionary, a, b);
	/* the length is the last byte, and counts last */
	return __builtin_bswap64(x->words[1]) < __builtin_bswap64(y->words[1]);
}

GeStatus
ge_count_ascending(const GeDictionary *dictionary, uint32_t first, uint32_t count,
				   uint32_t *n_ascending, GeWork *work)
{
	uint32_t n = 1;

	while (n < count && key_is_less(dictionary, first + n - 1, first + n))
	{
		n++;
		if (ge_work_step(work, 4) != GE_OK)
			return GE_CANCELLED;
	}
	*n_ascending = n;
	return GE_OK;
}

/* How many of the n ascending ids from `first` on have a key before that of `id`. */
static uint32_t
find_place(const GeDictionary *dictionary, uint32_t first, uint32_t n, uint32_t id)
{
	uint32_t low = 0, high = n;

	while (low < high)
	{
		uint32_t middle = low + (high - low) / 2;

		if (key_is_less(dictionary, first + middle, id))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

GeStatus
ge_merge_ascending(const GeDictionary *dictionary, uint32_t first, uint32_t n,
				   const uint32_t *sorted, uint32_t n_sorted, uint32_t *ids, GeWork *work)
{
	uint32_t done = 0, i;

	for (i = 0; i <= n_sorted; i++)
	{
		uint32_t place = i == n_sorted ? n
									   : done + find_place(dictionary, first + done,
														   n - done, sorted[i]);

		if (ge_work_step(work, 500 + (place - done)) != GE_OK)
			return GE_CANCELLED;
		while (done < place)
			*ids++ = first + done++;
		if (i < n_sorted)
			*ids++ = sorted[i];
	}
	return GE_OK;
}
