/*
 * credentials.c: the instance's own credentials: their sources, and how long they are
 * kept.
 */
#include "postgres.h"
#include "lib/stringinfo.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "s3/credentials_internal.h"

#define LONGEST_SOURCE 24
#define SEARCH_MS 30000
#define SEARCH_CLEANING_UP_MS 2000
#define RENEW_BEFORE_MS (5 * 60 * 1000)
#define RENEW_AGAIN_MS 1000 /* at least between two searches */

typedef struct Source
{
	const char *name;
	GeSourceState (*look)(GeCredentialSearch *search);
} Source;

static GeSourceState look_in_all(GeCredentialSearch *search);

/* In the order of the AWS SDKs, which chain follows. */
static const Source sources[] = {
	{"environment", ge_credentials_environment},
	{"web_identity", ge_credentials_web_identity},
	{"profile", ge_credentials_profile},
	{"container", ge_credentials_container},
	{"imds", ge_credentials_imds},
	{"chain", look_in_all},
};

#define N_SINGLE_SOURCES (lengthof(sources) - 1)

bool
ge_credentials_is_source(const char *name)
{
	for (int i = 0; i < lengthof(sources); i++)
		if (strcmp(sources[i].name, name) == 0)
			return true;
	return strcmp(name, GE_CREDENTIALS_USER_MAPPING) == 0;
}

/*
 * One source after another.  The first one that is set up decides, even if it gives
 * nothing: no identity is better than a wrong one.
 */
static GeSourceState
look_in_all(GeCredentialSearch *search)
{
	StringInfoData reasons;

	initStringInfo(&reasons);
	for (int i = 0; i < N_SINGLE_SOURCES; i++)
	{
		GeSourceState state = sources[i].look(search);

		if (state == GE_SOURCE_FOUND)
			return state;
		if (state == GE_SOURCE_BROKEN)
			resetStringInfo(&reasons);
		appendStringInfo(&reasons, "%s%s: %s", reasons.len > 0 ? "; " : "",
						 sources[i].name, search->why);
		if (state == GE_SOURCE_BROKEN)
			break;
	}
	return ge_search_fail(search, GE_SOURCE_BROKEN, "%s", reasons.data);
}

/* ------------------------------------------------------------------ how long they live */

/*
 * Five minutes before they expire.  If less time is left, because they live shorter or
 * could not be replaced: after half of that time.
 */
static void
set_renewal(GeS3Credentials *credentials)
{
	TimestampTz now = GetCurrentTimestamp();

	if (credentials->expires == 0)
		return;
	credentials->renew =
		TimestampTzPlusMilliseconds(credentials->expires, -RENEW_BEFORE_MS);
	if (credentials->renew <= now)
		credentials->renew = Max(now + (credentials->expires - now) / 2,
								 TimestampTzPlusMilliseconds(now, RENEW_AGAIN_MS));
}

static bool
is_same(const GeS3Credentials *one, const GeS3Credentials *other)
{
	const char *token = one->session_token != NULL ? one->session_token : "";

	return strcmp(one->access_key_id, other->access_key_id) == 0 &&
		   strcmp(one->secret_access_key, other->secret_access_key) == 0 &&
		   strcmp(token, other->session_token != NULL ? other->session_token : "") == 0;
}

static GeS3Credentials
copy_credentials(const GeS3Credentials *from, MemoryContext context)
{
	GeS3Credentials result = *from;

	result.access_key_id = MemoryContextStrdup(context, from->access_key_id);
	result.secret_access_key = MemoryContextStrdup(context, from->secret_access_key);
	if (from->session_token != NULL)
		result.session_token = MemoryContextStrdup(context, from->session_token);
	return result;
}

/* ------------------------------------------------------------------ those of the session */

typedef struct Key
{
	Oid server;
	Oid user;
} Key;

typedef struct Entry
{
	Key key;
	char source[LONGEST_SOURCE];
	GeS3Credentials credentials;
} Entry;

static HTAB *kept = NULL;

