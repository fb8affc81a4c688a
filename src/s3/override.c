/*
 * override.c: region and credentials that a statement brings itself.
 *
 * They live in the memory of the statement's portal, whose end takes them back, on error
 * too.  They change whose requests are sent, never where to.
 */
#include "postgres.h"
#include "utils/memutils.h"

#include "base/arguments.h"
#include "base/compat.h"
#include "s3/override.h"

GE_SQL_FUNCTION(ge_s3_override);

typedef struct Override
{
	char *region;
	GeS3Credentials credentials;
	MemoryContextCallback release;
} Override;

static Override *current = NULL;

void
ge_s3_check_region(const char *region)
{
	size_t length = strlen(region);

	if (length == 0 || length >= 64 ||
		strspn(region, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					   "0123456789-_") != length)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("not the name of a region: \"%s\"", region),
				errhint("Write eu-central-1, for example."));
}

static void
forget(void *override)
{
	if (current == override)
		current = NULL;
}

/* NULL for "", which RDS's scripts pass for nothing. */
static char *
arg_or_null(FunctionCallInfo fcinfo, int i)
{
	char *value = ge_arg_text_or_null(fcinfo, i);

	return value != NULL && value[0] != '\0' ? value : NULL;
}

Datum
ge_s3_override(PG_FUNCTION_ARGS)
{
	MemoryContext caller = MemoryContextSwitchTo(
		PortalContext != NULL ? PortalContext : TopTransactionContext);
	Override *override = palloc0_object(Override);

	override->region = arg_or_null(fcinfo, 0);
	override->credentials = (GeS3Credentials){.access_key_id = arg_or_null(fcinfo, 1),
											  .secret_access_key = arg_or_null(fcinfo, 2),
											  .session_token = arg_or_null(fcinfo, 3)};
	if (override->region != NULL)
		ge_s3_check_region(override->region);
	if ((override->credentials.access_key_id == NULL) !=
		(override->credentials.secret_access_key == NULL))
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("access key and secret key go together"));
	override->release.func = forget;
	override->release.arg = override;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, &override->release);
	current = override;
	MemoryContextSwitchTo(caller);
	PG_RETURN_VOID();
}

void
ge_s3_override_apply(GeS3Server *server)
{
	if (current == NULL)
		return;
	if (current->region != NULL)
		server->region = current->region;
	if (current->credentials.access_key_id != NULL)
	{
		server->credentials = current->credentials;
		server->credential_source = NULL;
	}
}
