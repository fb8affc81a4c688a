/*
 * object_list_page.c: one page of a list of objects (ListObjectsV2), or an error that says
 * what is wrong with it.
 *
 * Every key is in the page's own elements.  What else a page says of itself has to agree
 * with them, and with the question.
 */
#include "postgres.h"
#include "common/string.h"
#include "mb/pg_wchar.h"

#include <ctype.h>

#include "s3/call.h"
#include "s3/foreign_text.h"
#include "s3/object_list.h"
#include "s3/object_list_page.h"
#include "s3/uri.h"

#define LONGEST_SHOWN 64 /* bytes of a text from outside in a message */

void
ge_list_report(const char *bucket, const char *detail)
{
	ereport(ERROR, errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
			errmsg("the endpoint's list of bucket \"%s\" cannot be read", bucket),
			errdetail_internal("%s", detail));
	pg_unreachable();
}

/* The first bytes of a text from outside, for a message. */
static char *
shorten(const char *foreign)
{
	return ge_foreign_text(pnstrdup(foreign, strnlen(foreign, LONGEST_SHOWN)));
}

/* ------------------------------------------------------------------ one object */

/* An empty object that stands for a "directory": not meant by a prefix. */
static bool
is_directory(const char *asked, const char *key, int64 size)
{
	return !ge_key_is_pattern(asked) && ge_key_is_prefix(asked) && size == 0 &&
		   ge_key_is_prefix(key);
}

/* Resolve "%41" and '+', as a query has them; false: a byte 0, or a '%' alone. */
static bool
decode_key(char *key)
{
	char *end = key;

	for (const char *c = key; *c != '\0'; c++)
	{
		if (*c == '%')
		{
			char digits[3] = {c[1], c[1] != '\0' ? c[2] : '\0', '\0'};

			if (!isxdigit((unsigned char) digits[0]) ||
				!isxdigit((unsigned char) digits[1]))
				return false;
			*end++ = (char) strtoul(digits, NULL, 16);
			if (end[-1] == '\0')
				return false;
			c += 2;
		}
		else
			*end++ = *c == '+' ? ' ' : *c;
	}
	*end = '\0';
	return true;
}

static int64
read_size(GeXml content, const char *bucket)
{
	char *size = ge_xml_child(content, "Size");

	if (size == NULL || size[0] == '\0' || strlen(size) > 18 ||
		strspn(size, "0123456789") != strlen(size))
		ge_list_report(bucket, psprintf("The size of an object is \"%s\".",
										size != NULL ? shorten(size) : ""));
	return strtoll(size, NULL, 10);
}

/* NULL: none is given.  timestamptz_in() alone would take "now" and "infinity", too. */
static char *
read_time(GeXml content, const char *bucket)
{
	char *time = ge_xml_child(content, "LastModified");

	if (time == NULL)
		return NULL;
	if (!isdigit((unsigned char) time[0]) || strlen(time) > 40 ||
		strspn(time, "0123456789-:.+TZ") != strlen(time))
		ge_list_report(bucket,
					   psprintf("The time of an object is \"%s\".", shorten(time)));
	return time;
}

/* ETags with quotes, weak ones too, without them. */
static char *
strip_quotes(char *etag)
{
	const char *start = ge_etag_strong(etag);

	if (start[0] == '"' && strlen(start) >= 2)
		return pnstrdup(start + 1, strlen(start) - 2);
	return etag;
}

/* The object of an entry; NULL: the uri does not mean it. */
static GeListedObject *
read_object(GeXml content, const GeList *list, bool encoded)
{
	GeListedObject *object = palloc0_object(GeListedObject);
	char *written = ge_xml_child(content, "Key");
	char *key = written != NULL ? pstrdup(written) : NULL;
	char *name;

	if (key == NULL || key[0] == '\0')
		ge_list_report(list->bucket,
					   "An object has no key, or several, or one that is no text.");
	if (encoded && !decode_key(key))
		ge_list_report(
			list->bucket,
			psprintf("The key \"%s\" has a byte 0, or a %% without two digits.",
					 shorten(written)));
	object->size = read_size(content, list->bucket);
	if (!ge_key_means(list->asked, key) || is_directory(list->asked, key, object->size))
		return NULL;
	name = ge_foreign_exact(key);
	if (name == NULL)
		ge_list_report(list->bucket,
					   psprintf("The key \"%s\" cannot be text in encoding %s.",
								shorten(key), GetDatabaseEncodingName()));
	object->uri = ge_uri_format(list->bucket, name);
	object->last_modified = read_time(content, list->bucket);
	object->storage_class = ge_xml_text(content, "StorageClass");
	object->etag = ge_xml_text(content, "ETag");
	if (object->etag != NULL)
		object->etag = strip_quotes(object->etag);
	return object;
}

/* ------------------------------------------------------------- the page's own words */

/*
 * The token of the next page, NULL after the last one.  A list is complete only if the
 * endpoint says so.
 */
