/*
 * http.c: exchanges of HTTP over libcurl's multi interface.
 *
 * Signals are blocked while libcurl works: libcurl may start a thread to resolve a name,
 * and only the server's own thread may run the server's signal handlers.
 */
#include "postgres.h"
#include "libpq/pqsignal.h"
#include "utils/memutils.h"

#include <curl/curl.h>
#include <signal.h>

#include "base/settings.h"
#include "s3/foreign_text.h"
#include "s3/http.h"
#include "s3/http_answer.h"

#define TRANSFER_BUFFER (512 * 1024)

struct GeHttpClient
{
	CURLM *multi; /* NULL once closed */
	GeHttpExchange **running;
	int n_running;
	int capacity;
	MemoryContextCallback release;
};

/* ------------------------------------------------------------------ within libcurl */

static curl_socket_t
on_open_socket(void *argument, curlsocktype purpose, struct curl_sockaddr *address)
{
	GeHttpExchange *exchange = argument;

	if (exchange->limits->allows != NULL && !exchange->limits->allows(&address->addr))
	{
		exchange->refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* ------------------------------------------------------------------ around libcurl */

static void
block_signals(sigset_t *saved)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, saved);
}

static void
restore_signals(const sigset_t *saved)
{
	pthread_sigmask(SIG_SETMASK, saved, NULL);
}

bool
ge_http_is_sent(const GeHttpExchange *exchange)
{
	long bytes = 0;

	if (exchange->easy == NULL)
		return exchange->sent;
	curl_easy_getinfo(exchange->easy, CURLINFO_REQUEST_SIZE, &bytes);
	return bytes > 0;
}

/* End an exchange and free everything that libcurl holds for it. */
static void
detach(GeHttpExchange *exchange)
{
	GeHttpClient *client = exchange->client;

	exchange->sent = ge_http_is_sent(exchange);
	for (int i = 0; i < client->n_running; i++)
		if (client->running[i] == exchange)
			client->running[i] = client->running[--client->n_running];
	curl_multi_remove_handle(client->multi, exchange->easy);
	curl_easy_cleanup(exchange->easy);
	curl_slist_free_all(exchange->header_list);
	exchange->easy = NULL;
	exchange->header_list = NULL;
	exchange->ended = true;
}

static void
close_client(void *argument)
{
	GeHttpClient *client = argument;
	sigset_t saved;

	if (client->multi == NULL)
		return;
	block_signals(&saved);
	while (client->n_running > 0)
		detach(client->running[0]);
	curl_multi_cleanup(client->multi);
	client->multi = NULL;
	restore_signals(&saved);
}

static void
initialize_library(void)
{
	static bool done = false;

	if (!done && curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		ereport(ERROR, errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
				errmsg("could not initialize libcurl"));
	done = true;
}

GeHttpClient *
ge_http_client_create(void)
{
	GeHttpClient *client = palloc0_object(GeHttpClient);

	initialize_library();
	client->capacity = 8;
	client->running = palloc_array(GeHttpExchange *, client->capacity);
	client->release.func = close_client;
	client->release.arg = client;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, &client->release);
	client->multi = curl_multi_init();
	if (client->multi == NULL)
		ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY),
				errmsg("could not create a client of libcurl"));
	return client;
}

void
ge_http_client_close(GeHttpClient *client)
{
	close_client(client);
}

/*
 * The url or header with a control character, which could make it more than one or end it
 * early; NULL: none.  Everything that is sent, except bodies, passes here.
 */
static const char *
find_malformed(const GeHttpExchange *exchange)
{
	if (!ge_has_no_controls(exchange->url))
		return "url";
	for (int i = 0; i < exchange->n_headers; i++)
		if (!ge_has_no_controls(exchange->headers[i]))
			return exchange->headers[i];
	return NULL;
}

/* What an exchange may do. */
static void
set_limits(CURL *easy, const GeHttpLimits *limits)
{
	int connect_timeout = limits->connect_timeout > 0 ? limits->connect_timeout
													  : ge_setting_s3_connect_timeout;

#if LIBCURL_VERSION_NUM >= 0x075500
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, limits->http ? "http,https" : "https");
#else
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS,
					 limits->http ? CURLPROTO_HTTP | CURLPROTO_HTTPS : CURLPROTO_HTTPS);
