/*
 * call_credentials.c: new credentials for calls, while others go on.
 */
#include "postgres.h"
#include "utils/timestamp.h"

#include "s3/client.h"

static bool
renew(GeS3Client *client, bool cleaning_up, bool rejected)
{
	const GeS3Server *server = client->server;
	GeCredentialRequest request = {.source = server->credential_source,
								   .server = server->id,
								   .user = server->user,
								   .region = server->region,
								   .http = client->http,
								   .cleaning_up = cleaning_up,
								   .rejected = rejected ? &client->credentials : NULL};
	MemoryContext caller = MemoryContextSwitchTo(client->context);
	GeS3Credentials found;
	bool ok = ge_credentials_find(&request, &found, client->why);

	MemoryContextSwitchTo(caller);
	if (!ok)
		return false;
	client->why[0] = '\0';
	client->credentials = found;
	client->generation++;
	return true;
}

void
ge_s3_client_renew_early(GeS3Client *client, bool cleaning_up)
{
	/* if that fails, the old ones are tried: the endpoint decides */
	if (client->server->credential_source != NULL && client->credentials.renew != 0 &&
		GetCurrentTimestamp() >= client->credentials.renew)
		(void) renew(client, cleaning_up, false);
}

bool
ge_s3_call_renew(GeS3Call *call)
{
	GeS3Client *client = call->client;

	if (client->server->credential_source == NULL || call->renewed ||
		!ge_s3_call_is_expired(call))
		return false;
	call->renewed = true;
	/* another call that was in flight may have done it */
	return call->generation != client->generation ||
		   renew(client, call->cleaning_up, true);
}
