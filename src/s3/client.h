/*
 * client.h: what the files of calls share: the client, and how an attempt is prepared and
 * judged.
 */
#ifndef GE_S3_CLIENT_H
#define GE_S3_CLIENT_H

#include "s3/call.h"

struct GeS3Client
{
	const GeS3Server *server;
	const char *bucket;
	GeHttpClient *http;
	GeHttpLimits limits;
	MemoryContext context;
	GeS3Credentials credentials;
	int generation;				  /* how often they were renewed */
	char why[GE_CREDENTIALS_WHY]; /* they could not be the last time; "": they could */
	int64 clock_offset;			  /* the endpoint's clock less ours, in seconds */
	GeS3Call **calls;			  /* those that are running or waiting */
	int n_calls;
	int capacity;
};

/* call_request.c: url and signed headers of the next attempt, into the call's exchange. */
extern void ge_s3_call_prepare(GeS3Client *client, GeS3Call *call);

/*
 * call_credentials.c: new credentials for a client if its own are about to expire;
 * cleaning_up: with little time, and without interrupts.
 */
extern void ge_s3_client_renew_early(GeS3Client *client, bool cleaning_up);
/*
 * An attempt has failed.  True: for its credentials, and there are new ones for another
 * attempt.
 */
extern bool ge_s3_call_renew(GeS3Call *call);

/* call_error.c: read the error that an ended exchange brought, into code and message. */
extern void ge_s3_call_read_error(GeS3Call *call);
/* The error may pass.  *throttled: the endpoint asks for fewer requests. */
extern bool ge_s3_call_may_retry(GeS3Call *call, bool *throttled);
/* The error says that the credentials have expired. */
extern bool ge_s3_call_is_expired(const GeS3Call *call);

#endif /* GE_S3_CLIENT_H */
