/*
 * sort_keys.cu: from keys to the numbers that are sorted.
 *
 * CPU twin: src/cpu/dictionary_sort.c and key_window.h.  sort_kernels.h says
 * what a round is.  One thread per element, but for the common prefixes of long keys,
 * where a warp takes each element.
 */
#include "dictionary/key.cuh"
#include "dictionary/sort_kernels.h"

#define BLOCK 256

struct SortKey
{
	const uint8_t *bytes;
	uint32_t length;
};

static __device__ __forceinline__ SortKey
key_of_id(const GeSortKeys &keys, uint32_t id)
{
	return {keys.key_bytes[id - 1], keys.key_lengths[id - 1]};
}

static __device__ __forceinline__ uint32_t
group_of(const GeSortRound &round, uint64_t i)
{
	return round.groups != NULL ? round.groups[i] : 0;
}

/* The 8 bytes from `at` on, zeros after the end. */
static __device__ __forceinline__ uint64_t
word_at(const SortKey &key, uint32_t at)
{
	return at < key.length ? load_word(key.bytes, at, key.length - at) : 0;
}

/* Bytes that two keys have in common from `at` on, as far as this word shows: 0..8. */
static __device__ __forceinline__ uint32_t
common_bytes(const SortKey &a, const SortKey &b, uint32_t at)
{
	uint32_t shorter = a.length < b.length ? a.length : b.length;
	uint64_t differ = word_at(a, at) ^ word_at(b, at);
	uint32_t same = differ == 0 ? 8 : (__ffsll((long long) differ) - 1) / 8;

	return at + same > shorter ? (at < shorter ? shorter - at : 0) : same;
}

/* Lower lcp[group]; a warp of one group works together.  By all threads of a warp. */
static __device__ __forceinline__ void
lower_lcp(uint32_t *lcp, uint32_t group, uint32_t common)
{
	uint32_t first_group = __shfl_sync(0xffffffff, group, 0);

	if (__all_sync(0xffffffff, group == first_group || common == UINT32_MAX))
	{
		for (int step = 16; step > 0; step /= 2)
			common = min(common, __shfl_xor_sync(0xffffffff, common, step));
		group = first_group;
		common = threadIdx.x % 32 == 0 ? common : UINT32_MAX;
	}
	if (common != UINT32_MAX && common < *(volatile uint32_t *) &lcp[group])
		atomicMin(&lcp[group], common);
}

/* Bytes that element i has in common with the head of its group; UINT32_MAX: too many. */
static __device__ __forceinline__ uint32_t
common_with_head(const GeSortKeys &keys, const GeSortRound &round, uint64_t i,
				 uint32_t group)
{
	SortKey key = key_of_id(keys, round.ids[i]);
	SortKey head = key_of_id(keys, round.ids[round.heads[group]]);
	uint32_t start = round.skip[group], at = start;
	uint32_t limit = *(volatile uint32_t *) &round.lcp[group];

	limit = limit < GE_SORT_THREAD_LCP ? limit : GE_SORT_THREAD_LCP;
	for (uint32_t same = 8; same == 8 && at - start < limit; at += same)
		same = common_bytes(key, head, at);
	return at - start < GE_SORT_THREAD_LCP ? at - start : UINT32_MAX;
}

static __global__ void
__launch_bounds__(BLOCK)
	lcp_kernel(GeSortKeys keys, GeSortRound round, uint32_t *any_long)
{
	uint64_t i = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;
	uint32_t group = i < round.n ? group_of(round, i) : 0, common = UINT32_MAX;

	if (i < round.n && i != round.heads[group])
	{
		common = common_with_head(keys, round, i, group);
		if (common == UINT32_MAX)
			*any_long = 1;
	}
	lower_lcp(round.lcp, group, common);
}

cudaError_t
ge_cuda_sort_lcp_launch(const GeSortKeys *keys, const GeSortRound *round,
						uint32_t *any_long, cudaStream_t stream)
{
	lcp_kernel<<<(uint32_t) ((round->n - 1) / BLOCK + 1), BLOCK, 0, stream>>>(
		*keys, *round, any_long);
	return cudaGetLastError();
}

