/*
 * upload.h: bytes into objects that appear complete or not at all.
 *
 * An upload writes one object after another.  Nothing is visible before
 * ge_upload_complete(), which makes all of them appear. ge_upload_abort() removes all
 * objects, complete ones too, and open multipart uploads, if the endpoint can be reached.
 * Several parts are in flight; memory is their number times their size.
 */
#ifndef GE_S3_UPLOAD_H
#define GE_S3_UPLOAD_H

#include "s3/server.h"

typedef struct GeUpload GeUpload;

typedef struct GeUploadOptions
{
	bool overwrite;
	const char *kms_key;		  /* NULL: the bucket's own encryption */
	const char *content_type;	  /* NULL: none is sent */
	const char *content_encoding; /* NULL: none is sent */
	int64 max_object_size;		  /* no object will be bigger */
} GeUploadOptions;

extern GeUpload *ge_upload_create(const GeS3Server *server, const GeUri *uri,
								  const GeUploadOptions *options);
/* What follows goes into the next object: key, key_part2, key_part3, ... */
extern void ge_upload_next_object(GeUpload *upload);
extern void ge_upload_write(GeUpload *upload, const char *bytes, size_t length);
/*
 * Send everything, as parts, and wait until it has arrived, so that ge_upload_complete()
 * takes little time.  For several uploads that appear together.
 */
extern void ge_upload_settle(GeUpload *upload);
extern void ge_upload_complete(GeUpload *upload);
/*
 * Throws nothing; gives up after a few seconds if the endpoint does not answer.  After a
 * cancel it waits only for the removal of objects that are known to exist, and warns of
 * objects that may appear later. code: the code that the calling callback of
 * PG_ENSURE_ERROR_CLEANUP was given.
 */
extern void ge_upload_abort(GeUpload *upload, int code);

extern int64 ge_upload_n_objects(const GeUpload *upload);

#endif /* GE_S3_UPLOAD_H */
