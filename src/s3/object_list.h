/*
 * object_list.h: lists of objects, and the objects that a uri stands for.
 */
#ifndef GE_S3_OBJECT_LIST_H
#define GE_S3_OBJECT_LIST_H

#include "postgres.h"
#include "nodes/pg_list.h"

#include "s3/server.h"

typedef struct GeListedObject
{
	char *uri;
	int64 size;
	char *last_modified; /* ISO 8601 */
	char *etag;			 /* without quotes; it and storage_class: see ge_foreign_text() */
	char *storage_class; /* NULL: none was given */
} GeListedObject;

/*
 * The objects that a uri stands for, as GeListedObjects sorted by key: one key (it is
 * listed only if it exists), a prefix ending in '/' (every object under it but the
 * "directories" of zero bytes whose keys end in '/'), or a pattern in which * stands for
 * any characters but '/'.  The complete list, or an error: if an answer is no list, does
 * not say that it is complete, contradicts itself or the question, or has a matching key
 * that cannot be text here.
 */
extern List *ge_objects_list(const char *uri, const GeS3Choice *choice);

/*
 * The uris (char *) to read for a uri: itself if it is a file or names one object, else
 * those of ge_objects_list(); an error (58P01) when there is none.
 */
extern List *ge_objects_to_read(const char *uri, const GeS3Choice *choice);

#endif /* GE_S3_OBJECT_LIST_H */
