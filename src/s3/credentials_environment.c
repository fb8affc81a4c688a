/*
 * credentials_environment.c: credentials in variables of the environment.
 */
#include "postgres.h"

#include "s3/credentials_internal.h"

char *
ge_environment(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0' ? pstrdup(value) : NULL;
}

GeSourceState
ge_credentials_environment(GeCredentialSearch *search)
{
	GeCredentialTexts texts = {.access_key_id = ge_environment("AWS_ACCESS_KEY_ID"),
							   .secret_access_key =
								   ge_environment("AWS_SECRET_ACCESS_KEY"),
							   .session_token = ge_environment("AWS_SESSION_TOKEN")};

	if (texts.access_key_id == NULL && texts.secret_access_key == NULL)
		return ge_search_fail(search, GE_SOURCE_UNUSED, "AWS_ACCESS_KEY_ID is not set");
	return ge_search_take(search, &texts, "the environment");
}
