/*
 * dictionary_insert.cu: new categories for the rows of a step that were not found.
 *
 * CPU twin: src/cpu/dictionary.c (adding).  Three kernels, a thread per row:
 *   insert   follow the probe chain; claim the first empty slot by compare-and-swap with
 *            the row's number; a slot claimed by another row is compared with that row's
 *            key, so that nobody ever waits
 *   assign   the owner of a claimed slot gives it the next id and its key a home
 *   resolve  every other row reads the id of the slot it ended at
 */
#include "dictionary_key.cuh"

#define BLOCK 256

static __device__ __forceinline__ void
insert_key(const GeStepView &step, const GeTableView &table, const Key &key, uint32_t row)
{
	uint64_t position = first_position(table, key.hash);

	for (;; position = next_position(table, position))
	{
		GeSlot *slot = &table.slots[position];
		uint64_t claim = load_claim(slot);

		if (claim == 0)
		{
			claim = claim_slot(slot, key.hash, row);
			if (claim == 0)
			{
				fill_slot(slot, key);
				break;
			}
		}
		if (claim_hash_low(claim) != (uint32_t) key.hash)
			continue;
		if ((claim_reference(claim) & GE_SLOT_PENDING)
				? equals_row(step, key, claim_reference(claim) & ~GE_SLOT_PENDING)
				: equals_slot(step, key, *slot))
			break;
	}
	step.slots[row] = (uint32_t) position;
}

static __global__ void
__launch_bounds__(BLOCK) insert_kernel(GeStepView step, GeTableView table)
{
	uint32_t row = blockIdx.x * BLOCK + threadIdx.x;
	Key key;

	if (row >= step.n_rows || is_missing(step, row))
		return;
	if (step.values == NULL && step.offsets[row + 1] - step.offsets[row] > GE_LONG_KEY)
		return;
	if (step.ids[row] != GE_ID_UNRESOLVED)
		return;
	key = load_key(step, row);
	key.hash = hash_key(step, table, key);
	insert_key(step, table, key, row);
}

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

/* The row owns its slot: give the key an id and a home, and finish the slot. */
static __device__ __forceinline__ void
assign_id(const GeStepView &step, const GeTableView &table, uint32_t row, GeSlot *slot,
		  uint32_t id, uint64_t arena_at)
{
	Key key = load_key(step, row);

	if (step.values != NULL)
		table.values[id - 1] = step.values[row];
	else
	{
		uint64_t *home = (uint64_t *) (table.arena + arena_at);

		table.key_bytes[id - 1] = (const uint8_t *) home;
		table.key_lengths[id - 1] = key.length;
		if (key.length <= GE_LONG_KEY)
			for (uint32_t i = 0; 8 * i < key.length; i++)
				home[i] = key_word(step, key, i);
		if (key.length > GE_SHORT_KEY)
			slot->first = (uint64_t) home;
	}
	slot->reference = id;
	step.ids[row] = id;
}

static __global__ void
__launch_bounds__(BLOCK) assign_kernel(GeStepView step, GeTableView table)
{
	__shared__ uint32_t first_id;
	__shared__ uint64_t first_byte;
	uint32_t row = blockIdx.x * BLOCK + threadIdx.x;
	uint32_t padded = 0, n_before, n_total;
	uint64_t bytes_before, bytes_total;
	GeSlot *slot = NULL;
	bool owner = false;

	if (row < step.n_rows && !is_missing(step, row) && step.ids[row] == GE_ID_UNRESOLVED)
	{
		slot = &table.slots[step.slots[row]];
		owner = slot->reference == (GE_SLOT_PENDING | row);
		padded = owner && step.values == NULL ? 8 * words_of(slot->length) : 0;
	}
	if (__syncthreads_or(owner) == 0)
		return;
	scan_block(owner, padded, &n_before, &bytes_before, &n_total, &bytes_total);
	if (threadIdx.x == 0)
	{
		first_id = atomicAdd(&table.counts->n_keys, n_total) + 1;
		first_byte = atomicAdd((unsigned long long *) &table.counts->arena_used,
							   (unsigned long long) bytes_total);
	}
	__syncthreads();
	if (owner)
		assign_id(step, table, row, slot, first_id + n_before, first_byte + bytes_before);
}

static __global__ void
__launch_bounds__(BLOCK) resolve_kernel(GeStepView step, GeTableView table)
{
	uint32_t row = blockIdx.x * BLOCK + threadIdx.x;

	if (row < step.n_rows && step.ids[row] == GE_ID_UNRESOLVED)
		step.ids[row] = table.slots[step.slots[row]].reference;
}

cudaError_t
ge_dictionary_insert_launch(const GeStepView *step, const GeTableView *table,
							cudaStream_t stream)
{
	uint32_t blocks = step->n_rows == 0 ? 0 : (step->n_rows - 1) / BLOCK + 1;
	cudaError_t code = cudaSuccess;

	if (blocks == 0)
		return cudaSuccess;
	insert_kernel<<<blocks, BLOCK, 0, stream>>>(*step, *table);
	if (step->n_long != 0)
		code = ge_dictionary_insert_long_launch(step, table, stream);
	if (code != cudaSuccess)
		return code;
	assign_kernel<<<blocks, BLOCK, 0, stream>>>(*step, *table);
	if (step->n_long != 0)
		code = ge_dictionary_copy_long_launch(step, table, stream);
	if (code != cudaSuccess)
		return code;
	resolve_kernel<<<blocks, BLOCK, 0, stream>>>(*step, *table);
	return cudaGetLastError();
}
