/*
 * grouped.h: many rows added to cells with parts, group by group.
 *
 * A reduction in device memory for each word of a cell and each row is slow.  If a call has
 * many rows, they are sorted by groups of 2^shift cells; a block takes a stretch of a group's
 * rows, brings them into the order of their cells in shared memory, and adds them up in
 * registers: each thread a run of rows.  What a thread has of a cell goes to the block's cell
 * in shared memory, and from there to device memory once.
 */
#ifndef GE_CUDA_TARGET_GROUPED_H
#define GE_CUDA_TARGET_GROUPED_H

#include "target/target.h"

#ifdef __cplusplus
extern "C"
{
#endif

/* Rows that a block adds up together, and those that it adds at most. */
#define GE_TILE_ROWS 3328
#define GE_CHUNK_ROWS (4 * GE_TILE_ROWS)
/* Fewer rows than these do not pay; less in tests. */
#ifndef GE_GROUPED_LEAST_ROWS
#define GE_GROUPED_LEAST_ROWS (UINT32_C(1) << 16)
#endif

	typedef struct GeGrouping
	{
		uint32_t n_rows;
		uint32_t shift;
		uint32_t n_groups;
		const uint32_t *cells; /* of the rows, sorted by group; n_cells: no target */
		const uint64_t *targets;
		uint32_t *offsets;	  /* n_groups + 1: where groups begin */
		uint32_t *chunk_ends; /* by group: stretches of rows up to its end */
	} GeGrouping;

	/* Add the rows this way if it pays; *added says whether it did. */
	GeStatus ge_cuda_grouped_add(GeTarget *target, const GeRowsView *rows, bool *added,
								 GeError *error);

	/* Bytes of a cell in shared memory; 0: such cells are not added this way. */
	uint32_t ge_cuda_grouped_cell_bytes(const GeDeviceCell *layout);
	cudaError_t ge_cuda_grouped_cells_launch(const GeTargetView *target,
											 const GeRowsView *rows, uint32_t *cells,
											 cudaStream_t stream);
	/* offsets, and in chunk_ends the number of each group's stretches. */
	cudaError_t ge_cuda_grouped_offsets_launch(const GeGrouping *grouping,
											   cudaStream_t stream);
	cudaError_t ge_cuda_grouped_add_launch(const GeTargetView *target,
										   const GeGrouping *grouping,
										   cudaStream_t stream);

#ifdef __cplusplus
}
#endif

#endif /* GE_CUDA_TARGET_GROUPED_H */
