/*
 * credentials_container.c: the credentials of a container, from the agent of ECS or EKS.
 *
 * AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is a path at ECS's own address;
 * AWS_CONTAINER_CREDENTIALS_FULL_URI a url, over http only at the agents' addresses and on
 * this machine.
 */
#include "postgres.h"

#include "s3/address.h"
#include "s3/credentials_fetch.h"

#define OF "the container's credentials service"
#define ECS "http://169.254.170.2"

static const GeHttpLimits over_http = {.allows =
										   ge_address_is_container_metadata_or_local,
									   .http = true,
									   .alone = true,
									   .connect_timeout = 1000,
									   .timeout = 5000};
static const GeHttpLimits over_https = {
	.alone = true, .connect_timeout = 1000, .timeout = 5000};
static const GeHttpLimits at_ecs = {.allows = ge_address_is_container_metadata,
									.http = true,
									.alone = true,
									.connect_timeout = 1000,
									.timeout = 5000};

/* The address to ask; url NULL: no variable names one. */
static void
find_service(GeFetch *fetch)
{
	char *relative = ge_environment("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
	char *full = ge_environment("AWS_CONTAINER_CREDENTIALS_FULL_URI");

	if (relative != NULL)
	{
		fetch->url = psprintf(ECS "%s%s", relative[0] == '/' ? "" : "/", relative);
		fetch->limits = &at_ecs;
		return;
	}
	fetch->url = full;
	fetch->limits = full != NULL && pg_strncasecmp(full, "https://", 8) == 0 ? &over_https
																			 : &over_http;
}

/*
 * The header that authorises the request.  The file is read each time, because its
 * contents change.
 */
static GeSourceState
authorize(GeCredentialSearch *search, GeFetch *fetch)
{
	char *path = ge_environment("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
	char *token = path != NULL ? ge_search_read_file(search, path)
							   : ge_environment("AWS_CONTAINER_AUTHORIZATION_TOKEN");

	if (token == NULL)
		return path != NULL ? GE_SOURCE_BROKEN : GE_SOURCE_FOUND;
	/* "Basic abc" has a space */
	for (const char *c = token; *c != '\0'; c++)
		if ((unsigned char) *c < ' ' || (unsigned char) *c >= 0x7f)
			return ge_search_fail(search, GE_SOURCE_BROKEN,
								  "the container's authorization token has a character "
								  "that is not printable ASCII");
	fetch->headers[0] = psprintf("authorization: %s", token);
	return GE_SOURCE_FOUND;
}

GeSourceState
ge_credentials_container(GeCredentialSearch *search)
{
	GeFetch fetch = {.of = OF, .method = "GET"};
	GeSourceState state;

	find_service(&fetch);
	if (fetch.url == NULL)
		return ge_search_fail(search, GE_SOURCE_UNUSED,
							  "neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor "
							  "AWS_CONTAINER_CREDENTIALS_FULL_URI is set");
	state = authorize(search, &fetch);
	if (state != GE_SOURCE_FOUND)
		return state;
	if (!ge_credentials_fetch(search, &fetch))
		return GE_SOURCE_BROKEN;
	return ge_search_take_json(search, fetch.text, OF);
}