/* The entry of a server and a user; NULL: there is none of that source. */
static Entry *
find_kept(const GeCredentialRequest *request)
{
	Key key = {request->server, request->user};
	Entry *entry = kept != NULL ? hash_search(kept, &key, HASH_FIND, NULL) : NULL;

	return entry != NULL && strcmp(entry->source, request->source) == 0 ? entry : NULL;
}

static void
wipe(char *secret)
{
	if (secret == NULL)
		return;
	explicit_bzero(secret, strlen(secret));
	pfree(secret);
}

static void
keep(const GeCredentialRequest *request, const GeS3Credentials *credentials)
{
	Key key = {request->server, request->user};
	HASHCTL control = {.keysize = sizeof(Key), .entrysize = sizeof(Entry)};
	GeS3Credentials copy = copy_credentials(credentials, TopMemoryContext);
	Entry *entry;
	bool found;

	if (kept == NULL)
		kept =
			hash_create("gpu_encode S3 credentials", 8, &control, HASH_ELEM | HASH_BLOBS);
	entry = hash_search(kept, &key, HASH_ENTER, &found);
	if (found)
	{
		wipe(entry->credentials.access_key_id);
		wipe(entry->credentials.secret_access_key);
		wipe(entry->credentials.session_token);
	}
	strlcpy(entry->source, request->source, LONGEST_SOURCE);
	entry->credentials = copy;
}

/* ------------------------------------------------------------------ the whole */

/* Look in the source; what is found is in the current memory context. */
static bool
search_source(const GeCredentialRequest *request, GeCredentialSearch *search)
{
	GeSourceState state = GE_SOURCE_UNUSED;

	search->region = request->region;
	search->http = request->http != NULL ? request->http : ge_http_client_create();
	search->deadline = TimestampTzPlusMilliseconds(
		GetCurrentTimestamp(), request->cleaning_up ? SEARCH_CLEANING_UP_MS : SEARCH_MS);
	for (int i = 0; i < lengthof(sources); i++)
		if (strcmp(sources[i].name, request->source) == 0)
			state = sources[i].look(search);
	if (state != GE_SOURCE_FOUND)
		return false;
	if (request->rejected != NULL && is_same(&search->found, request->rejected))
	{
		ge_search_fail(search, GE_SOURCE_BROKEN, "the source has no others yet");
		return false;
	}
	set_renewal(&search->found);
	return true;
}

/* Whether the kept credentials can be used. */
static bool
is_fresh(const Entry *entry, const GeCredentialRequest *request)
{
	if (request->rejected != NULL && is_same(&entry->credentials, request->rejected))
		return false;
	return GetCurrentTimestamp() < entry->credentials.renew;
}

bool
ge_credentials_find(const GeCredentialRequest *request, GeS3Credentials *result,
					char why[GE_CREDENTIALS_WHY])
{
	MemoryContext caller = CurrentMemoryContext;
	Entry *entry = find_kept(request);
	MemoryContext texts;
	GeCredentialSearch *search;
	bool found = entry != NULL && is_fresh(entry, request);

	if (found)
	{
		*result = copy_credentials(&entry->credentials, caller);
		return true;
	}
	texts = AllocSetContextCreate(caller, "S3 credentials", ALLOCSET_SMALL_SIZES);
	MemoryContextSwitchTo(texts);
	search = palloc0_object(GeCredentialSearch);
	found = search_source(request, search);
	MemoryContextSwitchTo(caller);
	if (found)
		*result = copy_credentials(&search->found, caller);
	else
		strlcpy(why, search->why, GE_CREDENTIALS_WHY);
	MemoryContextDelete(texts);
	if (found && result->expires != 0)
		keep(request, result);
	if (found || entry == NULL || request->rejected != NULL ||
		GetCurrentTimestamp() >= entry->credentials.expires)
		return found;
	/* the old ones are valid for a while; the source may come back meanwhile */
	set_renewal(&entry->credentials);
	*result = copy_credentials(&entry->credentials, caller);
	return true;
}
