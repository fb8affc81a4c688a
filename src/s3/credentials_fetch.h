/*
 * credentials_fetch.h: one small document over HTTP, from a service that gives credentials.
 */
#ifndef GE_S3_CREDENTIALS_FETCH_H
#define GE_S3_CREDENTIALS_FETCH_H

#include "s3/credentials_internal.h"

#define GE_FETCH_HEADERS 2

typedef struct GeFetch
{
	/* what is asked */
	const char *of; /* for messages: "the instance metadata service" */
	const char *method;
	const char *url;
	const char *headers[GE_FETCH_HEADERS]; /* "name: value"; NULL: none */
	const char *body;					   /* NULL: none */
	const GeHttpLimits *limits;
	/* what came */
	int status; /* 0: no answer */
	char *text; /* of an answer 2xx: its body; of others the body's start */
} GeFetch;

/*
 * Ask until an answer comes, with a few repetitions after passing faults.  True: the
 * answer is 2xx.  Else search->why is the reason.
 */
extern bool ge_credentials_fetch(GeCredentialSearch *search, GeFetch *fetch);

#endif /* GE_S3_CREDENTIALS_FETCH_H */
