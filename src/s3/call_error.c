/*
 * call_error.c: errors of calls: read, judged, reported.
 *
 * Only Code, Message and the request's id of an answer are shown, never its body: the
 * body may hold the signed request.
 */
#include "postgres.h"
#include "base/shown.h"
#include "lib/stringinfo.h"

#include <time.h>

#include "s3/client.h"
#include "s3/xml.h"

#define CLOCK_SKEW_WORTH_CORRECTING 60 /* seconds */

/* Foreign text for a message: short, and of printable ASCII. */
static void
take_foreign(const char *foreign, char *result, size_t size)
{
	size_t i = 0;

	for (; foreign != NULL && foreign[i] != '\0' && i < size - 1; i++)
		result[i] = foreign[i] >= ' ' && foreign[i] <= '~' ? foreign[i] : '?';
	result[i] = '\0';
}

void
ge_s3_call_read_error(GeS3Call *call)
{
	GeHttpExchange *exchange = &call->exchange;
	GeXml body = {exchange->error_body, exchange->error_body + exchange->error_length};

	if (exchange->status >= 200 && exchange->status < 300)
		body = (GeXml){call->sink, call->sink + exchange->received};
	call->code[0] = call->message[0] = '\0';
	if (!exchange->answered)
		return;
	take_foreign(ge_xml_raw(body, "Code"), call->code, sizeof(call->code));
	take_foreign(ge_xml_raw(body, "Message"), call->message, sizeof(call->message));
	if (exchange->request_id[0] == '\0')
		take_foreign(ge_xml_raw(body, "RequestId"), exchange->request_id, GE_HTTP_TEXT);
}

static bool
code_is(const GeS3Call *call, const char *code)
{
	return strcmp(call->code, code) == 0;
}

bool
ge_s3_call_is_expired(const GeS3Call *call)
{
	static const char *const codes[] = {"ExpiredToken", "ExpiredTokenException",
										"InvalidToken", "TokenRefreshRequired"};
	int status = call->exchange.status;

	if (!call->exchange.answered)
		return false;
	for (int i = 0; i < lengthof(codes); i++)
		if (code_is(call, codes[i]))
			return true;
	/* an answer to HEAD has no body to say more in */
	return strcmp(call->method, "HEAD") == 0 && (status == 400 || status == 403);
}

/* Our clock is wrong; the next attempt has the endpoint's time. */
static bool
correct_clock(GeS3Call *call)
{
	int64 offset = call->exchange.date - time(NULL);

	if (call->exchange.date == 0 ||
		llabs(offset - call->client->clock_offset) < CLOCK_SKEW_WORTH_CORRECTING)
		return false;
	call->client->clock_offset = offset;
	return true;
}

/* A write that is to make a new object. */
static bool
is_conditional(const GeS3Call *call)
{
	for (int i = 0; i < call->n_extra; i++)
		if (strcmp(call->extra[i].name, GE_S3_IF_NONE_MATCH) == 0)
			return true;
	return false;
}

/* Without an ETag nobody knows whether the rest would be of the same object. */
static bool
is_unsure_of_rest(const GeS3Call *call)
{
	return call->first >= 0 && call->exchange.received > 0 && call->version == NULL;
}

bool
ge_s3_call_may_retry(GeS3Call *call, bool *throttled)
{
	const GeHttpExchange *exchange = &call->exchange;

	*throttled = false;
	if (exchange->refused || exchange->misranged || exchange->replaced ||
		exchange->malformed != NULL || is_unsure_of_rest(call))
		return false;
	if (!exchange->answered)
		return true;
	*throttled =
		exchange->status == 429 || exchange->status == 503 || code_is(call, "SlowDown");
	if (code_is(call, "RequestTimeTooSkewed"))
		return correct_clock(call);
	/* of two such writes at the same time; endpoints have several codes for it, or none */
	if (exchange->status == 409 && is_conditional(call))
		return true;
	switch (exchange->status)
	{
		case 408:
		case 429:
		case 500:
		case 502:
		case 503:
		case 504:
			return true;
		default:
			return *throttled || code_is(call, "InternalError") ||
				   code_is(call, "RequestTimeout") || code_is(call, "OperationAborted") ||
				   code_is(call, "ConditionalRequestConflict");
	}
}

/* ------------------------------------------------------------------ for the user */

