/*
 * credentials.h: the instance's own credentials for requests.
 *
 * They come from the environment in which the server was started: its variables, the
 * shared files, a web identity, the metadata of a container or machine.  Credentials that
 * expire are kept in the session's memory, for one foreign server and one user, and
 * replaced before they expire.  No message holds a secret or an answer's body.
 */
#ifndef GE_S3_CREDENTIALS_H
#define GE_S3_CREDENTIALS_H

#include "postgres.h"
#include "datatype/timestamp.h"

#include "s3/http.h"

#define GE_CREDENTIALS_WHY 640
#define GE_CREDENTIALS_USER_MAPPING                                                      \
	"user_mapping" /* the only source outside the instance */

typedef struct GeS3Credentials
{
	char *access_key_id; /* NULL: requests are not signed */
	char *secret_access_key;
	char *session_token; /* NULL: none */
	TimestampTz expires; /* 0: never, as far as is known */
	TimestampTz renew;	 /* from when on new ones are to be had; 0: never */
} GeS3Credentials;

typedef struct GeCredentialRequest
{
	const char *source; /* as option credential_source has it */
	Oid server;
	Oid user;
	const char *region; /* of the server */
	GeHttpClient *http; /* what flows there goes on meanwhile; NULL: one of its own */
	bool cleaning_up;	/* little time, and no interrupts */
	const GeS3Credentials *rejected; /* by the endpoint; NULL: none */
} GeCredentialRequest;

/*
 * The instance's credentials, in the current memory context.  False: there are none; why
 * is the reason, as a text for users.  Only an interrupt throws.
 */
extern bool ge_credentials_find(const GeCredentialRequest *request,
								GeS3Credentials *result, char why[GE_CREDENTIALS_WHY]);

/* Printable ASCII without spaces, so that it may be the value of a header; not "". */
extern bool ge_is_header_value(const char *text);

/* A value that option credential_source may have. */
extern bool ge_credentials_is_source(const char *name);
#define GE_CREDENTIALS_SOURCES                                                           \
	GE_CREDENTIALS_USER_MAPPING                                                          \
	", environment, web_identity, profile, container, imds or chain"

#endif /* GE_S3_CREDENTIALS_H */
