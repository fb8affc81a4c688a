/*
 * found_cache.h: figures that were looked up before, by column, kind, value and output.
 *
 * A figure is given again only under the snapshot that found it, in the same transaction
 * and to the same user, and only while the catalogs say nothing new of any relation.
 * Memory: at most 32 MB, or work_mem if that is more; a full cache is emptied.
 */
#ifndef GE_ENCODER_FOUND_CACHE_H
#define GE_ENCODER_FOUND_CACHE_H

#include "postgres.h"

#include "encoder/lookup.h"

/* A cache in a memory context of its own below the current one. */
extern GeFoundCache *ge_found_cache_create(void);
/* What was found; NULL: it has to be looked up, and then be added. */
extern const GeFound *ge_found_cache_find(GeFoundCache *cache, const char *column,
										  const char *kind, const char *value,
										  int output);
/* Add what the last ge_found_cache_find() did not find; its value is not kept. */
extern void ge_found_cache_add(GeFoundCache *cache, const GeFound *found);

#endif /* GE_ENCODER_FOUND_CACHE_H */
