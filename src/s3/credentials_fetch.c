/*
 * credentials_fetch.c: one small document over HTTP.
 *
 * The exchange runs in the client of the requests that wait for the credentials, so that
 * the client's other requests go on.
 */
#include "postgres.h"
#include "common/pg_prng.h"
#include "miscadmin.h"
#include "utils/timestamp.h"

#include "s3/credentials_fetch.h"

#define ATTEMPTS 3
#define BACKOFF_MS 100
#define POLL_MS 50			 /* how long an interrupt may have to wait */
#define LONGEST_ANSWER 16384 /* credentials have about 2000 bytes */

/* Let data flow until the exchange, if there is one, has ended, or the time has come. */
static void
wait_until(GeHttpClient *http, const GeHttpExchange *exchange, TimestampTz end)
{
	while ((exchange == NULL || !exchange->ended) && GetCurrentTimestamp() < end)
	{
		CHECK_FOR_INTERRUPTS();
		ge_http_drive(http, POLL_MS);
	}
	CHECK_FOR_INTERRUPTS();
}

/* One attempt.  Afterwards libcurl holds nothing of it, even after an error. */
static void
exchange_once(GeCredentialSearch *search, GeHttpExchange *exchange)
{
	exchange->received = 0;
	ge_http_start(search->http, exchange);
	PG_TRY();
	{
		wait_until(search->http, exchange, search->deadline);
	}
	PG_FINALLY();
	{
		ge_http_cancel(exchange);
	}
	PG_END_TRY();
}

static bool
may_pass(const GeHttpExchange *exchange)
{
	if (exchange->refused || exchange->misranged || exchange->malformed != NULL)
		return false;
	return !exchange->answered || exchange->status == 408 || exchange->status == 429 ||
		   exchange->status >= 500;
}

static bool
is_good(const GeHttpExchange *exchange)
{
	return exchange->answered && exchange->status >= 200 && exchange->status <= 299;
}

/* Never the body: a service might send back the request. */
static void
say_why(GeCredentialSearch *search, const GeFetch *fetch, const GeHttpExchange *exchange)
{
	if (exchange->refused)
		ge_search_fail(search, GE_SOURCE_BROKEN,
					   "%s has an address that such a request may not go to", fetch->of);
	else if (exchange->misranged)
		ge_search_fail(search, GE_SOURCE_BROKEN, "%s answered with more than %d bytes",
					   fetch->of, LONGEST_ANSWER);
	else if (exchange->answered)
		ge_search_fail(search, GE_SOURCE_BROKEN, "%s answered with status %d", fetch->of,
					   exchange->status);
	else
		ge_search_fail(search, GE_SOURCE_BROKEN, "%s gave no answer: %s", fetch->of,
					   exchange->failure);
}

static void
take_answer(GeFetch *fetch, const GeHttpExchange *exchange)
{
	fetch->status = exchange->answered ? exchange->status : 0;
	if (is_good(exchange))
		fetch->text = pnstrdup(exchange->sink, exchange->received);
	else
		fetch->text = pnstrdup(exchange->error_body, exchange->error_length);
}

bool
ge_credentials_fetch(GeCredentialSearch *search, GeFetch *fetch)
{
	GeHttpExchange *exchange = palloc0_object(GeHttpExchange);

	exchange->method = fetch->method;
	exchange->url = fetch->url;
	exchange->body = fetch->body;
	exchange->body_length = fetch->body != NULL ? strlen(fetch->body) : 0;
	exchange->limits = fetch->limits;
	exchange->range_first = exchange->version_size = -1;
	exchange->sink = palloc(LONGEST_ANSWER);
	exchange->sink_capacity = LONGEST_ANSWER;
	for (int i = 0; i < GE_FETCH_HEADERS && fetch->headers[i] != NULL; i++)
		exchange->headers[exchange->n_headers++] = fetch->headers[i];
	for (int attempt = 1;; attempt++)
	{
		double wait = pg_prng_double(&pg_global_prng_state) * BACKOFF_MS * attempt;

		exchange_once(search, exchange);
		if (!may_pass(exchange) || attempt == ATTEMPTS)
			break;
		wait_until(search->http, NULL,
				   Min(search->deadline,
					   TimestampTzPlusMilliseconds(GetCurrentTimestamp(), (int) wait)));
		if (GetCurrentTimestamp() >= search->deadline)
			break;
	}
	take_answer(fetch, exchange);
	explicit_bzero(exchange->sink, LONGEST_ANSWER);
	if (is_good(exchange))
		return true;
	say_why(search, fetch, exchange);
	return false;
}
