/*
 * insert.cu: new categories for the rows of a step that were not found.
 *
 * CPU twin: src/cpu/dictionary.c (adding).  A thread per row:
 *   insert   follow the probe chain; claim the first empty slot by compare-and-swap with
 *            the row's number; a slot claimed by another row is compared with that row's
 *            key, so that nobody ever waits.  Then, while its slot is still cached, the
 *            owner gives it the next id and its key a home; whoever sees the id sees the
 *            rest of the slot
 *   assign   ids and homes for the keys that a block each has claimed slots for
 *   resolve  rows that ended at another row's slot read its id
 */
#include "dictionary/key.cuh"

#define BLOCK 256

/* Exclusive sums over the block of 0/1 and of bytes; the totals to every thread. */
static __device__ __forceinline__ void
scan_block(uint32_t one, uint32_t bytes, uint32_t *n_before, uint64_t *bytes_before,
		   uint32_t *n_total, uint64_t *bytes_total)
{
	__shared__ uint32_t warp_n[BLOCK / 32];
	__shared__ uint64_t warp_bytes[BLOCK / 32];
	uint32_t lane = threadIdx.x % 32, warp = threadIdx.x / 32;
	uint32_t ballot = __ballot_sync(0xffffffff, one);
	uint64_t sum = bytes;

	for (int step = 1; step < 32; step *= 2)
	{
		uint64_t other = __shfl_up_sync(0xffffffff, sum, step);

		sum += lane >= step ? other : 0;
	}
	if (lane == 31)
	{
		warp_n[warp] = __popc(ballot);
		warp_bytes[warp] = sum;
	}
	__syncthreads();
	*n_before = __popc(ballot & ((1u << lane) - 1));
	*bytes_before = sum - bytes;
	*n_total = 0;
	*bytes_total = 0;
	for (uint32_t i = 0; i < BLOCK / 32; i++)
	{
		*n_before += i < warp ? warp_n[i] : 0;
		*bytes_before += i < warp ? warp_bytes[i] : 0;
		*n_total += warp_n[i];
		*bytes_total += warp_bytes[i];
	}
}

/* Is the key the one of a slot that this very kernel may have given its id? */
static __device__ __forceinline__ bool
equals_new_slot(const GeStepView &step, const Key &key, const GeSlot *slot)
{
	const ulonglong2 *halves = (const ulonglong2 *) slot;
	ulonglong2 head, body;

	__threadfence(); /* the id was read: what was written before it is there */
	head = __ldcg(halves);
	body = __ldcg(halves + 1);
	if ((uint32_t) head.y != (uint32_t) (key.hash >> 32) ||
		(uint32_t) (head.y >> 32) != key.length)
		return false;
	if (key.length <= GE_SHORT_KEY)
		return body.x == key.first && body.y == key.second;
	for (uint32_t i = 0; 8 * i < key.length; i++)
		if (__ldcg((const unsigned long long *) body.x + i) != key_word(step, key, i))
			return false;
	return true;
}

/*
 * Follow the probe chain of a key that is not in the table yet.  The row's: the slot is
 * claimed for it (GE_SLOT_PENDING | row); an id; or that of another row, without an id yet.
 * at: the slot.
 */
static __device__ __forceinline__ uint32_t
insert_key(const GeStepView &step, const GeTableView &table, const Key &key, uint32_t row,
		   uint64_t *at)
{
	uint64_t position = first_position(table, key.hash);

	for (;; position = next_position(table, position))
	{
		GeSlot *slot = &table.slots[position];
		uint64_t claim = load_claim(slot);
		uint32_t reference;

		*at = position;
		if (claim == 0)
		{
			claim = claim_slot(slot, key.hash, row);
			if (claim == 0)
				return GE_SLOT_PENDING | row;
		}
		reference = claim_reference(claim);
		if (claim_hash_low(claim) != (uint32_t) key.hash)
			continue;
		if ((reference & GE_SLOT_PENDING)
				? equals_row(step, key, reference & ~GE_SLOT_PENDING)
				: equals_new_slot(step, key, slot))
			return reference;
	}
}

/*
 * Give a key an id and a home: the place of its bytes, or its first word if it is short.
 */
static __device__ __forceinline__ uint64_t
settle_key(const GeStepView &step, const GeTableView &table, const Key &key, uint32_t row,
		   uint32_t id, uint64_t arena_at)
{
	uint64_t *home = (uint64_t *) (table.arena + arena_at);

	step.ids[row] = id;
	if (step.values != NULL)
	{
		table.values[id - 1] = step.values[row];
		return key.first;
	}
	table.key_bytes[id - 1] = (const uint8_t *) home;
	table.key_lengths[id - 1] = key.length;
	if (key.length <= GE_LONG_KEY)
		for (uint32_t i = 0; 8 * i < key.length; i++)
			home[i] = key_word(step, key, i);
	return key.length > GE_SHORT_KEY ? (uint64_t) home : key.first;
}

