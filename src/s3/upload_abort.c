/*
 * upload_abort.c: the removal of everything that an upload has sent.
 *
 * Runs in the middle of an error or of the end of the process: it throws nothing, does not
 * listen to interrupts, and gives up when an object takes too long.
 *
 * A request that was cut off may still run in the endpoint, and its object may appear
 * after the clean-up.  After an error there is time to look again.  A cancel has to end
 * soon: it waits a moment for the answer that is due, looks once, and warns of objects
 * that may still appear.  Objects that are known to exist are removed in either case,
 * even if that takes time.
 */
#include "postgres.h"
#include "base/shown.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/timestamp.h"

#include "s3/upload_internal.h"
#include "s3/xml.h"

#define ABORT_MS 3000 /* for one object; an endpoint that is slower is taken for dead */
/* between looks for what may appear later: 100, 200, 400 ms */
#define FIRST_PAUSE_MS 100
#define LAST_PAUSE_MS 400
/* after a cancel, which is to end within 200 ms */
#define AWAIT_MS 80
#define LOOK_MS 60

/* Whether it is gone. */
static bool
delete_quietly(GeUpload *upload, const char *key, const char *query, int timeout_ms)
{
	GeS3Call call;

	ge_s3_call_init(&call, "DELETE", key);
	call.query = query;
	call.sink = upload->answer;
	call.sink_capacity = GE_UPLOAD_ANSWER;
	/* an answer with a body is somebody else's */
	return (ge_s3_call_run_quietly(upload->client, &call, timeout_ms) &&
			call.exchange.received == 0) ||
		   (call.state == GE_S3_FAILED && call.exchange.status == 404);
}

static bool
abort_multipart(GeUpload *upload, const char *key, const char *upload_id, int timeout_ms)
{
	char *encoded = palloc(3 * strlen(upload_id) + 1);

	ge_percent_encode(upload_id, strlen(upload_id), false, encoded);
	return delete_quietly(upload, key, psprintf("uploadId=%s", encoded), timeout_ms);
}

/*
 * The answer that held an upload's id was lost, so the id is looked up: that of an upload
 * to our very key that began after we did and is not the one that we know.
 */
GeUploadTrace
ge_upload_sweep(GeUpload *upload, GeUploadObject *object, int look_ms, int abort_ms)
{
	char *ours = pg_server_to_any(object->key, (int) strlen(object->key), PG_UTF8);
	char *encoded = palloc(3 * strlen(ours) + 1);
	GeS3Call call;
	GeXml rest;
	char *truncated;
	GeXml content;
	GeUploadTrace trace = GE_TRACE_NONE;

	ge_percent_encode(ours, strlen(ours), false, encoded);
	ge_s3_call_init(&call, "GET", NULL);
	call.query = psprintf("prefix=%s&uploads=", encoded);
	call.answer_root = "ListMultipartUploadsResult";
	call.sink = palloc(GE_UPLOAD_ANSWER);
	call.sink_capacity = GE_UPLOAD_ANSWER;
	if (!ge_s3_call_run_quietly(upload->client, &call, look_ms))
		return GE_TRACE_UNKNOWN;
	rest = ge_s3_call_document(&call);
	truncated = ge_xml_child(rest, "IsTruncated");
	if (truncated != NULL && strcmp(truncated, "true") == 0)
		trace = GE_TRACE_UNKNOWN;
	while (ge_xml_next(&rest, "Upload", &content))
	{
		char *key = ge_xml_child(content, "Key");
		char *id = ge_xml_child(content, "UploadId");
		char *begun = ge_xml_child(content, "Initiated");

		if (key == NULL || id == NULL || strcmp(key, ours) != 0 ||
			(object->upload_id != NULL && strcmp(id, object->upload_id) == 0) ||
			begun == NULL || strncmp(begun, upload->begun, strlen(upload->begun)) < 0)
			continue;
		if (!abort_multipart(upload, key, id, abort_ms))
			return GE_TRACE_UNKNOWN;
		trace = GE_TRACE_REMOVED;
	}
	return trace;
}

/*
 * After an unclear end: remove the object if it is ours, even if others write to its key
 * too.
 */
static GeUploadTrace
delete_if_ours(GeUpload *upload, GeUploadObject *object, int look_ms, int delete_ms)
{
	GeS3Call call;

	ge_s3_call_init(&call, "HEAD", object->key);
	call.gives_etag = true;
	call.sink = upload->answer;
	call.sink_capacity = GE_UPLOAD_ANSWER;
	if (!ge_s3_call_run_quietly(upload->client, &call, look_ms))
		return call.state == GE_S3_FAILED && call.exchange.status == 404
				   ? GE_TRACE_NONE
				   : GE_TRACE_UNKNOWN;
	if (strcmp(call.exchange.upload_token, upload->token) != 0)
		return GE_TRACE_NONE;
	return delete_quietly(upload, object->key, "", delete_ms) ? GE_TRACE_REMOVED
															  : GE_TRACE_UNKNOWN;
}

