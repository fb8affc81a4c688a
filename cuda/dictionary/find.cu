/*
 * find.cu: the ids of the rows whose keys are known, for a whole step.
 *
 * CPU twin: src/cpu/dictionary.c (looking up).  One thread per row reads its key, hashes
 * it and follows the probe chain up to an empty slot.  Nothing is written but the row's
 * id and, per block, the number of rows not found and the bytes that their keys may
 * take: most keys are known, so most steps end here, without an atomic per row.
 */
#include "dictionary/key.cuh"

#define BLOCK 256

static __device__ __forceinline__ uint32_t
find_key(const GeStepView &step, const GeTableView &table, const Key &key)
{
	uint64_t position = first_position(table, key.hash);

	for (;;)
	{
		const uint4 *halves = (const uint4 *) &table.slots[position];
		union
		{
			uint4 half[2];
			GeSlot slot;
		} read;

		read.half[0] = __ldg(halves);
		read.half[1] = __ldg(halves + 1);
		if (read.slot.reference == 0)
			return GE_ID_UNRESOLVED;
		if (equals_slot(step, key, read.slot))
			return read.slot.reference;
		position = next_position(table, position);
	}
}

/* Add what the rows of the block did not find to the counts, once for the block. */
static __device__ __forceinline__ void
count_unresolved(GeDictionaryCounts *counts, bool unresolved, uint32_t padded)
{
	__shared__ uint32_t warp_bytes[BLOCK / 32];
	uint32_t n = __syncthreads_count(unresolved);

	if (n == 0)
		return;
	for (int step = 16; step > 0; step /= 2)
		padded += __shfl_down_sync(0xffffffff, padded, step);
	if (threadIdx.x % 32 == 0)
		warp_bytes[threadIdx.x / 32] = padded;
	__syncthreads();
	if (threadIdx.x != 0)
		return;
	for (int warp = 1; warp < BLOCK / 32; warp++)
		padded += warp_bytes[warp];
	atomicAdd((unsigned long long *) &counts->unresolved_bytes,
			  (unsigned long long) padded);
	atomicAdd(&counts->unresolved, n);
}

static __global__ void
__launch_bounds__(BLOCK) find_kernel(GeStepView step, GeTableView table)
{
	uint32_t row = blockIdx.x * BLOCK + threadIdx.x;
	uint32_t id = GE_ID_UNRESOLVED, padded = 0;
	bool unresolved = false;

	if (row < step.n_rows && is_missing(step, row))
		step.ids[row] = 0;
	else if (row < step.n_rows)
	{
		Key key = load_key(step, row);

		if (key.length <= GE_LONG_KEY)
		{
			key.hash = hash_key(step, table, key);
			id = find_key(step, table, key);
			step.ids[row] = id;
			unresolved = id == GE_ID_UNRESOLVED;
			padded = unresolved ? 8 * words_of(key.length) : 0;
		}
	}
	count_unresolved(table.counts, unresolved, padded);
}

cudaError_t
ge_cuda_dictionary_find_launch(const GeStepView *step, const GeTableView *table,
							   cudaStream_t stream)
{
	cudaError_t code = cudaMemsetAsync(
		&table->counts->unresolved, 0,
		sizeof(GeDictionaryCounts) - sizeof(uint32_t) - sizeof(uint64_t), stream);

	if (code != cudaSuccess || step->n_rows == 0)
		return code;
	find_kernel<<<(step->n_rows - 1) / BLOCK + 1, BLOCK, 0, stream>>>(*step, *table);
	code = cudaGetLastError();
	if (code == cudaSuccess && step->n_long != 0)
		code = ge_cuda_dictionary_find_long_launch(step, table, stream);
	return code;
}
