/*
 * uri.c: s3://bucket/key and file:///path.
 *
 * There are no query strings and no escapes: everything after the bucket is the key.
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/shown.h"
#include "s3/uri.h"

#define S3_SCHEME "s3://"
#define FILE_SCHEME "file://"
#define MAX_BUCKET_BYTES 255
#define MAX_KEY_BYTES 1024

static bool
is_bucket_name(const char *name)
{
	size_t length = strlen(name);

	return length > 0 && length <= MAX_BUCKET_BYTES &&
		   strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
						"0123456789.-_") == length &&
		   strspn(name, ".") != length;
}

static bool
has_control_character(const char *string)
{
	for (; *string != '\0'; string++)
		if ((unsigned char) *string < ' ' || *string == 0x7f)
			return true;
	return false;
}

GeUri
ge_uri_parse(const char *uri)
{
	GeUri result;
	const char *slash;

	if (pg_strncasecmp(uri, S3_SCHEME, strlen(S3_SCHEME)) != 0)
		ereport(
			ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			errmsg("not a URI of an object: \"%s\"", ge_printable(ge_shown(uri))),
			errhint("Write s3://bucket/key. s3_import and the CSV functions also take "
					"file:///path."));
	uri += strlen(S3_SCHEME);
	slash = strchr(uri, '/');
	result.bucket = slash != NULL ? pnstrdup(uri, slash - uri) : pstrdup(uri);
	result.key = pstrdup(slash != NULL ? slash + 1 : "");
	if (!is_bucket_name(result.bucket))
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("not the name of a bucket: \"%s\"",
					   ge_printable(ge_shown(result.bucket))),
				errdetail("It may have 1 to %d letters, digits, '.', '-' and '_'.",
						  MAX_BUCKET_BYTES));
	if (strlen(result.key) > MAX_KEY_BYTES || has_control_character(result.key))
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("not the key of an object: \"%s\"",
					   ge_printable(ge_shown(result.key))),
				errdetail("It may have up to %d bytes and no control characters.",
						  MAX_KEY_BYTES));
	return result;
}

char *
ge_uri_format(const char *bucket, const char *key)
{
	return psprintf(S3_SCHEME "%s/%s", bucket, key);
}

bool
ge_uri_is_file(const char *uri)
{
	return pg_strncasecmp(uri, FILE_SCHEME, strlen(FILE_SCHEME)) == 0;
}

const char *
ge_uri_file_path(const char *uri)
{
	const char *path = uri + strlen(FILE_SCHEME);

	if (path[0] != '/')
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("not a URI of a file: \"%s\"", ge_printable(ge_shown(uri))),
				errhint("Write file:///absolute/path."));
	if (strlen(path) >= MAXPGPATH)
		ereport(ERROR, errcode(ERRCODE_FILE_NAME_TOO_LONG),
				errmsg("the path of a file is too long: \"%s\"",
					   ge_printable(ge_shown(path))),
				errdetail("It has %zu bytes; at most %d are possible.", strlen(path),
						  MAXPGPATH - 1));
	return path;
}

bool
ge_key_is_pattern(const char *key)
{
	return strchr(key, '*') != NULL;
}

bool
ge_key_is_prefix(const char *key)
{
	size_t length = strlen(key);

	return length == 0 || key[length - 1] == '/';
}

bool
ge_key_matches(const char *key, const char *pattern)
{
	const char *star = NULL;   /* the last * seen */
	const char *resume = NULL; /* where its next try begins in key */

	while (*key != '\0')
	{
		if (*pattern == '*')
		{
			star = pattern++;
			resume = key;
		}
		else if (*pattern == *key)
		{
			pattern++;
			key++;
		}
		else if (star != NULL && *resume != '/')
		{
			pattern = star + 1;
			key = ++resume;
		}
		else
			return false;
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

bool
ge_key_means(const char *asked, const char *key)
{
	if (ge_key_is_pattern(asked))
		return ge_key_matches(key, asked);
	if (ge_key_is_prefix(asked))
		return strncmp(key, asked, strlen(asked)) == 0;
	return strcmp(key, asked) == 0;
}

bool
ge_uri_means(const char *uri, const char *object)
{
	GeUri asked;
	GeUri found;

	if (ge_uri_is_file(uri) || ge_uri_is_file(object))
		return ge_uri_is_file(uri) && ge_uri_is_file(object) &&
			   strcmp(ge_uri_file_path(uri), ge_uri_file_path(object)) == 0;
	asked = ge_uri_parse(uri);
	found = ge_uri_parse(object);
	return strcmp(asked.bucket, found.bucket) == 0 && ge_key_means(asked.key, found.key);
}
