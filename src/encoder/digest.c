/*
 * digest.c: the identity of an encoder: a digest of what it computes.
 *
 * SHA-256 of its options and of its rows.  Values are made by this module in one way, so
 * that equal ones have equal bytes.
 */
#include "postgres.h"
#include "common/cryptohash.h"
#include "common/sha2.h"

#include "encoder/digest.h"
#include "encoder/encoder.h"

struct GeDigest
{
	pg_cryptohash_ctx *hash;
};

static void
check(bool failed)
{
	if (failed)
		ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR),
						errmsg("could not compute the digest of an encoder")));
}

GeDigest *
ge_digest_create(void)
{
	GeDigest *digest = palloc_object(GeDigest);

	digest->hash = pg_cryptohash_create(PG_SHA256);
	check(digest->hash == NULL || pg_cryptohash_init(digest->hash) < 0);
	return digest;
}

static void
add(GeDigest *digest, const void *bytes, Size length)
{
	uint64 n = length;

	check(pg_cryptohash_update(digest->hash, (const uint8 *) &n, sizeof n) < 0 ||
		  pg_cryptohash_update(digest->hash, bytes, length) < 0);
}

void
ge_digest_text(GeDigest *digest, const char *string)
{
	add(digest, string, strlen(string));
}

void
ge_digest_row(GeDigest *digest, const Datum *values, const bool *is_null)
{
	for (int i = 0; i < GE_ENCODER_N_COLUMNS; i++)
	{
		add(digest, &is_null[i], sizeof(bool));
		if (is_null[i])
			continue;
		if (i == GE_ENCODER_CODE || i == GE_ENCODER_N_ROWS || i == GE_ENCODER_ENCODING)
			add(digest, &values[i], sizeof(Datum));
		else
		{
			const struct varlena *value =
				(const struct varlena *) DatumGetPointer(values[i]);

			add(digest, VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
		}
	}
}

char *
ge_digest_finish(GeDigest *digest)
{
	uint8 bytes[PG_SHA256_DIGEST_LENGTH];
	StringInfoData hex;

	check(pg_cryptohash_final(digest->hash, bytes, sizeof bytes) < 0);
	pg_cryptohash_free(digest->hash);
	pfree(digest);
	initStringInfo(&hex);
	for (int i = 0; i < lengthof(bytes); i++)
		appendStringInfo(&hex, "%02x", bytes[i]);
	return hex.data;
}
