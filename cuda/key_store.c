/*
 * key_store.c: keys in host memory.
 */
#define _GNU_SOURCE /* MADV_HUGEPAGE */
#include "key_store.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* From so many bytes on, memory is asked for in large pages. */
#define LARGE ((uintptr_t) 4 << 20)
#define LARGE_PAGE ((uintptr_t) 2 << 20)

/* Large pages for what lies whole within [data, data + bytes), where the kernel has them. */
static void
advise(void *data, uint64_t bytes)
{
	uintptr_t first = ((uintptr_t) data + LARGE_PAGE - 1) & ~(LARGE_PAGE - 1);
	uintptr_t end = ((uintptr_t) data + bytes) & ~(LARGE_PAGE - 1);

	if (bytes >= LARGE && first < end)
		(void) madvise((uint8_t *) data + (first - (uintptr_t) data), end - first,
					   MADV_HUGEPAGE);
}

GeStatus
ge_host_resize(void **data, uint64_t bytes, GeError *error)
{
	void *resized = realloc(*data, bytes > 0 ? bytes : 1);

	if (resized == NULL)
		return ge_fail(error, GE_OUT_OF_MEMORY, "out of host memory for %llu bytes",
					   (unsigned long long) bytes);
	*data = resized;
	advise(resized, bytes);
	return GE_OK;
}

GeStatus
ge_large_allocate(void **data, uint64_t bytes, GeError *error)
{
	void *made = mmap(NULL, bytes > 0 ? bytes : 1, PROT_READ | PROT_WRITE,
					  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (made == MAP_FAILED)
		return ge_fail(error, GE_OUT_OF_MEMORY, "out of host memory for %llu bytes",
					   (unsigned long long) bytes);
	(void) madvise(made, bytes, MADV_HUGEPAGE);
	*data = made;
	return GE_OK;
}

void
ge_large_free(void *data, uint64_t bytes)
{
	if (data != NULL)
		(void) munmap(data, bytes > 0 ? bytes : 1);
}

GeStatus
ge_key_store_reserve(GeKeyStore *store, GeKeyKind kind, uint32_t n, GeError *error)
{
	uint64_t capacity = (uint64_t) store->n + n;
	bool is_new = store->offsets == NULL;

	if (capacity <= store->capacity && (store->values != NULL || store->offsets != NULL))
		return GE_OK;
	if (kind == GE_KEY_INT64)
		GE_TRY(
			ge_host_resize((void **) &store->values, capacity * sizeof(int64_t), error));
	else
		GE_TRY(ge_host_resize((void **) &store->offsets,
							  (capacity + 1) * sizeof(uint64_t), error));
	if (kind == GE_KEY_BYTES && is_new)
		store->offsets[0] = 0;
	store->capacity = (uint32_t) capacity;
	return GE_OK;
}

GeStatus
ge_key_store_reserve_bytes(GeKeyStore *store, uint64_t bytes, GeError *error)
{
	uint64_t used = store->offsets[store->n], capacity = used + bytes;

	if (capacity <= store->byte_capacity)
		return GE_OK;
	if (capacity < used + used / 8)
		capacity = used + used / 8;
	GE_TRY(ge_host_resize((void **) &store->bytes, capacity, error));
	store->byte_capacity = capacity;
	return GE_OK;
}

void
ge_key_store_free(GeKeyStore *store)
{
	free(store->values);
	free(store->offsets);
	free(store->bytes);
	memset(store, 0, sizeof *store);
}
