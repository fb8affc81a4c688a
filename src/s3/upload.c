/*
 * upload.c: bytes into objects that appear complete or not at all.
 *
 * Bytes fill one slot of a ring; a full slot is sent as a part while the next one fills.
 * The last object, if it fits into one slot, is kept there and sent as a whole in the end.
 */
#include "postgres.h"
#include "mb/pg_wchar.h"

#include "utils/builtins.h"

#include "base/settings.h"
#include "base/shown.h"
#include "s3/credentials.h"
#include "s3/upload_internal.h"
#include "s3/xml.h"

#define SMALLEST_PART (5 * 1024 * 1024)
#define WAIT_MS 50
#define DRIVE_EVERY (128 * 1024)
#define LAST_SWEEP_MS 3000
#define OLDER_LOOK_MS 1000
#define LIST_PAGE (4 * 1024 * 1024) /* 1000 objects with keys of up to 1024 bytes */
#define LONGEST_NUMBER 9			/* digits */

static GeUploadObject *
last_object(const GeUpload *upload)
{
	return llast(upload->objects);
}

/* From 1 on. */
static char *
key_of(const GeUpload *upload, int number)
{
	return number == 1 ? upload->key : psprintf("%s_part%d", upload->key, number);
}

static void
add_object(GeUpload *upload)
{
	GeUploadObject *object = palloc0_object(GeUploadObject);

	object->key = key_of(upload, list_length(upload->objects) + 1);
	ge_upload_object_look(upload, object);
	upload->objects = lappend(upload->objects, object);
}

/* A name by which objects of this upload are known again. */
static void
make_token(GeUpload *upload)
{
	uint8 bytes[GE_UPLOAD_TOKEN_BYTES];

	if (!pg_strong_random(bytes, sizeof(bytes)))
		ereport(ERROR, errcode(ERRCODE_INTERNAL_ERROR),
				errmsg("could not generate random values"));
	upload->token[hex_encode((const char *) bytes, sizeof(bytes), upload->token)] = '\0';
}

/* Errors that the endpoint would report only after all rows were made, or never. */
static void
check_options(const GeUri *uri, const GeUploadOptions *options)
{
	if (ge_key_is_prefix(uri->key) || ge_key_is_pattern(uri->key))
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("not the name of an object: \"%s\"",
					   ge_printable(ge_uri_format(uri->bucket, uri->key))),
				ge_key_is_pattern(uri->key)
					? errdetail("In a URI, * stands for any characters of a name.")
					: 0);
	if (options->kms_key != NULL && !ge_is_header_value(options->kms_key))
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("not the id of a key: argument \"kms_key\""),
				errdetail("It has a character that is not printable ASCII, or none."));
}

GeUpload *
ge_upload_create(const GeS3Server *server, const GeUri *uri,
				 const GeUploadOptions *options)
{
	GeUpload *upload = palloc0_object(GeUpload);
	size_t least = options->max_object_size / GE_UPLOAD_MAX_PARTS + 1;

	check_options(uri, options);
	upload->client = ge_s3_client_create(server, uri->bucket);
	upload->options = *options;
	upload->bucket = pstrdup(uri->bucket);
	upload->key = pstrdup(uri->key);
	upload->conditional = true;
	upload->part_size = (size_t) ge_setting_s3_part_size * 1024;
	upload->part_size = Max(upload->part_size, Max(least, SMALLEST_PART));
	upload->n_slots = ge_setting_s3_requests;
	upload->slots = palloc0_array(GeUploadSlot, upload->n_slots);
	upload->answer = palloc(GE_UPLOAD_ANSWER);
	make_token(upload);
	add_object(upload);
	return upload;
}

/* A part that was in flight has arrived: keep what proves it. */
static void
collect_part(GeUploadSlot *slot)
{
	ge_s3_call_check(&slot->call, "could not write a part of");
	slot->object->etags[slot->part - 1] =
		pstrdup(ge_etag_strong(slot->call.exchange.etag));
	slot->call.state = GE_S3_IDLE;
	slot->filled = 0;
}

/* Wait until a slot is free. */
static void
wait_for_slot(GeUpload *upload, GeUploadSlot *slot)
{
	while (slot->call.state == GE_S3_RUNNING || slot->call.state == GE_S3_WAITING)
		ge_s3_client_drive(upload->client, WAIT_MS);
	if (slot->call.state != GE_S3_IDLE)
		collect_part(slot);
}