static __global__ void
__launch_bounds__(BLOCK) lcp_long_kernel(GeSortKeys keys, GeSortRound round)
{
	uint32_t lane = threadIdx.x % 32, warps = gridDim.x * (BLOCK / 32);

	for (uint64_t i = (blockIdx.x * BLOCK + threadIdx.x) / 32; i < round.n; i += warps)
	{
		uint32_t group = group_of(round, i), start = round.skip[group];
		uint32_t at = start + GE_SORT_THREAD_LCP, same = 8;
		SortKey key = key_of_id(keys, round.ids[i]);
		SortKey head = key_of_id(keys, round.ids[round.heads[group]]);
		uint32_t limit = *(volatile uint32_t *) &round.lcp[group];

		limit = __shfl_sync(0xffffffff, limit, 0);
		if (limit < GE_SORT_THREAD_LCP || i == round.heads[group])
			continue;
		while (at - start < limit)
		{
			uint32_t ended;

			same = common_bytes(key, head, at + 8 * lane);
			ended = __ballot_sync(0xffffffff, same < 8);
			if (ended != 0)
			{
				uint32_t first = __ffs(ended) - 1;

				at += 8 * first + __shfl_sync(0xffffffff, same, first);
				break;
			}
			at += 256;
		}
		if (lane == 0)
			atomicMin(&round.lcp[group], at - start);
	}
}

cudaError_t
ge_cuda_sort_lcp_long_launch(const GeSortKeys *keys, const GeSortRound *round,
							 cudaStream_t stream)
{
	uint64_t blocks = (round->n - 1) / (BLOCK / 32) + 1;

	lcp_long_kernel<<<(uint32_t) (blocks < 65536 ? blocks : 65536), BLOCK, 0, stream>>>(
		*keys, *round);
	return cudaGetLastError();
}

static __global__ void
__launch_bounds__(BLOCK) skip_kernel(GeSortRound round, uint64_t n_groups)
{
	uint64_t group = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;

	if (group < n_groups && round.lcp[group] != UINT32_MAX)
		round.skip[group] += round.lcp[group];
}

cudaError_t
ge_cuda_sort_skip_launch(const GeSortRound *round, uint64_t n_groups, cudaStream_t stream)
{
	skip_kernel<<<(uint32_t) ((n_groups - 1) / BLOCK + 1), BLOCK, 0, stream>>>(*round,
																			   n_groups);
	return cudaGetLastError();
}

/* The symbol at each position of the window, while f says to go on. */
template <typename F>
static __device__ __forceinline__ void
for_each_symbol(const SortKey &key, uint32_t start, uint32_t n, F f)
{
	uint64_t word = 0;

	for (uint32_t j = 0; j < n; j++)
	{
		uint32_t at = start + j;

		if (j % 8 == 0)
			word = word_at(key, at);
		if (!f(j, at < key.length ? 1 + (uint32_t) (word & 0xff) : 0))
			return;
		word >>= 8;
	}
}

static __global__ void
__launch_bounds__(BLOCK)
	symbols_kernel(GeSortKeys keys, GeSortRound round, uint32_t *sets)
{
	__shared__ uint8_t occurs[GE_SORT_WINDOW][GE_SORT_SET_WORDS * 32];

	for (uint32_t i = threadIdx.x; i < sizeof occurs; i += BLOCK)
		((uint8_t *) occurs)[i] = 0;
	__syncthreads();
	for (uint64_t i = (uint64_t) blockIdx.x * BLOCK + threadIdx.x; i < round.n;
		 i += (uint64_t) gridDim.x * BLOCK)
		for_each_symbol(key_of_id(keys, round.ids[i]), round.skip[group_of(round, i)],
						GE_SORT_WINDOW,
						[&](uint32_t j, uint32_t symbol)
						{
							occurs[j][symbol] = 1;
							return symbol != 0;
						});
	__syncthreads();
	for (uint32_t i = threadIdx.x; i < GE_SORT_WINDOW * GE_SORT_SET_WORDS; i += BLOCK)
	{
		uint32_t set = 0;

		for (uint32_t bit = 0; bit < 32; bit++)
			set |= (uint32_t) ((const uint8_t *) occurs)[32 * i + bit] << bit;
		if ((set & ~*(volatile uint32_t *) &sets[i]) != 0)
			atomicOr(&sets[i], set);
	}
}

static uint32_t
persistent_blocks(uint64_t n)
{
	uint64_t blocks = (n - 1) / BLOCK + 1;

	return (uint32_t) (blocks < 2048 ? blocks : 2048);
}

