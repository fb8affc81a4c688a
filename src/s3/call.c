/*
 * call.c: calls of the S3 interface: started, driven, tried again.
 */
#include "postgres.h"
#include "common/pg_prng.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "base/settings.h"
#include "s3/address.h"
#include "s3/client.h"

#define BACKOFF_BASE_MS 50
#define BACKOFF_THROTTLED_MS 1000
#define BACKOFF_CAP_MS 20000
#define BACKOFF_CLEANING_UP_MS 200 /* what matters then is the time in all */
#define POLL_MS 50				   /* how long an interrupt may have to wait */

GeS3Client *
ge_s3_client_create(const GeS3Server *server, const char *bucket)
{
	GeS3Client *client = palloc0_object(GeS3Client);

	client->server = server;
	client->bucket = pstrdup(bucket);
	client->context = CurrentMemoryContext;
	client->capacity = 8;
	client->calls = palloc_array(GeS3Call *, client->capacity);
	client->http = ge_http_client_create();
	client->limits = (GeHttpLimits){
		.allows = server->trusted ? NULL : ge_address_is_public, .http = server->trusted};
	client->credentials = server->credentials;
	return client;
}

void
ge_s3_client_close(GeS3Client *client)
{
	ge_http_client_close(client->http);
	client->n_calls = 0;
}

void
ge_s3_call_init(GeS3Call *call, const char *method, const char *key)
{
	memset(call, 0, sizeof(*call));
	call->method = method;
	call->key = key;
	call->query = "";
	call->first = -1;
	call->version_size = -1;
}

bool
ge_s3_call_ended(const GeS3Call *call)
{
	return call->state == GE_S3_DONE || call->state == GE_S3_FAILED;
}

/* Texts of an attempt live until the next one, so that many attempts need no more memory. */
static void
begin_attempt(GeS3Client *client, GeS3Call *call)
{
	MemoryContext attempt;
	MemoryContext caller;

	ge_s3_client_renew_early(client, call->cleaning_up);
	attempt = AllocSetContextCreate(client->context, "S3 request", ALLOCSET_SMALL_SIZES);
	caller = MemoryContextSwitchTo(attempt);
	if (call->texts != NULL)
		MemoryContextDelete(call->texts);
	call->texts = attempt;
	call->attempts++;
	call->generation = client->generation;
	call->received_before = call->first >= 0 ? call->exchange.received : 0;
	ge_s3_call_prepare(client, call);
	MemoryContextSwitchTo(client->context);
	ge_http_start(client->http, &call->exchange);
	MemoryContextSwitchTo(caller);
	call->state = GE_S3_RUNNING;
}

void
ge_s3_call_start(GeS3Client *client, GeS3Call *call)
{
	call->client = client;
	call->attempts = 0;
	call->repeated = call->renewed = false;
	call->exchange.received = 0;
	if (client->n_calls == client->capacity)
	{
		client->capacity *= 2;
		client->calls = repalloc(client->calls, client->capacity * sizeof(GeS3Call *));
	}
	client->calls[client->n_calls++] = call;
	begin_attempt(client, call);
}

/* The call is no longer driven. */
static void
forget(GeS3Call *call)
{
	GeS3Client *client = call->client;

	for (int i = 0; i < client->n_calls; i++)
		if (client->calls[i] == call)
			client->calls[i--] = client->calls[--client->n_calls];
	MemoryContextDelete(call->texts);
	call->texts = NULL;
}

void
ge_s3_call_cancel(GeS3Call *call)
{
	if (ge_s3_call_ended(call) || call->texts == NULL)
		return;
	ge_http_cancel(&call->exchange);
	forget(call);
	call->state = GE_S3_IDLE;
}

void
ge_s3_client_cancel_all(GeS3Client *client)
{
	while (client->n_calls > 0)
	{
		GeS3Call *call = client->calls[--client->n_calls];

		ge_http_cancel(&call->exchange);
		call->state = GE_S3_IDLE;
	}
}

static bool
is_good_status(const GeHttpExchange *exchange)
{
	return exchange->answered && exchange->status >= 200 && exchange->status <= 299;
}

static bool
went_well(const GeS3Call *call)
{
	const GeHttpExchange *exchange = &call->exchange;
	GeXml content;

	if (!is_good_status(exchange) || (call->gives_etag && exchange->etag[0] == '\0'))
		return false;
	return call->answer_root == NULL ||
		   ge_xml_document(call->sink, exchange->received, call->answer_root, &content);
}

GeXml
ge_s3_call_document(const GeS3Call *call)
{
	GeXml content = {NULL, NULL};

	(void) ge_xml_document(call->sink, call->exchange.received, call->answer_root,
						   &content);
	return content;
}

bool
ge_s3_call_is_strange(const GeS3Call *call)
{
	return call->state == GE_S3_FAILED && is_good_status(&call->exchange) &&
		   call->code[0] == '\0';
}

