/*
 * credentials_imds.c: the credentials of the machine's role, from the metadata service of EC2.
 *
 * Version 2 only: it needs a token first.  So somebody who can make the server send a
 * plain GET does not get the credentials.
 */
#include "postgres.h"

#include "s3/address.h"
#include "s3/credentials_fetch.h"
#include "s3/sign.h"

#define OF "the instance metadata service"
#define ROLES "/latest/meta-data/iam/security-credentials/"
#define TOKEN_SECONDS "300" /* it is used for two requests */
#define LONGEST_ROLE 128

static const GeHttpLimits usual = {.allows = ge_address_is_instance_metadata,
								   .http = true,
								   .alone = true,
								   .connect_timeout = 1000,
								   .timeout = 2000};
/* where a variable names another endpoint: a proxy of the service on this machine */
static const GeHttpLimits named = {.allows = ge_address_is_instance_metadata_or_local,
								   .http = true,
								   .alone = true,
								   .connect_timeout = 1000,
								   .timeout = 2000};

typedef struct Service
{
	char *endpoint; /* without '/' at its end */
	const GeHttpLimits *limits;
	char *token; /* as a header */
} Service;

static Service
find_service(void)
{
	char *endpoint = ge_environment("AWS_EC2_METADATA_SERVICE_ENDPOINT");
	char *mode = ge_environment("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");
	size_t length;

	if (endpoint == NULL)
		return (Service){mode != NULL && pg_strcasecmp(mode, "IPv6") == 0
							 ? "http://[fd00:ec2::254]"
							 : "http://169.254.169.254",
						 &usual, NULL};
	length = strlen(endpoint);
	while (length > 0 && endpoint[length - 1] == '/')
		endpoint[--length] = '\0';
	return (Service){endpoint, &named, NULL};
}

static GeSourceState
get_token(GeCredentialSearch *search, Service *service)
{
	GeFetch fetch = {.of = OF,
					 .method = "PUT",
					 .url = psprintf("%s/latest/api/token", service->endpoint),
					 .headers = {"x-aws-ec2-metadata-token-ttl-seconds: " TOKEN_SECONDS},
					 .body = "",
					 .limits = service->limits};

	if (!ge_credentials_fetch(search, &fetch))
		return fetch.status == 0 ? GE_SOURCE_UNUSED : GE_SOURCE_BROKEN;
	if (!ge_is_header_value(fetch.text))
		return ge_search_fail(search, GE_SOURCE_BROKEN, OF " gave no token");
	service->token = psprintf("x-aws-ec2-metadata-token: %s", fetch.text);
	return GE_SOURCE_FOUND;
}

static GeFetch
fetch_of(const Service *service, const char *path)
{
	return (GeFetch){.of = OF,
					 .method = "GET",
					 .url = psprintf("%s%s", service->endpoint, path),
					 .headers = {service->token},
					 .limits = service->limits};
}

/* The path of the role's credentials; NULL: search->why says why there is none. */
static char *
get_role_path(GeCredentialSearch *search, const Service *service)
{
	GeFetch fetch = fetch_of(service, ROLES);
	char encoded[3 * LONGEST_ROLE + 1];
	char *role;

	if (!ge_credentials_fetch(search, &fetch))
	{
		if (fetch.status == 404)
			ge_search_fail(search, GE_SOURCE_BROKEN, "the instance has no role");
		return NULL;
	}
	role = fetch.text;
	role[strcspn(role, "\r\n")] = '\0';
	if (!ge_is_header_value(role) || strlen(role) > LONGEST_ROLE || strchr(role, '<'))
	{
		ge_search_fail(search, GE_SOURCE_BROKEN, OF " gave no name of a role");
		return NULL;
	}
	ge_percent_encode(role, strlen(role), false, encoded);
	return psprintf(ROLES "%s", encoded);
}

GeSourceState
ge_credentials_imds(GeCredentialSearch *search)
{
	char *disabled = ge_environment("AWS_EC2_METADATA_DISABLED");
	Service service = find_service();
	GeSourceState state;
	GeFetch fetch;
	char *path;

	if (disabled != NULL && pg_strcasecmp(disabled, "true") == 0)
		return ge_search_fail(search, GE_SOURCE_UNUSED,
							  "AWS_EC2_METADATA_DISABLED switches it off");
	state = get_token(search, &service);
	if (state != GE_SOURCE_FOUND)
		return state;
	path = get_role_path(search, &service);
	if (path == NULL)
		return GE_SOURCE_BROKEN;
	fetch = fetch_of(&service, path);
	if (!ge_credentials_fetch(search, &fetch))
		return GE_SOURCE_BROKEN;
	return ge_search_take_json(search, fetch.text, OF);
}