cudaError_t
ge_cuda_sort_symbols_launch(const GeSortKeys *keys, const GeSortRound *round,
							uint32_t *sets, cudaStream_t stream)
{
	symbols_kernel<<<persistent_blocks(round->n), BLOCK, 0, stream>>>(*keys, *round,
																	  sets);
	return cudaGetLastError();
}

/* After the end of a key the ranks are 0: what differs before decides. */
static __global__ void
__launch_bounds__(BLOCK) pack_kernel(GeSortKeys keys, GeSortRound round,
									 const GeSortCode *code, uint64_t *packed)
{
	__shared__ uint16_t ranks[GE_SORT_WINDOW][GE_SORT_SYMBOLS];
	__shared__ uint8_t bits[GE_SORT_WINDOW];
	uint32_t n = code->positions;

	for (uint32_t i = threadIdx.x; i < n * GE_SORT_SYMBOLS; i += BLOCK)
		ranks[i / GE_SORT_SYMBOLS][i % GE_SORT_SYMBOLS] =
			code->ranks[i / GE_SORT_SYMBOLS][i % GE_SORT_SYMBOLS];
	if (threadIdx.x < n)
		bits[threadIdx.x] = code->bits[threadIdx.x];
	__syncthreads();
	for (uint64_t i = (uint64_t) blockIdx.x * BLOCK + threadIdx.x; i < round.n;
		 i += (uint64_t) gridDim.x * BLOCK)
	{
		uint32_t group = group_of(round, i);
		uint64_t number = group;

		for_each_symbol(key_of_id(keys, round.ids[i]), round.skip[group], n,
						[&](uint32_t j, uint32_t symbol)
						{
							number = number << bits[j] | ranks[j][symbol];
							return true;
						});
		packed[i] = number;
	}
}

cudaError_t
ge_cuda_sort_pack_launch(const GeSortKeys *keys, const GeSortRound *round,
						 const GeSortCode *code, uint64_t *packed, cudaStream_t stream)
{
	pack_kernel<<<persistent_blocks(round->n), BLOCK, 0, stream>>>(*keys, *round, code,
																   packed);
	return cudaGetLastError();
}

static __global__ void
__launch_bounds__(BLOCK)
	range_kernel(GeSortKeys keys, const uint32_t *ids, uint64_t n, long long *range)
{
	long long least = INT64_MAX, greatest = INT64_MIN;

	for (uint64_t i = (uint64_t) blockIdx.x * BLOCK + threadIdx.x; i < n;
		 i += (uint64_t) gridDim.x * BLOCK)
	{
		long long value = keys.values[ids[i] - 1];

		least = value < least ? value : least;
		greatest = value > greatest ? value : greatest;
	}
	for (int step = 16; step > 0; step /= 2)
	{
		least = min(least, __shfl_down_sync(0xffffffff, least, step));
		greatest = max(greatest, __shfl_down_sync(0xffffffff, greatest, step));
	}
	if (threadIdx.x % 32 == 0)
	{
		atomicMin(&range[0], least);
		atomicMax(&range[1], greatest);
	}
}

cudaError_t
ge_cuda_sort_range_launch(const GeSortKeys *keys, const uint32_t *ids, uint64_t n,
						  long long *range, cudaStream_t stream)
{
	range_kernel<<<persistent_blocks(n), BLOCK, 0, stream>>>(*keys, ids, n, range);
	return cudaGetLastError();
}

static __global__ void
__launch_bounds__(BLOCK) values_kernel(GeSortKeys keys, const uint32_t *ids, uint64_t n,
									   int64_t least, uint64_t *packed)
{
	uint64_t i = (uint64_t) blockIdx.x * BLOCK + threadIdx.x;

	if (i < n)
		packed[i] = (uint64_t) keys.values[ids[i] - 1] - (uint64_t) least;
}

cudaError_t
ge_cuda_sort_values_launch(const GeSortKeys *keys, const uint32_t *ids, uint64_t n,
						   int64_t least, uint64_t *packed, cudaStream_t stream)
{
	values_kernel<<<(uint32_t) ((n - 1) / BLOCK + 1), BLOCK, 0, stream>>>(*keys, ids, n,
																		  least, packed);
	return cudaGetLastError();
}