/* Full jitter: any time up to one that doubles with each attempt. */
static TimestampTz
choose_next_attempt(const GeS3Call *call, bool throttled)
{
	double limit = throttled ? BACKOFF_THROTTLED_MS : BACKOFF_BASE_MS;

	for (int i = 1; i < call->attempts && limit < BACKOFF_CAP_MS; i++)
		limit *= 2;
	limit = Min(limit, call->cleaning_up ? BACKOFF_CLEANING_UP_MS : BACKOFF_CAP_MS);
	return TimestampTzPlusMilliseconds(GetCurrentTimestamp(),
									   pg_prng_double(&pg_global_prng_state) * limit);
}

/* The bytes received so far fix the version of the rest. */
static void
keep_version(GeS3Call *call)
{
	if (call->version == NULL && ge_etag_tells_version(call->exchange.etag))
		call->version = MemoryContextStrdup(call->client->context, call->exchange.etag);
}

/* An attempt has ended: with success, with a final failure, or to be repeated. */
static void
judge_attempt(GeS3Call *call)
{
	bool progressed = call->first >= 0 && call->exchange.received > call->received_before;
	bool throttled;

	if (went_well(call))
	{
		call->state = GE_S3_DONE;
		return;
	}
	ge_s3_call_read_error(call);
	if (progressed)
	{
		call->renewed = false;
		keep_version(call);
	}
	call->state = GE_S3_FAILED;
	if (ge_s3_call_renew(call))
	{
		/* the request was refused at once: it had no effect, and no attempt is used up */
		call->attempts--;
		call->next_attempt = GetCurrentTimestamp();
		call->state = GE_S3_WAITING;
		return;
	}
	if (!ge_s3_call_may_retry(call, &throttled))
		return;
	if (progressed)
		call->attempts = 0;
	if (call->attempts >= ge_setting_s3_max_attempts && !call->cleaning_up)
		return;
	/* after a server error, too, the request may have had its effect */
	call->repeated = true;
	call->next_attempt = choose_next_attempt(call, throttled);
	call->state = GE_S3_WAITING;
}

/* Let calls proceed. */
static void
step(GeS3Client *client, int timeout_ms)
{
	TimestampTz now;

	ge_http_drive(client->http, Min(timeout_ms, POLL_MS));
	now = GetCurrentTimestamp();
	for (int i = 0; i < client->n_calls; i++)
	{
		GeS3Call *call = client->calls[i];

		if (call->state == GE_S3_RUNNING && call->exchange.ended)
			judge_attempt(call);
		else if (call->state == GE_S3_WAITING && call->next_attempt <= now)
			begin_attempt(client, call);
		if (ge_s3_call_ended(call))
		{
			forget(call);
			i--; /* another one took its place */
		}
	}
}

void
ge_s3_client_drive(GeS3Client *client, int timeout_ms)
{
	CHECK_FOR_INTERRUPTS();
	step(client, timeout_ms);
	CHECK_FOR_INTERRUPTS();
}

void
ge_s3_call_run(GeS3Client *client, GeS3Call *call)
{
	ge_s3_call_start(client, call);
	while (!ge_s3_call_ended(call))
		ge_s3_client_drive(client, POLL_MS);
}

void
ge_s3_call_await_quietly(GeS3Call *call, int timeout_ms)
{
	TimestampTz now = GetCurrentTimestamp();
	TimestampTz end = TimestampTzPlusMilliseconds(now, timeout_ms);

	while (call->state == GE_S3_RUNNING && now < end)
	{
		step(call->client, (int) ((end - now) / 1000) + 1);
		now = GetCurrentTimestamp();
	}
}

bool
ge_s3_call_is_unclear(const GeS3Call *call)
{
	const GeHttpExchange *exchange = &call->exchange;

	/* after a server error the request may have had its effect */
	return call->repeated || ge_s3_call_is_strange(call) ||
		   (exchange->answered ? exchange->status >= 500 : exchange->sent);
}

bool
ge_s3_call_try_once(GeS3Client *client, GeS3Call *call, int timeout_ms)
{
	TimestampTz end = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), timeout_ms);

	ge_s3_call_start(client, call);
	while (call->state == GE_S3_RUNNING && GetCurrentTimestamp() < end)
		ge_s3_client_drive(client, POLL_MS);
	ge_s3_call_cancel(call);
	return call->state == GE_S3_DONE;
}

bool
ge_s3_call_run_quietly(GeS3Client *client, GeS3Call *call, int timeout_ms)
{
	TimestampTz end = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), timeout_ms);

	call->cleaning_up = true;
	ge_s3_call_start(client, call);
	while (!ge_s3_call_ended(call) && GetCurrentTimestamp() < end)
		step(client, POLL_MS);
	ge_s3_call_cancel(call);
	return call->state == GE_S3_DONE;
}
