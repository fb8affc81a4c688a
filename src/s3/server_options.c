/*
 * server_options.c: the options of foreign servers and user mappings, and the function that
 * sets a user mapping without its secrets in the text of a statement.
 */
#include "postgres.h"
#include "access/reloptions.h"
#include "access/xact.h"
#include "catalog/pg_foreign_server.h"
#include "catalog/pg_user_mapping.h"
#include "commands/defrem.h"
#include "foreign/foreign.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "tcop/utility.h"
#include "utils/syscache.h"

#include "base/arguments.h"
#include "base/compat.h"
#include "base/shown.h"
#include "base/shown_errors.h"
#include "s3/log_warning.h"
#include "s3/server.h"

GE_SQL_FUNCTION(ge_s3_validator);
GE_SHOWN_FUNCTION(ge_s3_set_credentials, s3_set_credentials);

static const char *const server_options[] = {
	"endpoint", "region", "url_style", "scope", "credential_source", NULL};
static const char *const mapping_options[] = {"access_key_id", "secret_access_key",
											  "session_token", NULL};
static const char *const no_options[] = {NULL};

static const char *const *
options_of(Oid catalog)
{
	if (catalog == ForeignServerRelationId)
		return server_options;
	return catalog == UserMappingRelationId ? mapping_options : no_options;
}

static void
check_name(const char *name, const char *const *allowed)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; allowed[i] != NULL; i++)
	{
		if (strcmp(name, allowed[i]) == 0)
			return;
		appendStringInfo(&list, "%s%s", i > 0 ? ", " : "", allowed[i]);
	}
	ereport(ERROR, errcode(ERRCODE_FDW_INVALID_OPTION_NAME),
			errmsg("invalid option \"%s\"", name),
			list.len > 0 ? errhint("Valid options here: %s.", list.data)
						 : errhint("There are no options here."));
}

static void
check_value(const char *name, const char *value)
{
	bool ok = true;

	if (strcmp(name, "endpoint") == 0)
		(void) ge_s3_endpoint_parse(value);
	else if (strcmp(name, "url_style") == 0)
		ok = strcmp(value, "path") == 0 || strcmp(value, "virtual") == 0;
	else if (strcmp(name, "scope") == 0 && strcmp(value, "s3://") != 0)
		(void) ge_uri_parse(value);
	else if (strcmp(name, "credential_source") == 0)
		ok = ge_credentials_is_source(value);
	else if (strcmp(name, "region") == 0)
		ge_s3_check_region(value);
	if (!ok)
		ereport(ERROR, errcode(ERRCODE_FDW_INVALID_ATTRIBUTE_VALUE),
				errmsg("invalid value for option \"%s\": \"%s\"", name,
					   ge_printable(ge_shown(value))),
				errhint("url_style is path or virtual; credential_source "
						"is " GE_CREDENTIALS_SOURCES "."));
}

/* Secrets end up in a header: no control characters, and never in a message. */
static void
check_secret(const char *name, const char *value)
{
	for (const char *c = value; *c != '\0'; c++)
		if ((unsigned char) *c <= ' ' || (unsigned char) *c >= 0x7f)
			ereport(ERROR, errcode(ERRCODE_FDW_INVALID_ATTRIBUTE_VALUE),
					errmsg("option \"%s\" has a character that is not printable ASCII",
						   name));
	if (value[0] == '\0' || (strlen(value) > 200 && strcmp(name, "session_token") != 0))
		ereport(ERROR, errcode(ERRCODE_FDW_INVALID_ATTRIBUTE_VALUE),
				errmsg("option \"%s\" has %zu characters", name, strlen(value)),
				errdetail("It may have 1 to 200."));
}

Datum
ge_s3_validator(PG_FUNCTION_ARGS)
{
	Oid catalog = PG_GETARG_OID(1);
	ListCell *cell;

	foreach (cell, untransformRelOptions(PG_GETARG_DATUM(0)))
	{
		DefElem *option = lfirst(cell);

		check_name(option->defname, options_of(catalog));
		if (catalog == UserMappingRelationId)
			check_secret(option->defname, defGetString(option));
		else
			check_value(option->defname, defGetString(option));
	}
	PG_RETURN_VOID();
}

static RoleSpec *
make_current_user(void)
{
	RoleSpec *user = makeNode(RoleSpec);

	user->roletype = ROLESPEC_CURRENT_USER;
	user->location = -1;
	return user;
}

static void
drop_mapping(char *server, Oid server_oid)
{
	DropUserMappingStmt *drop = makeNode(DropUserMappingStmt);

	if (!SearchSysCacheExists2(USERMAPPINGUSERSERVER, ObjectIdGetDatum(GetUserId()),
							   ObjectIdGetDatum(server_oid)))
		return;
	drop->user = make_current_user();
	drop->servername = server;
	RemoveUserMapping(drop);
	CommandCounterIncrement();
}

/* The server logs the statement of an error, and on demand its parameters. */
static void
hide_statement(void *arg)
{
	errhidestmt(true);
	errhidecontext(true);
}

static Datum
s3_set_credentials(PG_FUNCTION_ARGS)
{
	ErrorContextCallback hiding = {.callback = hide_statement,
								   .previous = error_context_stack};
	CreateUserMappingStmt *create;
	GeArguments *args;
	char *server;
	char *token;
	char *id;
	char *secret;
	ForeignServer *found;

	error_context_stack = &hiding;
	args = ge_arguments_open(fcinfo);
	server = ge_arg_text(args, "server");
	token = ge_arg_text_or_null(args, "session_token");
	id = ge_arg_text(args, "access_key_id");
	secret = ge_arg_text(args, "secret_access_key");
	ge_arguments_done(args);
	found = GetForeignServerByName(server, false);
	PreventCommandIfReadOnly("s3_set_credentials");
	if (found->fdwid != get_foreign_data_wrapper_oid(GE_S3_WRAPPER, false))
		ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE),
				errmsg("server \"%s\" is not one of foreign data wrapper \"%s\"", server,
					   GE_S3_WRAPPER));
	create = makeNode(CreateUserMappingStmt);
	create->user = make_current_user();
	create->servername = server;
	create->options =
		list_make2(makeDefElem("access_key_id", (Node *) makeString(id), -1),
				   makeDefElem("secret_access_key", (Node *) makeString(secret), -1));
	if (token != NULL)
		create->options =
			lappend(create->options,
					makeDefElem("session_token", (Node *) makeString(token), -1));
	drop_mapping(server, found->serverid);
	CreateUserMapping(create);
	CommandCounterIncrement(); /* another call of the statement replaces it */
	ge_warn_of_log(fcinfo, "secret_access_key", "the secret access key", secret);
	if (token != NULL)
		ge_warn_of_log(fcinfo, "session_token", "the session token", token);
	error_context_stack = hiding.previous;
	PG_RETURN_VOID();
}
