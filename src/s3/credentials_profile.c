/*
 * credentials_profile.c: credentials in the shared files ~/.aws/credentials and ~/.aws/config.
 *
 * The profile is AWS_PROFILE's or "default"; the credentials file comes before the config
 * file.  A setting that would lead to other credentials and is not supported, such as
 * role_arn, is an error in either file: to ignore it would mean to act under another
 * identity.
 */
#include "postgres.h"
#include "common/string.h"
#include "lib/stringinfo.h"
#include "storage/fd.h"

#include <ctype.h>

#include "s3/credentials_internal.h"

typedef struct Profile
{
	const char *name;
	bool exists; /* in one of the files */
	GeCredentialTexts texts;
	char *unsupported; /* a setting of it that is not followed; NULL: none */
} Profile;

static const char *const unsupported_settings[] = {
	"role_arn",			  "source_profile",			 "credential_source",
	"credential_process", "web_identity_token_file", "sso_session",
	"sso_start_url",	  "sso_account_id",			 "sso_role_name",
	"login_session"};

static char *
trim(char *string)
{
	size_t length;

	string += strspn(string, " \t\r\n");
	for (length = strlen(string);
		 length > 0 && isspace((unsigned char) string[length - 1]);)
		string[--length] = '\0';
	return string;
}

/* A comment behind a value needs white space before it. */
static void
cut_comment(char *value)
{
	for (; *value != '\0'; value++)
		if (isspace((unsigned char) value[0]) && (value[1] == '#' || value[1] == ';'))
			*value = '\0';
}

/* The first that is given counts. */
static void
take_text(char **string, const char *value)
{
	if (*string == NULL && value[0] != '\0')
		*string = pstrdup(value);
}

/* "name = value" of the profile. */
static void
take_setting(Profile *profile, GeCredentialTexts *texts, char *line)
{
	char *equals = strchr(line, '=');
	char *name;
	char *value;

	if (equals == NULL)
		return;
	*equals = '\0';
	name = trim(line);
	cut_comment(equals + 1);
	value = trim(equals + 1);
	if (pg_strcasecmp(name, "aws_access_key_id") == 0)
		take_text(&texts->access_key_id, value);
	else if (pg_strcasecmp(name, "aws_secret_access_key") == 0)
		take_text(&texts->secret_access_key, value);
	else if (pg_strcasecmp(name, "aws_session_token") == 0)
		take_text(&texts->session_token, value);
	for (int i = 0; i < lengthof(unsupported_settings); i++)
		if (pg_strcasecmp(name, unsupported_settings[i]) == 0)
			take_text(&profile->unsupported, unsupported_settings[i]);
}

/* "[name]", or in the config file "[profile name]", stands above the profile's settings. */
static bool
is_heading_of(char *line, const Profile *profile, bool is_config)
{
	char *end = strchr(line, ']');
	char *name;

	if (end == NULL)
		return false;
	*end = '\0';
	name = trim(line + 1);
	if (is_config && strcmp(name, "default") == 0)
		return strcmp(profile->name, "default") == 0;
	if (is_config)
	{
		if (strncmp(name, "profile", 7) != 0 || !isspace((unsigned char) name[7]))
			return false;
		name = trim(name + 7);
	}
	return strcmp(name, profile->name) == 0;
}

static void
read_lines(FILE *file, Profile *profile, bool is_config)
{
	GeCredentialTexts texts = {0};
	StringInfoData line;
	bool within = false;
	bool has_settings = false;

	initStringInfo(&line);
	while (pg_get_line_buf(file, &line))
	{
		/* indented lines below a setting belong to the setting */
		bool nested = has_settings && isspace((unsigned char) line.data[0]);
		char *string = trim(line.data);

		if (string[0] == '[')
		{
			within = is_heading_of(string, profile, is_config);
			has_settings = false;
			profile->exists |= within;
		}
		else if (within && !nested && string[0] != '#' && string[0] != ';' &&
				 string[0] != '\0')
		{
			take_setting(profile, &texts, string);
			has_settings = true;
		}
	}
	/* id, secret and token of one file belong together */
	if (profile->texts.access_key_id == NULL && profile->texts.secret_access_key == NULL)
		profile->texts = texts;
	explicit_bzero(line.data, line.maxlen);
}

/* The file that a variable names, else that under the home directory. */
static char *
path_of(const char *variable, const char *name)
{
	char *path = ge_environment(variable);
	const char *home = ge_environment("HOME");

	if (path != NULL && strncmp(path, "~/", 2) != 0)
		return path;
	if (home == NULL)
		return NULL;
	return path != NULL ? psprintf("%s/%s", home, path + 2)
						: psprintf("%s/.aws/%s", home, name);
}

/* A file that is missing has no profile; false: it is there and cannot be read. */
static bool
read_file(GeCredentialSearch *search, Profile *profile, const char *path, bool is_config)
{
	FILE *file = path != NULL ? AllocateFile(path, "r") : NULL;

	if (file == NULL)
	{
		if (path == NULL || errno == ENOENT || errno == ENOTDIR)
			return true;
		ge_search_fail(search, GE_SOURCE_BROKEN, "\"%s\" cannot be read: %s", path,
					   strerror(errno));
		return false;
	}
	read_lines(file, profile, is_config);
	FreeFile(file);
	return true;
}

GeSourceState
ge_credentials_profile(GeCredentialSearch *search)
{
	const char *named = ge_environment("AWS_PROFILE");
	Profile profile = {.name = named != NULL ? named : "default"};
	char *credentials = path_of("AWS_SHARED_CREDENTIALS_FILE", "credentials");
	char *config = path_of("AWS_CONFIG_FILE", "config");

	if (!read_file(search, &profile, credentials, false) ||
		!read_file(search, &profile, config, true))
		return GE_SOURCE_BROKEN;
	if (!profile.exists)
		return ge_search_fail(search, named != NULL ? GE_SOURCE_BROKEN : GE_SOURCE_UNUSED,
							  "there is no profile \"%s\" in \"%s\" and \"%s\"",
							  profile.name,
							  credentials != NULL ? credentials : "~/.aws/credentials",
							  config != NULL ? config : "~/.aws/config");
	if (profile.unsupported != NULL)
		return ge_search_fail(search, GE_SOURCE_BROKEN,
							  "profile \"%s\" has %s, which is not supported: only keys "
							  "are taken from profiles",
							  profile.name, profile.unsupported);
	if (profile.texts.access_key_id == NULL && profile.texts.secret_access_key == NULL)
		return ge_search_fail(search, GE_SOURCE_UNUSED, "profile \"%s\" has no keys",
							  profile.name);
	return ge_search_take(search, &profile.texts, "the profile");
}
