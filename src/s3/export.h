/*
 * export.h: the rows of a query into objects.
 *
 * An export is begun, runs, and is completed or aborted.  Before it is completed nothing
 * is visible, so several exports can be completed together.
 */
#ifndef GE_S3_EXPORT_H
#define GE_S3_EXPORT_H

#include "postgres.h"
#include "nodes/pg_list.h"

#include "s3/byte_source.h"

typedef struct GeExport GeExport;

typedef struct GeExportRequest
{
	const char *uri;
	const GeS3Choice *choice;
	List *options; /* of COPY TO: DefElems */
	GeCompression compression;
	int64 max_file_size; /* bytes before compression; a longer row has its own file */
	bool overwrite;
	const char *kms_key; /* NULL: none */
} GeExportRequest;

/* Looks whether the object exists already. */
extern GeExport *ge_export_begin(const GeExportRequest *request);
/* Run a query that returns rows; its rows are uploaded.  May be called once. */
extern void ge_export_query(GeExport *export, const char *query);
/* Make the objects appear. */
extern void ge_export_complete(GeExport *export);
/* Throws nothing; for the clean-up after an error. */
extern void ge_export_abort(GeExport *export, int code);

extern int64 ge_export_rows(const GeExport *export);
extern int64 ge_export_files(const GeExport *export);
extern int64 ge_export_bytes(const GeExport *export);

#endif /* GE_S3_EXPORT_H */