static int
sqlstate_of(const GeS3Call *call)
{
	if (call->exchange.malformed != NULL)
		return ERRCODE_INVALID_PARAMETER_VALUE;
	if (call->exchange.refused)
		return ERRCODE_INSUFFICIENT_PRIVILEGE;
	if (call->exchange.replaced)
		return ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE;
	if (call->exchange.misranged)
		return ERRCODE_EXTERNAL_ROUTINE_EXCEPTION;
	if (!call->exchange.answered)
		return ERRCODE_CONNECTION_FAILURE;
	switch (call->exchange.status)
	{
		case 401:
		case 403:
			return ERRCODE_INSUFFICIENT_PRIVILEGE;
		case 404:
			return ERRCODE_UNDEFINED_FILE;
		case 412:
			return ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE;
		default:
			return ERRCODE_EXTERNAL_ROUTINE_EXCEPTION;
	}
}

static char *
detail_of(const GeS3Call *call)
{
	const GeHttpExchange *exchange = &call->exchange;
	StringInfoData detail;

	if (exchange->malformed != NULL)
		return psprintf("The request's %.*s has a control character.",
						(int) strcspn(exchange->malformed, ":"), exchange->malformed);
	if (exchange->refused)
		return psprintf("The endpoint \"%s\" has an address that is not public.",
						call->client->server->endpoint.host);
	if (exchange->misranged)
		return pstrdup("The endpoint answered with other bytes than were asked for.");
	if (exchange->replaced && call->version != NULL &&
		!ge_etag_tells_version(exchange->etag))
		return pstrdup("The endpoint answered without the ETag that the object had, so "
					   "that it may have been replaced while it was read.");
	if (exchange->replaced || (exchange->status == 412 && call->version != NULL))
		return pstrdup("The object was replaced while it was read.");
	if (!exchange->answered)
		return psprintf("Endpoint \"%s\", attempt %d: %s.",
						call->client->server->endpoint.host, call->attempts,
						exchange->failure);
	if (ge_s3_call_is_strange(call))
		return call->gives_etag && exchange->etag[0] == '\0'
				   ? psprintf("The endpoint answered %d without an ETag.",
							  exchange->status)
				   : psprintf("The endpoint answered %d with something else than a whole "
							  "document \"%s\".",
							  exchange->status, call->answer_root);
	initStringInfo(&detail);
	appendStringInfo(&detail, "The endpoint answered %d", exchange->status);
	if (call->code[0] != '\0')
		appendStringInfo(&detail, " %s", call->code);
	if (call->message[0] != '\0')
		appendStringInfo(&detail, ": %s", call->message);
	if (exchange->request_id[0] != '\0')
		appendStringInfo(&detail, " (request %s)", exchange->request_id);
	return detail.data;
}

static const char *
hint_of(const GeS3Call *call)
{
	const GeHttpExchange *exchange = &call->exchange;
	const GeS3Server *server = call->client->server;

	if (ge_s3_call_is_expired(call) && call->client->why[0] != '\0')
		return psprintf("There are no newer credentials: %s.", call->client->why);
	if (!exchange->answered && is_unsure_of_rest(call))
		return "The object has no ETag, so that its rest cannot be asked for.";
	if (exchange->refused)
		return "Only servers that a superuser owns may lead to such addresses.";
	if (exchange->bucket_region[0] != '\0' &&
		strcmp(exchange->bucket_region, server->region) != 0)
		return psprintf("The bucket is in region %s, the request was for %s.",
						exchange->bucket_region, server->region);
	if (code_is(call, "AuthorizationHeaderMalformed"))
		return "Check option \"region\" of the server.";
	if (exchange->status < 400 || exchange->status == 404 ||
		call->client->credentials.access_key_id != NULL)
		return NULL;
	if (server->name == NULL)
		return "No server's scope fits the URI, so the request was anonymous: create a "
			   "server of foreign data wrapper gpu_encode_s3, or name one.";
	return "The user has no user mapping for the server, so the request was anonymous: "
		   "see "
		   "gpu_encode.s3_set_credentials().";
}

void
ge_s3_call_report(const GeS3Call *call, const char *what)
{
	const char *hint = hint_of(call);

	ereport(ERROR, errcode(sqlstate_of(call)),
			errmsg("%s \"%s\"", what,
				   ge_printable(ge_uri_format(call->client->bucket,
											  call->key != NULL ? call->key : ""))),
			errdetail_internal("%s", detail_of(call)),
			hint != NULL ? errhint("%s", hint) : 0);
	pg_unreachable();
}

void
ge_s3_call_check(const GeS3Call *call, const char *what)
{
	if (call->state == GE_S3_FAILED)
		ge_s3_call_report(call, what);
}
