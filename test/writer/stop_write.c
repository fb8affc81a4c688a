/*
 * stop_write.c: a library to be preloaded into a server, in which a session stops itself in the
 * middle of writing.
 *
 * The file STOP_WRITE says who, and when: "pid relfilenode bytes".  When that process has
 * written to a relation's file whose number is higher, up to `bytes` or more of it, the
 * process removes STOP_WRITE and stops (SIGSTOP).  So a test does not have to be quick.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "preload.h"

/* The number of the relation's file .../base/5/16384; 0: it is another file. */
static unsigned long
file_number(int fd)
{
	char path[PATH_MAX];
	char *name;

	if (!path_of_file(fd, path))
		return 0;
	name = strrchr(path, '/');
	return strstr(path, "/base/") == NULL || name == NULL ? 0
														  : strtoul(name + 1, NULL, 10);
}

/* Stop here if the file STOP_WRITE wants it. */
static void
stop_if_due(int fd, off_t end)
{
	const char *name = getenv("STOP_WRITE");
	FILE *file = name == NULL ? NULL : fopen(name, "re");
	char line[100] = "";
	char *at = line;
	unsigned long known;

	if (file == NULL)
		return;
	if (fgets(line, sizeof line, file) == NULL)
		line[0] = '\0';
	fclose(file);
	if (strtol(at, &at, 10) != getpid())
		return;
	known = strtoul(at, &at, 10);
	if (end < strtoll(at, NULL, 10) || file_number(fd) <= known)
		return;
	unlink(name);
	kill(getpid(), SIGSTOP);
}

/* errno stays that of the write. */
static void
stop_after(int fd, off_t end)
{
	int error = errno;

	stop_if_due(fd, end);
	errno = error;
}

__attribute__((visibility("default"))) ssize_t
pwrite(int fd, const void *buffer, size_t size, off_t offset)
{
	ssize_t (*real)(int, const void *, size_t, off_t) = real_function("pwrite");
	ssize_t result = real(fd, buffer, size, offset);

	stop_after(fd, offset + result);
	return result;
}

__attribute__((visibility("default"))) ssize_t
pwritev(int fd, const struct iovec *parts, int n_parts, off_t offset)
{
	ssize_t (*real)(int, const struct iovec *, int, off_t) = real_function("pwritev");
	ssize_t result = real(fd, parts, n_parts, offset);

	stop_after(fd, offset + result);
	return result;
}

__attribute__((visibility("default"))) int
posix_fallocate(int fd, off_t offset, off_t length)
{
	int (*real)(int, off_t, off_t) = real_function("posix_fallocate");
	int result = real(fd, offset, length);

	stop_after(fd, offset + length);
	return result;
}
