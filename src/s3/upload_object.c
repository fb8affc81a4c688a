/*
 * upload_object.c: operations on one object of an upload.
 *
 * An answer may be lost after the request had its effect.  So after a call without a
 * clear answer, or a repeated call, a look decides: the object exists, is ours and has
 * the right size, or the call has failed.
 */
#include "postgres.h"

#include <time.h>

#include "base/shown.h"
#include "s3/upload_internal.h"
#include "s3/xml.h"

static void
add_extra(GeS3Call *call, const char *name, const char *value)
{
	Assert(call->n_extra < GE_S3_MAX_EXTRA_HEADERS);
	call->extra[call->n_extra++] = (GeSignHeader){name, value};
}

/*
 * A call that is made while no other of these is.  It is in the memory of the upload: an
 * error leaves it to the clean-up.
 */
static GeS3Call *
init_call(GeUpload *upload, const char *method, const GeUploadObject *object)
{
	GeS3Call *call = &upload->call;

	ge_s3_call_init(call, method, object->key);
	call->once = strcmp(method, "HEAD") != 0;
	call->gives_etag = !call->once;
	call->sink = upload->answer;
	call->sink_capacity = GE_UPLOAD_ANSWER;
	return call;
}

/* What describes the new object. */
static void
add_description(const GeUpload *upload, GeS3Call *call)
{
	const GeUploadOptions *options = &upload->options;

	add_extra(call, GE_HTTP_UPLOAD_TOKEN, upload->token);
	if (options->content_type != NULL)
		add_extra(call, "content-type", options->content_type);
	if (options->content_encoding != NULL)
		add_extra(call, "content-encoding", options->content_encoding);
	if (options->kms_key != NULL)
	{
		add_extra(call, "x-amz-server-side-encryption", "aws:kms");
		add_extra(call, "x-amz-server-side-encryption-aws-kms-key-id", options->kms_key);
	}
}

static char *
upload_query(const GeUploadObject *object)
{
	char *encoded = palloc(3 * strlen(object->upload_id) + 1);

	ge_percent_encode(object->upload_id, strlen(object->upload_id), false, encoded);
	return psprintf("uploadId=%s", encoded);
}

static void
report_exists(const GeUpload *upload, const GeUploadObject *object)
{
	ereport(ERROR, errcode(ERRCODE_DUPLICATE_FILE),
			errmsg("object \"%s\" already exists",
				   ge_printable(ge_uri_format(upload->bucket, object->key))),
			errhint("Say overwrite => true to replace it."));
}

void
ge_upload_object_look(GeUpload *upload, GeUploadObject *object)
{
	GeS3Call *call = init_call(upload, "HEAD", object);

	ge_s3_call_run(upload->client, call);
	if (call->state == GE_S3_FAILED && call->exchange.status != 404)
		ge_s3_call_report(call, "could not look for");
	if (upload->begun[0] == '\0')
	{
		/* without the endpoint's time ours: with none at all older uploads would be ended */
		time_t date = call->exchange.date > 0 ? call->exchange.date : time(NULL);
		struct tm parts;

		gmtime_r(&date, &parts);
		strftime(upload->begun, sizeof(upload->begun), "%Y-%m-%dT%H:%M:%S", &parts);
	}
	if (call->state == GE_S3_FAILED)
		return;
	if (!upload->options.overwrite)
		report_exists(upload, object);
}

void
ge_upload_object_take_id(const GeUpload *upload, GeUploadObject *object)
{
	const GeS3Call *call = &upload->call;

	object->begun_unclear = call->state == GE_S3_DONE || ge_s3_call_is_unclear(call);
	if (call->state == GE_S3_DONE)
		object->upload_id = ge_xml_raw(ge_s3_call_document(call), "UploadId");
	if (object->upload_id != NULL)
		object->begun_unclear = call->repeated;
}

