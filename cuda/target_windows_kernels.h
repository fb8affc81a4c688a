/*
 * target_windows_kernels.h: the kernels that sort rows by windows of ids, as C sees them.
 */
#ifndef GE_CUDA_TARGET_WINDOWS_KERNELS_H
#define GE_CUDA_TARGET_WINDOWS_KERNELS_H

#include "target_kernels.h"

#ifdef __cplusplus
extern "C"
{
#endif

/* At most: their counts are in the shared memory of a block. */
#define GE_MOST_WINDOWS 4096

	typedef struct GeWindowSplit
	{
		uint32_t n_windows;
		uint32_t width;	   /* ids of a window */
		uint32_t *counts;  /* by window: rows; or where its next row goes */
		uint32_t *cells;   /* (id - first id of the window) * k + fold */
		uint64_t *targets; /* their bits */
	} GeWindowSplit;

	/* counts += the rows of each window that have a target. */
	cudaError_t ge_windows_count_launch(const GeTargetView *target,
										const GeRowsView *rows,
										const GeWindowSplit *split, cudaStream_t stream);
	/* Put them where counts says, each window's in any order. */
	cudaError_t ge_windows_split_launch(const GeTargetView *target,
										const GeRowsView *rows,
										const GeWindowSplit *split, cudaStream_t stream);
	/* keys[i] = cells[i]. */
	cudaError_t ge_windows_widen_launch(const uint32_t *cells, uint64_t *keys, uint32_t n,
										cudaStream_t stream);

#ifdef __cplusplus
}
#endif

#endif /* GE_CUDA_TARGET_WINDOWS_KERNELS_H */
