/*
 * upload_abort.c: leave nothing behind.
 *
 * Runs in the middle of an error or of the end of the process: it throws nothing, does not
 * listen to interrupts, and gives up when an object takes too long.
 */
#include "postgres.h"
#include "miscadmin.h"
#include "utils/timestamp.h"

#include "s3/upload_internal.h"
#include "s3/xml.h"

#define ABORT_MS 3000 /* for one object; an endpoint that is slower is taken for dead */
/* between looks for what may appear later: 100, 200, 400 ms */
#define FIRST_PAUSE_MS 100
#define LAST_PAUSE_MS 400

static void
delete_quietly(GeUpload *upload, const char *key, const char *query, int timeout_ms)
{
	GeS3Call call;

	ge_s3_call_init(&call, "DELETE", key);
	call.query = query;
	call.sink = upload->answer;
	call.sink_capacity = GE_UPLOAD_ANSWER;
	(void) ge_s3_call_run_quietly(upload->client, &call, timeout_ms);
}

static void
abort_multipart(GeUpload *upload, const char *key, const char *upload_id, int timeout_ms)
{
	char *encoded = palloc(3 * strlen(upload_id) + 1);

	ge_percent_encode(upload_id, strlen(upload_id), false, encoded);
	delete_quietly(upload, key, psprintf("uploadId=%s", encoded), timeout_ms);
}

/*
 * The answer that held an upload's id was lost, so the id is looked up: that of an upload
 * to our very key that began after we did and is not the one that we know.
 */
void
ge_upload_sweep(GeUpload *upload, GeUploadObject *object, int timeout_ms)
{
	char *encoded = palloc(3 * strlen(object->key) + 1);
	GeS3Call call;
	GeXml rest;
	GeXml content;

	ge_percent_encode(object->key, strlen(object->key), false, encoded);
	ge_s3_call_init(&call, "GET", NULL);
	call.query = psprintf("prefix=%s&uploads=", encoded);
	call.sink = palloc(GE_UPLOAD_ANSWER);
	call.sink_capacity = GE_UPLOAD_ANSWER;
	if (!ge_s3_call_run_quietly(upload->client, &call, timeout_ms))
		return;
	rest = (GeXml){call.sink, call.sink + call.exchange.received};
	while (ge_xml_next(&rest, "Upload", &content))
	{
		char *key = ge_xml_text(content, "Key");
		char *id = ge_xml_text(content, "UploadId");
		char *begun = ge_xml_text(content, "Initiated");

		if (key != NULL && id != NULL && strcmp(key, object->key) == 0 &&
			(object->upload_id == NULL || strcmp(id, object->upload_id) != 0) &&
			begun != NULL && strncmp(begun, upload->begun, strlen(upload->begun)) >= 0)
			abort_multipart(upload, key, id, timeout_ms);
	}
}

/* What an unclear end left: an object that is not the one that was there before. */
static void
delete_if_new(GeUpload *upload, GeUploadObject *object, int timeout_ms)
{
	GeS3Call call;

	ge_s3_call_init(&call, "HEAD", object->key);
	call.sink = upload->answer;
	call.sink_capacity = GE_UPLOAD_ANSWER;
	if (ge_s3_call_run_quietly(upload->client, &call, timeout_ms) &&
		strcmp(call.exchange.etag, object->old_etag) != 0)
		delete_quietly(upload, object->key, "", timeout_ms);
}

static int
time_left(TimestampTz end)
{
	TimestampTz now = GetCurrentTimestamp();

	return now < end ? (int) ((end - now) / 1000) : 0;
}

/* A request that was cut may still be at work in the endpoint. */
static bool
may_appear_later(const GeUploadObject *object)
{
	return (object->begun_unclear && object->upload_id == NULL) ||
		   (object->in_doubt && !object->completed);
}

static void
abort_object(GeUpload *upload, GeUploadObject *object, TimestampTz end)
{
	int pause_ms = FIRST_PAUSE_MS;

	if (object->upload_id != NULL && !object->completed)
		abort_multipart(upload, object->key, object->upload_id, time_left(end));
	for (;;)
	{
		if (object->begun_unclear)
			ge_upload_sweep(upload, object, time_left(end));
		if (object->in_doubt)
			delete_if_new(upload, object, time_left(end));
		if (!may_appear_later(object) || pause_ms > LAST_PAUSE_MS ||
			time_left(end) <= pause_ms)
			break;
		pg_usleep(pause_ms * 1000L);
		pause_ms *= 2;
	}
}

void
ge_upload_abort(GeUpload *upload)
{
	ListCell *cell;

	HOLD_INTERRUPTS();
	ge_s3_client_cancel_all(upload->client);
	foreach (cell, upload->objects)
	{
		TimestampTz end = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), ABORT_MS);

		abort_object(upload, lfirst(cell), end);
		if (time_left(end) == 0)
			break;
	}
	RESUME_INTERRUPTS();
}
