/*
 * distinct.c: the distinct values of a target with few of them, in sorted order.
 *
 * Contract in distinct.h.
 */
#include "postgres.h"
#include "common/hashfn.h"

#include "job/distinct.h"

#define N_SLOTS 4096 /* a power of two, well above GE_MAX_CLASSES */

/* A value that was met: a key as GeKeys has it. */
typedef struct Value
{
	bool is_used;
	uint32 hash;
	int64 value;
	uint32 length;
	const uint8 *bytes;
} Value;

struct GeDistinct
{
	GeCategoryType *category;
	MemoryContext context;
	int n;
	Value slots[N_SLOTS];
};

GeDistinct *
ge_distinct_create(GeCategoryType *category)
{
	GeDistinct *distinct = palloc0_object(GeDistinct);

	distinct->category = category;
	distinct->context = CurrentMemoryContext;
	return distinct;
}

bool
ge_distinct_meet(GeDistinct *distinct, int64 value, const uint8 *bytes, uint32 length)
{
	uint32 hash = bytes == NULL
					  ? hash_bytes_uint32((uint32) value ^ (uint32) (value >> 32))
					  : hash_bytes(bytes, length);
	Value *slot;

	for (uint32 i = hash;; i++)
	{
		slot = &distinct->slots[i % N_SLOTS];
		if (!slot->is_used)
			break;
		if (slot->hash == hash && slot->value == value && slot->length == length &&
			(bytes == NULL || memcmp(slot->bytes, bytes, length) == 0))
			return true;
	}
	if (distinct->n == GE_MAX_CLASSES)
		return false;
	distinct->n++;
	*slot = (Value){.is_used = true, .hash = hash, .value = value, .length = length};
	if (bytes == NULL)
		return true;
	slot->bytes = MemoryContextAllocHuge(distinct->context, Max(length, 1));
	memcpy((void *) slot->bytes, bytes, length);
	return true;
}

/* In the order of keys, which is that of label codes. */
static int
compare_values(const void *a, const void *b)
{
	const Value *x = a, *y = b;
	int order;

	if (x->bytes == NULL)
		return x->value < y->value ? -1 : x->value > y->value;
	order = memcmp(x->bytes, y->bytes, Min(x->length, y->length));
	if (order != 0)
		return order;
	return x->length < y->length ? -1 : x->length > y->length;
}

GeNames
ge_distinct_texts(const GeDistinct *distinct)
{
	Value *values = palloc_array(Value, distinct->n + 1);
	GeNames texts = {.given = true, .names = palloc_array(char *, distinct->n + 1)};
	int nest;

	for (int i = 0; i < N_SLOTS; i++)
		if (distinct->slots[i].is_used)
			values[texts.n++] = distinct->slots[i];
	qsort(values, texts.n, sizeof(Value), compare_values);
	nest = ge_text_form_begin();
	for (int i = 0; i < texts.n; i++)
		texts.names[i] =
			values[i].bytes == NULL
				? ge_category_text_of_int64(distinct->category, values[i].value)
				: ge_category_text_of_bytes(distinct->category, values[i].bytes,
											values[i].length);
	ge_text_form_end(nest);
	pfree(values);
	return texts;
}
