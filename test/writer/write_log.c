/*
 * write_log.c: a library to be preloaded into a server that notes its writes and syncs.
 *
 * Each write of a file is noted in the file WRITE_LOG after it was done, "W path offset
 * length", and each sync, "S path", instead of being done.  So a write that is noted
 * before a sync of its file was sure to be covered by it, whichever process made them.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "preload.h"

static void
note(char kind, int fd, off_t offset, ssize_t length)
{
	static int log_fd = -1;
	char path[PATH_MAX];
	char line[PATH_MAX + 100];
	ssize_t size;

	if (log_fd < 0)
	{
		const char *name = getenv("WRITE_LOG");

		log_fd = name == NULL
					 ? -1
					 : open(name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
		if (log_fd < 0)
			return;
	}
	if (length < 0 || !path_of_file(fd, path))
		return;
	size = snprintf(line, sizeof line, "%c %s %lld %zd\n", kind, path, (long long) offset,
					length);
	if (write(log_fd, line, size) != size)
		abort();
}

__attribute__((visibility("default"))) ssize_t
pwrite(int fd, const void *buffer, size_t size, off_t offset)
{
	ssize_t (*real)(int, const void *, size_t, off_t) = real_function("pwrite");
	ssize_t result = real(fd, buffer, size, offset);

	note('W', fd, offset, result);
	return result;
}

__attribute__((visibility("default"))) ssize_t
pwritev(int fd, const struct iovec *parts, int n_parts, off_t offset)
{
	ssize_t (*real)(int, const struct iovec *, int, off_t) = real_function("pwritev");
	ssize_t result = real(fd, parts, n_parts, offset);

	note('W', fd, offset, result);
	return result;
}

/* Nothing depends on the disk: what was not to be synced is taken away afterwards. */
__attribute__((visibility("default"))) int
fsync(int fd)
{
	note('S', fd, 0, 0);
	return 0;
}

__attribute__((visibility("default"))) int
fdatasync(int fd)
{
	note('S', fd, 0, 0);
	return 0;
}
