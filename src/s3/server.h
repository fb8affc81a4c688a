/*
 * server.h: where the requests for a uri go, and as whom.
 *
 * Public facts are options of a foreign server (wrapper gpu_encode_s3), secrets those of a
 * user mapping; without a server it is AWS, anonymously.
 */
#ifndef GE_S3_SERVER_H
#define GE_S3_SERVER_H

#include "postgres.h"
#include "nodes/pg_list.h"

#include "s3/uri.h"

#define GE_S3_WRAPPER "gpu_encode_s3"

typedef struct GeS3Credentials
{
	char *access_key_id; /* NULL: requests are not signed */
	char *secret_access_key;
	char *session_token; /* NULL: none */
} GeS3Credentials;

typedef struct GeS3Server
{
	const char *name; /* NULL: no foreign server */
	bool trusted;	  /* its owner is a superuser: any address, http too */
	bool https;
	char *host; /* with ":port" unless that is the scheme's own */
	char *region;
	bool path_style;
	const char *credential_source; /* NULL: the user mapping */
	GeS3Credentials credentials;
} GeS3Server;

/*
 * The server for a uri: the named one, or (name NULL) the one whose scope is the longest
 * prefix of the uri among those that the user may use.
 * Errors: 42501 without USAGE, 42704 for no such server, 42P08 for two equal scopes.
 */
extern const GeS3Server *ge_s3_server_resolve(const char *name, const GeUri *uri);

/*
 * The instance's own credentials, as option credential_source names where they are:
 * 'environment' or 'profile'.  An error when there are none.
 */
extern GeS3Credentials ge_s3_instance_credentials(const char *source);
/* A value that option credential_source may have. */
extern bool ge_s3_is_credential_source(const char *source);

/* The parts of an endpoint's url; an error for what is none. */
extern void ge_s3_endpoint_parse(const char *endpoint, bool *https, char **host);

/* The text of an option, NULL when it is not there. */
extern char *ge_s3_option(List *options, const char *name);

#endif /* GE_S3_SERVER_H */
