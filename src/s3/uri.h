/*
 * uri.h: s3://bucket/key and file:///path.
 */
#ifndef GE_S3_URI_H
#define GE_S3_URI_H

#include "postgres.h"

typedef struct GeUri
{
	char *bucket;
	char *key; /* "": the whole bucket; every character stands for itself */
} GeUri;

/* Errors: 22023 if the text is no s3:// uri with a bucket. */
extern GeUri ge_uri_parse(const char *uri);
/* The text of a uri, the inverse of ge_uri_parse(). */
extern char *ge_uri_format(const char *bucket, const char *key);

extern bool ge_uri_is_file(const char *uri);
/* The path of a file:// uri. */
extern const char *ge_uri_file_path(const char *uri);

/* The key stands for many objects: it has a *. */
extern bool ge_key_is_pattern(const char *key);
/* It is "" or ends in '/'. */
extern bool ge_key_is_prefix(const char *key);
/* * stands for any characters but '/'. */
extern bool ge_key_matches(const char *key, const char *pattern);
/* The key is one that the key of a uri stands for: itself, a prefix, or a pattern. */
extern bool ge_key_means(const char *asked, const char *key);
/* The object or file is one of those that the uri stands for, if it is there. */
extern bool ge_uri_means(const char *uri, const char *object);

#endif /* GE_S3_URI_H */
