/*
 * sort_kernels.h: the kernels that put keys in order, as C sees them.
 *
 * Keys of bytes are sorted in rounds.  A round has m elements, in groups of keys that are
 * equal so far: group g agrees in its first skip[g] bytes.  Elements of a group stand
 * together, in ascending order of groups, and each owns one place of the answer.
 *   lcp       skip[g] grows by what all keys of the group have in common from there on
 *   symbols   which symbols (0: the key has ended, 1 + byte) occur at each of the
 *             GE_SORT_WINDOW positions from skip[g] on, over all groups
 *   pack      group number, then the rank of each symbol among those of its position, in
 *             as few bits as they need, as many positions as fit 64 bits
 *   sort      by that number; elements whose number is unique have found their place
 *   ties      the others are the elements of the next round, in smaller groups
 */
#ifndef GE_CUDA_DICTIONARY_SORT_KERNELS_H
#define GE_CUDA_DICTIONARY_SORT_KERNELS_H

#include <cuda_runtime_api.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C"
{
#endif

#define GE_SORT_WINDOW 32
#define GE_SORT_SYMBOLS 257
#define GE_SORT_SET_WORDS 9 /* 32-bit words of a set of symbols */
/* Bytes that one thread compares; what is still equal then takes a warp. */
#define GE_SORT_THREAD_LCP 64

	typedef struct GeSortKeys
	{
		const uint8_t *const *key_bytes; /* by id - 1 */
		const uint32_t *key_lengths;
		const int64_t *values;
	} GeSortKeys;

	typedef struct GeSortRound
	{
		uint64_t n;				/* elements */
		const uint32_t *ids;	/* of elements */
		const uint32_t *groups; /* of elements; NULL: all in group 0 */
		const uint32_t *heads;	/* of groups: the first element */
		uint32_t *skip;			/* of groups */
		uint32_t *lcp;			/* of groups */
	} GeSortRound;

	/* How a round packs: ranks of symbols, bits of positions. */
	typedef struct GeSortCode
	{
		uint16_t ranks[GE_SORT_WINDOW][GE_SORT_SYMBOLS];
		uint8_t bits[GE_SORT_WINDOW];
		uint32_t positions; /* of the window in use */
		uint32_t window_bits;
	} GeSortCode;

	/* ids[i] = first + i. */
	cudaError_t ge_cuda_sort_count_up_launch(uint32_t *ids, uint32_t first, uint64_t n,
											 cudaStream_t stream);
	/* range[0], range[1]: least and greatest of the values of n ids, into those. */
	cudaError_t ge_cuda_sort_range_launch(const GeSortKeys *keys, const uint32_t *ids,
										  uint64_t n, long long *range,
										  cudaStream_t stream);
	/* packed[i] = value of ids[i] - least. */
	cudaError_t ge_cuda_sort_values_launch(const GeSortKeys *keys, const uint32_t *ids,
										   uint64_t n, int64_t least, uint64_t *packed,
										   cudaStream_t stream);
	/* lcp of each group up to GE_SORT_THREAD_LCP bytes; *any_long: one got there. */
	cudaError_t ge_cuda_sort_lcp_launch(const GeSortKeys *keys, const GeSortRound *round,
										uint32_t *any_long, cudaStream_t stream);
	/* The rest of it for groups that got there. */
	cudaError_t ge_cuda_sort_lcp_long_launch(const GeSortKeys *keys,
											 const GeSortRound *round,
											 cudaStream_t stream);
	/* skip[g] += lcp[g] + more; lcp[g] is unlimited again. */
	cudaError_t ge_cuda_sort_skip_launch(const GeSortRound *round, uint64_t n_groups,
										 cudaStream_t stream);
	/* sets[GE_SORT_WINDOW][GE_SORT_SET_WORDS], empty before. */
	cudaError_t ge_cuda_sort_symbols_launch(const GeSortKeys *keys,
											const GeSortRound *round, uint32_t *sets,
											cudaStream_t stream);
	cudaError_t ge_cuda_sort_pack_launch(const GeSortKeys *keys, const GeSortRound *round,
										 const GeSortCode *code, uint64_t *packed,
										 cudaStream_t stream);
	/* *n_tied: elements whose packed number is not unique. */
	cudaError_t ge_cuda_sort_count_ties_launch(const uint64_t *packed, uint64_t n,
											   unsigned long long *n_tied,
											   cudaStream_t stream);
	/* answer[places[i]] = ids[i]; places NULL: i itself. */
	cudaError_t ge_cuda_sort_place_launch(const uint32_t *ids, const uint32_t *places,
										  uint64_t n, uint32_t *answer,
										  cudaStream_t stream);
	/* tied[i], head[i]: 1 for a tied element, and for the first of its group. */
	cudaError_t ge_cuda_sort_mark_launch(const uint64_t *packed, uint64_t n,
										 uint32_t *tied, uint32_t *head,
										 cudaStream_t stream);

	/* The next round, from this one's sorted elements and running sums of its marks. */
	typedef struct GeSortNext
	{
		const uint64_t *packed;
		const uint32_t *ids;
		const uint32_t *places; /* NULL: i itself */
		const uint32_t *tied;	/* running sums */
		const uint32_t *head;
		const uint32_t *skip; /* of this round's groups */
		uint32_t window_bits;
		uint32_t positions;
		uint32_t *next_ids;
		uint32_t *next_places;
		uint32_t *next_groups;
		uint32_t *next_heads;
		uint32_t *next_skip;
	} GeSortNext;

	cudaError_t ge_cuda_sort_next_launch(const GeSortNext *next, uint64_t n,
										 cudaStream_t stream);

#ifdef __cplusplus
}
#endif

#endif /* GE_CUDA_DICTIONARY_SORT_KERNELS_H */
