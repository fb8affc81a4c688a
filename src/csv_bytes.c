/*
 * csv_bytes.c: files of the server's machine as bytes.
 */
#include "postgres.h"
#include "catalog/pg_authid.h"
#include "miscadmin.h"
#include "storage/fd.h"
#include "utils/acl.h"

#include <sys/stat.h>

#include "csv_bytes.h"

#define FILE_SCHEME "file://"

struct GeBytes
{
	const char *path;
	FILE *file;
	uint64 count;
};

/* The path of a file:// URI that the caller may read. */
static const char *
readable_path(const char *uri)
{
	const char *path = uri + strlen(FILE_SCHEME);

	if (strncmp(uri, FILE_SCHEME, strlen(FILE_SCHEME)) != 0 || path[0] != '/')
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("\"%s\" is no URI of a file", uri),
						errhint("A file of the server is file:///path.")));
	if (!has_privs_of_role(GetUserId(), ROLE_PG_READ_SERVER_FILES))
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("permission denied to read files of the server"),
						errdetail("Only roles with privileges of \"%s\" may do so.",
								  "pg_read_server_files")));
	return path;
}

List *
ge_bytes_files(const char *argument, const char *uri, const GeBytesOptions *options)
{
	readable_path(uri);
	return list_make1(pstrdup(uri));
}

GeBytes *
ge_bytes_open(const char *uri, const GeBytesOptions *options)
{
	GeBytes *bytes = palloc0(sizeof *bytes);
	struct stat status;

	bytes->path = pstrdup(readable_path(uri));
	bytes->file = AllocateFile(bytes->path, PG_BINARY_R);
	if (bytes->file == NULL)
		ereport(ERROR, (errcode_for_file_access(),
						errmsg("could not open file \"%s\": %m", bytes->path)));
	if (fstat(fileno(bytes->file), &status) != 0)
		ereport(ERROR, (errcode_for_file_access(),
						errmsg("could not stat file \"%s\": %m", bytes->path)));
	if (S_ISDIR(status.st_mode))
		ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
						errmsg("\"%s\" is a directory", bytes->path)));
	return bytes;
}

size_t
ge_bytes_read(GeBytes *bytes, char *buffer, size_t size)
{
	size_t n = fread(buffer, 1, size, bytes->file);

	if (n == 0 && ferror(bytes->file))
		ereport(ERROR, (errcode_for_file_access(),
						errmsg("could not read from file \"%s\": %m", bytes->path)));
	bytes->count += n;
	return n;
}

uint64
ge_bytes_count(const GeBytes *bytes)
{
	return bytes->count;
}

void
ge_bytes_close(GeBytes *bytes)
{
	FreeFile(bytes->file);
	pfree(bytes);
}
