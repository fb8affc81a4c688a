/*
 * fold_hash.h: the fold of split_method hash, which fold_of() gives too.
 *
 * It depends on the canonical texts of a row's keys, the seed and the number of folds
 * alone: on no order, no other row and no server.
 */
#ifndef GE_CATEGORY_FOLD_HASH_H
#define GE_CATEGORY_FOLD_HASH_H

#include "postgres.h"

#include "lib/stringinfo.h"

/* The length of a key that is NULL. */
#define GE_NULL_KEY_LENGTH PG_UINT64_MAX

/*
 * Append one key of a row: the length of its canonical text as 8 bytes, lowest first, and
 * the text; NULL: that length alone.
 */
extern void ge_fold_key_append(StringInfo keys, const char *string, Size length);

/* floor(h n_folds / 2^64) with h = XXH64 of all keys of a row, from the seed. */
extern uint32 ge_fold_of_keys(const StringInfoData *keys, int64 seed, uint32 n_folds);

/* XXH64 as its specification gives it (github.com/Cyan4973/xxHash). */
extern uint64 ge_xxh64(const void *bytes, Size length, uint64 seed);

#endif /* GE_CATEGORY_FOLD_HASH_H */
