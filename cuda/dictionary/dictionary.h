/*
 * dictionary.h: a dictionary on the device, as the host sees it.
 *
 * The host never knows the exact state of a dictionary that has steps in flight; it keeps
 * upper bounds (n_keys_bound, arena_bound) and makes them exact when a bound would cost
 * memory (ge_cuda_dictionary_settle).
 */
#ifndef GE_CUDA_DICTIONARY_H
#define GE_CUDA_DICTIONARY_H

#include "runtime/context.h"
#include "dictionary/kernels.h"

#ifdef __cplusplus
extern "C"
{
#endif

	struct GeDictionary
	{
		GeContext *context;
		GeDictionary *next; /* of context->dictionaries */
		GeKeyKind kind;
		struct GeStep *filling;	 /* rows that no kernel has seen yet; may be NULL */
		uint32_t next_step_rows; /* steps start small and grow */

		GeBuffer counts; /* GeDictionaryCounts */
		GeBuffer slots;	 /* capacity of them */
		uint64_t capacity;
		GeBuffer values;	  /* int64: by id - 1 */
		GeBuffer key_bytes;	  /* bytes: addresses by id - 1 */
		GeBuffer key_lengths; /* bytes: by id - 1 */
		GeBuffer *arenas;	  /* blocks of key bytes; the last is the current one */
		uint32_t n_arenas;

		uint32_t n_keys;	   /* as of the last settling: exact then */
		uint64_t n_keys_bound; /* no more keys than this */
		uint64_t arena_bound;  /* no more bytes of the current block than this */
		bool is_settled;	   /* n_keys is exact */
	};

	void ge_cuda_dictionary_view(const GeDictionary *dictionary, GeTableView *view);
	/* A table of `capacity` slots with all that the present one holds; that one, on failure. */
	GeStatus ge_cuda_dictionary_replace_table(GeDictionary *dictionary, uint64_t capacity,
											  GeError *error);
	void ge_cuda_dictionary_free_table(GeDictionary *dictionary);
	/* What a dictionary has from its first row on. */
	GeStatus ge_cuda_dictionary_start(GeDictionary *dictionary, GeError *error);
	/*
	 * Make room for `unresolved` more keys with `bytes` bytes (padded) in all, those of a
	 * step of n_rows rows that the table lacks.
	 */
	GeStatus ge_cuda_dictionary_make_room(GeDictionary *dictionary, uint64_t n_rows,
										  uint64_t unresolved, uint64_t bytes,
										  GeError *error);
	/* Wait for the kernels given so far and learn how many keys there are. */
	GeStatus ge_cuda_dictionary_settle(GeDictionary *dictionary, GeError *error);

	/* ------------------------------------------------- the backend's operations */

	GeStatus ge_cuda_dictionary_create(GeContext *context, GeKeyKind kind,
									   GeDictionary **dictionary, GeError *error);
	void ge_cuda_dictionary_free(GeDictionary *dictionary);
	GeStatus ge_cuda_dictionary_add(GeContext *context, uint32_t n,
									GeDictionary *const *dictionaries, const GeKeys *keys,
									uint32_t *const *ids, GeError *error);
	GeStatus ge_cuda_dictionary_flush(GeContext *context, GeError *error);
	uint32_t ge_cuda_dictionary_size(const GeDictionary *dictionary);
	GeStatus ge_cuda_dictionary_sort(GeDictionary *dictionary, uint32_t first,
									 uint32_t count, uint32_t *ids, GeError *error);
	GeStatus ge_cuda_dictionary_keys(GeDictionary *dictionary, const uint32_t *ids,
									 uint32_t count, int64_t *values, uint64_t *offsets,
									 uint8_t *bytes, GeError *error);
	/* The sort without its copy out: *ids is the caller's to free. */
	GeStatus ge_cuda_dictionary_sort_device(GeDictionary *dictionary, uint32_t first,
											uint32_t count, GeBuffer *ids,
											GeError *error);

#ifdef __cplusplus
}
#endif

#endif /* GE_CUDA_DICTIONARY_H */
