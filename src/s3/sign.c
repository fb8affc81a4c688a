/*
 * sign.c: signatures of AWS, version 4.  sign.h has the contract.
 *
 * The canonical request is never built: its pieces are digested one after another.
 */
#include "s3/sign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERVICE "s3"
#define ALGORITHM "AWS4-HMAC-SHA256"
#define DATE_LENGTH 8
#define MAX_SIGNED_NAMES 512
#define MAX_SCOPE 128
/* each header gives name, ':', value and end of line; the rest of a request 11 pieces */
#define MAX_SPANS (4 * GE_SIGN_MAX_HEADERS + 11)
#define MAX_SECRET 256

static GeSpan
span(const char *text)
{
	return (GeSpan){text, strlen(text)};
}

void
ge_hex(const uint8_t digest[GE_SHA256_BYTES], char result[GE_SHA256_HEX])
{
	for (int i = 0; i < GE_SHA256_BYTES; i++)
		snprintf(result + 2 * i, 3, "%02x", digest[i]);
}

static bool
is_unreserved(unsigned char byte)
{
	return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
		   (byte >= '0' && byte <= '9') || (byte != '\0' && strchr("-._~", byte) != NULL);
}

size_t
ge_percent_encode(const char *text, size_t length, bool keep_slash, char *result)
{
	static const char digits[] = "0123456789ABCDEF";
	char *end = result;

	for (size_t i = 0; i < length; i++)
	{
		unsigned char byte = (unsigned char) text[i];

		if (is_unreserved(byte) || (keep_slash && byte == '/'))
			*end++ = (char) byte;
		else
		{
			*end++ = '%';
			*end++ = digits[byte >> 4];
			*end++ = digits[byte & 15];
		}
	}
	*end = '\0';
	return (size_t) (end - result);
}

static int
compare_headers(const void *a, const void *b)
{
	return strcmp(((const GeSignHeader *) a)->name, ((const GeSignHeader *) b)->name);
}

/* "host;range;x-amz-date" of sorted headers. */
static bool
list_names(const GeSignRequest *request, char result[MAX_SIGNED_NAMES])
{
	size_t used = 0;

	for (int i = 0; i < request->n_headers; i++)
	{
		int written = snprintf(result + used, MAX_SIGNED_NAMES - used, "%s%s",
							   i > 0 ? ";" : "", request->headers[i].name);

		if (written < 0 || (size_t) written >= MAX_SIGNED_NAMES - used)
			return false;
		used += (size_t) written;
	}
	return true;
}

static bool
hash_request(const GeSignRequest *request, const char *names, char result[GE_SHA256_HEX])
{
	GeSpan spans[MAX_SPANS];
	uint8_t digest[GE_SHA256_BYTES];
	int n = 0;

	spans[n++] = span(request->method);
	spans[n++] = span("\n");
	spans[n++] = span(request->path);
	spans[n++] = span("\n");
	spans[n++] = span(request->query);
	spans[n++] = span("\n");
	for (int i = 0; i < request->n_headers; i++)
	{
		spans[n++] = span(request->headers[i].name);
		spans[n++] = span(":");
		spans[n++] = span(request->headers[i].value);
		spans[n++] = span("\n");
	}
	spans[n++] = span("\n");
	spans[n++] = span(names);
	spans[n++] = span("\n");
	spans[n++] = span(request->payload_hash);
	if (!ge_sha256(spans, n, digest))
		return false;
	ge_hex(digest, result);
	return true;
}

/* The signing key: the secret, narrowed to a day, a region and a service. */
static bool
derive_key(const GeSignRequest *request, uint8_t key[GE_SHA256_BYTES])
{
	char secret[MAX_SECRET + 4];
	int length = snprintf(secret, sizeof(secret), "AWS4%s", request->secret_access_key);
	GeSpan date = {request->time, DATE_LENGTH};
	GeSpan steps[] = {span(request->region), span(SERVICE), span("aws4_request")};
	uint8_t next[GE_SHA256_BYTES];

	if (length < 0 || (size_t) length >= sizeof(secret) ||
		!ge_hmac_sha256((GeSpan){secret, (size_t) length}, &date, 1, key))
		return false;
	for (int i = 0; i < 3; i++)
	{
		if (!ge_hmac_sha256((GeSpan){key, GE_SHA256_BYTES}, &steps[i], 1, next))
			return false;
		memcpy(key, next, GE_SHA256_BYTES);
	}
	return true;
}

bool
ge_sign(GeSignRequest *request, char result[GE_SIGN_HEADER_BYTES])
{
	char names[MAX_SIGNED_NAMES];
	char scope[MAX_SCOPE];
	char request_hash[GE_SHA256_HEX];
	char signature[GE_SHA256_HEX];
	uint8_t key[GE_SHA256_BYTES];
	uint8_t digest[GE_SHA256_BYTES];
	int written;

	if (request->n_headers > GE_SIGN_MAX_HEADERS)
		return false;
	qsort(request->headers, (size_t) request->n_headers, sizeof(GeSignHeader),
		  compare_headers);
	written = snprintf(scope, sizeof(scope), "%.*s/%s/" SERVICE "/aws4_request",
					   DATE_LENGTH, request->time, request->region);
	if (written < 0 || (size_t) written >= sizeof(scope) || !list_names(request, names) ||
		!hash_request(request, names, request_hash) || !derive_key(request, key))
		return false;

	GeSpan to_sign[] = {span(ALGORITHM "\n"), span(request->time), span("\n"),
						span(scope),		  span("\n"),		   span(request_hash)};

	if (!ge_hmac_sha256((GeSpan){key, GE_SHA256_BYTES}, to_sign, 6, digest))
		return false;
	ge_hex(digest, signature);
	written = snprintf(result, GE_SIGN_HEADER_BYTES,
					   ALGORITHM " Credential=%s/%s, SignedHeaders=%s, Signature=%s",
					   request->access_key_id, scope, names, signature);
	return written >= 0 && written < GE_SIGN_HEADER_BYTES;
}
