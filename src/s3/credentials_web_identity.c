/*
 * credentials_web_identity.c: the credentials of a role, for a token that an identity
 * provider wrote into a file (EKS and its like).
 *
 * AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN name both.  The token goes to the Security
 * Token Service of the region, over https; over http only to this machine, for tests.
 */
#include "postgres.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"

#include "s3/address.h"
#include "s3/credentials_fetch.h"
#include "s3/endpoint.h"
#include "s3/sign.h"
#include "s3/xml.h"

#define OF "the Security Token Service"
#define VERSION "2011-06-15"
#define LONGEST_CODE 64

static const GeHttpLimits over_https = {
	.alone = true, .connect_timeout = 3000, .timeout = 10000};
static const GeHttpLimits over_http = {.allows = ge_address_is_local,
									   .http = true,
									   .alone = true,
									   .connect_timeout = 3000,
									   .timeout = 10000};

/* The region's endpoint, or the one that a variable names. */
static void
find_service(const GeCredentialSearch *search, GeFetch *fetch)
{
	char *endpoint = ge_environment("AWS_ENDPOINT_URL_STS");
	const char *region = ge_environment("AWS_REGION");
	bool is_http = endpoint != NULL && pg_strncasecmp(endpoint, "http://", 7) == 0;

	if (region == NULL)
		region = ge_environment("AWS_DEFAULT_REGION");
	if (region == NULL)
		region = search->region;
	fetch->url = endpoint != NULL
					 ? endpoint
					 : psprintf("https://sts.%s.%s/", region, ge_endpoint_domain(region));
	fetch->limits = is_http ? &over_http : &over_https;
}

static void
append_parameter(StringInfo body, const char *name, const char *value)
{
	char *encoded = palloc(3 * strlen(value) + 1);

	ge_percent_encode(value, strlen(value), false, encoded);
	appendStringInfo(body, "&%s=%s", name, encoded);
}

static char *
make_request(const char *role, const char *token)
{
	char *session = ge_environment("AWS_ROLE_SESSION_NAME");
	StringInfoData body;

	initStringInfo(&body);
	appendStringInfoString(&body, "Action=AssumeRoleWithWebIdentity&Version=" VERSION);
	append_parameter(&body, "RoleArn", role);
	append_parameter(&body, "RoleSessionName",
					 session != NULL ? session : psprintf("gpu_encode-%d", MyProcPid));
	append_parameter(&body, "WebIdentityToken", token);
	return body.data;
}

/* The error's code, a word such as AccessDenied; never its message, which may hold more. */
static void
add_code(GeCredentialSearch *search, const GeFetch *fetch)
{
	GeXml answer = {fetch->text, fetch->text + strlen(fetch->text)};
	char *code = ge_xml_raw(answer, "Code");
	size_t used = strlen(search->why);

	if (fetch->status != 0 && code != NULL && strlen(code) <= LONGEST_CODE &&
		strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.") ==
			strlen(code))
		snprintf(search->why + used, sizeof(search->why) - used, " %s", code);
}

static GeSourceState
read_answer(GeCredentialSearch *search, const char *string)
{
	GeXml answer = {string, string + strlen(string)};
	GeXml credentials;
	GeCredentialTexts texts;

	if (!ge_xml_next(&answer, "Credentials", &credentials))
		return ge_search_fail(search, GE_SOURCE_BROKEN,
							  OF " answered without credentials");
	texts = (GeCredentialTexts){ge_xml_raw(credentials, "AccessKeyId"),
								ge_xml_raw(credentials, "SecretAccessKey"),
								ge_xml_raw(credentials, "SessionToken"),
								ge_xml_raw(credentials, "Expiration")};
	return ge_search_take(search, &texts, OF);
}

GeSourceState
ge_credentials_web_identity(GeCredentialSearch *search)
{
	char *path = ge_environment("AWS_WEB_IDENTITY_TOKEN_FILE");
	char *role = ge_environment("AWS_ROLE_ARN");
	GeFetch fetch = {.of = OF, .method = "POST"};
	char *token;

	if (path == NULL)
		return ge_search_fail(search, GE_SOURCE_UNUSED,
							  "AWS_WEB_IDENTITY_TOKEN_FILE is not set");
	if (role == NULL)
		return ge_search_fail(search, GE_SOURCE_BROKEN, "AWS_ROLE_ARN is not set");
	token = ge_search_read_file(search, path);
	if (token == NULL)
		return GE_SOURCE_BROKEN;
	find_service(search, &fetch);
	fetch.body = make_request(role, token);
	fetch.headers[0] = "content-type: application/x-www-form-urlencoded";
	if (!ge_credentials_fetch(search, &fetch))
	{
		add_code(search, &fetch);
		return GE_SOURCE_BROKEN;
	}
	return read_answer(search, fetch.text);
}
