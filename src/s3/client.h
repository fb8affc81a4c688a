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
	MemoryContext context;
	int64 clock_offset; /* the endpoint's clock less ours, in seconds */
	GeS3Call **calls;	/* those that are running or waiting */
	int n_calls;
	int capacity;
};

/* call_request.c: url and signed headers of the next attempt, into the call's exchange. */
extern void ge_s3_call_prepare(GeS3Client *client, GeS3Call *call);

/* call_error.c: read the error that an ended exchange brought, into code and message. */
extern void ge_s3_call_read_error(GeS3Call *call);
/* The error may pass.  *throttled: the endpoint asks for fewer requests. */
extern bool ge_s3_call_may_retry(GeS3Call *call, bool *throttled);

#endif /* GE_S3_CLIENT_H */
