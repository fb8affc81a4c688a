/*
 * key_store.h: memory of the host that is large.
 */
#ifndef GE_CUDA_KEY_STORE_H
#define GE_CUDA_KEY_STORE_H

#include "check.h"

#ifdef __cplusplus
extern "C"
{
#endif

	/* In large pages where the kernel has them.  ge_large_free takes NULL. */
	GeStatus ge_large_allocate(void **data, uint64_t bytes, GeError *error);
	void ge_large_free(void *data, uint64_t bytes);

#ifdef __cplusplus
}
#endif

#endif /* GE_CUDA_KEY_STORE_H */
