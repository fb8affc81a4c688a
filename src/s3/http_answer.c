/*
 * http_answer.c: an answer of HTTP, line by line and piece by piece as libcurl has it.
 *
 * libcurl calls these functions: nothing is thrown, and only the exchange is written.
 */
#include "postgres.h"

#include <ctype.h>
#include <curl/curl.h>

#include "s3/http_answer.h"

static bool
is_printable(char character)
{
	return character >= ' ' && character <= '~';
}

/*
 * A header "name: value"; the value into result, if the name is that.  What is no printable
 * ASCII becomes '?'.
 */
static bool
take_header(const char *line, size_t length, const char *name, char result[GE_HTTP_TEXT])
{
	size_t start = strlen(name);

	if (length <= start || pg_strncasecmp(line, name, start) != 0 || line[start] != ':')
		return false;
	for (start++; start < length && (line[start] == ' ' || line[start] == '\t');)
		start++;
	while (length > start && strchr(" \t\r\n", line[length - 1]) != NULL)
		length--;
	length = Min(length - start, GE_HTTP_TEXT - 1);
	for (size_t i = 0; i < length; i++)
		result[i] = is_printable(line[start + i]) ? line[start + i] : '?';
	result[length] = '\0';
	return true;
}

/* An ETag is sent back, so a part of one is worse than none. */
static bool
take_etag(const char *line, size_t length, char result[GE_HTTP_TEXT])
{
	if (!take_header(line, length, "etag", result))
		return false;
	if (strlen(result) == GE_HTTP_TEXT - 1 || strchr(result, '?') != NULL)
		result[0] = '\0';
	return true;
}

void
ge_http_answer_clear(GeHttpExchange *exchange)
{
	exchange->status = 0;
	exchange->head_complete = false;
	exchange->content_length = exchange->content_first = exchange->object_size = -1;
	exchange->date = 0;
	exchange->etag[0] = exchange->content_encoding[0] = '\0';
	exchange->request_id[0] = exchange->bucket_region[0] = '\0';
	exchange->upload_token[0] = '\0';
	exchange->error_length = 0;
}

/* "bytes 0-9/100", or of an answer 416 "bytes * /100"; "*" stands for what is not known. */
static void
read_content_range(GeHttpExchange *exchange, const char *value)
{
	const char *size = strchr(value, '/');

	if (strncmp(value, "bytes ", 6) != 0 || size == NULL)
		return;
	if (isdigit((unsigned char) value[6]))
		exchange->content_first = strtoll(value + 6, NULL, 10);
	if (isdigit((unsigned char) size[1]))
		exchange->object_size = strtoll(size + 1, NULL, 10);
}

size_t
ge_http_answer_header(char *line, size_t size, size_t count, void *argument)
{
	GeHttpExchange *exchange = argument;
	size_t length = size * count;
	char value[GE_HTTP_TEXT];

	if (length >= 5 && strncmp(line, "HTTP/", 5) == 0)
	{
		long status = 0;

		ge_http_answer_clear(exchange); /* an answer 100 may have come before */
		curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status);
		exchange->status = (int) status;
	}
	else if (line[0] == '\r' || line[0] == '\n')
		exchange->head_complete = exchange->status >= 200;
	else if (take_etag(line, length, exchange->etag) ||
			 take_header(line, length, "content-encoding", exchange->content_encoding) ||
			 take_header(line, length, "x-amz-request-id", exchange->request_id) ||
			 take_header(line, length, GE_HTTP_UPLOAD_TOKEN, exchange->upload_token) ||
			 take_header(line, length, "x-amz-bucket-region", exchange->bucket_region))
		;
	else if (take_header(line, length, "content-length", value))
		exchange->content_length = strtoll(value, NULL, 10);
	else if (take_header(line, length, "content-range", value))
		read_content_range(exchange, value);
	else if (take_header(line, length, "date", value))
		exchange->date = curl_getdate(value, NULL);
	return length;
}

/* The answer has the bytes asked for, from the first on. */
static bool
has_asked_range(const GeHttpExchange *exchange)
{
	if (exchange->range_first < 0)
		return true;
	return exchange->status == 206 ? exchange->content_first == exchange->range_first
								   : exchange->range_first == 0;
}

/* Bytes of another version must not mix with those of the first. */
static bool
is_other_version(const GeHttpExchange *exchange)
{
	if (exchange->version_size >= 0 && exchange->object_size >= 0 &&
		exchange->object_size != exchange->version_size)
		return true;
	if (exchange->version == NULL)
		return false;
	/* one without an ETag is none of that version, as not every endpoint heeds If-Match */
	return strcmp(ge_etag_strong(exchange->etag), ge_etag_strong(exchange->version)) != 0;
}

size_t
ge_http_answer_body(char *data, size_t size, size_t count, void *argument)
{
	GeHttpExchange *exchange = argument;
	size_t length = size * count;

	if (exchange->status < 200 || exchange->status > 299)
	{
		size_t room = GE_HTTP_ERROR_BODY - exchange->error_length;

		memcpy(exchange->error_body + exchange->error_length, data, Min(room, length));
		exchange->error_length += Min(room, length);
		return length;
	}
	if (!has_asked_range(exchange) ||
		length > exchange->sink_capacity - exchange->received)
	{
		exchange->misranged = true;
		return 0;
	}
	if (is_other_version(exchange))
	{
		exchange->replaced = true;
		return 0;
	}
	memcpy(exchange->sink + exchange->received, data, length);
	exchange->received += length;
	return length;
}