void
ge_upload_object_begin(GeUpload *upload, GeUploadObject *object)
{
	GeS3Call *call;

	if (object->upload_id != NULL)
		return;
	call = init_call(upload, "POST", object);
	call->query = "uploads=";
	call->answer_root = "InitiateMultipartUploadResult";
	call->body = "";
	add_description(upload, call);
	object->begun_unclear = true;
	ge_s3_call_run(upload->client, call);
	ge_upload_object_take_id(upload, object);
	ge_s3_call_check(call, "could not begin an upload to");
	if (object->upload_id == NULL)
		ereport(ERROR, errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
				errmsg("the endpoint gave no id for an upload"));
}

/* The object is there as it was meant to be, and is ours. */
static bool
has_appeared(GeUpload *upload, const GeUploadObject *object)
{
	/* upload->call is still to be reported */
	GeS3Call *call = palloc_object(GeS3Call);

	ge_s3_call_init(call, "HEAD", object->key);
	call->gives_etag = true;
	call->sink = upload->answer;
	call->sink_capacity = GE_UPLOAD_ANSWER;
	ge_s3_call_run(upload->client, call);
	return call->state == GE_S3_DONE && call->exchange.content_length == object->size &&
		   strcmp(call->exchange.upload_token, upload->token) == 0;
}

/*
 * Run the call that makes the object appear.  An endpoint that does not know If-None-Match
 * gets it without.
 */
static void
run_final(GeUpload *upload, GeUploadObject *object, GeS3Call *call)
{
	bool conditional = upload->conditional && !upload->options.overwrite;

	object->in_doubt = true;
	if (conditional)
		add_extra(call, GE_S3_IF_NONE_MATCH, "*");
	ge_s3_call_run(upload->client, call);
	if (conditional && call->state == GE_S3_FAILED &&
		(call->exchange.status == 501 || strcmp(call->code, "NotImplemented") == 0))
	{
		upload->conditional = false;
		call->n_extra--;
		ge_s3_call_run(upload->client, call);
	}
	if (call->state == GE_S3_FAILED)
	{
		bool unclear = ge_s3_call_is_unclear(call);

		if (!unclear || !has_appeared(upload, object))
		{
			/* a clear refusal: the object is not ours, and stays */
			object->in_doubt = unclear;
			if (conditional && call->exchange.status == 412)
				report_exists(upload, object);
			ge_s3_call_report(call, "could not write");
		}
	}
	object->completed = true;
}

/*
 * Not every endpoint obeys If-None-Match (Ceph does not for objects in parts), and the
 * query may have taken hours since the first look.
 */
static void
look_again(GeUpload *upload, GeUploadObject *object)
{
	if (!upload->options.overwrite)
		ge_upload_object_look(upload, object);
}

void
ge_upload_object_complete(GeUpload *upload, GeUploadObject *object)
{
	GeS3Call *call;
	StringInfoData list;

	look_again(upload, object);
	initStringInfo(&list);
	appendStringInfoString(&list, "<CompleteMultipartUpload>");
	for (int i = 0; i < object->n_parts; i++)
		appendStringInfo(&list, "<Part><PartNumber>%d</PartNumber><ETag>%s</ETag></Part>",
						 i + 1, ge_xml_escape(object->etags[i]));
	appendStringInfoString(&list, "</CompleteMultipartUpload>");
	call = init_call(upload, "POST", object);
	call->query = upload_query(object);
	call->body = list.data;
	call->body_length = list.len;
	call->answer_root = "CompleteMultipartUploadResult";
	add_extra(call, "content-type", "application/xml");
	run_final(upload, object, call);
}

void
ge_upload_object_put(GeUpload *upload, GeUploadObject *object, const GeUploadSlot *slot)
{
	GeS3Call *call;

	look_again(upload, object);
	call = init_call(upload, "PUT", object);
	call->body = slot->buffer != NULL ? slot->buffer : ""; /* nothing was written */
	call->body_length = slot->filled;
	call->gives_etag = true;
	add_description(upload, call);
	run_final(upload, object, call);
}
