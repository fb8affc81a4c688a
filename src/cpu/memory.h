/*
 * memory.h: zeroed memory of any size, and arrays that grow without moving.
 *
 * Nothing here aborts: without memory the result is NULL.  Blocks from GE_LARGE_BLOCK on
 * come from mmap with huge pages asked for, because the tables in them are read at random
 * places and would otherwise miss the TLB at every step.
 */
#ifndef GE_CPU_MEMORY_H
#define GE_CPU_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GE_LARGE_BLOCK ((size_t) 4 << 20)

/* size bytes of zeros, or NULL; size 0 gives a pointer that can be freed. */
extern void *ge_alloc_zeroed(uint64_t size);
/* count * size, or more than can ever be allocated. */
static inline uint64_t
ge_array_bytes(uint64_t count, uint64_t size)
{
	uint64_t bytes;

	return __builtin_mul_overflow(count, size, &bytes) ? UINT64_MAX : bytes;
}

static inline void *
ge_alloc_array(uint64_t count, uint64_t size)
{
	return ge_alloc_zeroed(ge_array_bytes(count, size));
}

/* Free what ge_alloc_zeroed(size) gave; NULL is allowed. */
extern void ge_free_zeroed(void *block, uint64_t size);

/*
 * A growing array of elements that never move: segment s holds GE_SEGMENT_BASE << s of
 * them, so element i lies in segment log2(i / GE_SEGMENT_BASE + 1).
 */
#define GE_SEGMENT_BASE_BITS 9
#define GE_SEGMENT_BASE (UINT64_C(1) << GE_SEGMENT_BASE_BITS)
#define GE_MAX_SEGMENTS 24

typedef struct GeSegments
{
	uint32_t element_size;
	uint32_t n_segments;
	uint8_t *segments[GE_MAX_SEGMENTS];
} GeSegments;

extern void ge_segments_init(GeSegments *array, uint32_t element_size);
extern void ge_segments_free(GeSegments *array);
/* Elements that fit in the segments so far. */
static inline uint64_t
ge_segments_capacity(const GeSegments *array)
{
	return (GE_SEGMENT_BASE << array->n_segments) - GE_SEGMENT_BASE;
}
/* Add a segment: zeroed elements from ge_segments_capacity() on.  False: no memory. */
extern bool ge_segments_grow(GeSegments *array);

/* Element i, which must be below the capacity; size is array->element_size. */
static inline void *
ge_segments_at(const GeSegments *array, uint64_t i, size_t size)
{
	uint64_t position = i + GE_SEGMENT_BASE;
	uint32_t top = 63 - (uint32_t) __builtin_clzll(position);

	return array->segments[top - GE_SEGMENT_BASE_BITS] +
		   (position - (UINT64_C(1) << top)) * size;
}

#endif /* GE_CPU_MEMORY_H */