static char *
part_query(const GeUploadSlot *slot)
{
	const char *id = slot->object->upload_id;
	char *encoded = palloc(3 * strlen(id) + 1);

	ge_percent_encode(id, strlen(id), false, encoded);
	return psprintf("partNumber=%d&uploadId=%s", slot->part, encoded);
}

/* The number of a new part.  Room for proofs of parts grows, as an export may have many
 * objects of few parts. */
static int
add_part(GeUploadObject *object)
{
	if (object->n_parts == object->etags_capacity)
	{
		object->etags_capacity = Max(8, 2 * object->etags_capacity);
		object->etags =
			object->etags == NULL
				? palloc_array(char *, object->etags_capacity)
				: repalloc(object->etags, object->etags_capacity * sizeof(char *));
	}
	object->etags[object->n_parts++] = NULL;
	return object->n_parts;
}

/* Send what the slot that is being filled has, as the next part; fill another one. */
static void
send_part(GeUpload *upload)
{
	GeUploadSlot *slot = &upload->slots[upload->filling];

	slot->object = last_object(upload);
	ge_upload_object_begin(upload, slot->object);
	if (slot->object->n_parts == GE_UPLOAD_MAX_PARTS)
		ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				errmsg("an object would have more than %d parts", GE_UPLOAD_MAX_PARTS),
				errhint("Use a smaller max_file_size or a larger "
						"gpu_encode.s3_part_size."));
	slot->part = add_part(slot->object);
	ge_s3_call_init(&slot->call, "PUT", slot->object->key);
	slot->call.query = part_query(slot);
	slot->call.body = slot->buffer;
	slot->call.body_length = slot->filled;
	slot->call.sink = slot->answer;
	slot->call.sink_capacity = GE_UPLOAD_PART_ANSWER;
	slot->call.gives_etag = true;
	ge_s3_call_start(upload->client, &slot->call);
	upload->filling = (upload->filling + 1) % upload->n_slots;
	wait_for_slot(upload, &upload->slots[upload->filling]);
}

void
ge_upload_write(GeUpload *upload, const char *bytes, size_t length)
{
	last_object(upload)->size += length;
	upload->undriven += length;
	if (upload->undriven > DRIVE_EVERY)
	{
		ge_s3_client_drive(upload->client, 0);
		upload->undriven = 0;
	}
	while (length > 0)
	{
		GeUploadSlot *slot = &upload->slots[upload->filling];
		size_t here;

		if (slot->filled == upload->part_size)
		{
			send_part(upload);
			slot = &upload->slots[upload->filling];
		}
		if (slot->buffer == NULL)
			slot->buffer = palloc_extended(upload->part_size, MCXT_ALLOC_HUGE);
		here = Min(length, upload->part_size - slot->filled);
		memcpy(slot->buffer + slot->filled, bytes, here);
		slot->filled += here;
		bytes += here;
		length -= here;
	}
}

void
ge_upload_next_object(GeUpload *upload)
{
	send_part(upload);
	add_object(upload);
}

static void
wait_for_parts(GeUpload *upload)
{
	for (int i = 0; i < upload->n_slots; i++)
		wait_for_slot(upload, &upload->slots[i]);
}

/* All parts have arrived: other uploads may need the memory. */
static void
free_buffers(GeUpload *upload)
{
	for (int i = 0; i < upload->n_slots; i++)
	{
		if (upload->slots[i].buffer != NULL)
			pfree(upload->slots[i].buffer);
		upload->slots[i].buffer = NULL;
	}
}

void
ge_upload_settle(GeUpload *upload)
{
	if (upload->slots[upload->filling].filled > 0)
		send_part(upload);
	wait_for_parts(upload);
	free_buffers(upload);
}

/* The number of the file that a key names; 0: it is no part's.  prefix: KEY_part. */
static int
number_of_part(const char *key, const char *prefix)
{
	const char *digits;

	if (strncmp(key, prefix, strlen(prefix)) != 0)
		return 0;
	digits = key + strlen(prefix);
	if (digits[0] == '0' || strlen(digits) > LONGEST_NUMBER ||
		strspn(digits, "0123456789") != strlen(digits))
		return 0;
	return (int) strtol(digits, NULL, 10);
}

