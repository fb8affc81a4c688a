/*
 * groups.cu: groups of rows that were counted elsewhere, added to dense cells.
 *
 * CPU twin: src/cpu/target_add_statistics.c.  A thread for each group; several groups may
 * belong to one cell.
 */
#include "target/cell.cuh"

#define BLOCK 256

static __global__ void
__launch_bounds__(BLOCK)
	groups_kernel(GeTargetView target, const uint64_t *groups, uint32_t n)
{
	uint32_t i = blockIdx.x * BLOCK + threadIdx.x, n_words = target.layout.n_words;
	const uint64_t *group = groups + (uint64_t) i * (2 + n_words), *words = group + 2;
	uint64_t *cell;

	if (i >= n)
		return;
	cell = target.cells + group[0] * n_words;
	if (group[1] != 0)
		add_word(&target.null_rows[group[0] / target.k], group[1]);
	if (target.layout.form == GE_CELL_TWO)
		add_two_words(cell, words[0], (int64_t) words[1] >> 32, (uint32_t) words[1]);
	else
		for (uint32_t w = 0; w < n_words; w++)
			if (words[w] != 0 && w < target.layout.sums_end)
				add_word(cell + w, words[w]);
			else if (words[w] != 0)
				raise_word(cell + w, words[w]);
}

cudaError_t
ge_cuda_target_groups_launch(const GeTargetView *target, const uint64_t *groups,
							 uint32_t n, cudaStream_t stream)
{
	if (n > 0)
		groups_kernel<<<(n - 1) / BLOCK + 1, BLOCK, 0, stream>>>(*target, groups, n);
	return cudaGetLastError();
}
