/*
 * long.cu: find, insert and copy for keys longer than GE_LONG_KEY.
 *
 * CPU twin: src/cpu/dictionary.c.  As find.cu and insert.cu, but
 * with a block for each row: its threads hash, compare and copy the key's words together,
 * so that a key of 10 MB takes about a millisecond.  Thread 0 walks the probe chain.
 */
#include "dictionary/key.cuh"

#define BLOCK 256
#define SLOT_FOUND UINT32_C(0xffffffff) /* in step.slots: the row had its id before */

static __device__ uint64_t
hash_long(const GeStepView &step, const GeTableView &table, const Key &key)
{
	__shared__ unsigned long long sum;
	uint64_t mine = 0;

	if (threadIdx.x == 0)
		sum = 0;
	__syncthreads();
	for (uint32_t i = threadIdx.x; i < words_of(key.length); i += BLOCK)
		mine += hash_word(key_word(step, key, i), i, table.seed);
	atomicAdd(&sum, (unsigned long long) mine);
	__syncthreads();
	return hash_finish(sum, key.length, table.seed, table.mask);
}

/* By all threads: are the key's words those at `words`, or those of another row? */
static __device__ bool
equals_words(const GeStepView &step, const Key &key, const uint64_t *words,
			 const Key &other)
{
	bool differ = false;

	for (uint32_t from = 0; from < words_of(key.length); from += BLOCK)
	{
		uint32_t i = from + threadIdx.x;

		if (i < words_of(key.length))
			differ = key_word(step, key, i) !=
					 (words != NULL ? words[i] : key_word(step, other, i));
		if (__syncthreads_or(differ))
			return false;
	}
	return true;
}

/* By all threads: is the key that of a slot in use?  claim: its changing part. */
static __device__ bool
equals_long(const GeStepView &step, const Key &key, const GeSlot *slot, uint64_t claim)
{
	Key other = key;

	if (claim_hash_low(claim) != (uint32_t) key.hash)
		return false;
	if (claim_reference(claim) & GE_SLOT_PENDING)
	{
		other = load_key(step, claim_reference(claim) & ~GE_SLOT_PENDING);
		return other.length == key.length && equals_words(step, key, NULL, other);
	}
	return slot->length == key.length && slot->hash_high == (uint32_t) (key.hash >> 32) &&
		   equals_words(step, key, (const uint64_t *) slot->first, other);
}

/*
 * By all threads: the position of the key's slot, or of the empty slot that ends its
 * chain, which is claimed for row if `claims`.  *claim: what the slot held.
 */
static __device__ uint64_t
walk_long(const GeStepView &step, const GeTableView &table, const Key &key, uint32_t row,
		  bool claims, uint64_t *claim)
{
	__shared__ uint64_t shared_claim;
	uint64_t position = first_position(table, key.hash);

	for (;; position = next_position(table, position))
	{
		GeSlot *slot = &table.slots[position];

		__syncthreads(); /* all have read the last shared_claim */
		if (threadIdx.x == 0)
		{
			shared_claim = load_claim(slot);
			if (shared_claim == 0 && claims)
				shared_claim = claim_slot(slot, key.hash, row);
		}
		__syncthreads();
		*claim = shared_claim;
		if (*claim == 0 || equals_long(step, key, slot, *claim))
			return position;
	}
}

static __global__ void
__launch_bounds__(BLOCK) find_long_kernel(GeStepView step, GeTableView table)
{
	for (uint32_t i = blockIdx.x; i < step.n_long; i += gridDim.x)
	{
		uint32_t row = step.long_rows[i];
		Key key = load_key(step, row);
		uint64_t claim;

		key.hash = hash_long(step, table, key);
		walk_long(step, table, key, row, false, &claim);
		if (threadIdx.x == 0)
		{
			step.slots[row] = SLOT_FOUND;
			step.ids[row] = claim != 0 ? claim_reference(claim) : GE_ID_UNRESOLVED;
			if (claim == 0)
			{
				atomicAdd(&table.counts->unresolved, 1u);
				atomicAdd((unsigned long long *) &table.counts->unresolved_bytes,
						  8ULL * words_of(key.length));
			}
		}
		__syncthreads();
	}
}

static __global__ void
__launch_bounds__(BLOCK) insert_long_kernel(GeStepView step, GeTableView table)
{
	for (uint32_t i = blockIdx.x; i < step.n_long; i += gridDim.x)
	{
		uint32_t row = step.long_rows[i];
		Key key = load_key(step, row);
		uint64_t position, claim;

		if (step.ids[row] != GE_ID_UNRESOLVED)
			continue;
		key.hash = hash_long(step, table, key);
		position = walk_long(step, table, key, row, true, &claim);
		if (threadIdx.x == 0)
		{
			step.slots[row] = (uint32_t) position;
			if (claim == 0)
				fill_slot(&table.slots[position], key);
		}
		__syncthreads();
	}
}

/* The bytes of the keys that assign_kernel gave a home. */
static __global__ void
__launch_bounds__(BLOCK) copy_long_kernel(GeStepView step, GeTableView table)
{
	for (uint32_t i = blockIdx.x; i < step.n_long; i += gridDim.x)
	{
		uint32_t row = step.long_rows[i], id = step.ids[row];

		if (id != GE_ID_UNRESOLVED && step.slots[row] != SLOT_FOUND)
		{
			Key key = load_key(step, row);
			uint64_t *home = (uint64_t *) table.key_bytes[id - 1];

			for (uint32_t w = threadIdx.x; w < words_of(key.length); w += BLOCK)
				home[w] = key_word(step, key, w);
		}
	}
}

static uint32_t
blocks_for(const GeStepView *step)
{
	return step->n_long < 65536 ? step->n_long : 65536;
}

cudaError_t
ge_cuda_dictionary_find_long_launch(const GeStepView *step, const GeTableView *table,
									cudaStream_t stream)
{
	find_long_kernel<<<blocks_for(step), BLOCK, 0, stream>>>(*step, *table);
	return cudaGetLastError();
}

cudaError_t
ge_cuda_dictionary_insert_long_launch(const GeStepView *step, const GeTableView *table,
									  cudaStream_t stream)
{
	insert_long_kernel<<<blocks_for(step), BLOCK, 0, stream>>>(*step, *table);
	return cudaGetLastError();
}

cudaError_t
ge_cuda_dictionary_copy_long_launch(const GeStepView *step, const GeTableView *table,
									cudaStream_t stream)
{
	copy_long_kernel<<<blocks_for(step), BLOCK, 0, stream>>>(*step, *table);
	return cudaGetLastError();
}
