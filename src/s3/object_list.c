/*
 * object_list.c: lists objects (ListObjectsV2) and finds those that a uri means.
 */
#include "postgres.h"
#include "common/hashfn.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "utils/hsearch.h"

#include <ctype.h>

#include "s3/byte_source.h"
#include "s3/call.h"
#include "s3/foreign_text.h"
#include "s3/object_list.h"
#include "s3/uri.h"
#include "s3/xml.h"

/* A page has 1000 keys of up to 1024 bytes, each up to three characters long. */
#define PAGE_SIZE (8 * 1024 * 1024)
#define MOST_EMPTY_PAGES 1000 /* in a row */
#define LONGEST_SHOWN 64	  /* bytes of a text from outside in a message */

/* A list that is being read. */
typedef struct GeList
{
	const char *bucket;
	const char *asked; /* the key, prefix or pattern, in UTF-8 */
	List *objects;	   /* of GeListedObject: those that are asked for */
	char *token;	   /* of the next page; NULL: there is none */
	HTAB *tokens;	   /* hashes of those that there were */
	int empty_pages;   /* in a row */
} GeList;

/* An empty object that stands for a "directory": not meant by a prefix. */
static bool
is_directory(const char *asked, const char *key, int64 size)
{
	return !ge_key_is_pattern(asked) && ge_key_is_prefix(asked) && size == 0 &&
		   ge_key_is_prefix(key);
}

static char *
encode_parameter(const char *value)
{
	char *result = palloc(3 * strlen(value) + 1);

	ge_percent_encode(value, strlen(value), false, result);
	return result;
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

/* ------------------------------------------------------------------ one page */

GE_NORETURN static void
report_bad_list(const char *bucket, const char *detail)
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

static int64
read_size(GeXml content, const char *bucket)
{
	char *size = ge_xml_child(content, "Size");

	if (size == NULL || size[0] == '\0' || strlen(size) > 18 ||
		strspn(size, "0123456789") != strlen(size))
		report_bad_list(bucket, psprintf("The size of an object is \"%s\".",
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
		report_bad_list(bucket,
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
		report_bad_list(list->bucket,
						"An object has no key, or several, or one that is no text.");
	if (encoded && !decode_key(key))
		report_bad_list(
			list->bucket,
			psprintf("The key \"%s\" has a byte 0, or a %% without two digits.",
					 shorten(written)));
	object->size = read_size(content, list->bucket);
	if (!ge_key_means(list->asked, key) || is_directory(list->asked, key, object->size))
		return NULL;
	name = ge_foreign_exact(key);
	if (name == NULL)
		report_bad_list(list->bucket,
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
		report_bad_list(bucket, "It does not say whether it is whole.");
	if (token == NULL || token[0] == '\0')
		report_bad_list(bucket, "It goes on, but there is no token to go on with.");
	return token;
}

/* Take one page; the token of the next one. */
static char *
read_page(const GeS3Call *call, GeList *list)
{
	GeXml page = ge_s3_call_document(call);
	char *encoding = ge_xml_child(page, "EncodingType");
	bool encoded = encoding != NULL && strcmp(encoding, "url") == 0;
	bool any = false;
	GeXml rest = page;
	GeXml content;

	while (ge_xml_next(&rest, "Contents", &content))
	{
		GeListedObject *object = read_object(content, list, encoded);

		any = true;
		if (object != NULL)
			list->objects = lappend(list->objects, object);
	}
	list->empty_pages = any ? 0 : list->empty_pages + 1;
	if (list->empty_pages > MOST_EMPTY_PAGES)
		report_bad_list(
			list->bucket,
			psprintf("It goes on after %d pages without objects.", MOST_EMPTY_PAGES));
	return read_token(page, list->bucket);
}

/* ------------------------------------------------------------------ all pages */

/* The next page's token; a list that comes back to a page would never end. */
static void
take_token(GeList *list, char *token)
{
	bool found = false;

	if (token != NULL)
		hash_search(list->tokens,
					&(uint64){hash_bytes_extended((unsigned char *) token,
												  (int) strlen(token), 0)},
					HASH_ENTER, &found);
	if (found)
		report_bad_list(list->bucket, "It comes back to a page that it had before.");
	list->token = token;
}

static char *
make_query(const GeList *list, const char *prefix)
{
	StringInfoData query;

	initStringInfo(&query);
	if (list->token != NULL)
		appendStringInfo(&query, "continuation-token=%s&", encode_parameter(list->token));
	appendStringInfo(&query, "encoding-type=url&list-type=2&prefix=%s",
					 encode_parameter(prefix));
	return query.data;
}

/* Every object that is asked for, in the endpoint's order. */
static void
list_all(GeS3Client *client, GeList *list)
{
	HASHCTL control = {.keysize = sizeof(uint64),
					   .entrysize = sizeof(uint64),
					   .hcxt = CurrentMemoryContext};
	char *prefix = pnstrdup(list->asked, strcspn(list->asked, "*"));
	GeS3Call *call = palloc_object(GeS3Call); /* an error leaves it to the client */

	list->tokens = hash_create("pages of an S3 list", 64, &control,
							   HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	ge_s3_call_init(call, "GET", NULL);
	call->answer_root = "ListBucketResult";
	call->sink = palloc(PAGE_SIZE);
	call->sink_capacity = PAGE_SIZE;
	do
	{
		call->query = make_query(list, prefix);
		ge_s3_call_run(client, call);
		ge_s3_call_check(call, "could not list");
		take_token(list, read_page(call, list));
	} while (list->token != NULL);
	pfree(call->sink);
	pfree(call);
	hash_destroy(list->tokens);
}

static int
compare_uris(const ListCell *a, const ListCell *b)
{
	return strcmp(((GeListedObject *) lfirst(a))->uri,
				  ((GeListedObject *) lfirst(b))->uri);
}

/* An object that is listed twice would be read twice. */
static void
check_unique(const GeList *list)
{
	for (int i = 1; i < list_length(list->objects); i++)
	{
		const GeListedObject *object = list_nth(list->objects, i);

		if (strcmp(object->uri,
				   ((GeListedObject *) list_nth(list->objects, i - 1))->uri) == 0)
			report_bad_list(list->bucket, psprintf("It has \"%s\" twice.", object->uri));
	}
}

List *
ge_objects_list(const char *uri, const GeS3Choice *choice)
{
	GeUri asked = ge_uri_parse(uri);
	GeS3Client *client =
		ge_s3_client_create(ge_s3_server_resolve(choice, &asked), asked.bucket);
	GeList list = {.bucket = asked.bucket,
				   .asked =
					   pg_server_to_any(asked.key, (int) strlen(asked.key), PG_UTF8)};

	list_all(client, &list);
	ge_s3_client_close(client);
	list_sort(list.objects, compare_uris);
	check_unique(&list);
	return list.objects;
}

List *
ge_objects_to_read(const char *uri, const GeS3Choice *choice)
{
	List *result = NIL;
	GeUri asked;
	ListCell *cell;

	if (ge_uri_is_file(uri))
		return list_make1(pstrdup(uri));
	asked = ge_uri_parse(uri);
	if (!ge_key_is_pattern(asked.key) && !ge_key_is_prefix(asked.key))
		return list_make1(pstrdup(uri));
	foreach (cell, ge_objects_list(uri, choice))
		result = lappend(result, ((GeListedObject *) lfirst(cell))->uri);
	if (result == NIL)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_FILE),
				errmsg("no object matches \"%s\"", uri));
	return result;
}
