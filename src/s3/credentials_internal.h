/*
 * credentials_internal.h: what the sources of credentials share.
 *
 * A source is a function that looks in one place.  Texts belong to the memory context of
 * the call, which is freed soon after.
 */
#ifndef GE_S3_CREDENTIALS_INTERNAL_H
#define GE_S3_CREDENTIALS_INTERNAL_H

#include "s3/credentials.h"

typedef enum GeSourceState
{
	GE_SOURCE_FOUND,
	GE_SOURCE_UNUSED, /* nothing is set up there */
	GE_SOURCE_BROKEN  /* something is, and gives no credentials */
} GeSourceState;

typedef struct GeCredentialSearch
{
	const char *region;
	GeHttpClient *http;
	TimestampTz deadline;
	GeS3Credentials found;		  /* of GE_SOURCE_FOUND */
	char why[GE_CREDENTIALS_WHY]; /* of the other two */
} GeCredentialSearch;

/* The sources. */
extern GeSourceState ge_credentials_environment(GeCredentialSearch *search);
extern GeSourceState ge_credentials_profile(GeCredentialSearch *search);
extern GeSourceState ge_credentials_web_identity(GeCredentialSearch *search);
extern GeSourceState ge_credentials_container(GeCredentialSearch *search);
extern GeSourceState ge_credentials_imds(GeCredentialSearch *search);

/* Why there are none; returns state. */
extern GeSourceState ge_search_fail(GeCredentialSearch *search, GeSourceState state,
									const char *format, ...) pg_attribute_printf(3, 4);

/* The variable of the environment; NULL if it is not set or empty. */
extern char *ge_environment(const char *name);

/*
 * Texts from outside as credentials: checked, and their expiry read. of names their
 * source, for a message.
 */
typedef struct GeCredentialTexts
{
	char *access_key_id;
	char *secret_access_key;
	char *session_token; /* NULL: none */
	char *expiration;	 /* ISO 8601; NULL: none */
} GeCredentialTexts;

extern GeSourceState ge_search_take(GeCredentialSearch *search,
									const GeCredentialTexts *texts, const char *of);
/* Credentials from the JSON object of a metadata service. */
extern GeSourceState ge_search_take_json(GeCredentialSearch *search, const char *json,
										 const char *of);

/*
 * The contents of a small file without white space at its ends; NULL: it cannot be read,
 * and search->why says why.
 */
extern char *ge_search_read_file(GeCredentialSearch *search, const char *path);

#endif /* GE_S3_CREDENTIALS_INTERNAL_H */
