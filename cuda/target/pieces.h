/*
 * pieces.h: rows of callers on their way to the kernels of targets.
 */
#ifndef GE_CUDA_TARGET_PIECES_H
#define GE_CUDA_TARGET_PIECES_H

#include "target/target.h"

#ifdef __cplusplus
extern "C"
{
#endif

	/* Rows that one piece holds: fewer if memory is limited. */
	uint32_t ge_cuda_piece_rows(const GeTarget *target);
	/*
	 * Copy rows [first, first + n) to a block of device memory, with their targets or
	 * without; *view describes them there for kernels queued from now on.
	 */
	GeStatus ge_cuda_piece_send(GeTarget *target, const GeTargetRows *rows,
								uint32_t first, uint32_t n, bool with_targets,
								GeRowBlock **block, GeRowsView *view, GeError *error);
	/* The kernels that read the block are queued. */
	GeStatus ge_cuda_piece_sent(GeTarget *target, GeRowBlock *block, GeError *error);

#ifdef __cplusplus
}
#endif

#endif /* GE_CUDA_TARGET_PIECES_H */
