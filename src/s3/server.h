/*
 * server.h: the endpoint and the credentials for a uri.
 *
 * A foreign server (wrapper gpu_encode_s3) holds the endpoint, a user mapping holds the
 * secrets.  Without a server requests go to AWS, anonymously.
 */
#ifndef GE_S3_SERVER_H
#define GE_S3_SERVER_H

#include "postgres.h"
#include "nodes/pg_list.h"

#include "s3/credentials.h"
#include "s3/endpoint.h"
#include "s3/uri.h"

#define GE_S3_WRAPPER "gpu_encode_s3"

typedef struct GeS3Server
{
	const char *name; /* NULL: no foreign server */
	Oid id;
	Oid user;	  /* the user for whom it was looked up */
	bool trusted; /* its owner is a superuser: any address, http too */
	GeEndpoint endpoint;
	const char *region;
	bool path_style;
	const char *credential_source; /* of the instance; NULL: none of these */
	GeS3Credentials credentials;
} GeS3Server;

/*
 * The server, region and keys that a call itself gives.  They are passed to the functions
 * that need them, and kept nowhere.
 */
typedef struct GeS3Choice
{
	const char *server; /* the name of a foreign server; NULL: by the uri */
	const char *region; /* in place of the server's; NULL: the server's */
	GeS3Credentials
		credentials; /* in place of the user mapping's; no id: the mapping's */
} GeS3Choice;

/*
 * The server for a uri: the named one, or the one whose scope is the longest prefix of
 * the uri.  Without a name only servers of the user or of a superuser are chosen: else
 * anybody could redirect the calls of others to an endpoint of their own.
 * Errors: 42501 without USAGE, 42704 for no such server, 42P08 for two equal scopes, 22023
 * for a region that is no name.
 */
extern const GeS3Server *ge_s3_server_resolve(const GeS3Choice *choice, const GeUri *uri);

/* Check a region's name: 22023 if it is none. */
extern void ge_s3_check_region(const char *region);

/* Parse an endpoint's url; an error if it is none. */
extern GeEndpoint ge_s3_endpoint_parse(const char *url);

/* The text of an option, NULL when it is not there. */
extern char *ge_s3_option(List *options, const char *name);

#endif /* GE_S3_SERVER_H */
