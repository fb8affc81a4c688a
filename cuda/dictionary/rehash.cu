/*
 * rehash.cu: moving all slots of a table into a larger one.
 *
 * CPU twin: src/cpu/dictionary.c (growing).  One thread per old slot.  Positions ascend
 * with the scrambled hash, so neighbours stay neighbours and the writes nearly stream.
 */
#include "dictionary/key.cuh"

#define BLOCK 256

static __global__ void
__launch_bounds__(BLOCK) rehash_kernel(GeTableView from, GeTableView to)
{
	uint64_t i = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;
	uint64_t position;
	GeSlot slot;

	if (i >= from.capacity)
		return;
	slot = from.slots[i];
	if (slot.reference == 0)
		return;
	position = first_position(to, (uint64_t) slot.hash_high << 32 | slot.hash_low);
	while (atomicCAS((unsigned long long *) &to.slots[position], 0ULL,
					 (unsigned long long) slot.hash_low << 32 | slot.reference) != 0)
		position = next_position(to, position);
	to.slots[position].hash_high = slot.hash_high;
	to.slots[position].length = slot.length;
	to.slots[position].first = slot.first;
	to.slots[position].second = slot.second;
}

cudaError_t
ge_cuda_dictionary_rehash_launch(const GeTableView *from, const GeTableView *to,
								 cudaStream_t stream)
{
	uint64_t blocks = (from->capacity + BLOCK - 1) / BLOCK;

	rehash_kernel<<<(uint32_t) blocks, BLOCK, 0, stream>>>(*from, *to);
	return cudaGetLastError();
}
