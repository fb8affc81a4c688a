/*
 * sign.h: signatures of AWS, version 4, for S3.
 *
 * Plain C over strings, without a PostgreSQL header, so that the documentation's vectors
 * can be tested without a server.  Rules of S3: paths are encoded once and never
 * normalised, the query is sorted by encoded name, every header that is sent is signed.
 * Digests come from ge_sha256() and ge_hmac_sha256(), which digest.c takes from the server.
 */
#ifndef GE_S3_SIGN_H
#define GE_S3_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GE_SHA256_BYTES 32
#define GE_SHA256_HEX (2 * GE_SHA256_BYTES + 1)
#define GE_SIGN_MAX_HEADERS 16
#define GE_SIGN_TIME_BYTES 17 /* 20130524T000000Z and its end */
#define GE_SIGN_HEADER_BYTES 1024

typedef struct GeSpan
{
	const void *data;
	size_t length;
} GeSpan;

/* The digest of spans one after another; false: the digest could not be made. */
extern bool ge_sha256(const GeSpan *spans, int n, uint8_t result[GE_SHA256_BYTES]);
extern bool ge_hmac_sha256(GeSpan key, const GeSpan *spans, int n,
						   uint8_t result[GE_SHA256_BYTES]);

typedef struct GeSignHeader
{
	const char *name;  /* lower case */
	const char *value; /* without white space at its ends or twice in a row */
} GeSignHeader;

typedef struct GeSignRequest
{
	const char *method;
	const char *path;	   /* encoded, from '/' */
	const char *query;	   /* encoded and sorted; "": none */
	GeSignHeader *headers; /* host, x-amz-date and x-amz-content-sha256 among them; sorted
							* by ge_sign() */
	int n_headers;
	const char *payload_hash; /* as in x-amz-content-sha256 */
	const char *time;		  /* as in x-amz-date */
	const char *region;
	const char *access_key_id;
	const char *secret_access_key;
} GeSignRequest;

/* The value of the Authorization header; false: a digest failed or it would not fit. */
extern bool ge_sign(GeSignRequest *request, char result[GE_SIGN_HEADER_BYTES]);

/* The digest in hexadecimal, lower case. */
extern void ge_hex(const uint8_t digest[GE_SHA256_BYTES], char result[GE_SHA256_HEX]);

/*
 * Encode length bytes for a path (keep_slash) or a query into result, which has room for
 * 3 * length + 1.  Returns the length of the result.
 */
extern size_t ge_percent_encode(const char *text, size_t length, bool keep_slash,
								char *result);

#endif /* GE_S3_SIGN_H */
