/*
 * kernels.h: the kernels of dictionaries, as C sees them.
 *
 * The dictionary of a column on the device is an open-addressing table of slots (32
 * bytes, one sector) and arrays indexed by id - 1.  A slot holds the whole 64-bit hash of
 * its key, the key itself when it has at most 16 bytes, else the address of its bytes.
 *
 *   position = floor(hash * odd / 2^64 * capacity), then linear probing
 *   reference: 0 empty; 1..2^31-1 an id; GE_SLOT_PENDING | row: the key of that row of the
 *   step being inserted, which has no id yet
 *
 * A step of rows goes through find (reads only), then, if any row was not found, insert
 * (claims slots by compare-and-swap, never waits, and gives them ids and key bytes) and
 * resolve (ids of the rows that share a claimed slot).  Within insert an id is written
 * after all the rest of its slot, and read before it.  Keys longer than GE_LONG_KEY take
 * kernels of their own with a block for each row.
 */
#ifndef GE_CUDA_DICTIONARY_KERNELS_H
#define GE_CUDA_DICTIONARY_KERNELS_H

#include <cuda_runtime_api.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C"
{
#endif

#define GE_SHORT_KEY 16 /* bytes that a slot holds itself */
#define GE_LONG_KEY 512 /* longer keys take a block each */
#define GE_SLOT_PENDING UINT32_C(0x80000000)
#define GE_ID_UNRESOLVED UINT32_C(0xffffffff)
/* Readable zero bytes that follow the last key of a step. */
#define GE_KEY_PADDING 16

	typedef struct GeSlot
	{
		uint32_t reference;
		uint32_t hash_low;
		uint32_t hash_high;
		uint32_t length;
		uint64_t first;	 /* bytes 0..7, the first one lowest; or the key's address */
		uint64_t second; /* bytes 8..15, zero if the key is shorter */
	} GeSlot;

	/* Rows of one step, on the device. */
	typedef struct GeStepView
	{
		uint32_t n_rows;
		uint32_t n_long;
		const uint8_t *missing; /* n_rows, or NULL */
		const int64_t *values;	/* n_rows, or NULL: bytes */
		const uint32_t *offsets;
		const uint8_t *bytes;	   /* 8-byte aligned, GE_KEY_PADDING behind the last */
		const uint32_t *long_rows; /* n_long rows with keys over GE_LONG_KEY */
		uint32_t *ids;			   /* n_rows: the answer */
		uint32_t *slots; /* n_rows: the slot in which insert found or put the key */
	} GeStepView;

	/* What a dictionary's kernels count, on the device. */
	typedef struct GeDictionaryCounts
	{
		uint32_t n_keys;		   /* ids in use */
		uint32_t unresolved;	   /* rows of the last step not found */
		uint64_t unresolved_bytes; /* their keys, each padded to 8 bytes */
		uint64_t arena_used;	   /* bytes of the current arena block in use */
	} GeDictionaryCounts;

	typedef struct GeTableView
	{
		GeSlot *slots;
		uint64_t capacity;
		uint64_t seed;
		uint64_t mask;
		GeDictionaryCounts *counts;
		int64_t *values;		   /* by id - 1, or NULL: bytes */
		const uint8_t **key_bytes; /* by id - 1: 8-byte aligned, zero padded to 8 */
		uint32_t *key_lengths;
		uint8_t *arena; /* the current arena block */
	} GeTableView;

	cudaError_t ge_cuda_dictionary_find_launch(const GeStepView *step,
											   const GeTableView *table,
											   cudaStream_t stream);
	cudaError_t ge_cuda_dictionary_insert_launch(const GeStepView *step,
												 const GeTableView *table,
												 cudaStream_t stream);
	/* The kernels for step->long_rows; the launchers above call them. */
	cudaError_t ge_cuda_dictionary_find_long_launch(const GeStepView *step,
													const GeTableView *table,
													cudaStream_t stream);
	cudaError_t ge_cuda_dictionary_insert_long_launch(const GeStepView *step,
													  const GeTableView *table,
													  cudaStream_t stream);
	cudaError_t ge_cuda_dictionary_copy_long_launch(const GeStepView *step,
													const GeTableView *table,
													cudaStream_t stream);
	/* Put every slot of `from` (none pending) into the empty `to`. */
	cudaError_t ge_cuda_dictionary_rehash_launch(const GeTableView *from,
												 const GeTableView *to,
												 cudaStream_t stream);

#ifdef __cplusplus
}
#endif

#endif /* GE_CUDA_DICTIONARY_KERNELS_H */
