/*
 * dictionary_spill.cu: which range of keys a key is in, and keys brought together by it.
 *
 * No CPU twin: the CPU's dictionaries stay in memory.  A thread per row, or per id, walks
 * the splitters by binary search; a thread per word of the answer gathers keys.
 */
#include "dictionary_key.cuh"
#include "dictionary_spill_kernels.h"

#define BLOCK 256

/* A word as a number that orders as its bytes do. */
static __device__ __forceinline__ uint64_t
in_order(uint64_t word)
{
	return (uint64_t) __byte_perm((uint32_t) word, 0, 0x0123) << 32 |
		   __byte_perm((uint32_t) (word >> 32), 0, 0x0123);
}

/* Is splitter i above the key of `length` bytes whose word w is word(w)? */
template <typename Word>
static __device__ __forceinline__ bool
is_above(const GeSplitterView &splitters, uint32_t i, uint32_t length, Word word)
{
	const uint64_t *other = splitters.words + splitters.starts[i];
	uint32_t n = words_of(min(length, splitters.lengths[i]));

	for (uint32_t w = 0; w < n; w++)
	{
		uint64_t a = word(w), b = other[w];

		if (a != b)
			return in_order(b) > in_order(a);
	}
	return splitters.lengths[i] > length;
}

/* How many splitters are not above a key; above(i) says whether splitter i is. */
template <typename Above>
static __device__ __forceinline__ uint32_t
leaf_of(const GeSplitterView &splitters, Above above)
{
	uint32_t low = 0, high = splitters.n;

	while (low < high)
	{
		uint32_t middle = low + (high - low) / 2;

		if (above(middle))
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static __device__ __forceinline__ uint32_t
leaf_of_row(const GeSplitterView &splitters, const GeStepView &step, const Key &key,
			uint32_t row)
{
	if (step.values != NULL)
		return leaf_of(splitters, [&](uint32_t i)
					   { return splitters.values[i] > step.values[row]; });
	return leaf_of(splitters,
				   [&](uint32_t i)
				   {
					   return is_above(splitters, i, key.length,
									   [&](uint32_t w)
									   { return key_word(step, key, w); });
				   });
}

static __global__ void
__launch_bounds__(BLOCK)
	route_rows_kernel(GeStepView step, GeSplitterView splitters, GeRoute route)
{
	uint32_t row = blockIdx.x * BLOCK + threadIdx.x, leaf = splitters.n + 1;
	Key key = {};

	if (row >= step.n_rows)
		return;
	if (step.ids[row] == GE_ID_UNRESOLVED)
	{
		key = load_key(step, row);
		leaf = leaf_of_row(splitters, step, key, row);
		step.ids[row] = GE_ID_WAITING | leaf;
	}
	route.leaves[row] = leaf;
	route.rows[row] = (uint64_t) key.length << 32 | row;
}

cudaError_t
ge_route_rows_launch(const GeStepView *step, const GeSplitterView *splitters,
					 const GeRoute *route, cudaStream_t stream)
{
	route_rows_kernel<<<(step->n_rows - 1) / BLOCK + 1, BLOCK, 0, stream>>>(
		*step, *splitters, *route);
	return cudaGetLastError();
}

/* Leaves that begin at sorted row i are those above the leaf of the row before it. */
static __global__ void
__launch_bounds__(BLOCK)
	starts_kernel(uint32_t n_rows, uint32_t n_leaves, GeRoute route, uint32_t n_waiting)
{
	uint32_t i = blockIdx.x * BLOCK + threadIdx.x;
	uint32_t before, leaf;

	if (i > n_rows)
		return;
	if (i < n_waiting && route.ends != NULL)
		route.ends[i] = (uint32_t) (route.rows_sorted[i] >> 32);
	before = i > 0 ? route.by_leaf[i - 1] + 1 : 0;
	leaf = i < n_rows ? route.by_leaf[i] : n_leaves;
	for (; before <= leaf; before++)
		route.starts[before] = i;
}

cudaError_t
ge_route_starts_launch(const GeStepView *step, const GeSplitterView *splitters,
					   const GeRoute *route, uint32_t n_waiting, cudaStream_t stream)
{
	starts_kernel<<<step->n_rows / BLOCK + 1, BLOCK, 0, stream>>>(
		step->n_rows, splitters->n + 1, *route, n_waiting);
	return cudaGetLastError();
}

static __global__ void
__launch_bounds__(BLOCK) values_kernel(GeStepView step, GeRoute route, uint32_t n_waiting)
{
	uint32_t i = blockIdx.x * BLOCK + threadIdx.x;

	if (i < n_waiting)
		route.out[i] = (uint64_t) step.values[(uint32_t) route.rows_sorted[i]];
}

/* The first sorted row whose key ends after byte `at`. */
static __device__ __forceinline__ uint32_t
row_at(const uint32_t *ends, uint32_t n, uint32_t at)
{
	uint32_t low = 0, high = n;

	while (low < high)
	{
		uint32_t middle = low + (high - low) / 2;

		if (ends[middle] <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static __global__ void
__launch_bounds__(BLOCK) bytes_kernel(GeStepView step, GeRoute route, uint32_t n_waiting)
{
	uint64_t word = 0, first = 8 * ((uint64_t) blockIdx.x * BLOCK + threadIdx.x);
	uint64_t n_bytes = route.ends[n_waiting - 1];
	uint32_t i, filled = 0;

	if (first >= n_bytes)
		return;
	i = row_at(route.ends, n_waiting, (uint32_t) first);
	while (filled < 8 && first + filled < n_bytes)
	{
		uint32_t at = (uint32_t) first + filled, end = route.ends[i];
		uint32_t start = i > 0 ? route.ends[i - 1] : 0;
		uint32_t from = step.offsets[(uint32_t) route.rows_sorted[i]] + (at - start);

		if (end > at)
		{
			word |= load_word(step.bytes, from, end - at) << 8 * filled;
			filled += end - at < 8 - filled ? end - at : 8 - filled;
		}
		i++;
	}
	route.out[first / 8] = word;
}

cudaError_t
ge_route_keys_launch(const GeStepView *step, const GeRoute *route, uint32_t n_waiting,
					 uint64_t words, cudaStream_t stream)
{
	if (words == 0 || n_waiting == 0)
		return cudaSuccess;
	if (step->values != NULL)
		values_kernel<<<(n_waiting - 1) / BLOCK + 1, BLOCK, 0, stream>>>(*step, *route,
																		 n_waiting);
	else
		bytes_kernel<<<(uint32_t) ((words - 1) / BLOCK + 1), BLOCK, 0, stream>>>(
			*step, *route, n_waiting);
	return cudaGetLastError();
}

static __global__ void
__launch_bounds__(BLOCK) route_ids_kernel(GeTableView table, GeSplitterView splitters,
										  uint32_t first, uint32_t n, uint32_t *leaves)
{
	uint32_t i = blockIdx.x * BLOCK + threadIdx.x, at = first - 1 + i;

	if (i >= n)
		return;
	if (table.values != NULL)
		leaves[i] = leaf_of(splitters, [&](uint32_t s)
							{ return splitters.values[s] > table.values[at]; });
	else
		leaves[i] = leaf_of(splitters,
							[&](uint32_t s)
							{
								const uint64_t *words =
									(const uint64_t *) table.key_bytes[at];

								return is_above(splitters, s, table.key_lengths[at],
												[&](uint32_t w) { return words[w]; });
							});
}

cudaError_t
ge_route_ids_launch(const GeTableView *table, const GeSplitterView *splitters,
					uint32_t first, uint32_t n, uint32_t *leaves, cudaStream_t stream)
{
	route_ids_kernel<<<(n - 1) / BLOCK + 1, BLOCK, 0, stream>>>(*table, *splitters, first,
																n, leaves);
	return cudaGetLastError();
}
