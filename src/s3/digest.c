/*
 * digest.c: the digests of sign.h, from the server.
 */
#include "postgres.h"
#include "common/cryptohash.h"
#include "common/hmac.h"

#include "s3/sign.h"

bool
ge_sha256(const GeSpan *spans, int n, uint8_t result[GE_SHA256_BYTES])
{
	pg_cryptohash_ctx *context = pg_cryptohash_create(PG_SHA256);
	bool ok = context != NULL && pg_cryptohash_init(context) >= 0;

	for (int i = 0; ok && i < n; i++)
		ok = pg_cryptohash_update(context, spans[i].data, spans[i].length) >= 0;
	ok = ok && pg_cryptohash_final(context, result, GE_SHA256_BYTES) >= 0;
	pg_cryptohash_free(context);
	return ok;
}

bool
ge_hmac_sha256(GeSpan key, const GeSpan *spans, int n, uint8_t result[GE_SHA256_BYTES])
{
	pg_hmac_ctx *context = pg_hmac_create(PG_SHA256);
	bool ok = context != NULL && pg_hmac_init(context, key.data, key.length) >= 0;

	for (int i = 0; ok && i < n; i++)
		ok = pg_hmac_update(context, spans[i].data, spans[i].length) >= 0;
	ok = ok && pg_hmac_final(context, result, GE_SHA256_BYTES) >= 0;
	pg_hmac_free(context);
	return ok;
}
