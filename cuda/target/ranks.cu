/*
 * ranks.cu: the levels of ranks.
 */
#include "target/ranks.cuh"

#define BLOCK 256

static uint32_t
blocks_for(const GeRanks *ranks)
{
	return (uint32_t) (((uint64_t) ranks->n_words * 32 + BLOCK - 1) / BLOCK);
}

static __device__ __forceinline__ bool
bit_of(const GeRanks &ranks, uint32_t level, uint32_t number)
{
	return (number >> (ranks.n_levels - 1 - level) & 1) != 0;
}

/* The bits of a warp, and its zeros where those of the next word are added up. */
static __global__ void
__launch_bounds__(BLOCK)
	bits_kernel(GeRanks ranks, uint32_t level, const uint32_t *numbers)
{
	uint64_t i = (uint64_t) blockIdx.x * BLOCK + threadIdx.x, word = i / 32;
	bool bit = i >= ranks.n || bit_of(ranks, level, numbers[i]);
	uint32_t bits = __ballot_sync(0xffffffff, bit);
	uint32_t *zeros = ranks.zeros + (uint64_t) level * ranks.n_words;

	if (i % 32 != 0 || word >= ranks.n_words)
		return;
	ranks.bits[(uint64_t) level * ranks.n_words + word] = bits;
	if (word == 0)
		zeros[0] = 0;
	if (word + 1 < ranks.n_words)
		zeros[word + 1] = __popc(~bits);
}

cudaError_t
ge_cuda_ranks_bits_launch(const GeRanks *ranks, uint32_t level, const uint32_t *numbers,
						  cudaStream_t stream)
{
	bits_kernel<<<blocks_for(ranks), BLOCK, 0, stream>>>(*ranks, level, numbers);
	return cudaGetLastError();
}

static __global__ void
__launch_bounds__(BLOCK)
	move_kernel(GeRanks ranks, uint32_t level, const uint32_t *numbers, uint32_t *moved)
{
	uint64_t i = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;
	uint32_t number, zeros;

	if (i >= ranks.n)
		return;
	number = numbers[i];
	zeros = zeros_before(ranks, level, (uint32_t) i);
	if (bit_of(ranks, level, number))
		moved[zeros_before(ranks, level, ranks.n) + (uint32_t) i - zeros] = number;
	else
		moved[zeros] = number;
}

cudaError_t
ge_cuda_ranks_move_launch(const GeRanks *ranks, uint32_t level, const uint32_t *numbers,
						  uint32_t *moved, cudaStream_t stream)
{
	move_kernel<<<blocks_for(ranks), BLOCK, 0, stream>>>(*ranks, level, numbers, moved);
	return cudaGetLastError();
}
