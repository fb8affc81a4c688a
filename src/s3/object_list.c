/*
 * object_list.c: lists objects (ListObjectsV2) and finds those that a uri means.
 */
#include "postgres.h"
#include "base/shown.h"
#include "common/hashfn.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "utils/hsearch.h"

#include "s3/byte_source.h"
#include "s3/call.h"
#include "s3/object_list.h"
#include "s3/object_list_page.h"
#include "s3/uri.h"

/* A page has 1000 keys of up to 1024 bytes, each up to three characters long. */
#define PAGE_SIZE (8 * 1024 * 1024)
#define MOST_EMPTY_PAGES 1000 /* in a row */

static char *
encode_parameter(const char *value)
{
	char *result = palloc(3 * strlen(value) + 1);

	ge_percent_encode(value, strlen(value), false, result);
	return result;
}

/* Take one page; the token of the next one. */
static char *
read_page(const GeS3Call *call, GeList *list)
{
	char *token;
	int n = ge_list_read_page(ge_s3_call_document(call), list, &token);

	list->empty_pages = n > 0 ? 0 : list->empty_pages + 1;
	if (list->empty_pages > MOST_EMPTY_PAGES)
		ge_list_report(
			list->bucket,
			psprintf("It goes on after %d pages without objects.", MOST_EMPTY_PAGES));
	return token;
}

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
		ge_list_report(list->bucket, "It comes back to a page that it had before.");
	list->token = token;
}

static char *
make_query(const GeList *list)
{
	StringInfoData query;

	initStringInfo(&query);
	if (list->token != NULL)
		appendStringInfo(&query, "continuation-token=%s&", encode_parameter(list->token));
	appendStringInfo(&query, "encoding-type=url&list-type=2&prefix=%s",
					 encode_parameter(list->prefix));
	return query.data;
}

/* Every object that is asked for, in the endpoint's order. */
static void
list_all(GeS3Client *client, GeList *list)
{
	HASHCTL control = {.keysize = sizeof(uint64),
					   .entrysize = sizeof(uint64),
					   .hcxt = CurrentMemoryContext};
	GeS3Call *call = palloc_object(GeS3Call); /* an error leaves it to the client */

	list->prefix = pnstrdup(list->asked, strcspn(list->asked, "*"));
	list->tokens = hash_create("pages of an S3 list", 64, &control,
							   HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	ge_s3_call_init(call, "GET", NULL);
	call->answer_root = "ListBucketResult";
	call->sink = palloc(PAGE_SIZE);
	call->sink_capacity = PAGE_SIZE;
	do
	{
		call->query = make_query(list);
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
			ge_list_report(list->bucket,
						   psprintf("It has \"%s\" twice.", ge_printable(object->uri)));
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
				errmsg("no object matches \"%s\"", ge_printable(uri)));
	return result;
}
