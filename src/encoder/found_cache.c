/*
 * found_cache.c: keeps figures of an encoder for the statement that looked them up.
 */
#include "postgres.h"
#include "access/xact.h"
#include "common/hashfn.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"

#include "base/compat.h"
#include "base/relation.h"
#include "encoder/found_cache.h"

/* Bytes: the figures of 100,000 values of 20 bytes take 20 MB. */
#define LEAST_LIMIT ((Size) 32 * 1024 * 1024)

/* What has to be as it was for a figure to hold. */
typedef struct Stamp
{
	Oid role;
	bool row_security;
	LocalTransactionId transaction;
	SubTransactionId subtransaction; /* one that is rolled back takes changes back */
	uint64 n_invalidations;
	TransactionId xmin;
	TransactionId xmax;
	uint32 n_running;
	int32 n_running_below; /* on a standby all are there */
	CommandId command;
} Stamp;

/* Column, kind and value, each with its zero byte, and the number of the output. */
typedef struct Key
{
	const char *bytes;
	uint32 length;
	uint32 hash;
} Key;

typedef struct Entry
{
	Key key;
	char status;
	GeFound found;
} Entry;

static inline bool
is_same_key(Key a, Key b)
{
	return a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0;
}

#define SH_PREFIX entries
#define SH_ELEMENT_TYPE Entry
#define SH_KEY_TYPE Key
#define SH_KEY key
#define SH_HASH_KEY(table, wanted) ((wanted).hash)
#define SH_EQUAL(table, a, b) is_same_key(a, b)
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
/* the server's header shadows a name of its own */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#include "lib/simplehash.h"
#pragma GCC diagnostic pop

struct GeFoundCache
{
	Stamp stamp;
	MemoryContext context; /* of the entries */
	entries_hash *entries;
	Size size; /* bytes that the entries take */
	StringInfoData wanted;
	Key key; /* in wanted: what was looked for last */
};

static Stamp
stamp_now(void)
{
	const SnapshotData *snapshot = GetActiveSnapshot();

	return (Stamp){
		.role = GetUserId(),
		.row_security = row_security,
		.transaction = ge_local_transaction(),
		.subtransaction = GetCurrentSubTransactionId(),
		.n_invalidations = ge_relation_changes(),
		.xmin = snapshot->xmin,
		.xmax = snapshot->xmax,
		.n_running = snapshot->xcnt,
		.n_running_below = snapshot->subxcnt,
		.command = snapshot->curcid,
	};
}

static bool
is_same_stamp(const Stamp *a, const Stamp *b)
{
	return a->role == b->role && a->row_security == b->row_security &&
		   a->transaction == b->transaction && a->subtransaction == b->subtransaction &&
		   a->n_invalidations == b->n_invalidations && a->xmin == b->xmin &&
		   a->xmax == b->xmax && a->n_running == b->n_running &&
		   a->n_running_below == b->n_running_below && a->command == b->command;
}

static void
empty(GeFoundCache *cache)
{
	MemoryContextReset(cache->context);
	cache->entries = entries_create(cache->context, 256, NULL);
	cache->size = 0;
}

GeFoundCache *
ge_found_cache_create(void)
{
	GeFoundCache *cache = palloc0_object(GeFoundCache);

	cache->context = AllocSetContextCreate(CurrentMemoryContext, "gpu_encode found",
										   ALLOCSET_DEFAULT_SIZES);
	initStringInfo(&cache->wanted);
	empty(cache);
	return cache;
}

static void
write_key(GeFoundCache *cache, const char *column, const char *kind, const char *value,
		  int output)
{
	StringInfo wanted = &cache->wanted;

	resetStringInfo(wanted);
	appendBinaryStringInfo(wanted, column, strlen(column) + 1);
	appendBinaryStringInfo(wanted, kind, strlen(kind) + 1);
	appendBinaryStringInfo(wanted, value, strlen(value) + 1);
	appendBinaryStringInfo(wanted, (const char *) &output, sizeof output);
	cache->key = (Key){
		.bytes = wanted->data,
		.length = wanted->len,
		.hash = hash_bytes((const unsigned char *) wanted->data, wanted->len),
	};
}

const GeFound *
ge_found_cache_find(GeFoundCache *cache, const char *column, const char *kind,
					const char *value, int output)
{
	Stamp stamp = stamp_now();
	Entry *entry;

	if (!is_same_stamp(&stamp, &cache->stamp))
		empty(cache);
	write_key(cache, column, kind, value, output);
	entry = entries_lookup(cache->entries, cache->key);
	return entry == NULL ? NULL : &entry->found;
}

void
ge_found_cache_add(GeFoundCache *cache, const GeFound *found)
{
	Key key = cache->key;
	Entry *entry;
	char *bytes;
	bool is_known;

	if (cache->size > Max(LEAST_LIMIT, work_mem * (Size) 1024))
		empty(cache);
	/* what looking it up made known, such as that the table was locked, is older than it */
	cache->stamp = stamp_now();
	bytes = MemoryContextAlloc(cache->context, key.length);
	memcpy(bytes, key.bytes, key.length);
	key.bytes = bytes;
	entry = entries_insert(cache->entries, key, &is_known);
	entry->found = *found;
	entry->found.value = NULL;
	/* a table has room for two entries for each in it */
	cache->size += key.length + 2 * sizeof(Entry);
}
