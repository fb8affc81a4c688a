/*
 * preload.h: what libraries share that are preloaded into a server and stand before functions
 * of the C library.
 */
#ifndef GE_TEST_WRITER_PRELOAD_H
#define GE_TEST_WRITER_PRELOAD_H

#include <dlfcn.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What it stands before, in the C library or in another preloaded one. */
static void *
real_function(const char *name)
{
	void *function = dlsym(RTLD_NEXT, name);

	if (function == NULL)
		abort();
	return function;
}

/* The path of an open file; false: it has none. */
static bool
path_of_file(int fd, char path[PATH_MAX])
{
	char link[64];
	ssize_t size;

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	size = readlink(link, path, PATH_MAX - 1);
	if (size < 0)
		return false;
	path[size] = '\0';
	return true;
}

#endif /* GE_TEST_WRITER_PRELOAD_H */
