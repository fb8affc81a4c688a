/*
 * call_request.c: a call as a request of HTTP: its url, its headers, its signature.
 */
#include "postgres.h"
#include "mb/pg_wchar.h"
#include "utils/memutils.h"

#include <time.h>

#include "s3/client.h"

#define EMPTY_HASH "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* The host that a bucket has. */
static char *
host_of(const GeS3Client *client)
{
	char *result = palloc(GE_HOST_BYTES);

	ge_endpoint_host(&client->server->endpoint, client->server->path_style,
					 client->bucket, result);
	return result;
}

/* The path of an object or a bucket, encoded.  Keys are UTF-8 out there. */
static char *
path_of(const GeS3Client *client, const char *key)
{
	char *utf8 = key != NULL ? pg_server_to_any(key, (int) strlen(key), PG_UTF8) : NULL;
	char *result = palloc(GE_BUCKET_BYTES + 3 * (key != NULL ? strlen(utf8) : 0) + 3);

	ge_endpoint_path(client->server->path_style, client->bucket, utf8, result);
	return result;
}

static void
add_header(GeSignRequest *request, const char *name, const char *value)
{
	if (request->n_headers == GE_SIGN_MAX_HEADERS)
		ereport(ERROR, errcode(ERRCODE_INTERNAL_ERROR),
				errmsg("a request has more than %d headers", GE_SIGN_MAX_HEADERS));
	request->headers[request->n_headers++] = (GeSignHeader){name, value};
}

static char *
time_text(const GeS3Client *client)
{
	time_t now = time(NULL) + client->clock_offset;
	struct tm parts;
	char *result = palloc(GE_SIGN_TIME_BYTES);

	gmtime_r(&now, &parts);
	strftime(result, GE_SIGN_TIME_BYTES, "%Y%m%dT%H%M%SZ", &parts);
	return result;
}

/* Over TLS the body needs no digest of its own, which would cost more than sending it. */
static char *
payload_hash(const GeS3Client *client, const GeS3Call *call)
{
	GeSpan body = {call->body, call->body_length};
	uint8_t digest[GE_SHA256_BYTES];
	char *result = palloc(GE_SHA256_HEX);

	if (call->body_length == 0)
		return pstrdup(EMPTY_HASH);
	if (client->server->endpoint.https)
		return pstrdup("UNSIGNED-PAYLOAD");
	if (!ge_sha256(&body, 1, digest))
		ereport(ERROR, errcode(ERRCODE_INTERNAL_ERROR),
				errmsg("could not compute a digest"));
	ge_hex(digest, result);
	return result;
}

/* The headers that S3 reads and that are signed. */
static void
collect_headers(const GeS3Client *client, const GeS3Call *call, GeSignRequest *request)
{
	const GeS3Credentials *credentials = &client->credentials;

	add_header(request, "host", host_of(client));
	if (call->first >= 0)
		add_header(request, "range",
				   psprintf("bytes=" INT64_FORMAT "-" INT64_FORMAT,
							call->exchange.range_first,
							call->first + (int64) call->sink_capacity - 1));
	/* weak ones never match; they are compared with the answer's */
	if (call->version != NULL && ge_etag_strong(call->version) == call->version)
		add_header(request, "if-match", call->version);
	for (int i = 0; i < call->n_extra; i++)
		add_header(request, call->extra[i].name, call->extra[i].value);
	if (credentials->access_key_id == NULL)
		return;
	request->time = time_text(client);
	request->payload_hash = payload_hash(client, call);
	add_header(request, "x-amz-date", request->time);
	add_header(request, "x-amz-content-sha256", request->payload_hash);
	if (credentials->session_token != NULL)
		add_header(request, "x-amz-security-token", credentials->session_token);
}

static void
sign(const GeS3Client *client, GeSignRequest *request, GeHttpExchange *exchange)
{
	char authorization[GE_SIGN_HEADER_BYTES];

	request->region = client->server->region;
	request->access_key_id = client->credentials.access_key_id;
	request->secret_access_key = client->credentials.secret_access_key;
	if (!ge_sign(request, authorization))
		ereport(ERROR, errcode(ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION),
				errmsg("could not sign a request to S3"),
				errdetail("Access key id, region or secret are longer than possible."));
	exchange->headers[exchange->n_headers++] =
		psprintf("authorization: %s", authorization);
}

void
ge_s3_call_prepare(GeS3Client *client, GeS3Call *call)
{
	GeHttpExchange *exchange = &call->exchange;
	GeSignHeader headers[GE_SIGN_MAX_HEADERS];
	GeSignRequest request = {.method = call->method,
							 .path = path_of(client, call->key),
							 .query = call->query,
							 .headers = headers};

	exchange->method = call->method;
	exchange->body = call->body;
	exchange->body_length = call->body_length;
	exchange->fresh = call->once;
	exchange->sink = call->sink;
	exchange->sink_capacity = call->sink_capacity;
	exchange->version = call->version;
	exchange->version_size = call->version_size;
	exchange->limits = &client->limits;
	if (call->first < 0)
		exchange->received = 0;
	exchange->range_first = call->first < 0 ? -1 : call->first + exchange->received;
	exchange->n_headers = 0;
	exchange->url = psprintf(
		"%s://%s%s%s%s", client->server->endpoint.https ? "https" : "http",
		host_of(client), request.path, call->query[0] != '\0' ? "?" : "", call->query);
	collect_headers(client, call, &request);
	if (client->credentials.access_key_id != NULL)
		sign(client, &request, exchange);
	if (strcmp(call->method, "GET") == 0 &&
		ge_endpoint_decompresses(&client->server->endpoint))
		exchange->headers[exchange->n_headers++] = "accept-encoding: gzip";
	for (int i = 0; i < request.n_headers; i++)
		exchange->headers[exchange->n_headers++] =
			psprintf("%s: %s", headers[i].name, headers[i].value);
}
