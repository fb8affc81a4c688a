/*
 * dictionary_pending.h: rows that are added before the device is there.
 *
 * While a device starts (start.h) the host has nothing to do but to read on: rows added
 * meanwhile are copied, up to GE_PENDING_BYTES, and go to their dictionaries in their order
 * as soon as the start is over.
 */
#ifndef GE_CUDA_DICTIONARY_PENDING_H
#define GE_CUDA_DICTIONARY_PENDING_H

#include "dictionary.h"

#ifdef __cplusplus
extern "C"
{
#endif

/* 10 million rows of three columns of short texts, which 8 processes read in 0.3 s. */
#ifndef GE_PENDING_BYTES
#define GE_PENDING_BYTES (UINT64_C(512) << 20)
#endif

	/* Is this the time to keep n columns of rows, and is there room for them? */
	bool ge_pending_wants(const GeContext *context, uint32_t n, const GeKeys *keys);
	/* Keep the rows of a call of ge_dictionary_add. */
	GeStatus ge_pending_keep(GeContext *context, uint32_t n,
							 GeDictionary *const *dictionaries, const GeKeys *keys,
							 uint32_t *const *ids, GeError *error);
	/* Add what was kept. */
	GeStatus ge_pending_add(GeContext *context, GeError *error);
	/* Drop what was kept for a dictionary that goes. */
	void ge_pending_forget(const GeDictionary *dictionary);
	void ge_pending_free(GeContext *context);

#ifdef __cplusplus
}
#endif

#endif /* GE_CUDA_DICTIONARY_PENDING_H */
