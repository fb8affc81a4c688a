/*
 * rank_tree.h: which of n ranks are counted, and the rank of the j-th of them.
 *
 * A Fenwick tree: tree[i - 1] is how many of the ranks i - (lowest bit of i)..i - 1 are
 * counted.  n zeros are an empty one.  Both operations take a step for each bit of n.
 */
#ifndef GE_CPU_RANK_TREE_H
#define GE_CPU_RANK_TREE_H

#include <stdint.h>

/* Count a rank below n. */
static inline void
ge_rank_tree_add(uint32_t *tree, uint32_t n, uint32_t rank)
{
	uint64_t i;

	for (i = (uint64_t) rank + 1; i <= n; i += i & (0 - i))
		tree[i - 1]++;
}

/* The rank that is counted and has j counted ones below it; there is one. */
static inline uint32_t
ge_rank_tree_find(const uint32_t *tree, uint32_t n, uint32_t j)
{
	uint64_t step = n > 0 ? UINT64_C(1) << (31 - __builtin_clz(n)) : 0, rank = 0;

	for (; step > 0; step >>= 1)
		if (rank + step <= n && tree[rank + step - 1] <= j)
		{
			rank += step;
			j -= tree[rank - 1];
		}
	return (uint32_t) rank;
}

#endif /* GE_CPU_RANK_TREE_H */
