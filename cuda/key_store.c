/*
 * key_store.c: memory of the host that is large.
 */
#define _GNU_SOURCE /* MADV_HUGEPAGE */
#include "key_store.h"

#include <sys/mman.h>

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
