/*
 * csv_sink.c: writes files of the server's machine.
 *
 * A file is written under another name in its directory and gets its own by a rename, so
 * that nobody sees half of it.
 */
#include "postgres.h"
#include "catalog/pg_authid.h"
#include "miscadmin.h"
#include "storage/fd.h"
#include "utils/acl.h"

#include <sys/stat.h>
#include <unistd.h>

#include "csv_sink.h"

#define FILE_SCHEME "file://"

struct GeSink
{
	const char *path;
	char *hidden_path; /* NULL: there is no such file */
	FILE *file;
	uint64 n_bytes;
	bool overwrite;
	MemoryContextCallback clean_up;
};

/* An abort closes the file by itself, maybe earlier: here only its name is removed. */
static void
remove_hidden(void *arg)
{
	GeSink *sink = arg;

	if (sink->hidden_path != NULL)
		(void) unlink(sink->hidden_path);
	sink->hidden_path = NULL;
}

static void
refuse_existing(const GeSink *sink)
{
	struct stat status;

	if (!sink->overwrite && lstat(sink->path, &status) == 0)
		ereport(ERROR, (errcode(ERRCODE_DUPLICATE_OBJECT),
						errmsg("file \"%s\" already exists", sink->path),
						errhint("Say overwrite => true to replace it.")));
}

static void
report_write_error(const GeSink *sink)
{
	ereport(ERROR, (errcode_for_file_access(),
					errmsg("could not write file \"%s\": %m", sink->hidden_path)));
}

/* The path of a file:// URI that the caller may write. */
static const char *
writable_path(const char *uri)
{
	const char *path = uri + strlen(FILE_SCHEME);

	if (strncmp(uri, FILE_SCHEME, strlen(FILE_SCHEME)) != 0 || path[0] != '/')
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("\"%s\" is no URI of a file", uri),
						errhint("A file of the server is file:///path.")));
	if (!has_privs_of_role(GetUserId(), ROLE_PG_WRITE_SERVER_FILES))
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("permission denied to write files of the server"),
						errdetail("Only roles with privileges of \"%s\" may do so.",
								  "pg_write_server_files")));
	return path;
}

/* Create a file that others may read, as COPY TO does. */
static FILE *
create_file(const char *path)
{
	mode_t mask = umask(S_IWGRP | S_IWOTH);
	FILE *file = NULL;

	PG_TRY();
	{
		file = AllocateFile(path, "wx");
	}
	PG_FINALLY();
	{
		umask(mask);
	}
	PG_END_TRY();
	return file;
}

GeSink *
ge_sink_open(const char *uri, const GeSinkOptions *options)
{
	static uint32 counter = 0;
	GeSink *sink = palloc0(sizeof *sink);
	char *hidden_path;

	sink->path = pstrdup(writable_path(uri));
	sink->overwrite = options->overwrite;
	refuse_existing(sink);
	sink->clean_up.func = remove_hidden;
	sink->clean_up.arg = sink;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, &sink->clean_up);
	hidden_path = psprintf("%s.%d-%u.unfinished", sink->path, MyProcPid, ++counter);
	sink->file = create_file(hidden_path);
	if (sink->file == NULL)
		ereport(ERROR, (errcode_for_file_access(),
						errmsg("could not create file \"%s\": %m", hidden_path)));
	sink->hidden_path = hidden_path;
	return sink;
}

void
ge_sink_write(GeSink *sink, const char *data, size_t length)
{
	if (fwrite(data, 1, length, sink->file) != length)
		report_write_error(sink);
	sink->n_bytes += length;
}

void
ge_sink_finish(GeSink *sink)
{
	if (fflush(sink->file) != 0 || pg_fsync(fileno(sink->file)) != 0)
		report_write_error(sink);
	if (FreeFile(sink->file) != 0)
		report_write_error(sink);
	sink->file = NULL;
	refuse_existing(sink);
}

void
ge_sink_complete(GeSink *sink)
{
	(void) durable_rename(sink->hidden_path, sink->path, ERROR);
	sink->hidden_path = NULL;
}

uint64
ge_sink_bytes(const GeSink *sink)
{
	return sink->n_bytes;
}
