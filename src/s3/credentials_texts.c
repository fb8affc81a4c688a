/*
 * credentials_texts.c: texts from outside as credentials.
 *
 * Errors about them do not show them.
 */
#include "postgres.h"
#include "storage/fd.h"
#include "utils/timestamp.h"

#include <ctype.h>
#include <time.h>
#include <unistd.h>

#include "s3/credentials_internal.h"
#include "s3/json_texts.h"

#define LONGEST_KEY 200
#define LONGEST_FILE 65536

GeSourceState
ge_search_fail(GeCredentialSearch *search, GeSourceState state, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(search->why, sizeof(search->why), format, arguments);
	va_end(arguments);
	return state;
}

bool
ge_is_header_value(const char *string)
{
	if (*string == '\0')
		return false;
	for (; *string != '\0'; string++)
		if ((unsigned char) *string <= ' ' || (unsigned char) *string >= 0x7f)
			return false;
	return true;
}

/* "2026-01-31T23:59:59Z", or another offset; false: it is no such time. */
static bool
read_time(const char *string, TimestampTz *result)
{
	struct tm parts = {0};
	const char *rest = strptime(string, "%Y-%m-%dT%H:%M:%S", &parts);
	time_t local;

	if (rest == NULL)
		return false;
	local = timegm(&parts);
	if (*rest == '.')
		for (rest++; isdigit((unsigned char) *rest);)
			rest++;
	rest = strptime(rest, "%z", &parts);
	if (rest == NULL || *rest != '\0')
		return false;
	*result = time_t_to_timestamptz(local - parts.tm_gmtoff);
	return true;
}

GeSourceState
ge_search_take(GeCredentialSearch *search, const GeCredentialTexts *texts, const char *of)
{
	GeS3Credentials *found = &search->found;

	if (texts->access_key_id == NULL || texts->secret_access_key == NULL)
		return ge_search_fail(search, GE_SOURCE_BROKEN, "%s gave no %s", of,
							  texts->access_key_id == NULL ? "access key id"
														   : "secret access key");
	if (!ge_is_header_value(texts->access_key_id) ||
		!ge_is_header_value(texts->secret_access_key) ||
		strlen(texts->access_key_id) > LONGEST_KEY ||
		strlen(texts->secret_access_key) > LONGEST_KEY ||
		(texts->session_token != NULL && !ge_is_header_value(texts->session_token)))
		return ge_search_fail(search, GE_SOURCE_BROKEN,
							  "%s gave credentials that are too long or not printable "
							  "ASCII",
							  of);
	*found = (GeS3Credentials){.access_key_id = texts->access_key_id,
							   .secret_access_key = texts->secret_access_key,
							   .session_token = texts->session_token};
	if (texts->expiration != NULL && !read_time(texts->expiration, &found->expires))
		return ge_search_fail(search, GE_SOURCE_BROKEN,
							  "%s gave an expiration that is not a time of ISO 8601", of);
	return GE_SOURCE_FOUND;
}

GeSourceState
ge_search_take_json(GeCredentialSearch *search, const char *json, const char *of)
{
	GeJsonText fields[] = {{"AccessKeyId", NULL},
						   {"SecretAccessKey", NULL},
						   {"Token", NULL},
						   {"Expiration", NULL},
						   {"Code", NULL}};
	GeCredentialTexts texts;

	if (!ge_json_read_texts(json, fields, lengthof(fields)))
		return ge_search_fail(search, GE_SOURCE_BROKEN,
							  "%s answered with something that is not a JSON object", of);
	/* only the machine's metadata have a code; other values come with status 200, too */
	if (fields[4].value != NULL && strcmp(fields[4].value, "Success") != 0)
		return ge_search_fail(search, GE_SOURCE_BROKEN,
							  "%s has no credentials for the role at this time", of);
	texts = (GeCredentialTexts){fields[0].value, fields[1].value, fields[2].value,
								fields[3].value};
	return ge_search_take(search, &texts, of);
}

char *
ge_search_read_file(GeCredentialSearch *search, const char *path)
{
	FILE *file = AllocateFile(path, PG_BINARY_R);
	char *string;
	size_t length;
	size_t start;

	if (file == NULL)
	{
		ge_search_fail(search, GE_SOURCE_BROKEN, "\"%s\" cannot be read: %s", path,
					   strerror(errno));
		return NULL;
	}
	string = palloc(LONGEST_FILE + 1);
	length = fread(string, 1, LONGEST_FILE, file);
	if (ferror(file) || length == LONGEST_FILE)
	{
		ge_search_fail(search, GE_SOURCE_BROKEN, "\"%s\" cannot be read: %s", path,
					   ferror(file) ? strerror(errno) : "it is too long");
		FreeFile(file);
		return NULL;
	}
	FreeFile(file);
	while (length > 0 && isspace((unsigned char) string[length - 1]))
		length--;
	string[length] = '\0';
	start = strspn(string, " \t\r\n");
	return string + start;
}
