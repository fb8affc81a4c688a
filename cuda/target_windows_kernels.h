/*
 * target_windows_kernels.h: the kernels that sort rows by windows of ids, as C sees them.
 */
#ifndef GE_CUDA_TARGET_WINDOWS_KERNELS_H
#define GE_CUDA_TARGET_WINDOWS_KERNELS_H

#include <cuda_runtime_api.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C"
{
#endif

/* At most: their counts are in the shared memory of a block. */
#define GE_MOST_WINDOWS 4096

	/* Rows that have a target, by cell. */
	typedef struct GeWindowSplit
	{
		uint32_t n_windows;
		uint32_t width; /* ids of a window */
		uint32_t k;		/* cells of an id */
		uint32_t n_rows;
		const uint64_t *keys;	 /* id * k + fold */
		const uint64_t *targets; /* their bits */
		uint32_t *counts;		 /* by window: rows; or where its next row goes */
		uint32_t *out_cells;	 /* (id - first id of the window) * k + fold */
		uint64_t *out_targets;
	} GeWindowSplit;

	/* counts += the rows of each window. */
	cudaError_t ge_windows_count_launch(const GeWindowSplit *split, cudaStream_t stream);
	/* Put them where counts says, each window's in any order. */
	cudaError_t ge_windows_split_launch(const GeWindowSplit *split, cudaStream_t stream);
	/* keys[i] = cells[i]. */
	cudaError_t ge_windows_widen_launch(const uint32_t *cells, uint64_t *keys, uint32_t n,
										cudaStream_t stream);

#ifdef __cplusplus
}
#endif

#endif /* GE_CUDA_TARGET_WINDOWS_KERNELS_H */
