/*
 * spill_file.c: temporary files written and read by several threads.
 */
#define _GNU_SOURCE /* O_TMPFILE */
#include "spill_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host_threads.h"

/* A name that PostgreSQL removes at its start, should a crash come before the unlink. */
#define NAME "pgsql_tmp.gpu_encode.XXXXXX"

/* A file without a name in a directory; -1 and errno. */
static int
open_unnamed(const char *directory)
{
	char path[4096];
	int fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
		return fd;
	if (snprintf(path, sizeof path, "%s/" NAME, directory) >= (int) sizeof path)
	{
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		(void) unlink(path);
	return fd;
}

static GeStatus
open_files(GeContext *context, GeSpillFiles *files, GeError *error)
{
	const char *directory = context->options.temp_directory;
	int i;

	if (directory == NULL)
		directory = getenv("TMPDIR");
	if (directory == NULL)
		directory = "/tmp";
	(void) mkdir(directory, 0700); /* it mostly is there */
	for (i = 0; i < GE_SPILL_FILES; i++)
	{
		files->fd[i] = open_unnamed(directory);
		files->size[i] = 0;
		if (files->fd[i] < 0)
		{
			int failed = errno;

			while (i-- > 0)
				(void) close(files->fd[i]);
			return ge_fail(error, GE_OUT_OF_MEMORY,
						   "could not create a temporary file in \"%s\": %s", directory,
						   strerror(failed));
		}
	}
	files->is_open = true;
	return GE_OK;
}

/* Move bytes to or from a place of a file: 0 or errno. */
static int
move_bytes(int fd, bool writes, void *data, uint64_t bytes, uint64_t at)
{
	while (bytes > 0)
	{
		size_t n = bytes < (uint64_t) 1 << 30 ? bytes : (size_t) 1 << 30;
		ssize_t moved =
			writes ? pwrite(fd, data, n, (off_t) at) : pread(fd, data, n, (off_t) at);

		if (moved < 0 && errno == EINTR)
			continue;
		if (moved <= 0)
			return moved < 0 ? errno : writes ? ENOSPC : EIO;
		data = (uint8_t *) data + moved;
		bytes -= (uint64_t) moved;
		at += (uint64_t) moved;
	}
	return 0;
}

typedef struct GeSpillJob
{
	const GeSpillFiles *files;
	GeSpillPiece *pieces;
	uint32_t n;
	bool writes;
} GeSpillJob;

static void
move_piece(const GeSpillJob *job, GeSpillPiece *piece)
{
	int fd = job->files->fd[piece->file];

	piece->failed =
		move_bytes(fd, job->writes, piece->data[0], piece->bytes[0], piece->at);
	if (piece->failed == 0)
		piece->failed = move_bytes(fd, job->writes, piece->data[1], piece->bytes[1],
								   piece->at + piece->bytes[0]);
}

/* Task: all pieces of one file. */
static void
write_file(void *arg, uint64_t task)
{
	GeSpillJob *job = arg;
	uint32_t i;

	for (i = 0; i < job->n; i++)
		if (job->pieces[i].file == task)
			move_piece(job, &job->pieces[i]);
}

/* Task: one piece. */
static void
read_piece(void *arg, uint64_t task)
{
	GeSpillJob *job = arg;

	move_piece(job, &job->pieces[task]);
}

static GeStatus
check_pieces(const GeSpillPiece *pieces, uint32_t n, const char *what, GeError *error)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		if (pieces[i].failed != 0)
			return ge_fail(error, GE_OUT_OF_MEMORY,
						   "could not %s %llu bytes of a temporary file: %s", what,
						   (unsigned long long) (pieces[i].bytes[0] + pieces[i].bytes[1]),
						   strerror(pieces[i].failed));
	return GE_OK;
}

GeStatus
ge_spill_write(GeContext *context, GeSpillFiles *files, GeSpillPiece *pieces, uint32_t n,
			   GeError *error)
{
	GeSpillJob job = {files, pieces, n, true};
	uint32_t i;

	if (!files->is_open)
		GE_TRY(open_files(context, files, error));
	for (i = 0; i < n; i++)
	{
		pieces[i].at = files->size[pieces[i].file];
		pieces[i].failed = 0;
		files->size[pieces[i].file] += pieces[i].bytes[0] + pieces[i].bytes[1];
	}
	GE_TRY(ge_host_run(context, GE_SPILL_FILES, write_file, &job, error));
	return check_pieces(pieces, n, "write", error);
}

GeStatus
ge_spill_read(GeContext *context, const GeSpillFiles *files, GeSpillPiece *pieces,
			  uint32_t n, GeError *error)
{
	GeSpillJob job = {files, pieces, n, false};
	uint32_t i;

	for (i = 0; i < n; i++)
		pieces[i].failed = 0;
	GE_TRY(ge_host_run(context, n, read_piece, &job, error));
	return check_pieces(pieces, n, "read", error);
}

int
ge_spill_get(const GeSpillFiles *files, uint32_t file, uint64_t at, void *data,
			 uint64_t bytes)
{
	return move_bytes(files->fd[file], false, data, bytes, at);
}

/* Task: one file.  Where this fails, it is written over. */
static void
empty_file(void *arg, uint64_t task)
{
	GeSpillFiles *files = arg;

	(void) !ftruncate(files->fd[task], 0);
	files->size[task] = 0;
}

GeStatus
ge_spill_empty(GeContext *context, GeSpillFiles *files, GeError *error)
{
	return files->is_open ? ge_host_run(context, GE_SPILL_FILES, empty_file, files, error)
						  : GE_OK;
}

void
ge_spill_close(GeSpillFiles *files)
{
	int i;

	for (i = 0; files->is_open && i < GE_SPILL_FILES; i++)
		(void) close(files->fd[i]);
	files->is_open = false;
}
