/*
 * object_list.c: what objects there are (ListObjectsV2), and which of them a uri means.
 */
#include "postgres.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"

#include <ctype.h>

#include "s3/byte_source.h"
#include "s3/call.h"
#include "s3/object_list.h"
#include "s3/uri.h"
#include "s3/xml.h"

/* A page has 1000 keys of up to 1024 bytes, each up to three characters long. */
#define PAGE_SIZE (8 * 1024 * 1024)

static char *
encode_parameter(const char *value)
{
	char *result = palloc(3 * strlen(value) + 1);

	ge_percent_encode(value, strlen(value), false, result);
	return result;
}

/* Resolve "%41" and '+', as a query has them. */
static void
decode_key(char *key)
{
	char *end = key;

	for (const char *c = key; *c != '\0'; c++)
	{
		if (*c == '%' && isxdigit((unsigned char) c[1]) && isxdigit((unsigned char) c[2]))
		{
			char digits[3] = {c[1], c[2], '\0'};

			*end++ = (char) strtoul(digits, NULL, 16);
			c += 2;
		}
		else
			*end++ = *c == '+' ? ' ' : *c;
	}
	*end = '\0';
}

static GeListedObject *
read_object(GeXml content, const char *bucket, bool encoded)
{
	GeListedObject *object = palloc0_object(GeListedObject);
	char *key = ge_xml_text(content, "Key");
	char *size = ge_xml_text(content, "Size");
	char *etag = ge_xml_text(content, "ETag");

	if (key == NULL || size == NULL)
		ereport(ERROR, errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
				errmsg("the endpoint's list has an object without key or size"));
	if (encoded)
		decode_key(key);
	object->uri =
		ge_uri_format(bucket, pg_any_to_server(key, (int) strlen(key), PG_UTF8));
	object->size = strtoll(size, NULL, 10);
	object->last_modified = ge_xml_text(content, "LastModified");
	object->storage_class = ge_xml_text(content, "StorageClass");
	if (etag != NULL && etag[0] == '"' && strlen(etag) >= 2)
		etag = pnstrdup(etag + 1, strlen(etag) - 2);
	object->etag = etag;
	return object;
}

/* One page; the token of the next one, NULL for the last. */
static char *
read_page(const GeS3Call *call, const char *bucket, List **objects)
{
	GeXml page = {call->sink, call->sink + call->exchange.received};
	char *encoding = ge_xml_text(page, "EncodingType");
	char *truncated = ge_xml_text(page, "IsTruncated");
	bool encoded = encoding != NULL && strcmp(encoding, "url") == 0;
	GeXml rest = page;
	GeXml content;

	while (ge_xml_next(&rest, "Contents", &content))
		*objects = lappend(*objects, read_object(content, bucket, encoded));
	if (truncated == NULL || strcmp(truncated, "true") != 0)
		return NULL;
	return ge_xml_text(page, "NextContinuationToken");
}

/* Every object whose key starts with prefix, in the endpoint's order. */
static List *
list_all(GeS3Client *client, const char *bucket, const char *prefix)
{
	char *utf8 = pg_server_to_any(prefix, strlen(prefix), PG_UTF8);
	List *objects = NIL;
	char *token = NULL;
	GeS3Call *call = palloc_object(GeS3Call); /* an error leaves it to the client */

	ge_s3_call_init(call, "GET", NULL);
	call->sink = palloc(PAGE_SIZE);
	call->sink_capacity = PAGE_SIZE;
	do
	{
		StringInfoData query;

		initStringInfo(&query);
		if (token != NULL)
			appendStringInfo(&query, "continuation-token=%s&", encode_parameter(token));
		appendStringInfo(&query, "encoding-type=url&list-type=2&prefix=%s",
						 encode_parameter(utf8));
		call->query = query.data;
		ge_s3_call_run(client, call);
		ge_s3_call_check(call, "could not list");
		token = read_page(call, bucket, &objects);
		pfree(query.data);
	} while (token != NULL);
	pfree(call->sink);
	pfree(call);
	return objects;
}

static int
compare_uris(const ListCell *a, const ListCell *b)
{
	return strcmp(((GeListedObject *) lfirst(a))->uri,
				  ((GeListedObject *) lfirst(b))->uri);
}

/* The listed key is one that the uri's key means. */
static bool
is_meant(const GeListedObject *object, const GeUri *asked)
{
	GeUri found = ge_uri_parse(object->uri);

	if (!ge_key_is_pattern(asked->key) && ge_key_is_prefix(asked->key) &&
		object->size == 0 && ge_key_is_prefix(found.key))
		return false; /* a "directory" */
	return ge_key_means(asked->key, found.key);
}

List *
ge_objects_list(const char *uri, const char *server)
{
	GeUri asked = ge_uri_parse(uri);
	GeS3Client *client =
		ge_s3_client_create(ge_s3_server_resolve(server, &asked), asked.bucket);
	char *prefix = pnstrdup(asked.key, strcspn(asked.key, "*"));
	List *result = NIL;
	ListCell *cell;

	foreach (cell, list_all(client, asked.bucket, prefix))
		if (is_meant(lfirst(cell), &asked))
			result = lappend(result, lfirst(cell));
	ge_s3_client_close(client);
	list_sort(result, compare_uris);
	return result;
}

List *
ge_objects_to_read(const char *uri, const char *server)
{
	List *result = NIL;
	GeUri asked;
	ListCell *cell;

	if (ge_uri_is_file(uri))
		return list_make1(pstrdup(uri));
	asked = ge_uri_parse(uri);
	if (!ge_key_is_pattern(asked.key) && !ge_key_is_prefix(asked.key))
		return list_make1(pstrdup(uri));
	foreach (cell, ge_objects_list(uri, server))
		result = lappend(result, ((GeListedObject *) lfirst(cell))->uri);
	if (result == NIL)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_FILE),
				errmsg("no object matches \"%s\"", uri));
	return result;
}