static int
time_left(TimestampTz end)
{
	TimestampTz now = GetCurrentTimestamp();

	return now < end ? (int) ((end - now) / 1000) : 0;
}

static bool
upload_may_appear(const GeUploadObject *object)
{
	return object->begun_unclear && object->upload_id == NULL;
}

static bool
object_may_appear(const GeUploadObject *object)
{
	return object->in_doubt && !object->completed;
}

static bool
may_appear_later(const GeUploadObject *object)
{
	return upload_may_appear(object) || object_may_appear(object);
}

/*
 * Use the outcome of the call that begins or ends the object; the call is no longer
 * driven.
 */
static void
take_answer(const GeUpload *upload, GeUploadObject *object)
{
	const GeS3Call *call = &upload->call;

	if (upload_may_appear(object))
		ge_upload_object_take_id(upload, object);
	else if (object_may_appear(object))
	{
		object->completed = call->state == GE_S3_DONE;
		object->in_doubt = object->completed || ge_s3_call_is_unclear(call);
	}
}

static void
warn_of_upload(const GeUpload *upload, const GeUploadObject *object)
{
	ereport(WARNING,
			errmsg("an unfinished upload to \"%s\" may be left",
				   ge_printable(ge_uri_format(upload->bucket, object->key))),
			errdetail("The endpoint has not confirmed in time that there is none."),
			errhint("Look for it among the bucket's unfinished uploads, or have the "
					"bucket's lifecycle end those."));
}

static void
warn_of_object(const GeUpload *upload, const GeUploadObject *object)
{
	ereport(WARNING,
			errmsg("object \"%s\" may be there, or still appear",
				   ge_printable(ge_uri_format(upload->bucket, object->key))),
			errdetail("The endpoint has not confirmed in time that there is none."),
			errhint("Look for it, and remove it if it is not wanted."));
}

/* After a cancel: look once for objects that may appear. */
static void
look_once(GeUpload *upload, GeUploadObject *object, TimestampTz end)
{
	TimestampTz look_end = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), LOOK_MS);

	if (upload_may_appear(object) && ge_upload_sweep(upload, object, time_left(look_end),
													 time_left(end)) != GE_TRACE_REMOVED)
		warn_of_upload(upload, object);
	if (object_may_appear(object) && delete_if_ours(upload, object, time_left(look_end),
													time_left(end)) != GE_TRACE_REMOVED)
		warn_of_object(upload, object);
}

/* After an error: look as often as time allows, while an object may appear. */
static void
look_often(GeUpload *upload, GeUploadObject *object, TimestampTz end)
{
	GeUploadTrace of_upload = GE_TRACE_NONE;
	GeUploadTrace of_object = GE_TRACE_NONE;

	for (int pause_ms = FIRST_PAUSE_MS;; pause_ms *= 2)
	{
		if (object->begun_unclear)
			of_upload = ge_upload_sweep(upload, object, time_left(end), time_left(end));
		if (object->in_doubt)
			of_object = delete_if_ours(upload, object, time_left(end), time_left(end));
		if (!may_appear_later(object) || pause_ms > LAST_PAUSE_MS ||
			time_left(end) <= pause_ms)
			break;
		pg_usleep(pause_ms * 1000L);
	}
	if (of_upload == GE_TRACE_UNKNOWN)
		warn_of_upload(upload, object);
	if (of_object == GE_TRACE_UNKNOWN)
		warn_of_object(upload, object);
}

static void
abort_object(GeUpload *upload, GeUploadObject *object, TimestampTz end, bool canceled)
{
	if (object->upload_id != NULL && !object->completed &&
		!abort_multipart(upload, object->key, object->upload_id, time_left(end)))
		warn_of_upload(upload, object);
	if (canceled && may_appear_later(object))
		look_once(upload, object, end);
	else
		look_often(upload, object, end);
}

void
ge_upload_abort(GeUpload *upload, int code)
{
	/* at the end of the process there may be no error to ask for */
	bool canceled = code == 0 && geterrcode() == ERRCODE_QUERY_CANCELED;
	ListCell *cell;

	HOLD_INTERRUPTS();
	if (canceled && upload->call.once && upload->call.state == GE_S3_RUNNING &&
		ge_http_is_sent(&upload->call.exchange))
		ge_s3_call_await_quietly(&upload->call, AWAIT_MS);
	ge_s3_client_cancel_all(upload->client);
	foreach (cell, upload->objects)
	{
		TimestampTz end = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), ABORT_MS);

		take_answer(upload, lfirst(cell));
		abort_object(upload, lfirst(cell), end, canceled);
		if (time_left(end) == 0)
			break;
	}
	RESUME_INTERRUPTS();
}
