/*
 * keys.h: dictionaries, which turn the keys of a column into ids and back.
 *
 * A key is a category's value in one of two representations (GeKeyKind); the types of
 * PostgreSQL are mapped onto them before they come here.  Equality and order are those of
 * the representation: integers by value, bytes by memcmp and then by length.  Keys are
 * compared themselves, never by their hashes alone.
 *
 * An id names a category of one dictionary: GE_ID_MISSING, or 1, 2, 3, ... in an order
 * that may differ from run to run.  Ids are dense: all of 1..size() are in use.
 *
 * The rules of backend.h hold for every operation.
 */
#ifndef GE_BACKEND_KEYS_H
#define GE_BACKEND_KEYS_H

#include <stdint.h>

#include "backend/status.h"

#define GE_ID_MISSING 0u
#define GE_MAX_CATEGORIES 2147483646u

/* The distinct keys of one column. */
typedef struct GeDictionary GeDictionary;

typedef enum GeKeyKind
{
	GE_KEY_INT64,
	GE_KEY_BYTES
} GeKeyKind;

/* n_rows keys of one column, in Arrow's layout. */
typedef struct GeKeys
{
	GeKeyKind kind;
	uint32_t n_rows;
	const uint8_t *is_missing; /* n_rows bytes, 1 = no key; NULL: none is missing */
	const int64_t *values;	   /* GE_KEY_INT64: n_rows (any value if missing) */
	const uint32_t *offsets;   /* GE_KEY_BYTES: n_rows + 1, ascending */
	const uint8_t *bytes; /* GE_KEY_BYTES: key i is bytes[offsets[i]..offsets[i+1]) */
} GeKeys;

typedef struct GeDictionaryOperations
{
	/* An empty dictionary; *dictionary is NULL unless GE_OK. */
	GeStatus (*create)(GeContext *context, GeKeyKind kind, GeDictionary **dictionary,
					   GeError *error);
	void (*free)(GeDictionary *dictionary);

	/*
	 * For each of n different dictionaries: the ids of keys[d] into ids[d], an array of
	 * the caller's for keys[d].n_rows ids.  Unknown keys become new categories.  The keys
	 * are done with when the call returns; the ids are complete after flush(), and their
	 * arrays must stay until then.
	 */
	GeStatus (*add)(GeContext *context, uint32_t n, GeDictionary *const *dictionaries,
					const GeKeys *keys, uint32_t *const *ids, GeError *error);

	/* Complete the ids of all earlier calls of add() in this context. */
	GeStatus (*flush)(GeContext *context, GeError *error);

	/* The number of categories, those of adds before the last flush() counted. */
	uint32_t (*size)(const GeDictionary *dictionary);

	/* The ids first..first+count-1 into `ids`, in ascending order of their keys. */
	GeStatus (*sort)(GeDictionary *dictionary, uint32_t first, uint32_t count,
					 uint32_t *ids, GeError *error);

	/*
	 * The keys of the given ids, in that order.  GE_KEY_INT64: into values.
	 * GE_KEY_BYTES: offsets (count + 1 of them, from 0) and, if bytes is not NULL, the
	 * bytes; call first with bytes NULL to learn offsets[count].
	 */
	GeStatus (*keys)(GeDictionary *dictionary, const uint32_t *ids, uint32_t count,
					 int64_t *values, uint64_t *offsets, uint8_t *bytes, GeError *error);
} GeDictionaryOperations;

#endif /* GE_BACKEND_KEYS_H */
