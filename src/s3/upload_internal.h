/*
 * upload_internal.h: shared by the files of uploads.
 */
#ifndef GE_S3_UPLOAD_INTERNAL_H
#define GE_S3_UPLOAD_INTERNAL_H

#include "lib/stringinfo.h"
#include "nodes/pg_list.h"

#include "s3/call.h"
#include "s3/upload.h"

#define GE_UPLOAD_ANSWER (64 * 1024)
#define GE_UPLOAD_PART_ANSWER 4096
#define GE_UPLOAD_MAX_PARTS 10000
#define GE_UPLOAD_TOKEN_BYTES 16

/* One object.  Its bytes are in parts that were sent, and for the last one in a slot. */
typedef struct GeUploadObject
{
	char *key;
	char *upload_id;	/* NULL: no multipart upload has begun */
	bool begun_unclear; /* one may have begun whose id is not known */
	int n_parts;
	int etags_capacity;
	char **etags; /* by part; NULL: not there yet */
	int64 size;
	bool in_doubt;	/* it may have appeared */
	bool completed; /* it has appeared */
} GeUploadObject;

/* A part: being filled, or in flight. */
typedef struct GeUploadSlot
{
	GeS3Call call;
	char *buffer;
	size_t filled;
	GeUploadObject *object;
	int part; /* from 1 on */
	char answer[GE_UPLOAD_PART_ANSWER];
} GeUploadSlot;

struct GeUpload
{
	GeS3Client *client;
	GeUploadOptions options;
	char *bucket;
	char *key;
	List *objects; /* of GeUploadObject; the last is being written */
	size_t part_size;
	int n_slots;
	GeUploadSlot *slots;
	int filling;	  /* the slot that takes bytes */
	bool conditional; /* the endpoint knows If-None-Match */
	char begun[32];	  /* the endpoint's time at the start, ISO 8601 */
	/*
	 * Metadata of our objects.  Equal bytes do not show that an object is ours: an older
	 * object, or another writer's, may have the same bytes.
	 */
	char token[2 * GE_UPLOAD_TOKEN_BYTES + 1];
	size_t undriven; /* bytes since data in flight last had a chance to flow */
	GeS3Call call;	 /* what is done one at a time */
	char *answer;	 /* GE_UPLOAD_ANSWER bytes for what calls bring */
};

/* upload_object.c: operations on one object, each an error when it fails. */

/*
 * Look for an object under the key; an error if there is one and it must not be replaced.
 */
extern void ge_upload_object_look(GeUpload *upload, GeUploadObject *object);
/* Begin a multipart upload, unless that was done. */
extern void ge_upload_object_begin(GeUpload *upload, GeUploadObject *object);
/* The call that begins it is no longer under way: its id, if there is a good answer. */
extern void ge_upload_object_take_id(const GeUpload *upload, GeUploadObject *object);
/* Make it appear from its parts. */
extern void ge_upload_object_complete(GeUpload *upload, GeUploadObject *object);
/* Make it appear from a slot's bytes, in one request. */
extern void ge_upload_object_put(GeUpload *upload, GeUploadObject *object,
								 const GeUploadSlot *slot);

/* The result of a look for an object that may have been left. */
typedef enum GeUploadTrace
{
	GE_TRACE_NONE,
	GE_TRACE_REMOVED,
	GE_TRACE_UNKNOWN /* no answer, or it could not be removed */
} GeUploadTrace;

/* upload_abort.c: end multipart uploads of the object's key that began meanwhile. */
extern GeUploadTrace ge_upload_sweep(GeUpload *upload, GeUploadObject *object,
									 int look_ms, int abort_ms);

#endif /* GE_S3_UPLOAD_INTERNAL_H */
