/*
 * touch_memory.h: free memory touched and given back, so that what comes next finds it quickly.
 *
 * The host of a virtual machine takes free memory back after seconds, and to get it again
 * costs several times what the work on it does, the more the more a job needs.  A server
 * that runs for long has no such memory.  Needs _GNU_SOURCE.
 */
#ifndef GE_BENCH_TOUCH_MEMORY_H
#define GE_BENCH_TOUCH_MEMORY_H

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define GE_TOUCHING_THREADS 16
#define GE_MOST_TOUCHED (UINT64_C(16) << 30)

/* A stretch of memory, touched by one thread. */
typedef struct Stretch
{
	uint8_t *data;
	uint64_t bytes;
} Stretch;

static void *
touch_stretch(void *arg)
{
	const Stretch *stretch = arg;

	for (uint64_t i = 0; i < stretch->bytes; i += 4096)
		*(volatile uint8_t *) (stretch->data + i) = 1;
	return NULL;
}

/* Half of what is free, at most GE_MOST_TOUCHED. */
static void
ge_touch_free_memory(void)
{
	uint64_t bytes = (uint64_t) sysconf(_SC_AVPHYS_PAGES) * 4096 / 2;
	pthread_t threads[GE_TOUCHING_THREADS];
	Stretch stretches[GE_TOUCHING_THREADS];
	uint8_t *data;

	bytes = bytes < GE_MOST_TOUCHED ? bytes : GE_MOST_TOUCHED;
	data = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (data == MAP_FAILED)
		return;
	(void) madvise(data, bytes, MADV_HUGEPAGE);
	for (int t = 0; t < GE_TOUCHING_THREADS; t++)
	{
		stretches[t] = (Stretch){data + bytes / GE_TOUCHING_THREADS * (uint64_t) t,
								 bytes / GE_TOUCHING_THREADS};
		if (pthread_create(&threads[t], NULL, touch_stretch, &stretches[t]) != 0)
			exit(1);
	}
	for (int t = 0; t < GE_TOUCHING_THREADS; t++)
		pthread_join(threads[t], NULL);
	(void) munmap(data, bytes);
}

#endif /* GE_BENCH_TOUCH_MEMORY_H */
