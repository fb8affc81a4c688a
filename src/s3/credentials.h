/*
 * credentials.h: as whom requests are made, where the instance itself knows.
 *
 * The instance's credentials are those of the environment that the server was started with:
 * its variables, the shared files, a web identity, a container's or the machine's metadata.
 * Those that expire are kept in the session's memory, for one foreign server and one user,
 * and replaced before they expire.  No message holds a secret or an answer's body.
 */
#ifndef GE_S3_CREDENTIALS_H
#define GE_S3_CREDENTIALS_H

#include "postgres.h"
#include "datatype/timestamp.h"

#include "s3/http.h"

#define GE_CREDENTIALS_WHY 640
#define GE_CREDENTIALS_USER_MAPPING                                                      \
	"user_mapping" /* the only source that is not the instance's */

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
	const GeS3Credentials *rejected; /* these are of no use; NULL: none were */
} GeCredentialRequest;

/*
 * The instance's credentials, in the current memory context.  false: there are none; why
 * says so, for a user.  Only an interrupt throws.
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
