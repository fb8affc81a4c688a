/*
 * object_reader.c: an object as a stream of bytes, several ranges of it in flight.
 *
 * The object is cut into ranges of gpu_encode.s3_part_size.  A ring of slots holds the
 * ranges that are in flight or partly read, in order: slot i % n has range i.  The reader
 * takes bytes from the oldest range as they come.  When that range is used up, its slot
 * gets the next range.
 *
 *      position                         next_first
 *         v                                 v
 *   [== used |== here |....][== here |.....][
 *     oldest slot             next slot
 */
#include "postgres.h"

#include "base/settings.h"
#include "base/shown.h"
#include "s3/call.h"
#include "s3/object_reader.h"

#define WAIT_MS 50
#define LARGEST_RANGE ((int64) 1024 * 1024 * 1024) /* of gpu_encode.s3_part_size */

typedef struct Slot
{
	GeS3Call call;
	size_t used; /* bytes that the reader has taken */
} Slot;

struct GeObjectReader
{
	GeS3Client *client;
	char *bucket;
	char *key;
	size_t range_size;
	int n_slots;
	Slot *slots;
	int64 oldest;	  /* the range that is being read */
	int64 next;		  /* the range that is asked for next */
	int64 next_first; /* its first byte */
	int64 size;
	char *etag; /* NULL: the endpoint gives none */
	char *content_encoding;
};

static void
start_range(GeObjectReader *reader, size_t length)
{
	Slot *slot = &reader->slots[reader->next % reader->n_slots];
	char *sink = slot->call.sink;

	ge_s3_call_init(&slot->call, "GET", reader->key);
	slot->call.sink =
		sink != NULL ? sink : palloc_extended(reader->range_size, MCXT_ALLOC_HUGE);
	slot->call.sink_capacity = length;
	slot->call.first = reader->next_first;
	slot->call.version = reader->etag;
	slot->call.version_size = reader->next_first > 0 ? reader->size : -1;
	slot->used = 0;
	ge_s3_call_start(reader->client, &slot->call);
	reader->next_first += length;
	reader->next++;
}

static void
start_ranges(GeObjectReader *reader)
{
	while (reader->next_first < reader->size &&
		   reader->next - reader->oldest < reader->n_slots)
		start_range(reader,
					Min((int64) reader->range_size, reader->size - reader->next_first));
}

/*
 * Without an ETag a change of the object between two ranges could not be detected.  An
 * answer that is no range may be any page.
 */
static void
check_version_known(const GeObjectReader *reader, const GeHttpExchange *exchange)
{
	if (reader->etag != NULL ||
		(exchange->status == 206 && reader->size <= (int64) reader->range_size))
		return;
	ereport(ERROR, errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
			errmsg("the endpoint gives no ETag for \"%s\"",
				   ge_printable(ge_uri_format(reader->bucket, reader->key))),
			errdetail(
				"A change of the object between two of its ranges could not be noticed."),
			reader->size < LARGEST_RANGE && exchange->status == 206
				? errhint("With gpu_encode.s3_part_size above " INT64_FORMAT
						  " bytes there is one range.",
						  reader->size)
				: 0);
}

/* The first answer tells how big the object is, and which version it has. */
static void
take_first_answer(GeObjectReader *reader)
{
	GeS3Call *call = &reader->slots[0].call;
	GeHttpExchange *exchange = &call->exchange;

	if (call->state == GE_S3_FAILED && exchange->status == 416 &&
		exchange->object_size <= 0)
	{
		reader->size = 0; /* an empty object has no byte 0 */
		return;
	}
	ge_s3_call_check(call, "could not read");
	reader->size =
		exchange->status == 206 ? exchange->object_size : exchange->content_length;
	if (reader->size < 0 ||
		(exchange->status != 206 && reader->size > (int64) call->sink_capacity))
		ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				errmsg("the endpoint does not give ranges of objects"));
	check_version_known(reader, exchange);
	call->sink_capacity = Min((int64) call->sink_capacity, reader->size);
	reader->next_first = call->sink_capacity;
	reader->content_encoding = pstrdup(exchange->content_encoding);
}

/*
 * Wait for the first answer's head.  Its version holds from then on, also for the rest of
 * this very range, should the connection break.
 */
static void
wait_for_first_answer(GeObjectReader *reader)
{
	GeS3Call *call = &reader->slots[0].call;

	while (!ge_s3_call_ended(call) && reader->etag == NULL)
	{
		const GeHttpExchange *exchange = &call->exchange;

		ge_s3_client_drive(reader->client, WAIT_MS);
		if (exchange->head_complete && exchange->status >= 200 &&
			exchange->status <= 299 && ge_etag_tells_version(exchange->etag))
			call->version = reader->etag = pstrdup(exchange->etag);
	}
}

GeObjectReader *
ge_object_reader_open(const GeS3Server *server, const GeUri *uri)
{
	GeObjectReader *reader = palloc0_object(GeObjectReader);

	reader->client = ge_s3_client_create(server, uri->bucket);
	reader->bucket = pstrdup(uri->bucket);
	reader->key = pstrdup(uri->key);
	reader->content_encoding = "";
	reader->range_size = (size_t) ge_setting_s3_part_size * 1024;
	reader->n_slots = ge_setting_s3_requests;
	reader->slots = palloc0_array(Slot, reader->n_slots);
	start_range(reader, reader->range_size);
	wait_for_first_answer(reader);
	take_first_answer(reader);
	start_ranges(reader);
	return reader;
}

/* Its head tells, or its end. */
static bool
is_too_short(const GeS3Call *call)
{
	const GeHttpExchange *exchange = &call->exchange;

	if (call->state == GE_S3_DONE)
		return exchange->received < call->sink_capacity;
	return call->state == GE_S3_RUNNING && exchange->head_complete &&
		   exchange->status == 206 && exchange->content_length >= 0 &&
		   call->received_before + exchange->content_length < call->sink_capacity;
}

/*
 * Bytes of a range may be taken only if they belong to the object, and a range that has
 * ended must be complete.
 */
static void
check_range(const GeS3Call *call)
{
	ge_s3_call_check(call, "could not read");
	if (call->exchange.received > call->sink_capacity)
		ereport(ERROR, errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
				errmsg("an object is longer than its size"),
				errdetail("The endpoint gave %zu bytes in place of %zu.",
						  call->exchange.received, call->sink_capacity));
	if (is_too_short(call))
		ereport(ERROR, errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
				errmsg("an object became shorter while it was read"),
				errdetail("The endpoint gave less than the %zu bytes of a range.",
						  call->sink_capacity));
}

size_t
ge_object_reader_read(GeObjectReader *reader, void *buffer, size_t length)
{
	ge_s3_client_drive(reader->client, 0);
	while (reader->oldest < reader->next && reader->size > 0)
	{
		Slot *slot = &reader->slots[reader->oldest % reader->n_slots];
		size_t here = slot->call.exchange.received - slot->used;

		check_range(&slot->call);
		if (here > 0)
		{
			here = Min(here, length);
			memcpy(buffer, slot->call.sink + slot->used, here);
			slot->used += here;
			return here;
		}
		if (slot->call.state == GE_S3_DONE)
		{
			reader->oldest++;
			start_ranges(reader);
		}
		else
			ge_s3_client_drive(reader->client, WAIT_MS);
	}
	return 0;
}

const char *
ge_object_reader_content_encoding(const GeObjectReader *reader)
{
	return reader->content_encoding;
}

void
ge_object_reader_close(GeObjectReader *reader)
{
	ge_s3_client_close(reader->client);
}