/* Finish a claimed slot; its id comes last, for other threads that read the slot. */
static __device__ __forceinline__ void
publish_slot(GeSlot *slot, const Key &key, uint64_t first, uint32_t id)
{
	slot->hash_high = (uint32_t) (key.hash >> 32);
	slot->length = key.length;
	slot->first = first;
	slot->second = key.second;
	__threadfence();
	*(volatile uint64_t *) slot = key.hash << 32 | id;
}

/* Ids and bytes of the arena for the owners of a block, all at once. */
static __device__ __forceinline__ void
take_ids(const GeTableView &table, bool owner, uint32_t padded, uint32_t *id,
		 uint64_t *arena_at)
{
	__shared__ uint32_t first_id;
	__shared__ uint64_t first_byte;
	uint32_t n_before, n_total;
	uint64_t bytes_before, bytes_total;

	scan_block(owner, padded, &n_before, &bytes_before, &n_total, &bytes_total);
	if (threadIdx.x == 0)
	{
		first_id = atomicAdd(&table.counts->n_keys, n_total) + 1;
		first_byte = atomicAdd((unsigned long long *) &table.counts->arena_used,
							   (unsigned long long) bytes_total);
	}
	__syncthreads();
	*id = first_id + n_before;
	*arena_at = first_byte + bytes_before;
}

static __device__ __forceinline__ bool
is_unresolved(const GeStepView &step, uint32_t row)
{
	return row < step.n_rows && !is_missing(step, row) &&
		   step.ids[row] == GE_ID_UNRESOLVED;
}

static __global__ void
__launch_bounds__(BLOCK) insert_kernel(GeStepView step, GeTableView table)
{
	uint32_t row = blockIdx.x * BLOCK + threadIdx.x, found = 0, id, padded = 0;
	uint64_t position = 0, arena_at;
	bool owner = false;
	Key key = {};

	if (is_unresolved(step, row))
	{
		key = load_key(step, row);
		if (key.length <= GE_LONG_KEY || step.values != NULL)
		{
			key.hash = hash_key(step, table, key);
			found = insert_key(step, table, key, row, &position);
			owner = found == (GE_SLOT_PENDING | row);
			if ((found & GE_SLOT_PENDING) == 0)
				step.ids[row] = found;
			else if (!owner)
				step.slots[row] = (uint32_t) position;
		}
	}
	if (__syncthreads_or(owner) == 0)
		return;
	padded = owner && step.values == NULL ? 8 * words_of(key.length) : 0;
	take_ids(table, owner, padded, &id, &arena_at);
	if (owner)
		publish_slot(&table.slots[position], key,
					 settle_key(step, table, key, row, id, arena_at), id);
}

/* The same for the long keys, whose slots long.cu has claimed and filled. */
static __global__ void
__launch_bounds__(BLOCK) assign_kernel(GeStepView step, GeTableView table)
{
	uint32_t row = blockIdx.x * BLOCK + threadIdx.x, padded = 0, id;
	GeSlot *slot = NULL;
	bool owner = false;
	uint64_t arena_at;

	if (is_unresolved(step, row))
	{
		slot = &table.slots[step.slots[row]];
		owner = slot->reference == (GE_SLOT_PENDING | row);
		padded = owner ? 8 * words_of(slot->length) : 0;
	}
	if (__syncthreads_or(owner) == 0)
		return;
	take_ids(table, owner, padded, &id, &arena_at);
	if (owner)
	{
		slot->first = settle_key(step, table, load_key(step, row), row, id, arena_at);
		slot->reference = id;
	}
}

static __global__ void
__launch_bounds__(BLOCK) resolve_kernel(GeStepView step, GeTableView table)
{
	uint32_t row = blockIdx.x * BLOCK + threadIdx.x;

	if (row < step.n_rows && step.ids[row] == GE_ID_UNRESOLVED)
		step.ids[row] = table.slots[step.slots[row]].reference;
}

cudaError_t
ge_cuda_dictionary_insert_launch(const GeStepView *step, const GeTableView *table,
								 cudaStream_t stream)
{
	uint32_t blocks = step->n_rows == 0 ? 0 : (step->n_rows - 1) / BLOCK + 1;
	cudaError_t code = cudaSuccess;

	if (blocks == 0)
		return cudaSuccess;
	insert_kernel<<<blocks, BLOCK, 0, stream>>>(*step, *table);
	if (step->n_long != 0)
	{
		code = ge_cuda_dictionary_insert_long_launch(step, table, stream);
		if (code != cudaSuccess)
			return code;
		assign_kernel<<<blocks, BLOCK, 0, stream>>>(*step, *table);
		code = ge_cuda_dictionary_copy_long_launch(step, table, stream);
	}
	if (code != cudaSuccess)
		return code;
	resolve_kernel<<<blocks, BLOCK, 0, stream>>>(*step, *table);
	return cudaGetLastError();
}