/* The lowest number above `after` of the parts in a list's page; 0: there is none. */
static int
first_part_in_page(GeXml page, const char *prefix, int after)
{
	int first = 0;
	GeXml content;

	while (ge_xml_next(&page, "Contents", &content))
	{
		char *key = ge_xml_child(content, "Key");
		int number = key != NULL ? number_of_part(key, prefix) : 0;

		if (number > after && (first == 0 || number < first))
			first = number;
	}
	return first;
}

/*
 * The same of the parts that the bucket has.  false: that is not known, as the list was
 * refused, or has more than the one page that is worth a request.
 */
static bool
list_first_part(GeUpload *upload, int after, int *first)
{
	char *prefix = psprintf("%s_part", upload->key);
	char *ours = pg_server_to_any(prefix, (int) strlen(prefix), PG_UTF8);
	char *encoded = palloc(3 * strlen(ours) + 1);
	GeS3Call *call = palloc_object(GeS3Call);
	bool is_known;

	ge_percent_encode(ours, strlen(ours), false, encoded);
	ge_s3_call_init(call, "GET", NULL);
	call->query = psprintf("list-type=2&prefix=%s", encoded);
	call->answer_root = "ListBucketResult";
	call->sink = palloc(LIST_PAGE);
	call->sink_capacity = LIST_PAGE;
	is_known = ge_s3_call_try_once(upload->client, call, OLDER_LOOK_MS) &&
			   ge_xml_child(ge_s3_call_document(call), "EncodingType") == NULL;
	if (is_known)
	{
		GeXml page = ge_s3_call_document(call);
		char *truncated = ge_xml_child(page, "IsTruncated");

		*first = first_part_in_page(page, ours, after);
		is_known =
			*first != 0 || (truncated != NULL && pg_strcasecmp(truncated, "false") == 0);
	}
	pfree(call->sink);
	return is_known;
}

static bool
has_part(GeUpload *upload, int number)
{
	GeS3Call *call = palloc_object(GeS3Call);

	ge_s3_call_init(call, "HEAD", key_of(upload, number));
	call->gives_etag = true;
	call->sink = upload->answer;
	call->sink_capacity = GE_UPLOAD_ANSWER;
	return ge_s3_call_try_once(upload->client, call, OLDER_LOOK_MS);
}

/*
 * An earlier export may have had more files, and a reader of all files would read them
 * too.  The number of the first; 0: none is known.  Whoever may write may not be allowed to
 * list: then at least the next number is looked at.
 */
static int
find_older_part(GeUpload *upload)
{
	int n = list_length(upload->objects);
	int first = 0;

	if (!list_first_part(upload, n, &first) && has_part(upload, n + 1))
		first = n + 1;
	return first;
}

/* It is not removed: it is not certain who wrote it. */
static void
warn_of_older_part(GeUpload *upload, int number)
{
	int n = list_length(upload->objects);

	ereport(WARNING,
			errmsg("object \"%s\" is still there",
				   ge_printable(ge_uri_format(upload->bucket, key_of(upload, number)))),
			errdetail_plural("This export wrote %d file. The object may be of an earlier "
							 "one to that name.",
							 "This export wrote %d files. The object may be of an "
							 "earlier one to that name.",
							 n, n),
			errhint("Remove it, and further ones, if they are not wanted."));
}

void
ge_upload_complete(GeUpload *upload)
{
	GeUploadSlot *slot = &upload->slots[upload->filling];
	bool whole = last_object(upload)->n_parts == 0;
	int older_part;
	ListCell *cell;

	if (!whole && slot->filled > 0)
		send_part(upload);
	wait_for_parts(upload);
	older_part = find_older_part(upload); /* while a cancel can still undo all */
	foreach (cell, upload->objects)
	{
		GeUploadObject *object = lfirst(cell);

		if (object->upload_id != NULL)
			ge_upload_object_complete(upload, object);
		else
			ge_upload_object_put(upload, object, slot);
	}
	foreach (cell, upload->objects)
		if (((GeUploadObject *) lfirst(cell))->begun_unclear)
			(void) ge_upload_sweep(upload, lfirst(cell), LAST_SWEEP_MS, LAST_SWEEP_MS);
	if (older_part > 0)
		warn_of_older_part(upload, older_part);
}

int64
ge_upload_n_objects(const GeUpload *upload)
{
	return list_length(upload->objects);
}
