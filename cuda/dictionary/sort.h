/*
 * sort.h: shared by the files of a sort.
 */
#ifndef GE_CUDA_DICTIONARY_SORT_H
#define GE_CUDA_DICTIONARY_SORT_H

#include "dictionary/dictionary.h"
#include "dictionary/sort_kernels.h"

#ifdef __cplusplus
extern "C"
{
#endif

	/* The elements of a round, by place or by group. */
	typedef struct GeSortElements
	{
		uint64_t n;
		uint64_t n_groups;
		GeBuffer ids, places, groups, heads, skip;
	} GeSortElements;

	/* All memory of one sort. */
	typedef struct GeSortWork
	{
		GeContext *context;
		GeSortKeys keys;
		GeSortElements elements, next;
		GeBuffer packed[2], other_ids;
		GeBuffer tied, head, lcp;
		GeBuffer sets, code, temp, small;
		GeBuffer answer;
		GeSortCode *h_code;
		uint64_t n_tied;
		bool is_first_round;
	} GeSortWork;

	/* What kernels answer in work->small. */
	typedef struct GeSortSmall
	{
		unsigned long long n_tied;
		long long range[2];
		uint32_t any_long;
	} GeSortSmall;

	/* Bits of the greatest number. */
	int ge_cuda_sort_bits(uint64_t greatest);
	/* Sort the elements by packed[0]; packed[0] and elements.ids are the sorted ones then. */
	GeStatus ge_cuda_sort_elements(GeSortWork *work, int bits, GeError *error);
	/* sort_rounds.c: sort keys of bytes, into answer or, without it, elements.ids. */
	GeStatus ge_cuda_sort_bytes(GeSortWork *work, GeError *error);

#ifdef __cplusplus
}
#endif

#endif /* GE_CUDA_DICTIONARY_SORT_H */
