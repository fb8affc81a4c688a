/*
 * server.c: the endpoint and the credentials for a uri.
 */
#include "postgres.h"
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/reloptions.h"
#include "access/table.h"
#include "catalog/pg_foreign_server.h"
#include "catalog/pg_user_mapping.h"
#include "commands/defrem.h"
#include "foreign/foreign.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "utils/varlena.h"

#include "base/compat.h"
#include "base/endpoint_entry.h"
#include "base/shown.h"
#include "base/settings.h"
#include "s3/server.h"

#define DEFAULT_REGION "us-east-1" /* of AWS */

char *
ge_s3_option(List *options, const char *name)
{
	ListCell *cell;

	foreach (cell, options)
	{
		DefElem *option = lfirst(cell);

		if (strcmp(option->defname, name) == 0)
			return defGetString(option);
	}
	return NULL;
}

GeEndpoint
ge_s3_endpoint_parse(const char *url)
{
	GeEndpoint result;

	if (!ge_endpoint_parse(url, &result))
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("not an endpoint: \"%s\"", ge_printable(ge_shown(url))),
				errhint("Write https://host or https://host:port."));
	return result;
}

void
ge_s3_check_region(const char *region)
{
	size_t length = strlen(region);

	if (length == 0 || length >= 64 ||
		strspn(region, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					   "0123456789-_") != length)
		ereport(
			ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			errmsg("not the name of a region: \"%s\"", ge_printable(ge_shown(region))),
			errhint("Write eu-central-1, for example."));
}

/* ------------------------------------------------------------------ which server */

/* The number of bytes of a uri that a scope covers; -1: the uri is outside the scope. */
static int
scope_length(const char *scope, const GeUri *uri)
{
	GeUri scope_uri;

	if (scope == NULL || strcmp(scope, "s3://") == 0)
		return 0;
	scope_uri = ge_uri_parse(scope);
	if (strcmp(scope_uri.bucket, uri->bucket) != 0 ||
		strncmp(scope_uri.key, uri->key, strlen(scope_uri.key)) != 0)
		return -1;
	return (int) (strlen(scope_uri.bucket) + 1 + strlen(scope_uri.key));
}

static void
report_equal_scopes(Oid one, Oid other, const GeUri *uri)
{
	ereport(ERROR, errcode(ERRCODE_AMBIGUOUS_PARAMETER),
			errmsg("two servers have the same scope for \"%s\"",
				   ge_printable(ge_uri_format(uri->bucket, uri->key))),
			errdetail("They are \"%s\" and \"%s\".", GetForeignServer(one)->servername,
					  GetForeignServer(other)->servername),
			errhint("Name one by the argument \"server\", or give them other scopes."));
}

/* Its scope counts for the user. */
static bool
is_candidate(const FormData_pg_foreign_server *server)
{
	return (server->srvowner == GetUserId() || superuser_arg(server->srvowner)) &&
		   ge_server_usage(server->oid) == ACLCHECK_OK;
}

/* The candidate with the longest scope; InvalidOid: none. */
static Oid
find_by_scope(const GeUri *uri)
{
	Oid wrapper = get_foreign_data_wrapper_oid(GE_S3_WRAPPER, true);
	Relation catalog = table_open(ForeignServerRelationId, AccessShareLock);
	SysScanDesc scan = systable_beginscan(catalog, InvalidOid, false, NULL, 0, NULL);
	Oid best = InvalidOid;
	Oid rival = InvalidOid;
	int best_length = -1;
	HeapTuple tuple;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_foreign_server form = (Form_pg_foreign_server) GETSTRUCT(tuple);
		int length;

		if (form->srvfdw != wrapper || !is_candidate(form))
			continue;
		length = scope_length(ge_s3_option(GetForeignServer(form->oid)->options, "scope"),
							  uri);
		if (length >= 0 && length == best_length)
			rival = form->oid;
		else if (length > best_length)
		{
			best = form->oid;
			best_length = length;
			rival = InvalidOid;
		}
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	if (OidIsValid(rival))
		report_equal_scopes(best, rival, uri);
	return best;
}

static Oid
find_by_name(const char *name)
{
	ForeignServer *server = GetForeignServerByName(name, false);

	if (server->fdwid != get_foreign_data_wrapper_oid(GE_S3_WRAPPER, true))
		ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE),
				errmsg("server \"%s\" is not one of foreign data wrapper \"%s\"", name,
					   GE_S3_WRAPPER));
	if (ge_server_usage(server->serverid) != ACLCHECK_OK)
		aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_FOREIGN_SERVER, name);
	return server->serverid;
}

/* ------------------------------------------------------------------ as whom */

/* The options of the user's mapping, or of PUBLIC's; NIL if there is none. */
static List *
mapping_options(Oid server)
{
	HeapTuple tuple = SearchSysCache2(
		USERMAPPINGUSERSERVER, ObjectIdGetDatum(GetUserId()), ObjectIdGetDatum(server));
	List *options = NIL;
	Datum datum;
	bool is_null;

	if (!HeapTupleIsValid(tuple))
		tuple = SearchSysCache2(USERMAPPINGUSERSERVER, ObjectIdGetDatum(InvalidOid),
								ObjectIdGetDatum(server));
	if (!HeapTupleIsValid(tuple))
		return NIL;
	datum = SysCacheGetAttr(USERMAPPINGUSERSERVER, tuple, Anum_pg_user_mapping_umoptions,
							&is_null);
	if (!is_null)
		options = untransformRelOptions(datum);
	ReleaseSysCache(tuple);
	return options;
}

