/*
 * key_store.h: keys in host memory, appended and never moved among each other.
 */
#ifndef GE_CUDA_KEY_STORE_H
#define GE_CUDA_KEY_STORE_H

#include "check.h"

#ifdef __cplusplus
extern "C"
{
#endif

	/* All zeros: empty. */
	typedef struct GeKeyStore
	{
		uint32_t n;
		uint32_t capacity;
		int64_t *values;   /* GE_KEY_INT64 */
		uint64_t *offsets; /* GE_KEY_BYTES: n + 1 */
		uint8_t *bytes;
		uint64_t byte_capacity;
	} GeKeyStore;

	/* Room for `n` more keys. */
	GeStatus ge_key_store_reserve(GeKeyStore *store, GeKeyKind kind, uint32_t n,
								  GeError *error);
	/* Room for `bytes` more bytes of keys. */
	GeStatus ge_key_store_reserve_bytes(GeKeyStore *store, uint64_t bytes,
										GeError *error);
	void ge_key_store_free(GeKeyStore *store);
	/*
	 * Memory of the host that is large and read at random: in large pages where the
	 * kernel has them.  ge_large_free takes NULL.
	 */
	GeStatus ge_large_allocate(void **data, uint64_t bytes, GeError *error);
	void ge_large_free(void *data, uint64_t bytes);
	/* realloc; on failure *data stays and the message names the bytes. */
	GeStatus ge_host_resize(void **data, uint64_t bytes, GeError *error);

#ifdef __cplusplus
}
#endif

#endif /* GE_CUDA_KEY_STORE_H */
