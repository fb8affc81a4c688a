/*
 * local_file.h: a new file of the server's machine, which gets its name when it is
 * complete.
 */
#ifndef GE_S3_LOCAL_FILE_H
#define GE_S3_LOCAL_FILE_H

#include "postgres.h"

typedef struct GeLocalFile GeLocalFile;

/* Errors: 42501 without pg_write_server_files; 58P02 for a file that exists unless it may
 * be overwritten. */
extern GeLocalFile *ge_local_file_create(const char *path, bool overwrite);
extern void ge_local_file_write(GeLocalFile *file, const char *bytes, size_t length);
/* It is on disk, under another name beside its own. */
extern void ge_local_file_finish(GeLocalFile *file);
/* After finish: it has its name. */
extern void ge_local_file_complete(GeLocalFile *file);
/* Whether two paths mean one file, or one place for a file that is not there yet, whatever
 * slashes, dots and symbolic links they are made of. */
extern bool ge_local_file_is_same(const char *a, const char *b);
/* Remove the file, complete or not.  Throws nothing. */
extern void ge_local_file_abort(GeLocalFile *file);

#endif /* GE_S3_LOCAL_FILE_H */
