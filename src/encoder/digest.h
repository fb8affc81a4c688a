/*
 * digest.h: the identity of an encoder: a digest of what it computes.
 */
#ifndef GE_ENCODER_DIGEST_H
#define GE_ENCODER_DIGEST_H

#include "postgres.h"

typedef struct GeDigest GeDigest;

/* In CurrentMemoryContext. */
extern GeDigest *ge_digest_create(void);
extern void ge_digest_text(GeDigest *digest, const char *string);
/* A row of an encoder: its fields in their order. */
extern void ge_digest_row(GeDigest *digest, const Datum *values, const bool *is_null);
/* 64 hexadecimal digits; the digest is freed. */
extern char *ge_digest_finish(GeDigest *digest);

#endif /* GE_ENCODER_DIGEST_H */