#endif
#if LIBCURL_VERSION_NUM >= 0x075700
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#endif
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NETRC, (long) CURL_NETRC_IGNORED);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, (long) limits->alone);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, (long) limits->alone);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long) connect_timeout);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long) limits->timeout);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long) ge_setting_s3_stall_timeout);
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long) TRANSFER_BUFFER);
	curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, (long) TRANSFER_BUFFER);
	if (ge_setting_s3_ca_file != NULL && ge_setting_s3_ca_file[0] != '\0')
		curl_easy_setopt(easy, CURLOPT_CAINFO, ge_setting_s3_ca_file);
}

static void
set_request(CURL *easy, GeHttpExchange *exchange)
{
	curl_easy_setopt(easy, CURLOPT_URL, exchange->url);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, exchange->header_list);
	if (exchange->body != NULL)
	{
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
						 (curl_off_t) exchange->body_length);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, exchange->body);
	}
	if (strcmp(exchange->method, "HEAD") == 0)
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	else
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, exchange->method);
	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, exchange->fresh ? 1L : 0L);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, ge_http_answer_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, exchange);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, ge_http_answer_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, exchange);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, exchange);
}

static struct curl_slist *
make_header_list(const GeHttpExchange *exchange)
{
	/* headers that libcurl would add: not wanted, or not signed */
	struct curl_slist *list = curl_slist_append(NULL, "Expect:");
	bool has_type = false;

	list = curl_slist_append(list, "Accept:");
	for (int i = 0; i < exchange->n_headers; i++)
	{
		list = curl_slist_append(list, exchange->headers[i]);
		has_type |= pg_strncasecmp(exchange->headers[i], "content-type:", 13) == 0;
	}
	/* else libcurl labels a body as a form */
	return has_type ? list : curl_slist_append(list, "Content-Type:");
}

void
ge_http_start(GeHttpClient *client, GeHttpExchange *exchange)
{
	sigset_t saved;

	ge_http_answer_clear(exchange);
	exchange->ended = exchange->sent = exchange->answered = false;
	exchange->refused = exchange->misranged = exchange->replaced = false;
	exchange->failure[0] = '\0';
	exchange->client = client;
	exchange->malformed = find_malformed(exchange);
	if (exchange->malformed != NULL)
	{
		exchange->ended = true;
		strlcpy(exchange->failure, "control character in the request", GE_HTTP_TEXT);
		return;
	}
	if (client->n_running == client->capacity)
	{
		client->capacity *= 2;
		client->running =
			repalloc(client->running, client->capacity * sizeof(GeHttpExchange *));
	}
	block_signals(&saved);
	exchange->easy = curl_easy_init();
	exchange->header_list = make_header_list(exchange);
	if (exchange->easy != NULL)
	{
		set_limits(exchange->easy, exchange->limits);
		set_request(exchange->easy, exchange);
		client->running[client->n_running++] = exchange;
		curl_multi_add_handle(client->multi, exchange->easy);
	}
	else
	{
		curl_slist_free_all(exchange->header_list);
		exchange->ended = true;
		strlcpy(exchange->failure, "out of memory", GE_HTTP_TEXT);
	}
	restore_signals(&saved);
}

void
ge_http_cancel(GeHttpExchange *exchange)
{
	sigset_t saved;

	if (exchange->easy == NULL)
		return;
	block_signals(&saved);
	detach(exchange);
	restore_signals(&saved);
	strlcpy(exchange->failure, "canceled", GE_HTTP_TEXT);
}

static void
collect_ended(GeHttpClient *client)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(client->multi, &left)) != NULL)
	{
		char *exchange_pointer = NULL;
		GeHttpExchange *exchange;
		CURLcode result = message->data.result;

		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &exchange_pointer);
		exchange = (GeHttpExchange *) exchange_pointer;
		exchange->answered = result == CURLE_OK && exchange->head_complete;
		if (!exchange->answered)
			strlcpy(exchange->failure, curl_easy_strerror(result), GE_HTTP_TEXT);
		detach(exchange);
	}
}

void
ge_http_drive(GeHttpClient *client, int timeout_ms)
{
	sigset_t saved;
	int still_running = 0;

	if (timeout_ms > 0)
		curl_multi_poll(client->multi, NULL, 0, timeout_ms, NULL);
	block_signals(&saved);
	curl_multi_perform(client->multi, &still_running);
	collect_ended(client);
	restore_signals(&saved);
}
