/*
 * local_file.c: writes a file under another name and renames it, so that no half file is
 * ever visible.
 */
#include "postgres.h"
#include "catalog/pg_authid.h"
#include "miscadmin.h"
#include "storage/fd.h"
#include "utils/acl.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/compat.h"
#include "base/shown.h"
#include "s3/local_file.h"

struct GeLocalFile
{
	const char *path;
	const char *hidden_path;
	bool has_hidden; /* there is a file of that name, of ours */
	bool is_complete;
	FILE *file;
	bool overwrite;
};

static void
check_rights(void)
{
	if (!has_privs_of_role(GetUserId(), ROLE_PG_WRITE_SERVER_FILES))
		ereport(
			ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			errmsg("permission denied to write files of the server"),
			errdetail("Only roles with privileges of pg_write_server_files may do so."));
}

static void
refuse_existing(const GeLocalFile *file)
{
	struct stat status;

	if (!file->overwrite && lstat(file->path, &status) == 0)
		ereport(ERROR, errcode(ERRCODE_DUPLICATE_FILE),
				errmsg("file \"%s\" already exists", ge_printable(file->path)),
				errhint("Say overwrite => true to replace it."));
}

static void
report_write_error(const GeLocalFile *file)
{
	ereport(ERROR, errcode_for_file_access(),
			errmsg("could not write file \"%s\": %m", ge_printable(file->hidden_path)));
}

/* Create a file that others may read, as COPY TO does. */
static FILE *
create_readable(const char *path)
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

GeLocalFile *
ge_local_file_create(const char *path, bool overwrite)
{
	static uint32 counter = 0;
	GeLocalFile *file = palloc0(sizeof *file);

	check_rights();
	file->path = pstrdup(path);
	file->overwrite = overwrite;
	refuse_existing(file);
	file->hidden_path = psprintf("%s.%d-%u.unfinished", path, MyProcPid, ++counter);
	file->file = create_readable(file->hidden_path);
	if (file->file == NULL)
		ereport(ERROR, ge_errcode_for_file_access(),
				errmsg("could not create file \"%s\": %m", ge_printable(path)));
	file->has_hidden = true;
	return file;
}

void
ge_local_file_write(GeLocalFile *file, const char *bytes, size_t length)
{
	if (fwrite(bytes, 1, length, file->file) != length)
		report_write_error(file);
}

void
ge_local_file_finish(GeLocalFile *file)
{
	FILE *stream = file->file;

	if (fflush(stream) != 0 || pg_fsync(fileno(stream)) != 0)
		report_write_error(file);
	file->file = NULL;
	if (FreeFile(stream) != 0)
		report_write_error(file);
}

void
ge_local_file_complete(GeLocalFile *file)
{
	refuse_existing(file);
	(void) durable_rename(file->hidden_path, file->path, ERROR);
	file->has_hidden = false;
	file->is_complete = true;
}

/* The transaction's abort closes what is open. */
void
ge_local_file_abort(GeLocalFile *file)
{
	if (file->has_hidden)
		(void) unlink(file->hidden_path);
	if (file->is_complete)
		(void) unlink(file->path);
}

static bool
have_one_inode(const char *a, const char *b)
{
	struct stat of_a, of_b;

	return stat(a, &of_a) == 0 && stat(b, &of_b) == 0 && of_a.st_dev == of_b.st_dev &&
		   of_a.st_ino == of_b.st_ino;
}

bool
ge_local_file_is_same(const char *a, const char *b)
{
	const char *name_a = strrchr(a, '/') + 1;
	const char *name_b = strrchr(b, '/') + 1;

	if (strcmp(a, b) == 0 || have_one_inode(a, b))
		return true;
	/* the slash makes a directory of a symbolic link, and stays for the root */
	return strcmp(name_a, name_b) == 0 &&
		   have_one_inode(pnstrdup(a, name_a - a), pnstrdup(b, name_b - b));
}
