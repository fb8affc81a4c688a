/*
 * memory.c: zeroed blocks and segmented arrays.
 */
#include "cpu/memory.h"

#include <stdlib.h>
#include <sys/mman.h>

void *
ge_alloc_zeroed(uint64_t size)
{
	void *block;

	if (size > SIZE_MAX / 2)
		return NULL;
	if (size < GE_LARGE_BLOCK)
		return calloc(1, size > 0 ? (size_t) size : 1);
	block = mmap(NULL, (size_t) size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
				 -1, 0);
	if (block == MAP_FAILED)
		return NULL;
#ifdef MADV_HUGEPAGE
	(void) madvise(block, (size_t) size, MADV_HUGEPAGE);
#endif
	return block;
}

void
ge_free_zeroed(void *block, uint64_t size)
{
	if (block == NULL)
		return;
	if (size < GE_LARGE_BLOCK)
		free(block);
	else
		munmap(block, (size_t) size);
}

void
ge_segments_init(GeSegments *array, uint32_t element_size)
{
	array->element_size = element_size;
	array->n_segments = 0;
}

static uint64_t
segment_bytes(const GeSegments *array, uint32_t segment)
{
	return (GE_SEGMENT_BASE << segment) * array->element_size;
}

void
ge_segments_free(GeSegments *array)
{
	uint32_t s;

	for (s = 0; s < array->n_segments; s++)
		ge_free_zeroed(array->segments[s], segment_bytes(array, s));
	array->n_segments = 0;
}

bool
ge_segments_grow(GeSegments *array)
{
	uint8_t *segment;

	if (array->n_segments == GE_MAX_SEGMENTS)
		return false;
	segment = ge_alloc_zeroed(segment_bytes(array, array->n_segments));
	if (segment == NULL)
		return false;
	array->segments[array->n_segments++] = segment;
	return true;
}