static GeS3Credentials
mapping_credentials(const ForeignServer *server)
{
	List *options = mapping_options(server->serverid);
	GeS3Credentials result = {.access_key_id = ge_s3_option(options, "access_key_id"),
							  .secret_access_key =
								  ge_s3_option(options, "secret_access_key"),
							  .session_token = ge_s3_option(options, "session_token")};

	if ((result.access_key_id == NULL) != (result.secret_access_key == NULL))
		ereport(
			ERROR, errcode(ERRCODE_FDW_OPTION_NAME_NOT_FOUND),
			errmsg("the user mapping of server \"%s\" is incomplete", server->servername),
			errdetail("Options access_key_id and secret_access_key go together."));
	return result;
}

static GeS3Credentials
instance_credentials(const GeS3Server *server)
{
	GeCredentialRequest request = {.source = server->credential_source,
								   .server = server->id,
								   .user = server->user,
								   .region = server->region};
	GeS3Credentials result;
	char why[GE_CREDENTIALS_WHY];

	if (!server->trusted)
		ereport(
			ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			errmsg("server \"%s\" may not use the credentials of the instance",
				   server->name),
			errdetail("Option credential_source is for servers that a superuser owns."));
	if (!ge_credentials_find(&request, &result, why))
		ereport(ERROR, errcode(ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION),
				errmsg("the instance has no S3 credentials in its %s", request.source),
				errdetail_internal("%s", why),
				errhint("They are looked up with the environment that the server was "
						"started with."));
	return result;
}

/* ------------------------------------------------------------------ the whole */

static void
check_endpoint_allowed(const GeS3Server *server)
{
	char *list = pstrdup(
		ge_setting_s3_allowed_endpoints != NULL ? ge_setting_s3_allowed_endpoints : "");
	bool limited = list[0] != '\0';

	for (char *rest, *entry = strtok_r(list, GE_ENDPOINT_ENTRY_SEPARATORS, &rest);
		 entry != NULL; entry = strtok_r(NULL, GE_ENDPOINT_ENTRY_SEPARATORS, &rest))
		if (ge_endpoint_is_of_entry(&server->endpoint, entry))
			return;
	if (limited)
		ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				errmsg("endpoint \"%s\" is not allowed", server->endpoint.host),
				errhint("A superuser may add it to gpu_encode.s3_allowed_endpoints."));
	if (!server->endpoint.https && !server->trusted)
		ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				errmsg("endpoint \"%s\" is not allowed", server->endpoint.host),
				errdetail("Only servers that a superuser owns may use http."));
}

static void
fill_from_options(GeS3Server *result, const ForeignServer *server)
{
	const char *endpoint = ge_s3_option(server->options, "endpoint");
	const char *source = ge_s3_option(server->options, "credential_source");

	result->name = server->servername;
	result->id = server->serverid;
	result->user = GetUserId();
	result->trusted = superuser_arg(server->owner);
	result->region = ge_s3_option(server->options, "region");
	if (endpoint != NULL)
		result->endpoint = ge_s3_endpoint_parse(endpoint);
	if (source != NULL && strcmp(source, GE_CREDENTIALS_USER_MAPPING) != 0)
		result->credential_source = source;
}

/* Defaults of the options. */
static void
fill_defaults(GeS3Server *server)
{
	if (server->region == NULL)
		server->region = server->endpoint.host[0] != '\0'
							 ? ge_endpoint_default_region(&server->endpoint)
							 : DEFAULT_REGION;
	if (server->endpoint.host[0] == '\0' &&
		!ge_endpoint_of_region(server->region, &server->endpoint))
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("not the name of a region: \"%s\"", server->region));
}

/* Without an option, buckets are in the host name at AWS and in the path elsewhere. */
static bool
choose_path_style(const GeS3Server *server, List *options, const char *bucket)
{
	const char *style = ge_s3_option(options, "url_style");

	if (style == NULL)
		style = ge_s3_option(options, "endpoint") != NULL ? "path" : "virtual";
	return strcmp(style, "path") == 0 ||
		   !ge_endpoint_takes_bucket(&server->endpoint, bucket);
}

/* Arguments of the call come first. */
static void
fill_from_choice(GeS3Server *result, const GeS3Choice *choice)
{
	if (choice->region != NULL)
	{
		ge_s3_check_region(choice->region);
		result->region = choice->region;
	}
	if (choice->credentials.access_key_id != NULL)
	{
		result->credentials = choice->credentials;
		result->credential_source = NULL;
	}
}

const GeS3Server *
ge_s3_server_resolve(const GeS3Choice *choice, const GeUri *uri)
{
	GeS3Server *result = palloc0_object(GeS3Server);
	Oid oid = choice->server != NULL ? find_by_name(choice->server) : find_by_scope(uri);
	ForeignServer *server = OidIsValid(oid) ? GetForeignServer(oid) : NULL;

	if (server != NULL)
		fill_from_options(result, server);
	fill_from_choice(result, choice);
	fill_defaults(result);
	result->path_style =
		choose_path_style(result, server != NULL ? server->options : NIL, uri->bucket);
	check_endpoint_allowed(result);
	if (server == NULL || result->credentials.access_key_id != NULL)
		return result;
	if (result->credential_source != NULL)
		result->credentials = instance_credentials(result);
	else
		result->credentials = mapping_credentials(server);
	return result;
}
