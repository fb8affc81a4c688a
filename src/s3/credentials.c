/*
 * credentials.c: the instance's own credentials.
 *
 * Only servers that a superuser owns reach this.  Values come from the environment of the
 * server's process (AWS_ACCESS_KEY_ID and its like) or from the shared credentials file
 * and the profile that AWS_SHARED_CREDENTIALS_FILE and AWS_PROFILE name.
 */
#include "postgres.h"
#include "storage/fd.h"

#include "s3/server.h"

#define MAX_LINE 4096

bool
ge_s3_is_credential_source(const char *source)
{
	return strcmp(source, "user_mapping") == 0 || strcmp(source, "environment") == 0 ||
		   strcmp(source, "profile") == 0;
}

static char *
copy_of(const char *string)
{
	return string != NULL && string[0] != '\0' ? pstrdup(string) : NULL;
}

static GeS3Credentials
read_environment(void)
{
	return (GeS3Credentials){copy_of(getenv("AWS_ACCESS_KEY_ID")),
							 copy_of(getenv("AWS_SECRET_ACCESS_KEY")),
							 copy_of(getenv("AWS_SESSION_TOKEN"))};
}

static char *
trim(char *string)
{
	size_t length;

	string += strspn(string, " \t\r\n");
	for (length = strlen(string); length > 0 && strchr(" \t\r\n", string[length - 1]);)
		string[--length] = '\0';
	return string;
}

/* "name = value" of the profile's section. */
static void
take_setting(GeS3Credentials *credentials, char *line)
{
	char *equals = strchr(line, '=');
	char *name;

	if (equals == NULL)
		return;
	*equals = '\0';
	name = trim(line);
	if (strcmp(name, "aws_access_key_id") == 0)
		credentials->access_key_id = copy_of(trim(equals + 1));
	else if (strcmp(name, "aws_secret_access_key") == 0)
		credentials->secret_access_key = copy_of(trim(equals + 1));
	else if (strcmp(name, "aws_session_token") == 0)
		credentials->session_token = copy_of(trim(equals + 1));
}

static const char *
credentials_file(void)
{
	const char *path = getenv("AWS_SHARED_CREDENTIALS_FILE");
	const char *home = getenv("HOME");

	if (path != NULL)
		return path;
	return home != NULL ? psprintf("%s/.aws/credentials", home) : NULL;
}

static GeS3Credentials
read_profile(void)
{
	const char *path = credentials_file();
	const char *profile = getenv("AWS_PROFILE");
	GeS3Credentials result = {NULL, NULL, NULL};
	FILE *file = path != NULL ? AllocateFile(path, "r") : NULL;
	bool in_section = false;
	char line[MAX_LINE];
	char *heading = psprintf("[%s]", profile != NULL ? profile : "default");

	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
	{
		char *string = trim(line);

		if (string[0] == '[')
			in_section = strcmp(string, heading) == 0;
		else if (in_section && string[0] != '#' && string[0] != ';')
			take_setting(&result, string);
	}
	if (file != NULL)
		FreeFile(file);
	explicit_bzero(line, sizeof(line));
	return result;
}

GeS3Credentials
ge_s3_instance_credentials(const char *source)
{
	GeS3Credentials result =
		strcmp(source, "profile") == 0 ? read_profile() : read_environment();

	if (result.access_key_id == NULL || result.secret_access_key == NULL)
		ereport(ERROR, errcode(ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION),
				errmsg("the instance has no S3 credentials in its %s", source),
				errhint("They are looked up with the environment that the server was "
						"started with."));
	return result;
}