static char *
read_token(GeXml page, const char *bucket)
{
	char *truncated = ge_xml_child(page, "IsTruncated");
	char *token = ge_xml_child(page, "NextContinuationToken");

	if (truncated != NULL && pg_strcasecmp(truncated, "false") == 0)
		return NULL;
	if (truncated == NULL || pg_strcasecmp(truncated, "true") != 0)
		ge_list_report(bucket, "It does not say whether it is whole.");
	if (token == NULL || token[0] == '\0')
		ge_list_report(bucket, "It goes on, but there is no token to go on with.");
	return token;
}

/* An element that may be there once; NULL: it is not there, or empty. */
static char *
read_optional(GeXml page, const char *name, const char *bucket)
{
	char *found = ge_xml_child(page, name);
	GeXmlChild child;

	if (found != NULL)
		return found[0] != '\0' ? found : NULL;
	while (ge_xml_next_child(&page, &child))
		if (ge_xml_is_named(&child, name))
			ge_list_report(bucket, psprintf("Its %s comes twice, or is no text.", name));
	return NULL;
}

static bool
has_encoded_keys(GeXml page, const char *bucket)
{
	char *encoding = read_optional(page, "EncodingType", bucket);

	if (encoding != NULL && strcmp(encoding, "url") != 0)
		ge_list_report(bucket, psprintf("Its keys are encoded as \"%s\", not as \"url\".",
										shorten(encoding)));
	return encoding != NULL;
}

/* Some endpoints do not count, and say 0. */
static void
check_count(GeXml page, int n_objects, const char *bucket)
{
	char *count = read_optional(page, "KeyCount", bucket);

	if (count == NULL || strcmp(count, "0") == 0 ||
		strcmp(count, psprintf("%d", n_objects)) == 0)
		return;
	ge_list_report(bucket, psprintf("Its KeyCount is \"%s\", and it has %d objects.",
									shorten(count), n_objects));
}

static bool
ends_with(const char *string, const char *end)
{
	size_t length = strlen(string);

	return length >= strlen(end) && strcmp(string + length - strlen(end), end) == 0;
}

/* Without what endpoints write in several ways: spaces and slashes. */
static char *
normalise(const char *prefix)
{
	char *result = palloc(strlen(prefix) + 1);
	char *end = result;

	for (const char *c = prefix; *c != '\0'; c++)
		if (*c != '/' || end == result || end[-1] != '/')
			*end++ = *c == '+' ? ' ' : *c;
	*end = '\0';
	return result;
}

/*
 * The endpoint has listed another prefix than was asked for.  An honest one may write it
 * in another way, encoded or not, with or without the place in which it keeps the bucket.
 * Its name of the bucket says nothing: buckets have aliases.
 */
static void
check_prefix(GeXml page, const GeList *list)
{
	char *prefix = read_optional(page, "Prefix", list->bucket);
	char *written = prefix != NULL ? pstrdup(prefix) : NULL;
	char *asked = normalise(list->prefix);

	/* twice encoded, at most; other characters than those of ASCII have several forms */
	if (prefix == NULL || !pg_is_ascii(list->prefix))
		return;
	for (int i = 0; i < 3; i++)
		if (ends_with(normalise(written), asked) ||
			strstr(asked, normalise(written)) != NULL)
			return;
		else if (!decode_key(written))
			break;
	ge_list_report(list->bucket,
				   psprintf("It is a list of the prefix \"%s\", not \"%s\".",
							shorten(prefix), shorten(list->prefix)));
}

/* Nobody asked for groups of keys: those in a group would be missing. */
static void
check_group(GeXml group, const char *bucket)
{
	GeXmlChild child;

	while (ge_xml_next_child(&group, &child))
		if (!ge_xml_is_named(&child, "Prefix") ||
			child.content.start != child.content.end)
			ge_list_report(bucket, "It has a group of keys (CommonPrefixes) in place of "
								   "the keys.");
}

GE_NORETURN static void
report_error_in_list(GeXml error, const char *bucket)
{
	char *code = ge_xml_child(error, "Code");

	ge_list_report(bucket, psprintf("It has an error in it: \"%s\".",
									code != NULL ? shorten(code) : ""));
}

/* Take the objects of a page; how many there are, those not asked for included. */
static int
read_objects(GeXml page, GeList *list)
{
	bool encoded = has_encoded_keys(page, list->bucket);
	GeXmlChild child;
	int n = 0;

	while (ge_xml_next_child(&page, &child))
	{
		GeListedObject *object;

		if (ge_xml_is_named(&child, "Error"))
			report_error_in_list(child.content, list->bucket);
		if (ge_xml_is_named(&child, "CommonPrefixes"))
			check_group(child.content, list->bucket);
		if (!ge_xml_is_named(&child, "Contents"))
			continue;
		n++;
		object = read_object(child.content, list, encoded);
		if (object != NULL)
			list->objects = lappend(list->objects, object);
	}
	return n;
}

int
ge_list_read_page(GeXml page, GeList *list, char **token)
{
	int n = read_objects(page, list);

	check_count(page, n, list->bucket);
	check_prefix(page, list);
	*token = read_token(page, list->bucket);
	return n;
}
